/**
 * The memory of the CPU device: one WebAssembly memory for the process, and an allocator in it.
 *
 * Blocks are aligned to 64 bytes. Small ones come from free lists by size class; large ones are cut
 * from free ranges by best fit and merged again when they are given back. Behind the last block there
 * is always room for one more vector, so that kernels may read a whole vector at the end of a row.
 *
 * @module
 */

import { LimitError, OutOfMemoryError } from "../../core/base/errors.ts";
import type { MemoryLimits } from "../wasm/mod.ts";
import { float16Array } from "../../core/base/float16.ts";

const PAGE = 65536;
const ALIGN = 64;
/** Blocks up to this size come from free lists. */
const SMALL = 32768;
/** How much of a chunk is cut into small blocks at a time. */
const CHUNK = 65536;
/** Bytes kept free at the end of the memory, for reads past the end of a row. */
const SLACK = 256;
/** The most pages that a WebAssembly memory with 32-bit addresses can have. */
const MOST_PAGES = 65536;

/** Views of the whole memory by element type; made again when the memory has grown. */
export interface Heap {
  readonly u8: Uint8Array<ArrayBuffer>;
  readonly i8: Int8Array<ArrayBuffer>;
  readonly u16: Uint16Array<ArrayBuffer>;
  readonly i16: Int16Array<ArrayBuffer>;
  readonly u32: Uint32Array<ArrayBuffer>;
  readonly i32: Int32Array<ArrayBuffer>;
  readonly u64: BigUint64Array<ArrayBuffer>;
  readonly i64: BigInt64Array<ArrayBuffer>;
  readonly f16: Float16Array<ArrayBuffer>;
  readonly f32: Float32Array<ArrayBuffer>;
  readonly f64: Float64Array<ArrayBuffer>;
}

/** A free range of bytes. */
interface FreeRange {
  start: number;
  end: number;
}

/** A WebAssembly memory with an allocator. */
export class CpuMemory {
  readonly memory: WebAssembly.Memory;
  /** Whether threads may work on it. */
  readonly shared: boolean;
  #heap: Heap;
  /** Free small blocks by class; class c holds blocks of `classBytes(c)`. */
  readonly #small: number[][] = [];
  /** Free large ranges, sorted by address, never touching each other. */
  readonly #ranges: FreeRange[] = [];
  #used = 0;
  #peak = 0;

  /**
   * Makes the memory.
   *
   * @param bytes How much to reserve at first.
   */
  constructor(bytes = 1 << 20) {
    const pages = Math.ceil(bytes / PAGE);
    this.shared = canShare();
    this.memory = new WebAssembly.Memory({
      initial: pages,
      maximum: MOST_PAGES,
      shared: this.shared,
    });
    this.#heap = makeHeap(this.memory);
    // Address 0 stays unused, so that it can stand for "nothing".
    this.#ranges.push({ start: 1024, end: pages * PAGE - SLACK });
  }

  /** Bytes the memory has grown to. */
  get reserved(): number {
    return this.#heap.u8.length;
  }

  /** Bytes of the blocks that are taken. */
  get used(): number {
    return this.#used;
  }

  /** The most bytes that were taken together. */
  get peak(): number {
    return this.#peak;
  }

  /** Measures the peak from now on, which is at least so much. */
  resetPeak(least = 0): void {
    this.#peak = Math.max(this.#used, least);
  }

  /** Views of the memory as it is now; valid until the next allocation. */
  get heap(): Heap {
    return this.#heap;
  }

  /** How modules import the memory. */
  get limits(): MemoryLimits {
    return this.shared ? { min: 1, max: MOST_PAGES, shared: true } : { min: 1 };
  }

  /** Takes a block; gives its address. */
  allocate(bytes: number): number {
    const address = this.#allocate(bytes);
    this.#used += bytes;
    this.#peak = Math.max(this.#peak, this.#used);
    return address;
  }

