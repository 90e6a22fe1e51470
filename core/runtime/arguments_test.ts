import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, In, shared, T, tensor } from "../../all.ts";

const cpu = { device: "cpu" } as const;

/** A function as JavaScript sees it: types do not keep wrong arguments away. */
type Loose = (...args: unknown[]) => { item(): unknown; arraySync(): unknown };

async function difference(): Promise<Loose> {
  const x = T.dscalar("x"), y = T.dscalar("y");
  return await compile([x, new In(y, { value: 1 })], x.sub(y), { ...cpu, name: "f" }) as Loose;
}

function fails(body: () => unknown, message: RegExp): void {
  assertMatch(assertThrows(body, TypeError).message, message);
}

Deno.test("arguments are bound by place, then by name", async () => {
  const f = await difference();
  assertEquals(f(5).item(), 4);
  assertEquals(f(5, 2).item(), 3);
  assertEquals(f(5, { y: 3 }).item(), 2);
  assertEquals(f({ y: 3, x: 4 }).item(), 1);
  assertEquals(f(5, undefined).item(), 4);
  assertEquals(f(5, {}).item(), 4);
  assertEquals(f(5).item(), 4);
});

Deno.test("arguments that cannot be bound are errors", async () => {
  const f = await difference();
  fails(() => f(), /Cannot call "f": missing required input: "x"/);
  fails(() => f({ y: 1 }), /missing required input: "x"/);
  fails(() => f(1, 2, 3), /too many arguments, expected at most 2 and got 3/);
  fails(() => f(1, 2, 3, {}), /too many arguments/);
  fails(() => f(1, { z: 1 }), /unknown input "z"; named inputs are "x", "y"/);
  fails(() => f(1, { x: 1 }), /multiple values for input "x"/);
});

Deno.test("names: given ones replace those of variables, and two equal ones serve no one", async () => {
  const [a, b, c] = [T.dscalar("x"), T.dscalar("x"), T.dscalar()];
  const f = await compile([a, b, c], a.add(b).add(c), cpu) as Loose;
  assertEquals(f(1, 2, 3).item(), 6);
  fails(() => f(1, { x: 2 }), /2 inputs are named "x"/);
  fails(() => f(1, 2, { y: 3 }), /named inputs are "x", "x", and 1 without a name/);
  const g = await compile([new In(a, { name: "first" })], a, cpu) as Loose;
  assertEquals(g({ first: 1 }).item(), 1);
  fails(() => g({ x: 1 }), /unknown input "x"; named inputs are "first"/);
  fails(() => new In(a, { name: 3 as unknown as string }), /expected "name" to be a string, got 3/);
  fails(() => new In(3 as unknown as typeof a), /expected a variable as first argument of In/);
});

Deno.test("a default comes back after each call; one before a required input is allowed", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y");
  const f = await compile([new In(y, { value: 1 }), x], x.sub(y), cpu) as Loose;
  assertEquals(f({ x: 5 }).item(), 4);
  assertEquals(f(2, 5).item(), 3);
  assertEquals(f({ x: 5 }).item(), 4);
  fails(() => f(2), /missing required input: "x"/);
});

onDevices("an input with an update is a state of the function", async (device) => {
  const s = T.fscalar("s"), x = T.fscalar("x");
  const f = await compile([x, new In(s, { value: 0, update: s.add(x) })], s, { device }) as Loose;
  assertEquals([f(1), f(2), f(3, 10), f(1)].map((r) => r.item()), [0, 1, 10, 13]);
});

onDevices("a call that fails leaves states as they are", async (device) => {
  const s = T.fscalar("s"), v = T.fvector("v"), i = T.iscalar("i");
  const f = await compile(
    [v, i, new In(s, { value: 0, name: "s", update: s.add(1) })],
    [v.at(i), s],
    { device },
  );
  f([1, 2], 0);
  assertThrows(() => f([1, 2], 5)[0].item(), RangeError);
  fails(() => (f as unknown as Loose)([1, 2], 0.5), /without loss/);
  assertEquals(f.get("s").item(), 1);
  assertEquals(f([1, 2], 1)[1].item(), 1);
});

