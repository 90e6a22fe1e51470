import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gpuBackend } from "../core/runtime/device.ts";
import { IndexError } from "../core/base/errors.ts";
import { axisIx, ScalarBuilder, sizeIx } from "../core/ir/builder.ts";
import { createInterpreterBackend } from "../dev/testing/interpret.ts";
import { compile, shared, T } from "../all.ts";
import type { GpuBackend } from "./backend.ts";
import {
  floats,
  gpu,
  gpuTest,
  input,
  nest,
  output,
  programOf,
  runOn,
  type Setup,
  sharedRole,
  temp,
} from "../dev/testing/gpu/compare.ts";

/** y = x[i], and counter += 1 if i is in range. */
function gather(index: number): Setup {
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const i = b.load(1, "int32", sizeIx(0));
  const failed = b.compare("ge", i, b.constant("i32", 4));
  const one = c.add(c.load(3, "int32", sizeIx(0)), c.constant("i32", 1));
  return {
    buffers: [
      ["x", "float32", 4, input(0)],
      ["i", "int32", 1, input(1)],
      ["y", "float32", 1, output(0)],
      ["counter", "int32", 1, sharedRole(0)],
    ],
    steps: [nest({
      outer: [{ buffer: 2, address: sizeIx(0), value: b.load(0, "float32", b.ix(i)), guard: null }],
      checks: [{ failed, check: 1, inner: false }],
    })],
    commit: [nest({ outer: [{ buffer: 3, address: sizeIx(0), value: one, guard: null }] })],
    checks: ["Other", "Index out of range"],
    inputs: [floats(4), Int32Array.of(index)],
    shared: [Int32Array.of(5)],
  };
}

gpuTest("a failed check stops the commit and is told once by the next read", async () => {
  const backend = await gpu();
  const good = await runOn(backend, gather(2), 3);
  assertEquals(good.shared[0], Int32Array.of(8));
  await assertRejects(() => runOn(backend, gather(4)), IndexError, "Index out of range");

  const setup = gather(9);
  const env = new Float64Array(0);
  const [x, i, y, counter] = setup.buffers.map(([, dtype, n]) =>
    backend.allocate(dtype, Number(n))
  );
  x!.write("float32", floats(4));
  counter!.write("int32", Int32Array.of(5));
  const executable = backend.prepare(programOf(setup));
  const run = (index: number) => {
    i!.write("int32", Int32Array.of(index));
    executable.run({ env, inputs: [x!, i!], shared: [counter!], outputs: [y!] });
  };
  run(9);
  assertThrows(() => y!.readSync("float32", 1), IndexError);
  y!.readSync("float32", 1);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(5));
  run(1);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(6));
  run(9);
  await assertRejects(() => y!.read("float32", 1), IndexError);
  for (let k = 0; k < 1100; k++) run(k % 4);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(1106));
  executable.dispose();
  for (const buffer of [x, i, y, counter]) buffer!.dispose();
});

gpuTest("a shared variable that is an argument too is read before it is written", async () => {
  const backend = await gpu();
  const b = new ScalarBuilder();
  const reversed = b.addIx(sizeIx(3), b.scaleIx(axisIx(0), -1));
  const program = programOf({
    buffers: [["x", "float32", 4, input(0)], ["s", "float32", 4, sharedRole(0)]],
    steps: [],
    commit: [nest({
      axes: [4],
      outer: [{
        buffer: 1,
        address: axisIx(0),
        value: b.load(0, "float32", reversed),
        guard: null,
      }],
    })],
  });
  const executable = backend.prepare(program);
  const s = backend.allocate("float32", 4);
  s.write("float32", Float32Array.of(1, 2, 3, 4));
  executable.run({ env: new Float64Array(0), inputs: [s], shared: [s], outputs: [] });
  assertEquals(s.readSync("float32", 4), Float32Array.of(4, 3, 2, 1));
  s.dispose();
  executable.dispose();
});

gpuTest("values keep their dtype on the way to the device and back", async () => {
  const backend = await gpu();
  const cases = [
    ["bool", Uint8Array.of(0, 1, 1)],
    ["int8", Int8Array.of(-128, 0, 127)],
    ["int16", Int16Array.of(-32768, 5)],
    ["uint8", Uint8Array.of(255, 3, 1)],
    ["uint16", Uint16Array.of(65535)],
    ["uint32", Uint32Array.of(4294967295, 1)],
    ["int64", BigInt64Array.of(-2147483648n, 2n ** 63n - 1n, -1n)],
    ["uint64", BigUint64Array.of(0n, 2n ** 64n - 1n)],
    ["float16", Float16Array.of(1.5, -0, 65504, Infinity)],
    ["float32", Float32Array.of(1e-3, -Infinity)],
    ["complex64", Float32Array.of(1, 2, 3, 4)],
  ] as const;
  for (const [dtype, data] of cases) {
    const n = dtype === "complex64" ? data.length / 2 : data.length;
    const a = backend.allocate(dtype, n);
    a.write(dtype, data);
    assertEquals(a.readSync(dtype, n), data);
    assertEquals(await a.read(dtype, n), data);
    a.dispose();
    a.dispose();
    assert(a.disposed);
    assertThrows(() => a.readSync(dtype, n), TypeError, "disposed");
  }
  assertThrows(() => backend.allocate("float64", 1), TypeError, "float64");
  assertEquals(backend.supports("float64"), false);
  assertEquals(backend.supports("complex64"), true);
});

