/**
 * Finding a GPU and opening it. Nothing here touches `navigator.gpu` before it is asked to.
 *
 * @module
 */

import { NoGpuError } from "../../core/base/errors.ts";
import { BufferPool, type PoolOptions } from "./buffers.ts";
import { type AdapterInfo, GpuContext, type GpuLimits, readLimits } from "./context.ts";
import { PipelineCache } from "./pipelines.ts";
import { GpuQueue, type QueueOptions } from "./queue.ts";
import { Readback, type ReadbackOptions } from "./readback.ts";
import { selfTest } from "../self_test.ts";
import { KernelTimer } from "./timing.ts";
import { Uniforms } from "./uniforms.ts";

/** Optional features that the backend can use. */
const FEATURES = ["timestamp-query"] as const;

/** Settings of {@linkcode openDevice}. */
export interface DeviceOptions extends PoolOptions, QueueOptions, ReadbackOptions {
  /**
   * The optional features to use; those that the adapter lacks are left out.
   *
   * @default {all}
   */
  readonly features?: readonly (typeof FEATURES)[number][];
  /**
   * Whether to compute a few known sums before the device is used.
   *
   * @default {true}
   */
  readonly selfTest?: boolean;
}

/** Whether a GPU can be used: what it is, or why not. */
export type GpuAvailability =
  | { readonly available: true; readonly info: AdapterInfo }
  | { readonly available: false; readonly reason: string };

/** An open GPU device and all that is needed to run kernels on it. */
export class GpuDevice {
  /** The raw device and the errors it reported. */
  readonly context: GpuContext;
  /** Parameters of kernels. */
  readonly uniforms: Uniforms;
  /** The commands, in order. */
  readonly queue: GpuQueue;
  /** Compiled kernels. */
  readonly pipelines: PipelineCache;
  /** Memory. */
  readonly buffers: BufferPool;
  /** Reading on the host. */
  readonly readback: Readback;

  /**
   * Use {@linkcode openDevice} instead, which also tests the device.
   *
   * @param context The raw device.
   * @param options Settings.
   */
  constructor(context: GpuContext, options: DeviceOptions = {}) {
    this.context = context;
    this.uniforms = new Uniforms(context);
    this.queue = new GpuQueue(context, this.uniforms, options);
    this.pipelines = new PipelineCache(context, this.uniforms);
    this.buffers = new BufferPool(context, this.queue, options);
    this.readback = new Readback(context, this.queue, options);
  }

  /** What is known of the adapter. */
  get info(): AdapterInfo {
    return this.context.info;
  }

  /** The limits that were granted. */
  get limits(): GpuLimits {
    return this.context.limits;
  }

  /**
   * Throws what the device has reported since the last call, if anything.
   *
   * @throws {DeviceLostError} If the device is gone; from then on at every call.
   * @throws {GpuCommandError} If a command was refused; once.
   */
  checkAlive(): void {
    this.context.checkAlive();
  }

  /**
   * A timer for the kernels of this device.
   *
   * @throws {TypeError} If the device has no timestamps.
   */
  timer(): KernelTimer {
    return new KernelTimer(this.context, this.queue, this.readback);
  }

  /** Gives the device and everything on it back. Safe to call twice. */
  destroy(): void {
    if (!this.context.lost) {
      this.queue.flush();
      this.readback.destroy();
      this.queue.destroy();
      this.uniforms.destroy();
    }
    this.context.destroy();
  }

  /** As {@linkcode GpuDevice.destroy}, for `using`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}

/**
 * Opens a GPU: asks for an adapter with the largest limits it has and those optional features that
 * it has, and tests it.
 *
 * @param options Settings.
 * @throws {NoGpuError} (as a rejection) If there is none or it computes wrong results.
 */
export async function openDevice(options: DeviceOptions = {}): Promise<GpuDevice> {
  const adapter = await findAdapter();
  if (typeof adapter === "string") {
    throw new NoGpuError(adapter === NO_ADAPTER ? `${adapter} (${ADVICE})` : adapter);
  }
  const context = new GpuContext(await request(adapter, options), readInfo(adapter));
  const device = new GpuDevice(context, options);
  try {
    if (options.selfTest ?? true) await selfTest(device);
  } catch (error) {
    device.destroy();
    if (error instanceof NoGpuError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const words = `the adapter "${context.info.description}" failed the self test: ${message}`;
    throw new NoGpuError(words, { cause: error });
  }
  return device;
}

/** Whether there is a GPU. Never throws and never rejects. */
export async function gpuAvailable(): Promise<GpuAvailability> {
  try {
    const adapter = await findAdapter();
    return typeof adapter === "string"
      ? { available: false, reason: adapter }
      : { available: true, info: readInfo(adapter) };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Why there is no GPU: most often there is no driver. */
const NO_ADAPTER = "there is no adapter";

const ADVICE =
  "no driver was found; Mesa's software driver, in Debian the package mesa-vulkan-drivers, " +
  "gives one on any machine; the environment variable DENO_WEBGPU_BACKEND=vulkan makes Deno look there";

/** The adapter, or why there is none. */
async function findAdapter(): Promise<GPUAdapter | string> {
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (gpu === undefined) {
    return "this engine has no navigator.gpu (Deno 2.9 has it without a flag)";
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch (error) {
    return `asking for an adapter failed: ${error instanceof Error ? error.message : error}`;
  }
  return adapter ?? NO_ADAPTER;
}

async function request(adapter: GPUAdapter, options: DeviceOptions): Promise<GPUDevice> {
  const wanted = options.features ?? FEATURES;
  const requiredFeatures = wanted.filter((name) =>
    adapter.features.has(name as GPUFeatureName)
  ) as GPUFeatureName[];
  const requiredLimits: Record<string, number> = {};
  for (const [name, value] of Object.entries(readLimits(adapter.limits))) {
    // An adapter of another engine may not know each of them.
    if (Number.isFinite(value)) requiredLimits[name] = Math.min(value, Number.MAX_SAFE_INTEGER);
  }
  let cause: unknown;
  // An adapter that refuses its own limits may still grant the usual ones.
  for (const limits of [requiredLimits, {}]) {
    try {
      return await adapter.requestDevice({
        label: "croton",
        requiredFeatures,
        requiredLimits: limits,
      });
    } catch (error) {
      cause ??= error;
    }
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new NoGpuError(`opening the adapter failed: ${message}`, { cause });
}

function readInfo(adapter: GPUAdapter): AdapterInfo {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return { vendor, architecture, description, isFallbackAdapter };
}
