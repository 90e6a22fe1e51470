import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  type CompiledFunction,
  In,
  type InputLike,
  MissingInputError,
  Out,
  type OutputSpec,
  shared,
  T,
  type Tensor,
  UnusedInputError,
  VerificationError,
} from "../../all.ts";
import { applyOp } from "../graph/graph.ts";

const cpu = { device: "cpu" } as const;

function list(value: Tensor): unknown {
  return value.arraySync();
}

onDevices("the result has the form of what was asked for", async (device) => {
  const x = T.fscalar("x"), double = x.mul(2);
  assertEquals((await compile([x], double, { device }))(3).item(), 6);
  assertEquals((await compile([x], [double], { device }))(3).map(list), [6]);
  assertEquals((await compile([x], [double, x], { device }))(3).map(list), [6, 3]);
  const record = (await compile([x], { b: double, a: x }, { device }))(3);
  assertEquals(Object.keys(record), ["b", "a"]);
  assertEquals([record.a.item(), record.b.item()], [3, 6]);
  const ignored = { device, onUnusedInput: "ignore" } as const;
  assertEquals((await compile([x], undefined, ignored))(3), undefined);
  assertEquals((await compile([x], null, ignored))(3), undefined);
  assertEquals((await compile([x], [], ignored))(3), []);
  assertEquals((await compile([x], {}, ignored))(3), {});
});

onDevices("inputs, constants and shared variables can be outputs", async (device) => {
  const x = T.fvector("x"), s = shared([5], { dtype: "float32" });
  const given = new Float32Array([1, 2]);
  const f = await compile([x], [x, x, s, T.constant(7, { dtype: "float32" })], { device });
  const [a, b, c, d] = f(given);
  assertEquals([a, b, c, d].map(list), [[1, 2], [1, 2], [5], 7]);
  a.dataSync()[0] = 9;
  given[1] = 9;
  assertEquals([b, s.getValue()].map(list), [[1, 2], [5]]);
});

onDevices("results stay as they are when the function is called again", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device });
  const first = f([1, 2]), second = f([3, 4]);
  assertEquals([first, second].map(list), [[2, 3], [4, 5]]);
});

Deno.test("Out wraps an output, and keeps the form", async () => {
  const x = T.dscalar("x");
  assertEquals((await compile([x], new Out(x.mul(2)), cpu))(3).item(), 6);
  assertEquals((await compile([x], [new Out(x, { borrow: true })], cpu))(3).map(list), [3]);
});

Deno.test("what compile is given must be inputs and outputs", async () => {
  const x = T.dscalar("x");
  const fails = (inputs: unknown, outputs: unknown, message: RegExp) =>
    assertRejects(
      () => compile(inputs as readonly InputLike[], outputs as OutputSpec, { ...cpu, name: "f" }),
      TypeError,
    ).then((error) => assertMatch(error.message, message));
  await fails(x, x, /Cannot compile "f": expected a list of inputs/);
  await fails([3], x, /input 0 is not a variable but 3/);
  await fails([shared(1, { name: "s" })], x, /input 0, "s", is a shared variable.*"givens"/);
  await fails([T.constant(1)], x, /input 0 is a constant/);
  await fails([x, x], x, /inputs 0 and 1 are the same variable "x"/);
  await fails([x], 3, /list or an object of variables as outputs, got 3/);
  await fails([x], [x, 3], /output 1 is not a variable but 3/);
  await fails([x], { a: "x" }, /output "a" is not a variable but "x"/);
  await assertRejects(() => compile([x, x], x, cpu), UnusedInputError);
});

Deno.test("a variable without a value is missing, by name and place", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y");
  const error = await assertRejects(
    () => compile([x], x.mul(y), { ...cpu, name: "f" }),
    MissingInputError,
  );
  assertMatch(error.message, /Cannot compile "f": "y".*but was not provided/);
  const s = shared(1, { dtype: "float64" });
  await assertRejects(() => compile([], s, { ...cpu, updates: [[s, y]] }), MissingInputError);
});

Deno.test("an input that nothing uses is an error, a warning or nothing", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y");
  const error = await assertRejects(() => compile([x, y], x, cpu), UnusedInputError);
  assertMatch(error.message, /input 1, "y", is not used by the outputs or updates/);
  const f = await compile([x, y], x, { ...cpu, onUnusedInput: "ignore" });
  assertEquals(f(1, 2).item(), 1);
  assertThrows(
    () => (f as (...args: unknown[]) => unknown)(1),
    TypeError,
    'missing required input: "y"',
  );
  // deno-lint-ignore no-console
  const before = console.warn, said: unknown[] = [];
  try {
    console.warn = (message: unknown) => said.push(message);
    await compile([x, y], x, { ...cpu, onUnusedInput: "warn" });
  } finally {
    console.warn = before;
  }
  assertEquals(said.length, 1);
  assertMatch(String(said[0]), /While compiling.*input 1, "y", is not used/);
  await assertRejects(
    () => compile([x], x, { ...cpu, onUnusedInput: "never" as "raise" }),
    TypeError,
    'onUnusedInput must be "raise", "warn" or "ignore", got "never"',
  );
});