gpuTest("thousands of calls grow neither memory nor the number of buffers", async () => {
  const backend = await gpu();
  const b = new ScalarBuilder();
  const n = 300;
  const x = b.load(0, "float32", axisIx(0)), w = b.load(1, "float32", axisIx(0));
  const executable = backend.prepare(programOf({
    buffers: [
      ["x", "float32", n, input(0)],
      ["w", "float32", n, sharedRole(0)],
      ["t", "float32", n, temp],
      ["loss", "float32", 1, output(0)],
    ],
    steps: [
      nest({
        axes: [n],
        outer: [{ buffer: 2, address: axisIx(0), value: b.sub(w, x), guard: null }],
      }),
      nest({
        loops: [n],
        reductions: [{ kind: "sum", type: "f32", value: b.load(2, "float32", axisIx(0)) }],
        outer: [{ buffer: 3, address: sizeIx(0), value: b.reduced(0, "f32"), guard: null }],
      }),
    ],
    commit: [nest({
      axes: [n],
      outer: [{
        buffer: 1,
        address: axisIx(0),
        value: b.madd(b.load(2, "float32", axisIx(0)), b.constant("f32", -0.1), w),
        guard: null,
      }],
    })],
  }));
  const x0 = backend.allocate("float32", n), w0 = backend.allocate("float32", n);
  x0.write("float32", floats(n));
  w0.write("float32", floats(n, 2));
  const call = () => {
    const loss = backend.allocate("float32", 1);
    executable.run({ env: new Float64Array(0), inputs: [x0], shared: [w0], outputs: [loss] });
    return loss;
  };
  for (let i = 0; i < 10; i++) call().dispose();
  const before = backend.stats;
  for (let i = 0; i < 3000; i++) call().dispose();
  assertEquals(backend.stats, before);
  const loss = call();
  assert(Math.abs(Number(loss.readSync("float32", 1)[0])) < 1e-3);
  // Scratch memory belongs to a program only while its run is recorded.
  const { used } = backend.stats, { scratchBytes } = executable.info;
  assert(scratchBytes > 0);
  assertEquals(used, before.used + 16);
  executable.free();
  assertEquals(backend.stats.used, used);
  call().dispose();
  executable.dispose();
  executable.dispose();
  assertThrows(() => call(), TypeError, "disposed");
});

gpuTest("runs that share scratch memory bind what they bound before", async () => {
  const x = T.fvector("x"), s = shared(new Float32Array(5000).fill(1));
  const y = T.sort(x.mul(s)), loss = y.sub(T.sort(y.cumsum()).sum()).sqr();
  const f = await compile([x], [loss, loss.sum()], { device: "gpu", updates: [[s, s.mul(0.5)]] });
  const g = await compile([x], T.sort(x.exp()).cumsum().sum(), { device: "gpu" });
  const data = new Float32Array(5000).fill(2);
  const call = () => {
    for (const result of f(data)) result.dispose();
    g(data).dispose();
  };
  for (let i = 0; i < 6; i++) call();
  const { raw } = (await gpuBackend() as GpuBackend).device.context;
  const bind = raw.createBindGroup;
  let bound = 0;
  raw.createBindGroup = (descriptor) => {
    bound++;
    return bind.call(raw, descriptor);
  };
  try {
    for (let i = 0; i < 20; i++) call();
  } finally {
    raw.createBindGroup = bind;
  }
  assertEquals(bound, 0);
});

gpuTest("bindings that do not fit are errors", async () => {
  const backend = await gpu();
  const b = new ScalarBuilder();
  const executable = backend.prepare(programOf({
    buffers: [["x", "float32", 64, input(0)], ["y", "float32", 64, output(0)]],
    steps: [nest({
      axes: [64],
      outer: [{
        buffer: 1,
        address: axisIx(0),
        value: b.load(0, "float32", axisIx(0)),
        guard: null,
      }],
    })],
  }));
  const env = new Float64Array(0);
  const x = backend.allocate("float32", 64), short = backend.allocate("float32", 10);
  assertThrows(
    () => executable.run({ env, inputs: [short], shared: [], outputs: [x] }),
    RangeError,
    '"x" needs 256 bytes',
  );
  assertThrows(
    () => executable.run({ env, inputs: [x], shared: [], outputs: [] }),
    TypeError,
    'output "y"',
  );
  const foreign = createInterpreterBackend().allocate("float32", 64);
  assertThrows(
    () => executable.run({ env, inputs: [foreign], shared: [], outputs: [x] }),
    TypeError,
    "another device",
  );
  assertThrows(() => short.write("float32", new Float32Array(11)), RangeError, "44 bytes");
  assertThrows(() => short.readSync("float32", 11), RangeError, "11 elements");
  executable.dispose();
  x.dispose();
  short.dispose();
});
