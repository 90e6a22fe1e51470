/**
 * Functions and values after their device was lost. Each test takes the process's GPU away; the next one
 * opens another.
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotStrictEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { gpuTest } from "../../dev/testing/gpu_device.ts";
import type { GpuBackend } from "../../gpu/backend.ts";
import {
  compile,
  DeviceLostError,
  grad,
  In,
  OutOfMemoryError,
  RandomStreams,
  scan,
  shared,
  T,
  tensor,
  until,
  type Variable,
} from "../../all.ts";
import { gpuBackend } from "./device.ts";

/** Loses the GPU as a driver would: nothing of Croton's knows. */
async function loseGpu(): Promise<GpuBackend> {
  const backend = await gpuBackend() as GpuBackend;
  backend.device.context.raw.destroy();
  return backend;
}

/** Lets the promise settle that says that a device is lost. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

const gpu = { device: "gpu" } as const;
const f32 = { dtype: "float32" } as const;

/** The error of a call on a device that has just been lost, whether it comes with the call or the read. */
function firstError(call: () => unknown): DeviceLostError {
  return assertThrows(call, DeviceLostError);
}

for (const noticed of [true, false]) {
  const when = noticed ? "after waiting" : "at once";
  const lose = async () => {
    const backend = await loseGpu();
    if (noticed) await turn();
    return backend;
  };

  gpuTest(`after a loss, the next compile opens a new device, ${when}`, async () => {
    const x = T.fvector("x");
    const f = await compile([x], x.mul(2), gpu);
    assertEquals(f([1, 2]).arraySync(), [2, 4]);
    const old = await lose();
    const g = await compile([x], x.mul(3), gpu);
    assertNotStrictEquals(await gpuBackend(), old);
    assertEquals(g([1, 2]).arraySync(), [3, 6]);
    assertEquals(f([1, 2]).arraySync(), [2, 4]);
    assertEquals(f([1, 2, 3]).arraySync(), [2, 4, 6]);
  });

  gpuTest(`the first error says that the device was lost, ${when}`, async () => {
    const x = T.fvector("x");
    const f = await compile([x], x.mul(2), gpu);
    // Larger than anything before, so that memory has to be made.
    const large = new Float32Array(3_000_017).fill(1);
    f([1]).arraySync();
    await lose();
    const error = firstError(() => f(large).arraySync());
    assert(!((error as Error) instanceof OutOfMemoryError));
    assertMatch(error.message, /GPU device was lost/);
    const again = firstError(() => f([1]));
    assertMatch(
      again.message,
      /cannot call "function" before a new device is open; await its warmUp/,
    );
    await f.warmUp([1]);
    assertEquals(f([1]).arraySync(), [2]);
  });

  gpuTest(`warmUp alone opens a new device, ${when}`, async () => {
    const x = T.fvector("x"), s = shared([5, 6], { ...f32, name: "s" });
    const f = await compile([x], x.add(s), gpu);
    f([1, 2]).arraySync();
    await lose();
    await f.warmUp([1, 2]);
    assertEquals(f([1, 2]).arraySync(), [6, 8]);
  });

  gpuTest(`values the host has come back, others are named, ${when}`, async () => {
    const table = shared([1, 2, 3], { ...f32, name: "table" });
    const w = shared([1, 1, 1], { ...f32, name: "w" }), b = shared(0, { ...f32, name: "b" });
    const x = T.fvector("x");
    const step = await compile([x], w.add(b), {
      ...gpu,
      updates: [[w, w.add(x.mul(table))], [b, b.add(1)]],
    });
    const read = await compile([x], x.add(table), gpu);
    step([1, 1, 1]);
    assertEquals(w.getValue().arraySync(), [2, 3, 4]);
    // Read since the last update: the host has it.
    step([0, 0, 0]);
    assertEquals(b.getValue().item(), 2);
    await lose();
    await compile([], T.constant(1, "float32").add(b), gpu);
    assertEquals(read([1, 1, 1]).arraySync(), [2, 3, 4]);
    assertEquals(b.getValue().item(), 2);
    for (const call of [() => step([1, 1, 1]), () => w.getValue()]) {
      const error = assertThrows(call, DeviceLostError);
      assertMatch(error.message, /the value of "w" went with it, .*setValue/);
      assert(!error.message.includes('"b"') && !error.message.includes('"table"'));
    }
    const error = await assertRejects(() => w.value(), DeviceLostError);
    assertMatch(error.message, /"w"/);
    w.setValue([7, 8, 9]);
    assertEquals(step([1, 1, 1]).arraySync(), [9, 10, 11]);
    assertEquals(w.getValue().arraySync(), [8, 10, 12]);
    assertEquals(b.getValue().item(), 3);
  });

  gpuTest(`all variables that are gone are named at once, ${when}`, async () => {
    const make = (name: string) => shared([1, 2], { ...f32, name });
    const [a, b, c] = [make("a"), make("b"), make("c")];
    const f = await compile([], null, { ...gpu, updates: [[a, a.add(c)], [b, b.mul(c)]] });
    f();
    await lose();
    // On another device, too, and for a function made after the loss.
    for (const device of ["gpu", "cpu"] as const) {
      const g = await compile([], a.add(b).add(c), { device });
      const error = assertThrows(() => g(), DeviceLostError);
      assertMatch(error.message, /"a" and of "b" went/);
    }
    a.zero();
    b.setValue([1, 1]);
    f();
    assertEquals([a, b].map((s) => s.getValue().arraySync()), [[1, 2], [1, 2]]);
    // Another shape.
    await loseGpu();
    await f.warmUp();
    for (const s of [a, b, c]) s.setValue([1, 2, 3]);
    f();
    assertEquals([a, b].map((s) => s.getValue().arraySync()), [[2, 4, 6], [1, 4, 9]]);
  });

  gpuTest(`tensors come back if the host has them, ${when}`, async () => {
    const x = T.fvector("x"), y = T.fvector("y");
    const f = await compile([x], x.mul(2), { ...gpu, name: "f" });
    const given = tensor([1, 2], f32);
    const read = f(given), unread = f(given);
    assertEquals(read.arraySync(), [2, 4]);
    await lose();
    const g = await compile([x, y], x.add(y), { ...gpu, name: "g" });
    assertEquals(g(given, read).arraySync(), [3, 6]);
    const lost = assertThrows(() => unread.dataSync(), DeviceLostError);
    assertMatch(lost.message, /this float32 tensor of shape \[2\] went .*compute it again/);
    await assertRejects(() => unread.data(), DeviceLostError, "this float32 tensor");
    const error = assertThrows(() => g(given, unread), DeviceLostError);
    assertMatch(error.message, /the input "y" of "g" went/);
    assertEquals(Deno.inspect(unread), "Tensor(float32[2], lost)");
    unread.dispose();
    const h = await compile([x], x.sum(), { device: "cpu" });
    assertEquals(h(read).item(), 6);
    assertEquals(f(read).arraySync(), [4, 8]);
  });

  gpuTest(`random streams are seeded again, ${when}`, async () => {
    const streams = new RandomStreams(7);
    const u = streams.uniform([4]);
    const draw = await compile([], u, gpu);
    const first = draw().arraySync();
    draw();
    await lose();
    await compile([], T.ones([2], "float32"), gpu);
    const error = assertThrows(() => draw(), DeviceLostError);
    assertMatch(error.message, /uint32.* \(made at .*lost_test\.ts.*\) went .*seed/);
    streams.seed();
    assertEquals(draw().arraySync(), first);
    // A stream that was never drawn from is still there.
    const other = await compile([], new RandomStreams(7).uniform([4]), gpu);
    await lose();
    await other.warmUp();
    assertEquals(other().arraySync(), first);
  });

  gpuTest(`functions with stages and loops, and copies of them, run again, ${when}`, async () => {
    const x = T.fvector("x"), n = T.iscalar("n");
    const positive = await compile([x], T.nonzero(x.gt(0))[0]!, gpu);
    const range = await compile([x], T.arange(T.argmax(x)).mul(2), gpu);
    const [ys] = scan((v: Variable) => [v.mul(2), until(v.ge(600))], {
      outputsInfo: T.constant(1, "float32"),
      nSteps: n,
    }) as unknown as [Variable];
    const loop = await compile([n], ys, gpu);
    const check = () => {
      assertEquals(positive([0, 1, 0, 2]).arraySync(), [1n, 3n]);
      assertEquals(Array.from(range([0, 1, 5]).dataSync(), Number), [0, 2]);
      assertEquals((loop(700).arraySync() as number[]).length, 11);
    };
    check();
    const old = positive.copy();
    await lose();
    const fresh = positive.copy();
    await compile([x], x.add(1), gpu);
    check();
    assertEquals(old([0, 1]).arraySync(), [1n]);
    assertEquals(fresh([1, 1]).arraySync(), [0n, 1n]);
  });
}

