import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { countSubmissions, gpuTest } from "../../dev/testing/gpu_device.ts";
import { GpuCommandError, LimitError, ShaderError } from "../../core/base/errors.ts";
import { type GpuDevice, openDevice } from "./device.ts";
import { foldGrid, LINEAR_GROUP_WGSL } from "../print/grid.ts";
import type { CompiledKernel, KernelSource } from "./pipelines.ts";

const ADD: KernelSource = {
  label: "add",
  wgsl: `struct Params { count: u32, value: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.count) {
    y[id.x] = y[id.x] * 3u + params.value;
  }
}`,
  storage: ["write"],
};

function read(device: GpuDevice, buffer: GPUBuffer, words: number): number[] {
  return [...new Uint32Array(device.readback.readSync(buffer, 0, words * 4))];
}

gpuTest("commands take effect in the order they were recorded", async (device) => {
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create(ADD);
  const handle = buffers.acquire(16);
  const group = pipelines.bind(kernel, [handle]);
  queue.write(handle.buffer, 0, Uint32Array.of(1, 1, 1, 1));
  queue.dispatch(kernel, group, Uint32Array.of(4, 10), 1);
  // A write between dispatches must wait for the first and come before the second.
  queue.write(handle.buffer, 4, Uint32Array.of(0));
  queue.dispatch(kernel, group, Uint32Array.of(3, 1), 1);
  queue.clear(handle.buffer, 8, 4);
  assertEquals(read(device, handle.buffer, 4), [40, 1, 0, 13]);
  buffers.release(handle);
});

gpuTest("long recordings are submitted in chunks, with their own parameters", async () => {
  using device = await openDevice({ maxCommands: 100, selfTest: false });
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create(ADD);
  const handle = buffers.acquire(4);
  queue.clear(handle.buffer, 0, 16);
  const group = pipelines.bind(kernel, [handle]);
  let expected = 0;
  using submissions = countSubmissions(device);
  for (let i = 0; i < 5000; i++) {
    queue.dispatch(kernel, group, Uint32Array.of(1, i), 1);
    expected = (Math.imul(expected, 3) + i) >>> 0;
  }
  assertEquals(read(device, handle.buffer, 1), [expected]);
  assert(submissions.count >= 50 && submissions.count <= 53, String(submissions.count));
});

gpuTest("the arena is sent before it overflows", async () => {
  using device = await openDevice({ maxCommands: 1e9, selfTest: false });
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create(ADD);
  const handle = buffers.acquire(4);
  queue.clear(handle.buffer, 0, 16);
  const group = pipelines.bind(kernel, [handle]);
  const block = new Uint32Array(1000);
  using submissions = countSubmissions(device);
  let expected = 0;
  for (let i = 0; i < 200; i++) {
    block[0] = 1;
    block[1] = i;
    queue.dispatch(kernel, group, block, 1);
    expected = (Math.imul(expected, 3) + i) >>> 0;
  }
  assert(submissions.count >= 3);
  assertEquals(read(device, handle.buffer, 1), [expected]);
  const tooLarge = new Uint8Array(device.uniforms.maxBlock + 1);
  assertThrows(() => queue.dispatch(kernel, group, tooLarge, 1), LimitError, "parameters");
});

gpuTest("write() takes any length, also none", (device) => {
  const { queue, buffers } = device;
  const handle = buffers.acquire(16);
  queue.clear(handle.buffer, 0, 16);
  queue.write(handle.buffer, 0, new Uint8Array(0));
  queue.write(handle.buffer, 0, Uint8Array.of(1, 2, 3));
  queue.write(handle.buffer, 4, new Uint8Array([9, 9, 5, 6, 7, 8, 9]).subarray(2, 6));
  queue.copy(handle.buffer, 0, handle.buffer, 8, 0);
  assertEquals(read(device, handle.buffer, 2), [0x030201, 0x08070605]);
  buffers.release(handle);
});

gpuTest("large writes do not overtake recorded commands", async (device) => {
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create(ADD);
  const handle = buffers.acquire(65536 * 4);
  const group = pipelines.bind(kernel, [handle]);
  queue.write(handle.buffer, 0, new Uint32Array(65536).fill(2));
  const other = buffers.acquire(4);
  queue.dispatch(kernel, group, Uint32Array.of(64, 1), 1);
  queue.copy(handle.buffer, 0, other.buffer, 0, 4);
  queue.write(handle.buffer, 0, new Uint32Array(65536).fill(5));
  assertEquals(read(device, other.buffer, 1), [7]);
  assertEquals(read(device, handle.buffer, 1), [5]);
  for (const used of [handle, other]) buffers.release(used);
});