Deno.test("updates and defaults of inputs must have their type", async () => {
  const s = T.dscalar("s"), v = T.dvector("v"), i = T.iscalar("i");
  fails(() => new In(s, { update: v.add(s) }), /Cannot update the input "s"/);
  fails(() => new In(i, { update: i.mul(0.5) }), /Cannot update the input "i"/);
  const wrong = compile([new In(i, { value: 1.5 })], i, cpu);
  fails(
    await wrong.then(() => () => null, (error) => () => {
      throw error;
    }),
    /default of input "i".*1\.5 cannot be stored as int32/,
  );
});

Deno.test("an implicit input takes no value", async () => {
  const x = T.dscalar("x"), y = T.dscalar("y");
  const f = await compile([x, new In(y, { value: 2, implicit: true })], x.mul(y), cpu) as Loose;
  assertEquals(f(3).item(), 6);
  fails(() => f(3, 4), /input 1, "y", is implicit and takes no value/);
  fails(() => f(3, { y: 4 }), /implicit/);
});

Deno.test("numbers are converted where nothing is lost", async () => {
  const i = T.iscalar("i"), l = T.lscalar("l"), d = T.dscalar("d"), f32 = T.fscalar("f");
  const b = T.scalar("b", { dtype: "bool" }), u = T.scalar("u", { dtype: "uint8" });
  const one = async (x: typeof i | typeof l | typeof d | typeof f32 | typeof b | typeof u) =>
    await compile([x], x, { ...cpu, name: "f" }) as Loose;
  assertEquals((await one(i))(3).item(), 3);
  assertEquals((await one(i))(3n).item(), 3);
  assertEquals((await one(i))(true).item(), 1);
  assertEquals((await one(l))(2 ** 40).item(), 2n ** 40n);
  assertEquals((await one(d))(3n).item(), 3);
  assertEquals((await one(f32))(0.1).item(), Math.fround(0.1));
  assertEquals((await one(b))(1).item(), true);
  assertEquals((await one(u))(255).item(), 255);
  const int = await one(i), bool = await one(b), byte = await one(u), long = await one(l);
  fails(() => int(3.5), /Bad argument to "f" at input 0 \("i"\): 3\.5 cannot be stored as int32/);
  fails(() => int(2 ** 31), /2147483648 cannot be stored as int32.*allowInputDowncast/);
  fails(() => int(NaN), /NaN cannot be stored as int32/);
  fails(() => int(Infinity), /Infinity cannot be stored/);
  fails(() => byte(-1), /-1 cannot be stored as uint8/);
  fails(() => bool(2), /expected a bool, got 2/);
  fails(() => long(2n ** 63n), /cannot be stored as int64/);
});

Deno.test("allowInputDowncast takes what loses something, for all inputs or for one", async () => {
  const i = T.iscalar("i"), v = T.fvector("v");
  const f = await compile([i, v], [v.mul(i)], { ...cpu, allowInputDowncast: true });
  assertEquals(f(2.9, new Float64Array([1, 2]))[0].arraySync(), [2, 4]);
  assertEquals(f(NaN, [1])[0].arraySync(), [0]);
  const g = await compile([new In(i, { allowDowncast: true }), v], v.mul(i), cpu);
  assertEquals(g(2.9, [1]).arraySync(), [2]);
  fails(() => (g as unknown as Loose)(2.9, new Float64Array([1])), /expected float32, got float64/);
  const l = T.lscalar("l");
  const h = await compile([l], l, { ...cpu, allowInputDowncast: true }) as Loose;
  assertEquals([h(2.9).item(), h(NaN).item(), h(-2.9).item()], [2n, 0n, -2n]);
});