gpuTest("a loss within a call is an error of that call, or of the read", async () => {
  const x = T.fvector("x"), taken = x.take(T.cast(x, "int32"), 0);
  const s = shared([0, 0], { ...f32, name: "s" });
  const inPlace = await compile([x], taken, { ...gpu, updates: [[s, taken.add(s)]] });
  // The value moves, so the call itself waits for the outcome of the check.
  const moves = await compile([x], taken, { ...gpu, updates: [[s, T.concatenate([s, taken])]] });
  for (const f of [inPlace, moves]) {
    s.setValue([0, 0]);
    f([1, 0]);
    const backend = await gpuBackend() as GpuBackend;
    const { raw } = backend.device.context, submit = raw.queue.submit.bind(raw.queue);
    raw.queue.submit = (buffers) => {
      raw.destroy();
      submit(buffers);
    };
    firstError(() => {
      const result = f([1, 0]);
      assertNotStrictEquals(f, moves);
      result.dataSync();
    });
    assert(backend.lost !== null);
    await f.warmUp([1, 0]);
    const error = assertThrows(() => f([1, 0]), DeviceLostError);
    assertMatch(error.message, /"s" went/);
    s.setValue([1, 2]);
    assertEquals(f([1, 0]).arraySync(), [0, 1]);
    assertEquals(s.getValue().arraySync(), f === moves ? [1, 2, 0, 1] : [1, 3]);
  }
});

