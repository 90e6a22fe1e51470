import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { gpuTest } from "../../dev/testing/gpu_device.ts";
import { DeviceLostError, GpuCommandError, NoGpuError } from "../../core/base/errors.ts";
import { gpuAvailable, type GpuDevice, openDevice } from "./device.ts";
import type { PipelineCache } from "./pipelines.ts";
import { selfTest } from "../self_test.ts";

/** Lets the event loop turn, so that what WebGPU reports late arrives. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("gpuAvailable() says why there is no GPU and does not throw", async () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, "navigator")!;
  const gpus: [unknown, string][] = [
    [undefined, "no navigator.gpu"],
    [{ requestAdapter: () => Promise.resolve(null) }, "no adapter"],
    [{ requestAdapter: () => Promise.reject(new Error("driver broken")) }, "driver broken"],
    [{
      requestAdapter: () => {
        throw new Error("no backend");
      },
    }, "no backend"],
  ];
  try {
    for (const [gpu, words] of gpus) {
      Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
      const answer = await gpuAvailable();
      assert(!answer.available);
      assertStringIncludes(answer.reason, words);
      const error = await assertRejects(() => openDevice(), NoGpuError);
      assertStringIncludes(error.message, words);
    }
  } finally {
    Object.defineProperty(globalThis, "navigator", original);
  }
});

gpuTest("openDevice() grants the adapter's own limits as numbers", async (device) => {
  const adapter = await navigator.gpu.requestAdapter();
  for (const [name, value] of Object.entries(device.limits)) {
    assertEquals(typeof value, "number");
    assertEquals(value, Number(adapter!.limits[name as keyof GPUSupportedLimits]), name);
  }
  assertEquals(typeof device.info.description, "string");
  assertEquals(typeof device.info.isFallbackAdapter, "boolean");
});

gpuTest("openDevice() leaves out features that were not asked for", async () => {
  using device = await openDevice({ features: [] });
  assertEquals(device.context.features.has("timestamp-query"), false);
  const error = assertThrows(() => device.timer(), TypeError);
  assertStringIncludes(error.message, "timestamp-query");
});

gpuTest("a destroyed device says so at every use", async () => {
  const device = await openDevice({ selfTest: false });
  const handle = device.buffers.acquire(16);
  device.destroy();
  device.destroy();
  assert(device.context.lost);
  for (let i = 0; i < 2; i++) {
    assertThrows(() => device.checkAlive(), DeviceLostError, "destroyed");
  }
  assertThrows(() => device.readback.readSync(handle.buffer, 0, 16), DeviceLostError);
  await assertRejects(() => device.readback.read(handle.buffer, 0, 16), DeviceLostError);
  assertThrows(() => device.buffers.acquire(1 << 20), DeviceLostError);
});

gpuTest("a device that is lost by itself says so too", async () => {
  const device = await openDevice({ selfTest: false });
  device.context.raw.destroy();
  await turn();
  assert(device.context.lost);
  assertThrows(() => device.checkAlive(), DeviceLostError);
  device.destroy();
});

gpuTest("a loss is told from other failures at once", async () => {
  const lose = async () => {
    const device = await openDevice({ selfTest: false });
    const { buffer } = device.buffers.acquire(16);
    assertEquals(device.context.findLoss(), null);
    device.context.raw.destroy();
    assert(!device.context.lost);
    return { device, buffer };
  };
  const failures: ((lost: Awaited<ReturnType<typeof lose>>) => unknown)[] = [
    // Without the question, these were out of memory, or a command that was refused.
    ({ device }) => device.buffers.acquire(1 << 20),
    ({ device, buffer }) => device.readback.readSync(buffer, 0, 16),
    ({ device }) => {
      device.context.fail(new GpuCommandError("internal", "it hangs"));
      device.checkAlive();
    },
    ({ device }) => {
      throw device.context.findLoss();
    },
  ];
  for (const failure of failures) {
    const lost = await lose();
    assertThrows(() => failure(lost), DeviceLostError);
    assert(lost.device.context.lost);
    lost.device.destroy();
  }
  const { device } = await lose();
  const source = { label: "k", wgsl: "@compute @workgroup_size(1) fn main() {}", storage: [] };
  await assertRejects(() => device.pipelines.create(source), DeviceLostError);
  const alive = await openDevice({ selfTest: false });
  const refused = new GpuCommandError("internal", "not lost");
  for (let i = 0; i < 100; i++) assert(alive.context.explain(refused) === refused);
  alive.destroy();
});

gpuTest("an error that WebGPU reports late is thrown once by the next check", async () => {
  using device = await openDevice({ selfTest: false });
  const { raw } = device.context;
  raw.createBuffer({ size: device.limits.maxBufferSize + 4, usage: GPUBufferUsage.STORAGE });
  await turn();
  const error = assertThrows(() => device.checkAlive(), GpuCommandError);
  assertStringIncludes(error.message, "validation");
  device.checkAlive();
});

gpuTest("selfTest() refuses a device that computes something else", async (device: GpuDevice) => {
  const { context, queue, readback } = device;
  // Stands for a driver that adds wrongly.
  const pipelines = {
    create: (source: Parameters<PipelineCache["create"]>[0]) =>
      device.pipelines.create({
        ...source,
        wgsl: source.wgsl.replace("sum += scaled", "sum += scaled + 1.0"),
      }),
    bind: device.pipelines.bind.bind(device.pipelines),
  } as unknown as PipelineCache;
  const error = await assertRejects(
    () => selfTest({ context, queue, readback, pipelines }),
    NoGpuError,
  );
  assertStringIncludes(error.message, "sum is");
});
