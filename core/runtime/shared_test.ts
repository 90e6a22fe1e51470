import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, config, shared, SharedVariable, T, Tensor, tensor } from "../../all.ts";

const f32 = { dtype: "float32" } as const;
const f64 = { dtype: "float64" } as const;

function fails(body: () => unknown, message: RegExp): void {
  assertMatch(assertThrows(body, TypeError).message, message);
}

Deno.test("the type follows the first value, unless options say otherwise", () => {
  const types = (value: Parameters<typeof shared>[0], options = {}) => {
    const { dtype, ndim } = shared(value, options);
    return [dtype, ndim];
  };
  assertEquals(types(0), [config.floatX, 0]);
  assertEquals(types(0.5), [config.floatX, 0]);
  assertEquals(types(1n), ["int64", 0]);
  assertEquals(types(true), ["bool", 0]);
  assertEquals(types([[1, 2]]), [config.floatX, 2]);
  assertEquals(types(new Float64Array(2)), ["float64", 1]);
  assertEquals(types(new Int8Array(2)), ["int8", 1]);
  assertEquals(types(tensor([[1]], { dtype: "uint16" })), ["uint16", 2]);
  assertEquals(types(1, { dtype: "int32" }), ["int32", 0]);
  assertEquals(types(new Float32Array(6), { shape: [2, 3] }), ["float32", 2]);
});

Deno.test("a shared variable has a name, a label and a value of its own", () => {
  const given = new Float64Array([1, 2]);
  const s = shared(given, { name: "s" });
  assert(s instanceof SharedVariable);
  assertEquals([s.name, s.label, String(s)], ["s", '"s"', "s"]);
  given[0] = 9;
  const value = s.getValue();
  assert(value instanceof Tensor);
  assertEquals(value.arraySync(), [1, 2]);
  value.dataSync()[0] = 9;
  assertEquals(s.getValue().arraySync(), [1, 2]);
});

Deno.test("a borrowed array is the value itself", () => {
  const given = new Float64Array([1, 2]), s = shared(given, { borrow: true });
  given[0] = 9;
  assertEquals(s.getValue().arraySync(), [9, 2]);
  const next = new Float64Array([3]);
  s.setValue(next, { borrow: true });
  next[0] = 4;
  assertEquals(s.getValue().arraySync(), [4]);
  s.setValue(next);
  next[0] = 5;
  assertEquals(s.getValue().arraySync(), [4]);
});

Deno.test("values without meaning are refused", () => {
  const x = T.dscalar("x");
  fails(() => shared(x as unknown as number), /Cannot make a shared variable from a symbolic/);
  fails(() => shared([[1], [1, 2]]), /./);
  fails(() => shared(new Float32Array(5), { shape: [2, 3] }), /5 elements the shape \[2,3\]/);
  fails(() => shared(1, { dtype: "float128" as "float64" }), /float128/);
});

Deno.test("setValue may change the shape, but not rank or dtype", () => {
  const s = shared([1, 2], { ...f64, name: "s" });
  s.setValue([1, 2, 3]);
  s.setValue(new Int32Array([4, 5]));
  assertEquals(s.getValue().arraySync(), [4, 5]);
  assertEquals(s.getValue().dtype, "float64");
  s.setValue(tensor([7], { dtype: "float32" }));
  s.setValue([]);
  assertEquals(s.getValue().shape, [0]);
  fails(() => s.setValue(1), /Cannot set the value of the shared variable "s": expected 1 axes/);
  fails(() => s.setValue([[1]]), /expected 1 axes, got shape \[1,1\]/);
  fails(() => s.setValue(T.dvector("v") as unknown as number[]), /variable/);
  assertEquals(s.getValue().shape, [0]);
});

