/**
 * The GPU as a device of Croton.
 *
 * @module
 */

import type { KernelTimer } from "./device/timing.ts";
import type { Backend, BackendStats, DeviceBuffer, Executable } from "../core/runtime/backend.ts";
import type { KernelLimits, LoopKernels } from "../core/ir/capabilities.ts";
import type { DType } from "../core/graph/dtype.ts";
import type { DeviceLostError } from "../core/base/errors.ts";
import type { Program } from "../core/ir/program.ts";
import { CheckLog } from "./device/checks.ts";
import type { GpuLimits } from "./device/context.ts";
import { hasWords, wordCount } from "./device/convert.ts";
import { type DeviceOptions, type GpuDevice, openDevice } from "./device/device.ts";
import { GpuBuffer } from "./device/device_buffer.ts";
import { GpuExecutable, kernelsOfProgram, preparePrint, printFor } from "./executable.ts";
import { findLoopBudget } from "./print/loop_budget.ts";
import { narrowProgram } from "./print/narrow.ts";
import { kernelsOf } from "./print/program.ts";

/** Settings of {@linkcode createGpuBackend}. */
interface GpuBackendOptions extends DeviceOptions {
  /**
   * A device that is open already; closing the backend leaves it open.
   *
   * @default {a new one}
   */
  readonly device?: GpuDevice;
  /**
   * About how many seconds one dispatch may take that runs many steps of a loop by itself. Drivers
   * end programs that keep a device busy for too long, two seconds on some systems.
   *
   * @default {0.05}
   */
  readonly dispatchSeconds?: number;
  /**
   * Limits for kernels below those of the device, to see what a smaller device would get.
   *
   * @default {those of the device}
   */
  readonly limits?: Partial<GpuLimits>;
}

/** From so many steps on, a prefix scan, which takes each of them twice, is faster than one thread. */
const PARALLEL_STEPS = 1 << 13;

/**
 * Drivers take more than twice as long for a kernel of twice as many nodes. This is about 40 sines, or 100
 * exponentials: next to so much work, writing and reading what is in between costs little.
 */
const MOST_NODES = 6000;

/** Software adapters take milliseconds for each function, and their memory is a cache. */
const SOFTWARE_NODES = 600;

/** The GPU. */
export class GpuBackend implements Backend {
  readonly name = "gpu";
  readonly ieee = false;
  readonly rows = null;
  readonly residentBytes = 2 ** 32;
  readonly functions = false;
  readonly hostReadable = false;
  readonly defersErrors = true;
  /** The device. */
  readonly device: GpuDevice;
  /** Outcomes of checks. */
  readonly checks: CheckLog;
  readonly counts = { buffers: 0, bytes: 0 };
  /** About how long a dispatch that runs many steps of a loop may take. */
  readonly dispatchSeconds: number;
  /** What kernels must stay within. */
  readonly limits: GpuLimits;
  /** Iterations of loops that a thread may take in a dispatch; infinite on most devices. */
  readonly loopIterations: number;
  readonly #ownsDevice: boolean;

  /**
   * Use {@linkcode createGpuBackend}, which opens the device.
   *
   * @param device An open device.
   * @param loopIterations What `findLoopBudget` found.
   * @param options Settings.
   */
  constructor(device: GpuDevice, loopIterations: number, options: GpuBackendOptions = {}) {
    this.device = device;
    this.dispatchSeconds = options.dispatchSeconds ?? 0.05;
    this.loopIterations = loopIterations;
    this.#ownsDevice = options.device === undefined;
    this.limits = { ...device.limits, ...options.limits };
    this.checks = new CheckLog(device);
  }

  /** Threads of a software adapter wait for each other longer than a prefix scan saves. */
  get loopKernels(): LoopKernels {
    return { parallelSteps: this.device.info.isFallbackAdapter ? Infinity : PARALLEL_STEPS };
  }

  get description(): string {
    const { vendor, architecture, description } = this.device.info;
    const words = description !== "" ? description : `${vendor} ${architecture}`.trim();
    return words === "" ? "GPU" : words;
  }

  kernelTimer(): KernelTimer | null {
    return this.device.context.features.has("timestamp-query") ? this.device.timer() : null;
  }

  get kernelLimits(): KernelLimits {
    const { limits: { maxStorageBuffersPerShaderStage }, device: { info } } = this;
    return {
      // Two of the device's are for flags and failed checks.
      buffers: maxStorageBuffersPerShaderStage - 2,
      nodes: info.isFallbackAdapter ? SOFTWARE_NODES : MOST_NODES,
    };
  }

  get stats(): BackendStats {
    const { liveBytes, peakBytes, reservedBytes } = this.device.buffers.stats;
    const { created, size } = this.device.pipelines;
    return {
      compiled: created,
      code: size,
      ...this.counts,
      used: liveBytes,
      peak: peakBytes,
      reserved: reservedBytes,
    };
  }

  resetPeak(least?: number): void {
    this.device.buffers.resetPeak(least);
  }

  get readsSync(): boolean {
    return this.device.readback.sync;
  }

  get lost(): DeviceLostError | null {
    return this.device.context.loss;
  }

  findLoss(): DeviceLostError | null {
    return this.device.context.findLoss();
  }

  supports(dtype: DType): boolean {
    return hasWords(dtype);
  }

  allocate(dtype: DType, elements: number): DeviceBuffer {
    if (!hasWords(dtype)) {
      throw new TypeError(`Cannot store ${dtype} on the GPU: it has no such type`);
    }
    this.device.checkAlive();
    return new GpuBuffer(this, wordCount(dtype, elements));
  }

  prepare(program: Program): Executable {
    this.device.checkAlive();
    const prepared = preparePrint(program, this);
    const kernels = kernelsOfProgram(prepared).map((kernel) =>
      this.device.pipelines.createSync(kernel.source)
    );
    return new GpuExecutable(this, prepared, kernels);
  }

  async prepareAsync(program: Program): Promise<Executable> {
    this.device.checkAlive();
    const prepared = preparePrint(program, this);
    const sources = kernelsOfProgram(prepared).map((kernel) => kernel.source);
    const kernels = await this.device.pipelines.createAll(sources);
    return new GpuExecutable(this, prepared, kernels);
  }

  printSteps(given: Program): readonly string[] {
    const program = narrowProgram(given);
    return [...program.steps, ...program.commit].map((step) => {
      const { ops, notes } = printFor({ ...program, steps: [step], commit: [] }, this);
      const kernels = [...kernelsOf(ops)].map(({ source: { label, wgsl } }) =>
        `// ${label}\n${wgsl}`
      );
      return [...notes.map((note) => `// ${note}`), ...kernels].join("\n");
    });
  }

  /** Gives everything back, also the device unless it was given to the backend. */
  destroy(): void {
    this.checks.destroy();
    if (this.#ownsDevice) this.device.destroy();
  }

  /** As {@linkcode GpuBackend.destroy}, for `using`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}

/**
 * Opens the GPU.
 *
 * @param options Which adapter, and settings of its parts.
 * @throws {NoGpuError} (as a rejection) If there is none or it computes wrong results.
 */
export async function createGpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  const device = options.device ?? await openDevice(options);
  return new GpuBackend(device, await findLoopBudget(device), options);
}
