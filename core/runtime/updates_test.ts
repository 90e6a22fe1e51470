import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  type CompileOptions,
  MissingInputError,
  RandomStreams,
  shared,
  T,
  type Variable,
} from "../../all.ts";

/** A function as JavaScript sees it. */
type Call = (...args: unknown[]) => { item(): unknown };

const cpu = { device: "cpu" } as const;
const f32 = { dtype: "float32" } as const;

async function fails(
  inputs: readonly Variable[],
  output: Variable | null,
  options: unknown,
  message: RegExp,
): Promise<void> {
  const error = await assertRejects(
    () => compile(inputs, output, { ...cpu, name: "f", ...options as CompileOptions }),
    TypeError,
  );
  assertMatch(error.message, message);
}

onDevices("updates are pairs in a list, a Map, or an object", async (device) => {
  const forms = (a: Variable, b: Variable) => [[[a, b], [b, a]], new Map([[a, b], [b, a]]), {
    first: [a, b],
    second: [b, a],
  }];
  for (let form = 0; form < 3; form++) {
    const a = shared(1, f32), b = shared(2, f32);
    const updates = forms(a, b)[form] as CompileOptions["updates"] & object;
    const f = await compile([], a, { device, updates });
    assertEquals(f().item(), 1);
    assertEquals([a.getValue().item(), b.getValue().item()], [2, 1]);
    f();
    assertEquals([a.getValue().item(), b.getValue().item()], [1, 2]);
  }
});

onDevices("all outputs and new values are of the old values, in any order", async (device) => {
  const a = shared([1, 2], f32), b = shared([10, 20], f32), x = T.fscalar("x");
  const updates = [[a, a.add(b).mul(x)], [b, a.sub(b)]] as const;
  for (const order of [[...updates], [...updates].reverse()]) {
    a.setValue([1, 2]);
    b.setValue([10, 20]);
    const f = await compile([x], [a, a.add(b)], { device, updates: order });
    assertEquals(f(2).map((r) => r.arraySync()), [[1, 2], [11, 22]]);
    assertEquals(a.getValue().arraySync(), [22, 44]);
    assertEquals(b.getValue().arraySync(), [-9, -18]);
  }
});

onDevices(
  "the new value of a variable may be reversed, shifted or of another shape",
  async (device) => {
    const s = shared([1, 2, 3], f32), t = shared([[1, 2], [3, 4]], f32), x = T.fvector("x");
    const g = await compile([x], [], { device, updates: [[s, T.concatenate([s, x])]] });
    const h = await compile([], [], { device, updates: [[s, s.at("::-1")], [t, t.T]] });
    h();
    assertEquals(s.getValue().arraySync(), [3, 2, 1]);
    assertEquals(t.getValue().arraySync(), [[1, 3], [2, 4]]);
    g([4, 5]);
    g([6]);
    assertEquals(s.getValue().arraySync(), [3, 2, 1, 4, 5, 6]);
    h();
    assertEquals(s.getValue().arraySync(), [6, 5, 4, 1, 2, 3]);
  },
);

onDevices("values go round between variables, also of other shapes", async (device) => {
  const a = shared([1], f32), b = shared([2, 2], f32), c = shared([3], f32), round = [a, b, c];
  const f = await compile([], [], { device, updates: [[a, b], [b, c], [c, a]] });
  f();
  assertEquals(round.map((v) => v.getValue().arraySync()), [[2, 2], [3], [1]]);
  f();
  f();
  assertEquals(round.map((v) => v.getValue().arraySync()), [[1], [2, 2], [3]]);
});

onDevices("one value may go to several variables and to outputs", async (device) => {
  const a = shared([1, 2], f32), b = shared([0], f32), y = a.mul(2);
  const f = await compile([], [y, y, a], { device, updates: [[a, y], [b, y]] });
  assertEquals(f().map((r) => r.arraySync()), [[2, 4], [2, 4], [1, 2]]);
  assertEquals([a, b].map((v) => v.getValue().arraySync()), [[2, 4], [2, 4]]);
});

onDevices("constants become updates of the variable's dtype", async (device) => {
  const s = shared(1, { dtype: "int32" }), v = shared([1, 2], f32);
  const f = await compile([], [], { device, updates: [[s, 7], [v, [0.5, 3]]] });
  f();
  assertEquals([s.getValue().item(), v.getValue().arraySync()], [7, [0.5, 3]]);
});

