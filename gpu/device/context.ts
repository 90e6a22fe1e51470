/**
 * What every part of the GPU backend shares: the raw device, its limits and features, and the
 * errors that WebGPU reports later than they happen.
 *
 * @module
 */

import { DeviceLostError, GpuCommandError, OutOfMemoryError } from "../../core/base/errors.ts";

/** What is known of the adapter behind a device. */
export interface AdapterInfo {
  /** The maker, as the driver names it. */
  readonly vendor: string;
  /** The family of the chip, where the driver tells. */
  readonly architecture: string;
  /** The product, where the driver tells. */
  readonly description: string;
  /** Whether the adapter computes in software, on the CPU. */
  readonly isFallbackAdapter: boolean;
}

/** The names of the limits that the backend uses, as WebGPU spells them. */
type LimitName =
  | "maxBufferSize"
  | "maxStorageBufferBindingSize"
  | "maxUniformBufferBindingSize"
  | "maxStorageBuffersPerShaderStage"
  | "maxComputeWorkgroupStorageSize"
  | "maxComputeInvocationsPerWorkgroup"
  | "maxComputeWorkgroupSizeX"
  | "maxComputeWorkgroupSizeY"
  | "maxComputeWorkgroupSizeZ"
  | "maxComputeWorkgroupsPerDimension"
  | "minStorageBufferOffsetAlignment"
  | "minUniformBufferOffsetAlignment";

const LIMIT_NAMES: readonly LimitName[] = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxUniformBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
  "minStorageBufferOffsetAlignment",
  "minUniformBufferOffsetAlignment",
];

/** The limits that the backend uses, as plain numbers. */
export type GpuLimits = Readonly<Record<LimitName, number>>;

/**
 * The limits of an adapter or a device as plain numbers.
 *
 * @param source The limits as WebGPU gives them; some engines mix in bigints.
 */
export function readLimits(source: GPUSupportedLimits): GpuLimits {
  const record: Partial<Record<LimitName, number>> = {};
  for (const name of LIMIT_NAMES) record[name] = Number(source[name]);
  return record as GpuLimits;
}

/**
 * A device that is open, and the errors it has reported.
 *
 * WebGPU reports most mistakes by an event, long after the call that made them. The context keeps
 * the first one and throws it from the next {@linkcode GpuContext.checkAlive}.
 */
export class GpuContext {
  /** The WebGPU device. */
  readonly raw: GPUDevice;
  /** The adapter behind it. */
  readonly info: AdapterInfo;
  /** The limits that were granted. */
  readonly limits: GpuLimits;
  /** The optional features that were granted. */
  readonly features: ReadonlySet<string>;
  /** Mapped and unmapped to see whether the device is there; null where that cannot be seen at once. */
  readonly #probe: GPUBuffer | null;
  #loss: DeviceLostError | null = null;
  #failure: Error | null = null;

  /**
   * Wraps a device that is open and listens to its errors.
   *
   * @param raw The WebGPU device.
   * @param info The adapter behind it.
   */
  constructor(raw: GPUDevice, info: AdapterInfo) {
    this.raw = raw;
    this.info = info;
    this.limits = readLimits(raw.limits);
    this.features = new Set<string>(raw.features as Iterable<string>);
    raw.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.fail(toError((event as GPUUncapturedErrorEvent).error, ""));
    });
    raw.lost.then((lost) => {
      this.#loss ??= new DeviceLostError(lost.reason ?? "unknown", lost.message);
    }, () => {
      this.#loss ??= new DeviceLostError("unknown");
    });
    const probe = raw.createBuffer({
      label: "croton alive",
      size: 16,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      mappedAtCreation: true,
    });
    probe.unmap();
    this.#probe = canMap(probe) ? probe : null;
  }

  /** Whether a buffer is mapped as soon as it is asked to be, as in Deno; elsewhere it takes a promise. */
  get mapsAtOnce(): boolean {
    return this.#probe !== null;
  }

  /** Whether the device is gone, destroyed or lost. */
  get lost(): boolean {
    return this.#loss !== null;
  }

  /** Why the device is gone; null while that has not been noticed. */
  get loss(): DeviceLostError | null {
    return this.#loss;
  }

  /**
   * Why the device is gone, after asking the device. WebGPU says so by a promise, which does not settle
   * while synchronous code runs; all that this code sees is that every command fails.
   */
  findLoss(): DeviceLostError | null {
    if (this.#loss === null && this.#probe !== null && !canMap(this.#probe)) {
      this.#loss = new DeviceLostError("unknown");
    }
    return this.#loss;
  }

  /** The error to throw for a failure: that the device is gone, if it is. */
  explain(error: Error): Error {
    if (error instanceof DeviceLostError) return this.#loss ??= error;
    return this.findLoss() ?? error;
  }

  /** Records an error that was reported late; the first one is kept until it is thrown. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  /**
   * Throws what the device has reported since the last call, if anything.
   *
   * @throws {DeviceLostError} If the device is gone; from then on at every call.
   * @throws {GpuCommandError} If a command was refused; once.
   * @throws {OutOfMemoryError} If the device ran out of memory outside an allocation; once.
   * @throws {ShaderError} If a kernel that was built without waiting was refused; once.
   */
  checkAlive(): void {
    if (this.#loss !== null) throw this.#loss;
    const failure = this.#failure;
    if (failure !== null) {
      this.#failure = null;
      throw this.explain(failure);
    }
  }

  /**
   * Runs `body` and catches what WebGPU reports for the calls made in it. The body is synchronous,
   * so that no call of anyone else can fall into its scope.
   *
   * @param label What is being done, for the error's message.
   * @param body The calls.
   * @returns What the body returned, and a promise of the first error (null for none), which never
   * rejects.
   */
  scoped<T>(label: string, body: () => T): { value: T; error: Promise<Error | null> } {
    const filters = ["validation", "out-of-memory", "internal"] as const;
    for (const filter of filters) this.raw.pushErrorScope(filter);
    let pops: Promise<GPUError | null>[] = [];
    let value: T;
    try {
      value = body();
    } finally {
      pops = filters.map(() =>
        // Popping rejects on a device that is lost; that is reported by `lost`.
        this.raw.popErrorScope().catch(() => null)
      );
    }
    const error = Promise.all(pops).then((errors) => {
      const first = errors.find((e) => e !== null);
      return first === undefined || first === null ? null : toError(first, label);
    });
    return { value, error };
  }

  /** Gives the device and everything on it back. Safe to call twice. */
  destroy(): void {
    this.#loss ??= new DeviceLostError("destroyed");
    this.raw.destroy();
  }
}

/** Whether a buffer that is not mapped can be mapped at once. */
function canMap(buffer: GPUBuffer): boolean {
  try {
    // In Deno it is mapped when the call returns; the promise settles later and says nothing new.
    buffer.mapAsync(GPUMapMode.READ, 0, 16).catch(() => {});
    buffer.getMappedRange(0, 16);
    buffer.unmap();
    return true;
  } catch {
    return false;
  }
}

/** The typed error for one that WebGPU reported. */
function toError(error: GPUError, during: string): Error {
  const name = error.constructor.name;
  if (name === "GPUOutOfMemoryError") {
    return new OutOfMemoryError({ requested: 0, live: 0, pooled: 0 }, { cause: error });
  }
  const kind = name === "GPUValidationError" ? "validation" : "internal";
  return new GpuCommandError(kind, error.message, during);
}