Deno.test("an intermediate variable can be an input: what computes it is cut off", async () => {
  const x = T.dscalar("x"), y = x.mul(2), z = y.add(1);
  assertEquals((await compile([y], z, cpu))(10).item(), 11);
});

Deno.test("a function says its name, device, inputs and shared variables", async () => {
  const x = T.dscalar("x"), s = shared(2, { dtype: "float64", name: "s" });
  const f = await compile([x], x.mul(s), { ...cpu, name: "scale" });
  assertEquals(f.name, "scale");
  assertEquals(f.device, "cpu");
  assert(f.deviceInfo.length > 0);
  assertEquals(f.inputs, [x]);
  assertEquals(f.sharedVariables, [s]);
  assertEquals(f.graph.outputs.length, 1);
  assertEquals(f.graph.updates, []);
  assertEquals((await compile([x], x, cpu)).name, "function");
});

Deno.test("get and set look up defaults, states and shared variables", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y"), s = shared(2, { dtype: "float64", name: "s" });
  const f = await compile([x, new In(y, { value: 1 })], x.add(y).mul(s), { ...cpu, name: "f" });
  assertEquals([f.get("y"), f.get(y), f.get("s"), f.get(s)].map(list), [1, 1, 2, 2]);
  f.set("y", 10);
  f.set(s, 3);
  assertEquals(f(1).item(), 33);
  assertEquals(s.getValue().item(), 3);
  assertThrows(() => f.get("z"), TypeError, 'Cannot look up "z" in "f"');
  assertThrows(() => f.get("x"), TypeError, "has no default");
  assertThrows(() => f.set("y", [1, 2]), TypeError, "wrong number of dimensions");
  const other = shared(2, { dtype: "float64", name: "s" });
  const g = await compile([], s.add(other), cpu);
  assertThrows(() => g.get("s"), TypeError, "ambiguous");
  assertEquals(g.get(other).item(), 2);
});

Deno.test("subset computes some outputs, and applies all updates", async () => {
  const s = shared(0, { dtype: "float64" }), x = T.dscalar("x");
  const f = await compile([x], [x.add(1), x.mul(2)], { ...cpu, updates: [[s, s.add(x)]] });
  assertEquals(f.subset([1], 3).map(list), [6]);
  assertEquals(f.subset([], 3), []);
  assertEquals(s.getValue().item(), 6);
  assertThrows(() => f.subset([2], 3), TypeError, 'no output "2"; outputs are 0, 1');
  const named = await compile([x], { a: x.add(1), b: x }, cpu);
  assertEquals(named.subset(["b", "a"], 3).map(list), [3, 4]);
});

onDevices("free gives scratch memory back, and calls go on", async (device) => {
  const x = T.fvector("x");
  const f = await compile([x], T.sort(x).cumsum().mul(x.sum()), { device });
  assertEquals(list(f([3, 1, 2])), [6, 18, 36]);
  f.free();
  f.free();
  assertEquals(list(f([3, 1, 2])), [6, 18, 36]);
});

Deno.test("profile counts calls and their time", async () => {
  const x = T.dscalar("x");
  const f = await compile([x], x.mul(2), { ...cpu, name: "twice", profile: true });
  assertEquals(f.profile?.calls, 0);
  f(1);
  f.subset([0], 1);
  const profile = f.profile!;
  assertEquals(profile.calls, 2);
  assert(profile.callTime >= profile.firstCallTime && profile.firstCallTime > 0);
  assert(profile.compileTime >= profile.rewriteTime);
  assertMatch(profile.toString(), /Profile of twice/);
  assertEquals((await compile([x], x, cpu)).profile, null);
});

Deno.test("explain tells the kernels of each plan", async () => {
  const x = T.dvector("x");
  const f = await compile([x], x.exp().sum(), { ...cpu, name: "total" });
  assertMatch(f.explain(), /total on cpu.*\n.*no plan yet/);
  f([1, 2, 3]);
  assertMatch(f.explain(), /plan 1: [1-9]\d* kernels/);
  assertMatch(f.explain(), /\[\], over 3: x -> output 0/);
  assert(!f.explain().includes("merge"));
  const passes = f.explain({ passes: true });
  for (const pass of ["lower", "merge", "unread", "commit", "rows", "lives"]) {
    assert(passes.includes(`${pass} (total):`), passes);
  }
  assertMatch(f.explain({ code: true }), /WebAssembly module of [1-9]\d* bytes/);
  assertThrows(() => f.explain({ pass: true } as never), TypeError, "passes");
});