Deno.test("updates that cannot be are errors, and change nothing", async () => {
  const s = shared(1, { dtype: "float64", name: "s" }), x = T.dscalar("x"), v = T.dvector("v");
  const i = shared(1, { dtype: "int32", name: "i" });
  await fails([x], null, { updates: [[x, x]] }, /only shared variables can be updated.*"x"/);
  await fails([x], null, { updates: [[s, x], [s, x]] }, /Cannot compile "f": "s" has two updates/);
  await fails([x], null, { updates: [s, x] }, /update 0 is not a pair/);
  await fails([x], null, { updates: [[s, x, x]] }, /update 0 is not a pair/);
  await fails([v], null, { updates: [[s, v]] }, /"s" must have type .*updates must keep the rank/);
  await fails([x], null, { updates: [[i, x]] }, /update of "i".*value\.astype\("int32"\)/);
  await fails([x], null, { updates: [[s, x.astype("float32")]] }, /value\.astype\("float64"\)/);
  await fails([], null, { updates: 3 }, /updates are pairs in a list, a Map or an object/);
  await fails([], null, { updates: null }, /updates are pairs .* got null/);
  assertEquals([s.getValue().item(), i.getValue().item()], [1, 1]);
});

onDevices("an index out of range changes nothing", async (device) => {
  const s = shared([1, 2, 3], f32), n = shared(0, { dtype: "int32" });
  const i = T.iscalar("i"), v = T.ivector("v");
  const f = await compile([i], s.at(i), { device, updates: [[s, s.mul(2)], [n, n.add(1)]] });
  const g = await compile([v], [], {
    device,
    updates: [[s, T.setSubtensor(s.at(v), 9)], [n, n.add(1)]],
  });
  const reads = (): unknown[] => [s.getValue().arraySync(), n.getValue().item()];
  assertEquals(f(0).item(), 1);
  assertEquals(reads(), [[2, 4, 6], 1]);
  assertThrows(() => f(3).item(), RangeError);
  assertEquals(reads(), [[2, 4, 6], 1]);
  assertThrows(() => f(-4).item(), RangeError);
  assertThrows(() => {
    g([0, 7]);
    s.getValue();
  }, RangeError);
  assertEquals(reads(), [[2, 4, 6], 1]);
  g([0, -1]);
  assertEquals(reads(), [[9, 4, 9], 2]);
  assertEquals(f(1).item(), 4);
});

onDevices("an index out of range does not change the shape of a variable", async (device) => {
  const s = shared([1, 2, 3], f32), t = shared([0], f32), i = T.iscalar("i");
  const part = s.at(i).dimshuffle("x");
  const f = await compile([i], [], { device, updates: [[s, T.concatenate([s, part])], [t, part]] });
  f(1);
  assertThrows(() => {
    f(9);
    t.getValue();
  }, RangeError);
  assertEquals([s, t].map((v) => v.getValue().arraySync()), [[1, 2, 3, 2], [2]]);
  f(3);
  assertEquals([s, t].map((v) => v.getValue().arraySync()), [[1, 2, 3, 2, 2], [2]]);
});

onDevices("default updates are applied, unless they are replaced or left out", async (device) => {
  const s = shared(0, f32), t = shared(0, f32);
  s.defaultUpdate = s.add(1);
  t.defaultUpdate = t.add(10);
  const run = async (options: CompileOptions) => {
    s.setValue(0);
    t.setValue(0);
    (await compile([], s.mul(t), { device, ...options }))();
    return [s.getValue().item(), t.getValue().item()];
  };
  assertEquals(await run({}), [1, 10]);
  assertEquals(await run({ noDefaultUpdates: true }), [0, 0]);
  assertEquals(await run({ noDefaultUpdates: false }), [1, 10]);
  assertEquals(await run({ noDefaultUpdates: [s] }), [0, 10]);
  assertEquals(await run({ updates: [[s, s.add(5)]] }), [5, 10]);
  assertEquals(await run({ updates: [[s, s.add(5)]], noDefaultUpdates: true }), [5, 0]);
  await assertRejects(
    () => compile([], s, { device, noDefaultUpdates: 1 as unknown as boolean }),
    TypeError,
    "noDefaultUpdates must be true, false or a list of shared variables",
  );
});

Deno.test("default updates are found through other updates, and end by null", async () => {
  const s = shared(0, { dtype: "float64" }), t = shared(0, { dtype: "float64" });
  const u = shared(0, { dtype: "float64" });
  t.defaultUpdate = t.add(1);
  u.defaultUpdate = u.add(t);
  const f = await compile([], [], { ...cpu, updates: [[s, s.add(u)]] });
  f();
  f();
  f();
  assertEquals([s, t, u].map((v) => v.getValue().item()), [1, 3, 3]);
  t.defaultUpdate = null;
  (await compile([], t, cpu))();
  assertEquals(t.getValue().item(), 3);
  const v = T.dvector("v"), i = shared(0, { dtype: "int32", name: "i" });
  assertThrows(() => s.defaultUpdate = v, TypeError, "Cannot set the default update");
  assertThrows(() => i.defaultUpdate = i.mul(0.5), TypeError, '"i"');
});

