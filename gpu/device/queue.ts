/**
 * The order of things on the device: commands are recorded into an encoder as they come, and
 * submitted in chunks.
 *
 * @module
 */

import { LimitError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";
import type { CompiledKernel } from "./pipelines.ts";
import type { KernelTimer } from "./timing.ts";
import type { Uniforms } from "./uniforms.ts";

/** Writes of up to this many bytes are recorded in order; larger ones are sent at once. */
const RECORDED_WRITE_BYTES = 16 << 10;

/** Settings of a {@linkcode GpuQueue}. */
export interface QueueOptions {
  /**
   * Commands after which the recorded ones are submitted. Fewer keep a submission short, so that
   * a driver's watchdog stays quiet; more cost less on the host.
   *
   * @default {256}
   */
  readonly maxCommands?: number;
}

/**
 * Records commands and submits them in the order in which they came. What one command writes, the
 * next one sees.
 */
export class GpuQueue {
  /** Commands after which the recorded ones are submitted. */
  maxCommands: number;
  /** Measures each kernel while it is set; set it by {@linkcode KernelTimer}. */
  timer: KernelTimer | null = null;
  readonly #context: GpuContext;
  readonly #uniforms: Uniforms;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #pipeline: GPUComputePipeline | null = null;
  #group: GPUBindGroup | null = null;
  #scratch: GPUBuffer | null = null;
  #pending = 0;
  #together = false;

  /**
   * Makes an empty recording.
   *
   * @param context The device.
   * @param uniforms Where parameters of dispatches go.
   * @param options Settings.
   */
  constructor(context: GpuContext, uniforms: Uniforms, options: QueueOptions = {}) {
    this.#context = context;
    this.#uniforms = uniforms;
    this.maxCommands = options.maxCommands ?? 256;
  }

  /**
   * Records a kernel. A grid with a zero in it records nothing.
   *
   * @param kernel The kernel.
   * @param group Its storage, bound by `PipelineCache.bind`.
   * @param params Its parameters, if it has some.
   * @param x Workgroups in the first dimension.
   * @param y Workgroups in the second dimension.
   * @param z Workgroups in the third dimension.
   * @throws {LimitError} If a dimension has too many workgroups or the parameters are too large.
   */
  dispatch(
    kernel: CompiledKernel,
    group: GPUBindGroup,
    params: ArrayBufferView | null,
    x: number,
    y = 1,
    z = 1,
  ): void {
    if (x === 0 || y === 0 || z === 0) return;
    const largest = Math.max(x, y, z);
    const maximum = this.#context.limits.maxComputeWorkgroupsPerDimension;
    if (largest > maximum) {
      const action = `Cannot dispatch the GPU kernel "${kernel.label}"`;
      throw new LimitError(action, {
        limit: "maxComputeWorkgroupsPerDimension",
        requested: largest,
        maximum,
      });
    }
    const paramGroup = this.#uniforms.group(params?.byteLength ?? 0);
    let offset = 0;
    if (params !== null) {
      if (!this.#uniforms.fits(params.byteLength)) this.flush();
      offset = this.#uniforms.put(params);
    }
    const pass = this.#openPass(kernel.label);
    if (this.#pipeline !== kernel.pipeline) {
      pass.setPipeline(kernel.pipeline);
      this.#pipeline = kernel.pipeline;
    }
    if (this.#group !== group) {
      pass.setBindGroup(0, group);
      this.#group = group;
    }
    pass.setBindGroup(1, paramGroup, [offset]);
    pass.dispatchWorkgroups(x, y, z);
    if (this.timer !== null) this.#endPass();
    this.#count();
  }

  /**
   * Records a copy from one buffer to another, or within one buffer between ranges that do not
   * overlap. Offsets and length are multiples of 4; a length of 0 records nothing.
   */
  copy(
    source: GPUBuffer,
    sourceOffset: number,
    target: GPUBuffer,
    targetOffset: number,
    bytes: number,
  ): void {
    if (bytes === 0) return;
    const encoder = this.#openEncoder();
    if (source === target) {
      // WebGPU forbids copies within a buffer, so this goes by way of another.
      const scratch = this.#scratchOf(bytes);
      encoder.copyBufferToBuffer(source, sourceOffset, scratch, 0, bytes);
      encoder.copyBufferToBuffer(scratch, 0, target, targetOffset, bytes);
    } else {
      encoder.copyBufferToBuffer(source, sourceOffset, target, targetOffset, bytes);
    }
    this.#count();
  }

  /** Records filling a range with zeros. Offset and length are multiples of 4. */
  clear(buffer: GPUBuffer, offset: number, bytes: number): void {
    if (bytes === 0) return;
    this.#openEncoder().clearBuffer(buffer, offset, bytes);
    this.#count();
  }

  /**
   * Writes host data into a buffer, after all commands recorded so far. The data is copied at once,
   * so the caller may change it afterwards. A length that is not a multiple of 4 is filled up with
   * zeros.
   *
   * @param buffer Where to.
   * @param offset First byte, a multiple of 4.
   * @param data What.
   */
  write(buffer: GPUBuffer, offset: number, data: ArrayBufferView): void {
    // An empty write panics in Deno 2.9.
    if (data.byteLength === 0) return;
    let bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength) as Uint8Array<
      ArrayBuffer
    >;
    if (bytes.byteLength % 4 !== 0) {
      const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
      padded.set(bytes);
      bytes = padded;
    }
    if (this.#pending > 0 && bytes.byteLength <= RECORDED_WRITE_BYTES) {
      if (!this.#uniforms.fits(bytes.byteLength)) this.flush();
      const from = this.#uniforms.put(bytes);
      this.copy(this.#uniforms.arena, from, buffer, offset, bytes.byteLength);
      return;
    }
    this.flush();
    this.#context.raw.queue.writeBuffer(buffer, offset, bytes);
  }

  /**
   * Runs `body`, whose commands come into one submission, together with those recorded before.
   *
   * @param body Records commands.
   */
  together<T>(body: () => T): T {
    const before = this.#together;
    this.#together = true;
    try {
      return body();
    } finally {
      this.#together = before;
    }
  }

  /** Submits what is recorded. */
  flush(): void {
    const encoder = this.#encoder;
    if (encoder === null) return;
    this.#endPass();
    this.#encoder = null;
    this.#pending = 0;
    this.#uniforms.upload();
    this.#context.raw.queue.submit([encoder.finish()]);
  }

  /**
   * Runs `body`, which records commands, submits them, and waits for the device's verdict on them.
   * Meant for the first run of a program: WebGPU tells of a refused command only by an event that
   * synchronous code cannot see.
   *
   * @param label What is being done, for the error's message.
   * @param body The commands.
   * @throws {GpuCommandError} If one of them was refused.
   */
  async validate<T>(label: string, body: () => T): Promise<T> {
    this.flush();
    const { value, error } = this.#context.scoped(label, () => {
      const result = body();
      this.flush();
      return result;
    });
    const failure = await error;
    if (failure !== null) throw this.#context.explain(failure);
    this.#context.checkAlive();
    return value;
  }

  /** Gives the memory back. */
  destroy(): void {
    this.#scratch?.destroy();
  }

  #count(): void {
    if (++this.#pending >= this.maxCommands && !this.#together) this.flush();
  }

  #openPass(label: string): GPUComputePassEncoder {
    if (this.#pass === null) {
      this.#encoder ??= this.#context.raw.createCommandEncoder();
      const timestampWrites = this.timer?.begin(label);
      this.#pass = this.#encoder.beginComputePass(
        timestampWrites === undefined ? undefined : { timestampWrites },
      );
    }
    return this.#pass;
  }

  #openEncoder(): GPUCommandEncoder {
    this.#endPass();
    this.#encoder ??= this.#context.raw.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
    this.#pipeline = null;
    this.#group = null;
  }

  #scratchOf(bytes: number): GPUBuffer {
    if (this.#scratch === null || this.#scratch.size < bytes) {
      // The old one is left to the garbage collector: recorded commands may still use it.
      this.#scratch = this.#context.raw.createBuffer({
        label: "croton copy",
        size: Math.max(4096, bytes),
        usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
    }
    return this.#scratch;
  }
}