Deno.test("setValue takes only what the dtype can hold", () => {
  const i = shared([1, 2], { dtype: "int32", name: "i" });
  fails(() => i.setValue([1.5]), /"i": 1\.5 cannot be stored as int32/);
  fails(() => i.setValue(new Float32Array([1])), /"i": expected int32, got float32.*allowDowncast/);
  fails(() => i.setValue(tensor([1], { dtype: "int64" })), /expected int32, got int64/);
  fails(() => i.setValue([2 ** 31]), /2147483648/);
  fails(() => i.setValue([NaN]), /NaN/);
  assertEquals(i.getValue().arraySync(), [1, 2]);
  i.setValue(new Int8Array([3]));
  assertEquals(i.getValue().arraySync(), [3]);
  const s = shared([1], { ...f32, name: "s" });
  fails(() => s.setValue(new Float64Array([1])), /expected float32, got float64/);
  s.setValue([0.1]);
  const free = shared([1], { dtype: "int32", allowDowncast: true });
  free.setValue([2.7]);
  free.setValue(new Float64Array([3.7]));
  assertEquals(free.getValue().arraySync(), [3]);
  const strict = shared([1], { ...f64, strict: true });
  fails(() => strict.setValue(new Float32Array([1])), /expected float64, got float32/);
  strict.setValue(new Float64Array([2]));
  assertEquals(strict.getValue().arraySync(), [2]);
});

onDevices("functions see the value of the moment", async (device) => {
  const s = shared([1, 2], f32);
  const f = await compile([], s.sum(), { device });
  assertEquals(f().item(), 3);
  s.setValue([3, 4]);
  assertEquals(f().item(), 7);
  s.setValue([1, 1, 1]);
  assertEquals(f().item(), 3);
  s.setValue([]);
  assertEquals(f().item(), 0);
  s.zero();
  s.setValue([5]);
  assertEquals(f().item(), 5);
  s.zero();
  assertEquals([f().item(), s.getValue().arraySync()], [0, [0]]);
});

onDevices("functions share a variable, in the order of calls", async (device) => {
  const s = shared(0, f32), x = T.fscalar("x");
  const add = await compile([x], s, { device, updates: [[s, s.add(x)]] });
  const twice = await compile([], s, { device, updates: [[s, s.mul(2)]] });
  assertEquals([add(3), twice(), add(1)].map((r) => r.item()), [0, 3, 6]);
  assertEquals(s.getValue().item(), 7);
  assertEquals((await s.value()).item(), 7);
});

onDevices("what was read stays when the variable changes", async (device) => {
  const s = shared([1, 2], f32);
  const f = await compile([], s, { device, updates: [[s, s.add(1)]] });
  const result = f(), read = s.getValue(), later = s.value();
  f();
  s.setValue([9, 9]);
  assertEquals(result.arraySync(), [1, 2]);
  assertEquals(read.arraySync(), [2, 3]);
  assertNotEquals((await later).arraySync(), undefined);
});

Deno.test("a variable moves between devices with its value", async () => {
  const s = shared([1, 2], f32);
  const cpu = await compile([], s.sum(), { device: "cpu", updates: [[s, s.mul(2)]] });
  assertEquals(cpu().item(), 3);
  const { availability } = await import("../../dev/testing/gpu_device.ts");
  if (!availability.available) return;
  const gpu = await compile([], s.sum(), { device: "gpu", updates: [[s, s.add(1)]] });
  assertEquals([gpu().item(), cpu().item(), gpu().item()], [6, 8, 16]);
  assertEquals(s.getValue().arraySync(), [7, 11]);
});

onDevices("an empty variable grows", async (device) => {
  const s = shared(tensor(new Float32Array(0), { shape: [0, 2] })), x = T.fvector("x");
  const f = await compile([x], [], {
    device,
    updates: [[s, T.concatenate([s, x.dimshuffle("x", 0)])]],
  });
  f([1, 2]);
  f([3, 4]);
  assertEquals(s.getValue().arraySync(), [[1, 2], [3, 4]]);
});