onDevices("givens replace inputs, shared variables and parts of the graph", async (device) => {
  const x = T.fscalar("x"), y = T.fscalar("y"), s = shared(3, { ...f32, name: "s" });
  const z = x.mul(2), out = z.add(s);
  const run = async (
    givens: CompileOptions["givens"] & object,
    inputs: Variable[],
    ...args: number[]
  ) => (await compile(inputs, out, { device, givens }) as unknown as Call)(...args).item();

  assertEquals(await run([[x, y]], [y], 1), 5);
  assertEquals(await run([[s, y]], [x, y], 1, 10), 12);
  assertEquals(await run([[z, y]], [y], 10), 13);
  assertEquals(await run(new Map([[x, s as Variable]]), []), 9);
  assertEquals(await run([[x, 5]], []), 13);
  const inc = await compile([y], [], { device, updates: [[s, s.add(x)]], givens: [[x, y.mul(2)]] });
  inc(2);
  assertEquals(s.getValue().item(), 7);
});

Deno.test("givens that cannot be are errors", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y"), v = T.dvector("v"), z = x.mul(2);
  await fails([x], z, { givens: [[x, y]] }, /"x" is an input, so "givens" cannot replace it/);
  await fails([], z, { givens: [[x, v]] }, /replacement of "x" must have type.*, and it has/);
  await fails([], z, { givens: [[x, T.fscalar("f")]] }, /replacement of "x"/);
  await fails([y], z, { givens: [[x, y], [x, y]] }, /"givens" replaces "x" twice/);
  await fails([], z, { givens: [[x, x.add(1)]] }, /replacement of "x" depends on itself/);
  await fails(
    [],
    z.add(y),
    { givens: [[x, y.mul(2)], [y, x.mul(2)]] },
    /depends on "[xy]", which is/,
  );
  await fails([y], z, { givens: [x, y] }, /givens are pairs \[variable, replacement\]/);
  await fails([y], z, { givens: [[3, y]] }, /givens are pairs/);
  await fails([y], z, { givens: 3 }, /givens are pairs in a list or a Map/);
  await fails([y], z, { givens: { x: y } }, /givens are pairs in a list or a Map/);
  await assertRejects(() => compile([], z, { ...cpu, givens: [[x, y]] }), MissingInputError);
});

Deno.test("generators advance when they are drawn from after replacing, and only then", async () => {
  const srng = new RandomStreams(7), noise = srng.uniform([2], f32), x = T.fvector("x");
  const state = () => noise.rng.getValue().getState().join();
  const given = await compile([], x.add(1), { ...cpu, givens: [[x, noise]] });
  const first = given().arraySync();
  assertNotEquals(given().arraySync(), first);
  const before = state();
  const without = await compile([], noise.add(1), {
    ...cpu,
    givens: [[noise, T.zeros([2], "float32")]],
  });
  without();
  const input = await compile([noise], noise.add(1), cpu);
  input([1, 2]);
  assertEquals(state(), before);
});

onDevices("a copy can swap shared variables and drop updates", async (device) => {
  const s = shared(0, { ...f32, name: "s" }), t = shared(100, { ...f32, name: "t" });
  const x = T.fscalar("x");
  const f = await compile([x], s, { device, name: "f", updates: [[s, s.add(x)]] });
  const plain = f.copy(), swapped = f.copy({ swap: new Map([[s, t]]) });
  const still = f.copy({ deleteUpdates: true, name: "still" });
  f(1);
  plain(2);
  assertEquals(swapped(5).item(), 100);
  assertEquals([s.getValue().item(), t.getValue().item()], [3, 105]);
  assertEquals(still.name, "still");
  assertEquals(plain.name, "f copy");
  assertEquals((await compile([x], [x], { device })).copy()(1).map((r) => r.item()), [1]);
  const unused = await compile([x], s, { device, updates: [[s, s.add(x)]] });
  assertEquals(unused.copy({ deleteUpdates: true })(1).item(), 3);
  assertEquals(swapped.sharedVariables, [t]);
  assertEquals(swapped.graph.updates.map(([target]) => target), [t]);
});

Deno.test("a copy refuses to swap what does not fit", async () => {
  const s = shared(0, { dtype: "float64", name: "s" }),
    t = shared(0, { dtype: "float64", name: "t" });
  const f = await compile([], [s, t], {
    ...cpu,
    name: "f",
    updates: [[s, s.add(1)], [t, t.add(2)]],
  });
  const other = shared(0, { dtype: "float64", name: "other" });
  const refuses = (swap: unknown, message: RegExp) => {
    const error = assertThrows(() => f.copy({ swap: swap as [] }), TypeError);
    assertMatch(error.message, message);
  };
  refuses([[other, s]], /Cannot copy "f": it does not use "other"/);
  refuses([[s, shared([0], { dtype: "float64", name: "v" })]], /"s" has type .*, its replacement/);
  refuses([[s, shared(0, { dtype: "int32", name: "i" })]], /its replacement/);
  refuses([[s, T.dscalar("x")]], /can be swapped for a shared variable only/);
  refuses([[s, t]], /"t" would have two updates/);
  refuses([[s, other], [t, other]], /"other" would have two updates/);
  const exchanged = f.copy({ swap: [[s, t], [t, s]] });
  exchanged();
  assertEquals([s.getValue().item(), t.getValue().item()], [2, 1]);
});