Deno.test("arrays and tensors are converted by their dtype, whatever their values", async () => {
  const d = T.dvector("d"), f32 = T.fvector("f"), i = T.ivector("i");
  const double = await compile([d], d, cpu) as Loose,
    single = await compile([f32], f32, cpu) as Loose;
  const int = await compile([i], i, { ...cpu, name: "f" }) as Loose;
  assertEquals(double(new Int32Array([1, 2])).arraySync(), [1, 2]);
  assertEquals(double(tensor([1, 2], { dtype: "float32" })).arraySync(), [1, 2]);
  assertEquals(single(new Int8Array([1, 2])).arraySync(), [1, 2]);
  assertEquals(int(new Uint8Array([1, 2])).arraySync(), [1, 2]);
  assertEquals(int([1, 2]).arraySync(), [1, 2]);
  fails(() => single(new Float64Array([1])), /expected float32, got float64.*allowInputDowncast/);
  fails(() => int(tensor([1], { dtype: "int64" })), /expected int32, got int64/);
  fails(() => int(new Float32Array([1])), /expected int32, got float32/);
  fails(() => int([1, 2.5]), /2\.5 cannot be stored as int32/);
  const strict = await compile([new In(d, { strict: true })], d, cpu) as Loose;
  assertEquals(strict(new Float64Array([1])).arraySync(), [1]);
  fails(() => strict(new Float32Array([1])), /expected float64, got float32/);
});

Deno.test("rank and known lengths must fit, and nothing but values is taken", async () => {
  const m = T.dmatrix("m"), r = T.drow("r"), x = T.dscalar("x");
  const f = await compile([m], m, { ...cpu, name: "f" }) as Loose;
  fails(() => f([1, 2]), /wrong number of dimensions: expected 2, got 1 with shape \[2\]/);
  fails(() => f(1), /wrong number of dimensions: expected 2, got 0/);
  fails(() => f([[1], [1, 2]]), /./);
  fails(() => f(null), /expected a number, nested arrays, a typed array or a Tensor, got null/);
  fails(() => f("1"), /got string/);
  fails(() => f(() => 1), /got function/);
  fails(() => f(m), /got the symbolic variable "m"/);
  fails(() => f(shared([[1]])), /for a shared variable give its getValue\(\)/);
  assertEquals(f([]).arraySync(), []);
  const g = await compile([r], r, cpu) as Loose;
  assertEquals(g([[1, 2]]).arraySync(), [[1, 2]]);
  fails(() => g([[1], [2]]), /axis 0 of "r" must have length 1, got shape \[2,1\]/);
  const h = await compile([x], x, cpu) as Loose;
  fails(() => h([1]), /expected 0, got 1/);
  const known = T.tensor("float64", [2, null], "known");
  const k = await compile([known], known, cpu) as Loose;
  fails(() => k([[1]]), /axis 0 of "known" must have length 2/);
});

onDevices("results are arguments of other calls", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device });
  assertEquals(f(f(f([0, 1]))).arraySync(), [3, 4]);
});

onDevices("shapes may change from call to call", async (device) => {
  const x = T.fvector("x"),
    y = T.fvector("y"),
    f = await compile([x, y], x.mul(y).sum(), { device });
  assertEquals(
    [f([1, 2], [3, 4]), f([1], [2]), f([], []), f([1, 2, 3], [2])].map((r) => r.item()),
    [
      11,
      2,
      0,
      12,
    ],
  );
  assertThrows(() => f([1, 2], [1, 2, 3]).item(), TypeError);
  assertEquals(f([1, 2], [3, 4]).item(), 11);
});

Deno.test("an object that is nearly a tensor is not taken for names of inputs", async () => {
  const x = T.vector("x"), y = T.vector("y"), data = T.vector("data"), shape = T.vector("shape");
  const f = await compile([x], x.mul(2), { device: "cpu" });
  const g = await compile([x, y], x.add(y), { device: "cpu" });
  for (
    const nearly of [{ dtype: "float32", shape: [2], data: [1, 2] }, { shape: [1], data: [1] }]
  ) {
    assertThrows(() => f(nearly as never), TypeError, "is not a tensor; give a Tensor");
    assertThrows(() => g([1, 2], nearly as never), TypeError, "is not a tensor; give a Tensor");
  }
  // Inputs may have such names.
  const h = await compile([data, shape], data.add(shape), { device: "cpu" });
  assertEquals(h({ data: [1], shape: [2] } as never).arraySync(), [3]);
});
