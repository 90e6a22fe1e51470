// Memory over many calls, and what a device cannot hold.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { onDevices } from "../../dev/testing/devices.ts";
import { compile, config, grad, scan, shared, T, tensor, type Variable } from "../../all.ts";
import type { Backend } from "./backend.ts";
import { cpuBackend, gpuBackend } from "./device.ts";

const f32 = { dtype: "float32" } as const;

async function backendOf(device: "cpu" | "gpu"): Promise<Backend> {
  return device === "cpu" ? await cpuBackend() : await gpuBackend();
}

/** Fewer on the GPU, which may be a program on the CPU. */
const callsOn = { cpu: 10_000, gpu: 300 };

async function holdsStill(device: "cpu" | "gpu", call: (i: number) => void): Promise<void> {
  const backend = await backendOf(device);
  for (let i = 0; i < 20; i++) call(i);
  const before = backend.stats;
  for (let i = 0; i < callsOn[device]; i++) call(i);
  const after = backend.stats;
  assertEquals(after.buffers, before.buffers);
  assertEquals(after.bytes, before.bytes);
  assert(after.reserved <= before.reserved, `${before.reserved} bytes grew to ${after.reserved}`);
  assertEquals(after.compiled, before.compiled);
}

onDevices("training steps take no more memory, however many", async (device) => {
  const x = T.fmatrix("x"), y = T.fvector("y");
  const w = shared([0, 0, 0], f32), b = shared(0, f32);
  const p = T.sigmoid(x.dot(w).add(b));
  const cost = T.binaryCrossentropy(p, y).mean();
  const [gw, gb] = grad(cost, [w, b]);
  const train = await compile([x, y], cost, {
    device,
    updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
  });
  const rows = [[1, 2, 3], [4, 5, 6]], labels = new Float32Array([0, 1]);
  await holdsStill(device, () => train(rows, labels)[Symbol.dispose]());
  assert(w.getValue().dataSync().every((value) => value !== 0));
});

onDevices("steps with loops and new shapes take no more memory", async (device) => {
  const x = T.fvector("x"), s = shared([0], f32);
  const [sums] = scan((a: Variable, t: Variable) => t.add(a), { sequences: x, outputsInfo: 0 });
  const f = await compile([x], [], { device, updates: [[s, sums as Variable]] });
  const given = [new Float32Array([1, 2, 3]), new Float32Array([1, 2, 3, 4, 5])];
  for (const one of given) f(one);
  await holdsStill(device, () => {
    // Ends in the state in which it began.
    f(given[0]!);
    f(given[1]!);
  });
  assertEquals(s.getValue().arraySync(), [1, 3, 6, 10, 15]);
});

onDevices("using gives the memory of a result back at once", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device });
  const given = tensor(new Float32Array(1000));
  f(given).dispose();
  const backend = await backendOf(device), before = backend.stats.buffers;
  const kept = f(given);
  {
    using again = f(given);
    assertEquals(again.shape, [1000]);
  }
  if (device === "gpu") assertEquals(backend.stats.buffers, before + 1);
  kept.dispose();
  kept.dispose();
  assertEquals(backend.stats.buffers, before);
  assertThrows(() => kept.dataSync(), TypeError, "after dispose()");
  given.dispose();
  assertThrows(() => f(given), TypeError, 'input 0 ("x"): the tensor was disposed of');
});

onDevices("functions that do not run hold next to no memory", async (device) => {
  const x = T.fvector("x"), data = new Float32Array(1 << 18).fill(1);
  const cached = () => config.memory()[device]!.cached;
  const functions = [];
  let first = 0;
  for (let i = 0; i < 6; i++) {
    const y = x.add(i), largest = y.max();
    // What is subtracted needs memory of its own, and the argument a copy on the device.
    const f = await compile([x], [y.exp().cumsum().sub(largest).sum(), largest], { device });
    for (const result of f(data)) result.dispose();
    functions.push(f);
    if (i === 1) first = cached();
  }
  const grown = cached() - first;
  assert(grown < data.byteLength / 4, `${grown} bytes are held by 4 more functions`);
  for (const f of functions) f.dispose();
});

onDevices("lengths that cannot be are errors, and change nothing", async (device) => {
  const n = T.iscalar("n"), s = shared([1, 2], f32);
  const f = await compile([n], [], { device, updates: [[s, T.zeros([n], "float32")]] });
  const error = assertThrows(() => f(-1));
  assert(error instanceof RangeError || error instanceof TypeError, String(error));
  assertEquals(s.getValue().arraySync(), [1, 2]);
  const r = await compile([n], [], { device, updates: [[s, s.reshape([n])]] });
  assertThrows(() => r(3), TypeError);
  assertEquals(s.getValue().arraySync(), [1, 2]);
  assertThrows(() => s.reshape([NaN]), TypeError);
  assertThrows(() => T.zeros([NaN]), TypeError);
  assertThrows(() => T.zeros([T.fscalar("x") as Variable]), TypeError);
  assertThrows(() => T.zeros([1.5]), TypeError);
  f(3);
  assertEquals(s.getValue().arraySync(), [0, 0, 0]);
});

onDevices(
  "what is too large for the device is a typed error, and changes nothing",
  async (device) => {
    const n = T.iscalar("n"), s = shared(1, f32);
    const big = T.zeros([n, n], "float32").add(s);
    const f = await compile([n], big, { device, name: "big", updates: [[s, s.add(1)]] });
    const error = assertThrows(() => f(2 ** 20));
    assert(error instanceof Error);
    assertMatch(error.constructor.name, /^(OutOfMemoryError|LimitError|RangeError)$/);
    assertMatch(error.message, /Cannot|too large/);
    assertEquals(s.getValue().item(), 1);
    assertEquals(f(2).arraySync(), [[1, 1], [1, 1]]);
    assertEquals(s.getValue().item(), 2);
  },
);

onDevices("arguments of narrow types may be longer or shorter at each call", async (device) => {
  for (const dtype of ["bool", "int8", "uint8", "int16", "uint16"] as const) {
    const v = T.vector("v", { dtype }), x = T.fvector("x");
    const f = await compile([v], v.neq(0).sum(), { device });
    const g = await compile([x, v], x.at(v.neq(0)), { device });
    for (const n of [3, 2, 3, 9, 1, 100, 4]) {
      assertEquals(f(Array<number>(n).fill(1)).item(), BigInt(n));
      assertEquals(g(Array<number>(n).fill(2), Array<number>(n).fill(1)).shape, [n]);
    }
  }
});