  #allocate(bytes: number): number {
    if (bytes <= SMALL) {
      const index = classOf(bytes);
      const free = this.#small[index] ??= [];
      if (free.length === 0) this.#cut(index, free);
      return free.pop()!;
    }
    return this.#take(roundUp(bytes, ALIGN));
  }

  /** Gives a block of this many bytes back. */
  release(address: number, bytes: number): void {
    this.#used -= bytes;
    if (bytes <= SMALL) {
      (this.#small[classOf(bytes)] ??= []).push(address);
    } else {
      this.#give(address, address + roundUp(bytes, ALIGN));
    }
  }

  /** Cuts a chunk into blocks of one class. */
  #cut(index: number, free: number[]): void {
    const bytes = classBytes(index);
    const count = Math.max(1, Math.floor(Math.min(CHUNK, 64 * bytes) / bytes));
    const start = this.#take(count * bytes);
    for (let i = count - 1; i >= 0; i--) free.push(start + i * bytes);
  }

  /** Takes from the smallest free range that is large enough. */
  #take(bytes: number): number {
    let best = this.#find(bytes);
    if (best < 0) {
      this.#grow(bytes);
      best = this.#find(bytes);
    }
    const range = this.#ranges[best]!;
    const address = range.start;
    range.start += bytes;
    if (range.start === range.end) this.#ranges.splice(best, 1);
    return address;
  }

  #find(bytes: number): number {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.#ranges.length; i++) {
      const length = this.#ranges[i]!.end - this.#ranges[i]!.start;
      if (length >= bytes && length < least) [best, least] = [i, length];
    }
    return best;
  }

  #give(start: number, end: number): void {
    const ranges = this.#ranges;
    let low = 0, high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    const before = ranges[low - 1], after = ranges[low];
    if (before !== undefined && before.end === start) {
      before.end = end;
      if (after !== undefined && after.start === end) {
        before.end = after.end;
        ranges.splice(low, 1);
      }
    } else if (after !== undefined && after.start === end) {
      after.start = start;
    } else {
      ranges.splice(low, 0, { start, end });
    }
  }

  /** Grows by what is needed, or by a quarter of the size where that is more. */
  #grow(bytes: number): void {
    const size = this.memory.buffer.byteLength;
    const last = this.#ranges.at(-1);
    const have = last !== undefined && last.end === size - SLACK ? last.end - last.start : 0;
    const needed = Math.ceil((bytes - have) / PAGE);
    const room = MOST_PAGES - size / PAGE;
    if (needed > room) {
      throw new LimitError("Cannot allocate CPU memory", {
        limit: "bytes of the WebAssembly memory",
        requested: size + needed * PAGE,
        maximum: MOST_PAGES * PAGE,
      });
    }
    const generous = Math.ceil(Math.max(16 << 20, size / 4) / PAGE);
    let pages = Math.min(Math.max(needed, generous), room);
    try {
      this.memory.grow(pages);
    } catch {
      pages = needed;
      try {
        this.memory.grow(pages);
      } catch (cause) {
        const pooled = size - this.#used;
        const use = { device: "CPU", requested: bytes, live: this.#used, pooled } as const;
        throw new OutOfMemoryError(use, { cause });
      }
    }
    this.#heap = makeHeap(this.memory);
    this.#give(size - SLACK, size + pages * PAGE - SLACK);
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Size classes: multiples of 64 up to 512, then four to each doubling. */
function classOf(bytes: number): number {
  if (bytes <= 512) return bytes <= 64 ? 0 : ((bytes + 63) >> 6) - 1;
  const power = 31 - Math.clz32(bytes - 1);
  const quarter = ((bytes - 1) >> (power - 2)) & 3;
  return 8 + (power - 9) * 4 + quarter;
}

function classBytes(index: number): number {
  if (index < 8) return (index + 1) * 64;
  const power = 9 + ((index - 8) >> 2), quarter = (index - 8) & 3;
  return (1 << power) + ((quarter + 1) << (power - 2));
}

/** Browsers share memory only on pages that no other page can look into. */
function canShare(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer !== "undefined" && crossOriginIsolated !== false;
}

function makeHeap(memory: WebAssembly.Memory): Heap {
  // A shared buffer has the same methods, and what is cut from it is an array of its own.
  const buffer = memory.buffer as ArrayBuffer;
  let f16: Float16Array<ArrayBuffer> | undefined;
  return {
    u8: new Uint8Array(buffer),
    i8: new Int8Array(buffer),
    u16: new Uint16Array(buffer),
    i16: new Int16Array(buffer),
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    u64: new BigUint64Array(buffer),
    i64: new BigInt64Array(buffer),
    get f16() {
      return f16 ??= new (float16Array())(buffer);
    },
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}
