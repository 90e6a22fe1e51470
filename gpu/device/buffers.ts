/**
 * Memory on the device: a pool of storage buffers by size, and pages that hold many small values.
 *
 * @module
 */

import { LimitError, OutOfMemoryError } from "../../core/base/errors.ts";
import type { GpuContext } from "./context.ts";
import type { GpuQueue } from "./queue.ts";

/** What every buffer of the pool can be used for. */
const USAGE_NAMES = ["STORAGE", "COPY_SRC", "COPY_DST"] as const;

const PAGE_BYTES = 1 << 20;
const SLOT_BYTES = 256;
const SLOTS = PAGE_BYTES / SLOT_BYTES;

/** The largest size in bytes that {@linkcode BufferPool.acquireSmall} takes from a page. */
export const SMALL_BYTES = 4096;

/** A piece of memory that was acquired. */
export interface BufferHandle {
  /** The buffer it lies in. */
  readonly buffer: GPUBuffer;
  /** Its first byte there, a multiple of 256. */
  readonly offset: number;
  /** Its length: at least what was asked for, at least 16 and a multiple of 16. */
  readonly bytes: number;
  /**
   * Whether the buffer holds other values too. Such a piece can be read by kernels, but only be
   * written by copies: WebGPU refuses a dispatch that reads and writes one buffer, and forbids to
   * tell ranges apart.
   */
  readonly paged: boolean;
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
  /** Pages of small values. */
  readonly pages: number;
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
  readonly #pages: Page[] = [];
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
      pages: this.#pages.length,
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
    this.#count(size);
    return new Handle(buffer, 0, size, null);
  }

  /**
   * A piece for a value that is written by copies alone, such as the result of a call. Up to
   * {@linkcode SMALL_BYTES} it lies in a page with others; a larger one gets a buffer.
   *
   * @param bytes Bytes needed.
   * @throws {LimitError} If the device cannot hold or bind a buffer of that size.
   * @throws {OutOfMemoryError} If there is no memory left even after the pool was trimmed.
   */
  acquireSmall(bytes: number): BufferHandle {
    if (bytes > SMALL_BYTES) return this.acquire(bytes);
    const size = roundUp(Math.max(bytes, 1), 16);
    const slots = Math.ceil(size / SLOT_BYTES);
    for (const page of this.#pages) {
      const slot = page.take(slots);
      if (slot >= 0) return this.#piece(page, slot, size);
    }
    const page = new Page(this.#create(PAGE_BYTES));
    this.#pages.push(page);
    return this.#piece(page, page.take(slots), size);
  }

  /**
   * Takes memory back. What was recorded before still finds its contents; what is recorded later
   * may overwrite them. Safe to call twice.
   */
  release(handle: BufferHandle): void {
    const own = handle as Handle;
    if (own.released) return;
    own.released = true;
    this.#live--;
    this.#liveBytes -= own.bytes;
    const { page } = own;
    if (page !== null) {
      page.give(own.offset / SLOT_BYTES, Math.ceil(own.bytes / SLOT_BYTES));
      if (page.empty && this.#pages.length > 1) {
        this.#pages.splice(this.#pages.indexOf(page), 1);
        this.#destroy(page.buffer);
      }
      return;
    }
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

  #count(size: number): void {
    this.#live++;
    this.#liveBytes += size;
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes);
  }

  #piece(page: Page, slot: number, size: number): BufferHandle {
    this.#count(size);
    return new Handle(page.buffer, slot * SLOT_BYTES, size, page);
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

/** A piece of memory; only the pool makes them. */
class Handle implements BufferHandle {
  released = false;

  constructor(
    readonly buffer: GPUBuffer,
    readonly offset: number,
    readonly bytes: number,
    readonly page: Page | null,
  ) {}

  get paged(): boolean {
    return this.page !== null;
  }
}

/** A buffer cut into slots. */
class Page {
  readonly #taken = new Uint8Array(SLOTS);
  #cursor = 0;
  #free = SLOTS;

  constructor(readonly buffer: GPUBuffer) {}

  get empty(): boolean {
    return this.#free === SLOTS;
  }

  /** The first of so many free slots in a row, which are taken now; -1 if there are none. */
  take(count: number): number {
    if (count > this.#free) return -1;
    let run = 0;
    // From the cursor once around; a run does not wrap.
    for (let step = 0, slot = this.#cursor; step < SLOTS + count; step++, slot++) {
      if (slot === SLOTS) {
        slot = 0;
        run = 0;
      }
      run = this.#taken[slot] === 0 ? run + 1 : 0;
      if (run === count) {
        const first = slot - count + 1;
        this.#taken.fill(1, first, slot + 1);
        this.#free -= count;
        this.#cursor = (slot + 1) % SLOTS;
        return first;
      }
    }
    return -1;
  }

  give(first: number, count: number): void {
    this.#taken.fill(0, first, first + count);
    this.#free += count;
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