gpuTest("folded grids reach every workgroup once", async (device) => {
  const { queue, pipelines, buffers, limits } = device;
  const kernel = await pipelines.create({
    label: "fold",
    wgsl: `${LINEAR_GROUP_WGSL}
struct Params { total: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<atomic<u32>>;
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) count: vec3<u32>) {
  let group = linear_group(id, count);
  if (group < params.total) {
    atomicAdd(&y[0], 1u);
    atomicAdd(&y[1], group);
  }
}`,
    storage: ["write"],
  });
  const handle = buffers.acquire(8);
  const group = pipelines.bind(kernel, [handle]);
  for (const total of [limits.maxComputeWorkgroupsPerDimension + 1, 70001]) {
    queue.clear(handle.buffer, 0, 16);
    const grid = foldGrid(total, limits.maxComputeWorkgroupsPerDimension);
    queue.dispatch(kernel, group, Uint32Array.of(total), ...grid);
    const sum = Number((BigInt(total) * BigInt(total - 1) / 2n) & 0xffffffffn);
    assertEquals(read(device, handle.buffer, 2), [total, sum]);
  }
  using submissions = countSubmissions(device);
  queue.dispatch(kernel, group, null, 0);
  queue.flush();
  assertEquals(submissions.count, 0);
  assertThrows(() => queue.dispatch(kernel, group, null, 1, 65536), LimitError, "fold");
  buffers.release(handle);
});

gpuTest("kernels are compiled once for each text", async () => {
  using device = await openDevice({ selfTest: false });
  const { pipelines } = device;
  const [a, b, c] = await pipelines.createAll([
    ADD,
    { ...ADD, label: "the same" },
    { ...ADD, wgsl: ADD.wgsl + "\n" },
  ]);
  assert(a === b && a !== c);
  assert(pipelines.createSync(ADD) === a);
  assertEquals(pipelines.created, 2);
  pipelines.createSync({ ...ADD, wgsl: ADD.wgsl + "\n\n" });
  assertEquals(pipelines.created, 3);
});

gpuTest("a kernel that is refused shows its numbered text", async () => {
  using device = await openDevice({ selfTest: false });
  const bad = { ...ADD, label: "broken", wgsl: ADD.wgsl.replace("params.value", "params.valu") };
  const error = await assertRejects(() => device.pipelines.create(bad), ShaderError);
  assertEquals(error.label, "broken");
  assertStringIncludes(error.message, "7 |     y[id.x] = y[id.x] * 3u + params.valu;");
  assertStringIncludes(error.detail, "valu");
  // Its mistake is in the interface to the pipeline, not in the text.
  const missing = { ...ADD, label: "nothing there", entryPoint: "other" };
  await assertRejects(() => device.pipelines.create(missing), ShaderError, "nothing there");
  const unbound: KernelSource = { ...ADD, label: "unbound", storage: [] };
  await assertRejects(() => device.pipelines.create(unbound), ShaderError, "unbound");
  assertEquals(device.pipelines.created, 0);
  // Without waiting, the error comes with the next check.
  device.pipelines.createSync(bad);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertThrows(() => device.checkAlive(), ShaderError, "broken");
  device.checkAlive();
});

gpuTest("bind() counts the buffers and checks their size", async (device) => {
  const kernel: CompiledKernel = await device.pipelines.create(ADD);
  assertThrows(() => device.pipelines.bind(kernel, []), TypeError, "expected 1 buffers, got 0");
  const { maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = device.limits;
  const handle = device.buffers.acquire(16);
  const large = { buffer: handle.buffer, bytes: maxStorageBufferBindingSize + 4 };
  assertThrows(() => device.pipelines.bind(kernel, [large]), LimitError, '"add"');
  const storage = Array.from(
    { length: maxStorageBuffersPerShaderStage + 1 },
    () => "read" as const,
  );
  const greedy = { ...ADD, storage };
  assertThrows(() => device.pipelines.createSync(greedy), LimitError, "maxStorageBuffersPerShader");
  await assertRejects(() => device.pipelines.create(greedy), LimitError);
  device.buffers.release(handle);
});

gpuTest("validate() reports a refused command by name", async () => {
  using device = await openDevice({ selfTest: false });
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create(ADD);
  const handle = buffers.acquire(16);
  const group = pipelines.bind(kernel, [handle]);
  const fine = await queue.validate("fine", () => {
    queue.dispatch(kernel, group, Uint32Array.of(1, 1), 1);
    return 5;
  });
  assertEquals(fine, 5);
  const error = await assertRejects(
    () => queue.validate("too far", () => queue.copy(handle.buffer, 1 << 20, handle.buffer, 0, 4)),
    GpuCommandError,
  );
  assertStringIncludes(error.message, 'while running "too far"');
  device.checkAlive();
});

gpuTest("timer() tells the time of each kernel", async (device) => {
  if (!device.context.features.has("timestamp-query")) return;
  const { queue, pipelines, buffers } = device;
  const kernel = await pipelines.create({
    label: "long",
    wgsl: `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  for (var i = 0u; i < 100000u; i++) {
    y[id.x] = y[id.x] * 3u + i;
  }
}`,
    storage: ["write"],
  });
  const short = await pipelines.create(ADD);
  const handle = buffers.acquire(256);
  const timer = device.timer();
  const start = performance.now();
  timer.start();
  queue.dispatch(kernel, pipelines.bind(kernel, [handle]), null, 1);
  for (let i = 0; i < 3; i++) {
    queue.dispatch(short, pipelines.bind(short, [handle]), Uint32Array.of(1, 1), 1);
  }
  const { kernels, dropped } = await timer.stop();
  const wall = performance.now() - start;
  assertEquals(dropped, 0);
  assertEquals(kernels.map(({ label, calls }) => [label, calls]), [["long", 1], ["add", 3]]);
  assert(kernels[0]!.milliseconds > 0 && kernels[0]!.milliseconds < wall);
  buffers.release(handle);
});
