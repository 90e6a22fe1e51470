/**
 * A few sums of which the answer is known, to notice a driver or an engine that computes nonsense
 * before a user does.
 *
 * @module
 */

import { NoGpuError } from "../core/base/errors.ts";
import type { GpuContext } from "./device/context.ts";
import type { PipelineCache } from "./device/pipelines.ts";
import type { GpuQueue } from "./device/queue.ts";
import type { Readback } from "./device/readback.ts";
import { SPECIAL_WGSL } from "./device/uniforms.ts";

const COUNT = 256;

const WGSL = `struct Params { scale: f32, count: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;
${SPECIAL_WGSL}
var<workgroup> part: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < params.count; i += 64u) {
    let scaled = x[i] * params.scale;
    y[i] = scaled;
    sum += scaled;
  }
  part[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      part[lane] += part[lane + half];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    y[params.count] = part[0];
    let infinity = bitcast<f32>(special.x);
    y[params.count + 1u] = select(0.0, 1.0, infinity - x[1] > 3.0e38);
    let bits = bitcast<u32>(bitcast<f32>(special.z) + x[1]) & 0x7fffffffu;
    y[params.count + 2u] = select(0.0, 1.0, bits > 0x7f800000u);
  }
}
`;

/** The parts of a device that the test uses. */
export interface SelfTestParts {
  /** The device. */
  readonly context: GpuContext;
  /** Where its commands go. */
  readonly queue: GpuQueue;
  /** Compiles the kernel. */
  readonly pipelines: PipelineCache;
  /** Reads the answer. */
  readonly readback: Readback;
}

/**
 * Copies, multiplies, adds up with barriers, and uses parameters, infinity and NaN.
 *
 * @param parts The device's parts.
 * @throws {NoGpuError} (as a rejection) If an answer is wrong.
 */
export async function selfTest(parts: SelfTestParts): Promise<void> {
  const { context, queue, pipelines, readback } = parts;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = (COUNT + 4) * 4;
  const [source, x, y] = ["source", "x", "y"].map((label) =>
    context.raw.createBuffer({ label: `croton test ${label}`, size, usage })
  ) as [GPUBuffer, GPUBuffer, GPUBuffer];
  const input = Float32Array.from({ length: COUNT }, (_, i) => i - 100);
  const kernel = await pipelines.create({
    label: "self test",
    wgsl: WGSL,
    storage: ["read", "write"],
  });
  await queue.validate("self test", () => {
    queue.write(source, 0, input);
    queue.copy(source, 0, x, 0, input.byteLength);
    const params = new Uint32Array(2);
    new Float32Array(params.buffer)[0] = 0.5;
    params[1] = COUNT;
    const bindings = [x, y].map((buffer) => ({ buffer, bytes: size }));
    queue.dispatch(kernel, pipelines.bind(kernel, bindings), params, 1);
  });
  const output = new Float32Array(await readback.read(y, 0, size));
  for (const buffer of [source, x, y]) buffer.destroy();
  const expected: [string, number, number][] = [
    ["product", output[3]!, (3 - 100) * 0.5],
    ["last product", output[COUNT - 1]!, (COUNT - 101) * 0.5],
    ["sum", output[COUNT]!, input.reduce((a, b) => a + b * 0.5, 0)],
    ["infinity", output[COUNT + 1]!, 1],
    ["NaN", output[COUNT + 2]!, 1],
  ];
  for (const [name, got, wanted] of expected) {
    if (got !== wanted) {
      throw new NoGpuError(
        `the adapter "${context.info.description}" failed the self test: ${name} is ${got}, ` +
          `expected ${wanted}`,
      );
    }
  }
}