gpuTest("a loss within a read says so, whichever command finds it", async () => {
  const x = T.fvector("x");
  const f = await compile([x], x.mul(2), gpu);
  for (const command of ["mapAsync", "getMappedRange", "unmap"] as const) {
    for (const read of ["dataSync", "data"] as const) {
      await f.warmUp([1, 2]);
      const unread = f([1, 2]), kept = f([3, 4]);
      assertEquals(kept.arraySync(), [6, 8]);
      const backend = await gpuBackend() as GpuBackend;
      const original = Object.getOwnPropertyDescriptor(GPUBuffer.prototype, command)!;
      Object.defineProperty(GPUBuffer.prototype, command, {
        ...original,
        value(...args: unknown[]) {
          backend.device.context.raw.destroy();
          return original.value.apply(this, args);
        },
      });
      try {
        await assertRejects(
          async () => await unread[read](),
          DeviceLostError,
          "this float32 tensor",
        );
      } finally {
        Object.defineProperty(GPUBuffer.prototype, command, original);
      }
      await f.warmUp([1, 2]);
      assertEquals(f(kept).arraySync(), [12, 16]);
    }
  }
});

gpuTest("inputs with an update are named, and set again", async () => {
  const state = T.fvector("state"), x = T.fvector("x");
  const f = await compile(
    [x, new In(state, { value: [0, 0], update: state.add(x) })],
    state.mul(1),
    { ...gpu, name: "f" },
  );
  f([1, 2]);
  assertEquals(f([1, 2]).arraySync(), [1, 2]);
  await loseGpu();
  await f.warmUp([1, 2], [0, 0]);
  const error = assertThrows(() => f([1, 2]), DeviceLostError);
  assertMatch(error.message, /the input "state" of "f" went/);
  f.set("state", [5, 5]);
  assertEquals(f([1, 2]).arraySync(), [5, 5]);
  assertEquals(f([1, 2]).arraySync(), [6, 7]);
});

