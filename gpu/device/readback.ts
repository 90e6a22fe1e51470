/**
 * Reading buffers on the host, at once or by a promise.
 *
 * WebGPU only promises that a buffer is mapped some time after `mapAsync`. In Deno, though, the call
 * itself waits until the device is done with all submitted work and maps the buffer; what takes
 * time (10 ms) is the settling of the promise. So a range can be taken right after the call. That
 * needs a buffer that was mapped before, else Deno 2.9 panics; `mappedAtCreation` counts as that. Where
 * an engine does otherwise, {@linkcode Readback.sync} is false and only promises work.
 *
 * @module
 */

import { DeviceLostError, GpuCommandError, OutOfMemoryError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";
import type { GpuQueue } from "./queue.ts";

/** Sizes of the staging buffers. Reads over the last one come in pieces. */
const STAGING_SIZES = [16 << 10, 256 << 10, 4 << 20, 16 << 20] as const;

/** Bytes after the data in each staging buffer, for the receipt. */
const RECEIPT_BYTES = 16;
const RECEIPTS = 64;

/** Settings of a {@linkcode Readback}. */
export interface ReadbackOptions {
  /**
   * Whether to use the synchronous way where it works.
   *
   * @default {true}
   */
  readonly sync?: boolean;
}

/** A range of a buffer to read. */
export interface ReadRequest {
  /** The buffer, made with `COPY_SRC`. */
  readonly buffer: GPUBuffer;
  /** First byte, a multiple of 4. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
}

/** Reads buffers through staging buffers, which it keeps. */
export class Readback {
  readonly #context: GpuContext;
  readonly #queue: GpuQueue;
  readonly #free: GPUBuffer[][] = STAGING_SIZES.map(() => []);
  readonly #receipts: GPUBuffer;
  #receipt = 0;
  #sync: boolean;

  /**
   * Makes the parts that reads need and tries whether they work at once.
   *
   * @param context The device.
   * @param queue The queue whose commands come before a read.
   * @param options Settings.
   */
  constructor(context: GpuContext, queue: GpuQueue, options: ReadbackOptions = {}) {
    this.#context = context;
    this.#queue = queue;
    this.#receipts = context.raw.createBuffer({
      label: "croton receipts",
      size: RECEIPTS * 4,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const words = Uint32Array.from({ length: RECEIPTS }, (_, i) => 0xc0de0000 + i);
    context.raw.queue.writeBuffer(this.#receipts, 0, words);
    this.#sync = (options.sync ?? true) && context.mapsAtOnce && this.#probe();
  }

  /** Whether buffers can be read without waiting for a promise. */
  get sync(): boolean {
    return this.#sync;
  }

  /**
   * Reads a range after all commands recorded so far, without waiting for a promise.
   *
   * @param buffer The buffer, made with `COPY_SRC`.
   * @param offset First byte, a multiple of 4.
   * @param bytes Length.
   * @throws {TypeError} If this engine cannot read at once.
   * @throws {GpuCommandError} If the device refused the commands recorded before.
   * @throws {DeviceLostError} If the device is gone.
   */
  readSync(buffer: GPUBuffer, offset: number, bytes: number): ArrayBuffer {
    return this.readManySync([{ buffer, offset, bytes }])[0]!;
  }

  /**
   * Reads several ranges at once: as many as fit into a staging buffer cost one round trip.
   *
   * @param requests The ranges.
   * @throws {TypeError} If this engine cannot read at once.
   * @throws {GpuCommandError} If the device refused the commands recorded before.
   * @throws {DeviceLostError} If the device is gone.
   */
  readManySync(requests: readonly ReadRequest[]): ArrayBuffer[] {
    if (!this.#sync) {
      throw new TypeError(
        "Cannot read from the GPU synchronously: this engine maps buffers only asynchronously; " +
          "await data() or array() instead",
      );
    }
    this.#context.checkAlive();
    const results = requests.map((request) => new Uint8Array(request.bytes));
    for (const trip of planTrips(requests)) {
      const size = sizeClass(trip.bytes);
      const staging = this.#take(size);
      const receipt = this.#record(trip, staging);
      this.#context.scoped("read", () => this.#queue.flush()).error.then((error) => {
        if (error !== null) this.#context.fail(error);
      });
      const delivered = this.#mapped(staging, () => {
        const mapped = mappedBytes(trip);
        // The promise settles later and says nothing new.
        staging.mapAsync(GPUMapMode.READ, 0, mapped).catch(() => {});
        return this.#deliver(trip, staging.getMappedRange(0, mapped), results, receipt);
      });
      this.#free[size]!.push(staging);
      if (!delivered) throw this.#context.explain(refused());
    }
    return results.map((result) => result.buffer);
  }

  /**
   * Reads a range after all commands recorded so far.
   *
   * @param buffer The buffer, made with `COPY_SRC`.
   * @param offset First byte, a multiple of 4.
   * @param bytes Length.
   * @throws {GpuCommandError} (as a rejection) If the device refused the commands recorded before.
   * @throws {DeviceLostError} (as a rejection) If the device is gone.
   */
  async read(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    return (await this.readMany([{ buffer, offset, bytes }]))[0]!;
  }

  /**
   * Reads several ranges.
   *
   * @param requests The ranges.
   * @throws {GpuCommandError} (as a rejection) If the device refused the commands recorded before.
   * @throws {DeviceLostError} (as a rejection) If the device is gone.
   */
  async readMany(requests: readonly ReadRequest[]): Promise<ArrayBuffer[]> {
    this.#context.checkAlive();
    // The promise of mapAsync would take 10 ms longer and wait no less.
    if (this.#sync) return this.readManySync(requests);
    const results = requests.map((request) => new Uint8Array(request.bytes));
    // One after another, so that a large read does not need as much staging memory.
    for (const trip of planTrips(requests)) {
      const size = sizeClass(trip.bytes);
      const staging = this.#take(size);
      const receipt = this.#record(trip, staging);
      const { error } = this.#context.scoped("read", () => this.#queue.flush());
      const mapped = mappedBytes(trip);
      try {
        await staging.mapAsync(GPUMapMode.READ, 0, mapped);
      } catch (cause) {
        staging.destroy();
        throw this.#context.explain(unmappable(cause));
      }
      const delivered = this.#mapped(
        staging,
        () => this.#deliver(trip, staging.getMappedRange(0, mapped), results, receipt),
      );
      this.#free[size]!.push(staging);
      const failure = await error;
      if (failure !== null || !delivered) throw this.#context.explain(failure ?? refused());
    }
    return results.map((result) => result.buffer);
  }

  /** Gives the staging buffers back. */
  destroy(): void {
    for (const list of this.#free) {
      for (const buffer of list) buffer.destroy();
      list.length = 0;
    }
    this.#receipts.destroy();
  }

  /** Records the copies of one trip and of a receipt that differs from the last one. */
  #record(trip: Trip, staging: GPUBuffer): number {
    this.#receipt = (this.#receipt + 1) % RECEIPTS;
    this.#queue.together(() => {
      for (const { request, from, to, bytes } of trip.parts) {
        this.#queue.copy(request.buffer, request.offset + from, staging, to, roundUp4(bytes));
      }
      const at = mappedBytes(trip) - RECEIPT_BYTES;
      this.#queue.copy(this.#receipts, this.#receipt * 4, staging, at, 4);
    });
    return 0xc0de0000 + this.#receipt;
  }

  /** Reads a staging buffer and unmaps it; the device may go at any moment, also in between. */
  #mapped<R>(staging: GPUBuffer, read: () => R): R {
    try {
      const result = read();
      staging.unmap();
      return result;
    } catch (cause) {
      staging.destroy();
      throw this.#context.explain(unmappable(cause));
    }
  }

  /** Copies what arrived; false if nothing did, since the submission was refused. */
  #deliver(trip: Trip, range: ArrayBuffer, results: Uint8Array[], receipt: number): boolean {
    const at = range.byteLength - RECEIPT_BYTES;
    if (new Uint32Array(range, at, 1)[0] !== receipt >>> 0) return false;
    for (const { index, from, to, bytes } of trip.parts) {
      results[index]!.set(new Uint8Array(range, to, bytes), from);
    }
    return true;
  }

  #take(size: number): GPUBuffer {
    const free = this.#free[size]!.pop();
    if (free !== undefined) return free;
    const bytes = STAGING_SIZES[size]! + RECEIPT_BYTES;
    const { value: buffer, error } = this.#context.scoped(
      "read",
      () =>
        this.#context.raw.createBuffer({
          label: "croton staging",
          size: bytes,
          usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
          mappedAtCreation: true,
        }),
    );
    error.catch(() => null);
    try {
      buffer.unmap();
    } catch (cause) {
      const use = { requested: bytes, live: 0, pooled: 0 };
      throw this.#context.explain(new OutOfMemoryError(use, { cause }));
    }
    return buffer;
  }

  /** Whether a read without waiting delivers what was written. */
  #probe(): boolean {
    const source = this.#context.raw.createBuffer({
      label: "croton probe",
      size: 16,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const words = Uint32Array.of(1, 0xdeadbeef, 3, 4);
    this.#context.raw.queue.writeBuffer(source, 0, words);
    this.#sync = true;
    try {
      const result = new Uint32Array(this.readSync(source, 0, 16));
      return result.every((word, i) => word === words[i]);
    } catch {
      return false;
    } finally {
      source.destroy();
    }
  }
}

