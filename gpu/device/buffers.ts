/**
 * Memory on the device: a pool of storage buffers by size.
 *
 * @module
 */

import { LimitError, OutOfMemoryError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";
import type { GpuQueue } from "./queue.ts";

/** What every buffer of the pool can be used for. */
const USAGE_NAMES = ["STORAGE", "COPY_SRC", "COPY_DST"] as const;

/** A piece of memory that was acquired. */
export interface BufferHandle {
  /** The buffer, which holds nothing else. */
  readonly buffer: GPUBuffer;
  /** Its length: at least what was asked for, at least 16 and a multiple of 16. */
  readonly bytes: number;
  /** Whether it was released. */
  readonly released: boolean;
}

/** What the pool holds. */
interface PoolStats {
  /** Pieces in use. */
  readonly live: number;
  /** Bytes of them, as they were asked for (rounded up to 16). */
  readonly liveBytes: number;
  /** The most of them at one time, since the last `resetPeak`. */
  readonly peakBytes: number;
  /** Free buffers kept for reuse. */
  readonly pooled: number;
  /** Bytes of free buffers kept for reuse. */
  readonly pooledBytes: number;
  /** Bytes of all buffers that exist, in use or free. */
  readonly reservedBytes: number;
  /** Buffers made since the device was opened. */
  readonly created: number;
}

/** Settings of a {@linkcode BufferPool}. */
export interface PoolOptions {
  /**
   * Most bytes of free buffers to keep.
   *
   * @default {1 GiB}
   */
  readonly maxPooledBytes?: number;
}

/** Hands out memory and takes it back. New memory is not cleared. */
export class BufferPool {
  readonly #context: GpuContext;
  readonly #queue: GpuQueue;
  readonly #maxPooledBytes: number;
  /** Free buffers by size, the sizes used last at the end. */
  readonly #free = new Map<number, GPUBuffer[]>();
  readonly #usage: number;
  #live = 0;
  #liveBytes = 0;
  #peakBytes = 0;
  #pooled = 0;
  #pooledBytes = 0;
  #reservedBytes = 0;
  #created = 0;

  /**
   * Makes an empty pool.
   *
   * @param context The device.
   * @param queue Its queue, which is flushed before a buffer is destroyed.
   * @param options Settings.
   */
  constructor(context: GpuContext, queue: GpuQueue, options: PoolOptions = {}) {
    this.#context = context;
    this.#queue = queue;
    this.#maxPooledBytes = options.maxPooledBytes ?? 2 ** 30;
    this.#usage = USAGE_NAMES.reduce((bits, name) => bits | GPUBufferUsage[name], 0);
  }

  /** What the pool holds now. */
  get stats(): PoolStats {
    return {
      live: this.#live,
      liveBytes: this.#liveBytes,
      peakBytes: this.#peakBytes,
      pooled: this.#pooled,
      pooledBytes: this.#pooledBytes,
      reservedBytes: this.#reservedBytes,
      created: this.#created,
    };
  }

  /**
   * A buffer that no other value shares. Its contents are undefined.
   *
   * @param bytes Bytes needed; 0 gives a small buffer all the same, since WebGPU binds no empty ones.
   * @throws {LimitError} If the device cannot hold or bind a buffer of that size.
   * @throws {OutOfMemoryError} If there is no memory left even after the pool was trimmed.
   */
  acquire(bytes: number): BufferHandle {
    const size = roundUp(Math.max(bytes, 1), 16);
    const capacity = this.#capacity(size);
    const list = this.#free.get(capacity);
    let buffer = list?.pop();
    if (buffer !== undefined) {
      this.#pooled--;
      this.#pooledBytes -= capacity;
    } else {
      buffer = this.#create(capacity);
    }
    this.#live++;
    this.#liveBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes);
    return { buffer, bytes: size, released: false };
  }

  /**
   * Takes memory back. What was recorded before still finds its contents; what is recorded later
   * may overwrite them. Safe to call twice.
   */
  release(handle: BufferHandle): void {
    const own = handle as { -readonly [K in keyof BufferHandle]: BufferHandle[K] };
    if (own.released) return;
    own.released = true;
    this.#live--;
    this.#liveBytes -= own.bytes;
    const capacity = own.buffer.size;
    const list = this.#free.get(capacity) ?? [];
    list.push(own.buffer);
    // Moved to the end, so that trimming finds the size unused for longest first.
    this.#free.delete(capacity);
    this.#free.set(capacity, list);
    this.#pooled++;
    this.#pooledBytes += capacity;
    if (this.#pooledBytes > this.#maxPooledBytes) this.trim(this.#maxPooledBytes);
  }

  /**
   * Destroys free buffers until at most `keep` bytes of them are left.
   *
   * @param keep Bytes to keep.
   * @returns Bytes that were given back.
   */
  trim(keep = 0): number {
    let freed = 0;
    for (const [capacity, list] of this.#free) {
      while (list.length > 0 && this.#pooledBytes > keep) {
        this.#destroy(list.pop()!);
        this.#pooled--;
        this.#pooledBytes -= capacity;
        freed += capacity;
      }
      if (list.length === 0) this.#free.delete(capacity);
    }
    return freed;
  }

  /** Measures the peak from now on, which is at least so much. */
  resetPeak(least = 0): void {
    this.#peakBytes = Math.max(this.#liveBytes, least);
  }

  /** The size of the buffer that holds so many bytes: four sizes to each power of two. */
  #capacity(size: number): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#context.limits;
    const maximum = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (size > maximum) {
      const limit = maxBufferSize < maxStorageBufferBindingSize
        ? "maxBufferSize"
        : "maxStorageBufferBindingSize";
      throw new LimitError("Cannot allocate a buffer on the GPU", {
        limit,
        requested: size,
        maximum,
      });
    }
    const step = Math.max(256, 2 ** (Math.floor(Math.log2(size)) - 2));
    // A size between the last step and the limit keeps its own.
    const capacity = roundUp(size, step);
    return capacity > maximum ? size : capacity;
  }

  #create(size: number): GPUBuffer {
    const buffer = this.#tryCreate(size);
    if (buffer !== null) return buffer;
    this.#context.checkAlive();
    this.trim();
    const again = this.#tryCreate(size);
    if (again !== null) return again;
    const live = this.#liveBytes, pooled = this.#pooledBytes;
    throw this.#context.explain(new OutOfMemoryError({ requested: size, live, pooled }));
  }

  /** A new buffer, or null if the device has no memory for it. */
  #tryCreate(size: number): GPUBuffer | null {
    const { value: buffer, error } = this.#context.scoped(
      "allocate",
      () => this.#context.raw.createBuffer({ label: "croton", size, usage: this.#usage }),
    );
    // WebGPU tells of the failure only later, but an invalid buffer answers differently already.
    const valid = isValid(buffer);
    error.then((reported) => {
      // An engine whose answer is not understood: better late than never.
      if (reported !== null && valid) this.#context.fail(reported);
    });
    if (!valid) return null;
    this.#created++;
    this.#reservedBytes += size;
    return buffer;
  }

  #destroy(buffer: GPUBuffer): void {
    // Recorded commands may use it, and a submission with a destroyed buffer is refused.
    this.#queue.flush();
    this.#reservedBytes -= buffer.size;
    buffer.destroy();
  }
}

/**
 * Whether a new buffer is there. Asking for its mapped range fails either way, but for a valid one
 * the reason is that it is not mapped.
 */
function isValid(buffer: GPUBuffer): boolean {
  try {
    buffer.getMappedRange(0, 0);
  } catch (error) {
    return !(error instanceof Error && /invalid/i.test(error.message));
  }
  return true;
}

function roundUp(bytes: number, multiple: number): number {
  return Math.ceil(bytes / multiple) * multiple;
}