gpuTest("a value that was updated is never the one from before", async () => {
  const s = shared([1, 2], { ...f32, name: "s" }), x = T.fvector("x");
  const inPlace = await compile([x], null, { ...gpu, updates: [[s, s.add(x)]] });
  const grows = await compile([], null, { ...gpu, updates: [[s, T.concatenate([s, s])]] });
  for (const change of [() => inPlace([1, 1]), () => grows()]) {
    s.setValue([1, 2]);
    s.getValue();
    change();
    await loseGpu();
    await compile([x], x, gpu);
    assertThrows(() => s.getValue(), DeviceLostError, '"s"');
    s.setValue([1, 2]);
    inPlace([1, 1]);
    assertEquals(s.getValue().arraySync(), [2, 3]);
  }
  // A read that is under way while the value changes is not kept.
  s.setValue([1, 2]);
  inPlace([0, 0]);
  const reading = s.value();
  inPlace([1, 1]);
  assertEquals([(await reading).arraySync(), s.getValue().arraySync()], [[1, 2], [2, 3]]);
});

gpuTest("training goes on after a loss from values that were set again", async () => {
  const x = T.fmatrix("x"), y = T.fvector("y");
  const w = shared([0, 0], { ...f32, name: "w" });
  const cost = x.dot(w).sub(y).sqr().mean();
  const train = await compile([x, y], cost, {
    ...gpu,
    updates: [[w, w.sub(grad(cost, w).mul(0.1))]],
  });
  const [xs, ys] = [tensor([[1, 2], [3, 4], [5, 7]], f32), tensor([1, 2, 3], f32)];
  const costs = [1, 2, 3, 4].map(() => train(xs, ys).item());
  w.setValue([0, 0]);
  train(xs, ys);
  const saved = w.getValue();
  train(xs, ys);
  await loseGpu();
  firstError(() => train(xs, ys).item());
  await train.warmUp(xs, ys);
  assertThrows(() => train(xs, ys), DeviceLostError, '"w"');
  w.setValue(saved);
  assertEquals([1, 2, 3].map(() => train(xs, ys).item()), costs.slice(1));
});

gpuTest("values that are read or set before anybody knows of the loss", async () => {
  const s = shared([1, 2], { ...f32, name: "s" });
  const f = await compile([], s.sum(), { ...gpu, updates: [[s, s.add(1)]] });
  f();
  await loseGpu();
  const error = assertThrows(() => s.getValue(), DeviceLostError);
  assertMatch(error.message, /"s" went/);
  await f.warmUp();
  s.setValue([5, 6]);
  f();
  await loseGpu();
  s.setValue([7, 8]);
  await f.warmUp();
  assertEquals(f().item(), 15);
  f();
  await loseGpu();
  // A read for another device finds out.
  const g = await compile([], s.mul(2), { device: "cpu" });
  assertMatch(assertThrows(() => g(), DeviceLostError).message, /"s" went/);
  s.setValue([1, 1]);
  assertEquals(g().arraySync(), [2, 2]);
});

gpuTest("what is prepared while the device goes is not kept", async () => {
  const x = T.fvector("x");
  const f = await compile([x], x.mul(2).add(1), gpu);
  f([1]);
  const lost = await loseGpu();
  lost.findLoss();
  const warming = [f.warmUp([1, 2]), f.warmUp([1, 2, 3])];
  await gpuBackend();
  await loseGpu();
  await Promise.allSettled(warming);
  await f.warmUp([1]);
  for (const n of [1, 2, 3]) {
    assertEquals(f(new Float32Array(n).fill(1)).arraySync(), Array(n).fill(3));
  }
});

gpuTest("a lost device gives back nothing and needs nothing given back", async () => {
  const x = T.fvector("x"), s = shared([1, 2], f32);
  const f = await compile([x], x.mul(2), { ...gpu, updates: [[s, s.add(1)]] });
  const kept = f([1, 2]), other = f([3, 4]);
  const lost = await loseGpu();
  kept.dispose();
  f.free();
  await turn();
  other.dispose();
  f.free();
  lost.destroy();
  s.setValue([3, 3]);
  await f.warmUp([1, 2]);
  assertEquals(f([1, 2]).arraySync(), [2, 4]);
  assertEquals(s.getValue().arraySync(), [4, 4]);
});