/** Copies that share one staging buffer. */
interface Trip {
  /** Bytes of the staging buffer that they need. */
  bytes: number;
  readonly parts: {
    readonly request: ReadRequest;
    /** Position of the request. */
    readonly index: number;
    /** First byte within the request. */
    readonly from: number;
    /** First byte within the staging buffer. */
    readonly to: number;
    readonly bytes: number;
  }[];
}

/** Cuts the requests into trips of at most the largest staging buffer. */
function planTrips(requests: readonly ReadRequest[]): Trip[] {
  const most = STAGING_SIZES[STAGING_SIZES.length - 1]!;
  const trips: Trip[] = [];
  let trip: Trip | null = null;
  requests.forEach((request, index) => {
    if (request.offset % 4 !== 0) {
      throw new RangeError(
        `Cannot read from the GPU: offset must be a multiple of 4, got ${request.offset}`,
      );
    }
    for (let from = 0; from < request.bytes;) {
      if (trip === null || trip.bytes >= most) {
        trip = { bytes: 0, parts: [] };
        trips.push(trip);
      }
      const bytes = Math.min(request.bytes - from, most - trip.bytes);
      trip.parts.push({ request, index, from, to: trip.bytes, bytes });
      trip.bytes += roundUp4(bytes);
      from += bytes;
    }
  });
  return trips;
}

/** The position in `STAGING_SIZES` of the smallest one that holds so many bytes. */
function sizeClass(bytes: number): number {
  return STAGING_SIZES.findIndex((size) => size >= bytes);
}

/** Bytes of the staging buffer that hold the data and, after it, the receipt. */
function mappedBytes(trip: Trip): number {
  return Math.ceil(trip.bytes / 8) * 8 + RECEIPT_BYTES;
}

function roundUp4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function unmappable(cause: unknown): DeviceLostError {
  return new DeviceLostError("unknown", "a buffer could not be mapped", { cause });
}

function refused(): GpuCommandError {
  return new GpuCommandError(
    "validation",
    "the commands recorded before a read were refused; the details follow with the next call",
    "read",
  );
}