onDevices("warmUp plans for the shapes of its arguments", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device });
  await f.warmUp([0, 0]);
  assertMatch(f.explain(), /plan 1/);
  assertEquals(list(f([1, 2])), [2, 3]);
  assert(!/plan 2/.test(f.explain()));
});

Deno.test("debug mode compares calls with the reference, and leaves them as they are", async () => {
  const x = T.dvector("x"), s = shared(0, { dtype: "float64" });
  const f = await compile([x], T.log(x.exp().sum()), {
    ...cpu,
    mode: "debug",
    updates: [[s, s.add(x.sum())]],
  });
  assertEquals(Math.abs(Number(f([0, 0]).item()) - Math.log(2)) < 1e-12, true);
  f([1, 2]);
  assertEquals(s.getValue().item(), 3);
});

Deno.test("debug mode finds an operation that does not compute what it should", async () => {
  const x = T.dvector("x"), { op, params } = x.mul(2).owner!;
  const wrong = applyOp(
    {
      ...op,
      evaluate: () => [{ dtype: "float64", shape: [1], data: new Float64Array([7]) }],
    } as typeof op,
    [x, T.constant([2], { dtype: "float64" })],
    params,
  ).output;
  assertEquals((await compile([x], wrong, cpu))([1]).arraySync(), [2]);
  const mode = { base: "none", verify: true } as const;
  const f = await compile([x], wrong, { ...cpu, name: "f", mode });
  const error = assertThrows(() => f([1]), VerificationError);
  assertMatch(error.message, /"f" computed .* with 2 at position 0; the reference says 7/);
});

Deno.test("debug mode names a rewrite that changes values, and takes stable forms for right", async () => {
  const x = T.dvector("x"), { op, params } = x.mul(1).owner!;
  const wrong = applyOp(
    { ...op, evaluate: () => [{ dtype: "float64", shape: [1], data: Float64Array.of(7) }] },
    [x, T.constant([1], { dtype: "float64" })],
    params,
  ).output;
  const f = await compile([x], wrong.sin(), { ...cpu, name: "f", mode: "debug" });
  const error = assertThrows(() => f([1]), VerificationError);
  assertMatch(error.message, /Rewriting the function "f" changed .*\(by the rewrite "mul-one"/);
  const stable = await compile([x], x.exp().add(1).log(), { ...cpu, mode: "debug" });
  assertEquals(list(stable([1000])), [1000]);
});

Deno.test("rewrites can be left out by name, and unknown ones are errors", async () => {
  const x = T.dvector("x"), y = x.exp().add(1).log();
  const stable = await compile([x], y, cpu);
  assertEquals(list(stable([1000])), [1000]);
  const plain = await compile([x], y, { ...cpu, mode: { excluding: ["stabilize"] } });
  assertEquals(list(plain([1000])), [Infinity]);
  const none = await compile([x], y, { ...cpu, mode: { base: "none" } });
  assertEquals(list(none([1000])), [Infinity]);
  const added = { base: "none", including: ["stabilize"] } as const;
  assertEquals(list((await compile([x], y, { ...cpu, mode: added }))([1000])), [1000]);
  await assertRejects(
    () => compile([x], y, { ...cpu, mode: "quick" as "debug" }),
    TypeError,
    'Unknown mode "quick"',
  );
  await assertRejects(
    () => compile([x], y, { ...cpu, mode: { excluding: ["nothing"] } }),
    TypeError,
    'Unknown rewrite "nothing"',
  );
});

Deno.test("device must be one that there is", async () => {
  const x = T.dscalar("x");
  await assertRejects(
    () => compile([x], x, { device: "tpu" as "gpu" }),
    TypeError,
    'Unknown device "tpu": expected "auto", "gpu" or "cpu"',
  );
});

onDevices("types: a call with too few arguments is told by the positional form", async (device) => {
  const x = T.fvector("x"), y = T.fvector("y");
  const f = await compile([x, new In(y, { value: [1] })], x.add(y), { device });
  const g = await compile([x, y], x.sub(y), { device });
  assertEquals([f([1]), f([1], [2]), f([1], { y: [3] })].map((t) => t.arraySync()), [[2], [3], [
    4,
  ]]);
  assertEquals([g([1], [2]), g({ x: [1], y: [2] })].map((t) => t.arraySync()), [[-1], [-1]]);
  const any: CompiledFunction = g;
  assertEquals((any([1], [3]) as Tensor).arraySync(), [-2]);
  // @ts-expect-error Expected 2 arguments, but got 1.
  assertThrows(() => g([1]), TypeError);
  // @ts-expect-error Expected 1-2 arguments, but got 0.
  assertThrows(() => f(), TypeError);
  // @ts-expect-error a text is no value
  assertThrows(() => g([1], { y: "2" }), TypeError);
});
