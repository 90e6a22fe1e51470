/**
 * Buffers of the CPU device.
 *
 * @module
 */

import type { DeviceBuffer } from "../../core/runtime/backend.ts";
import { type DType, dtypeInfo, type TypedArray } from "../../core/graph/dtype.ts";
import type { CpuMemory, Heap } from "./memory.ts";

/** Which view of the heap holds elements of a dtype, and how many of its values make one element. */
const views: Record<DType, readonly [view: keyof Heap, parts: number]> = {
  bool: ["u8", 1],
  int8: ["i8", 1],
  int16: ["i16", 1],
  int32: ["i32", 1],
  int64: ["i64", 1],
  uint8: ["u8", 1],
  uint16: ["u16", 1],
  uint32: ["u32", 1],
  uint64: ["u64", 1],
  float16: ["f16", 1],
  float32: ["f32", 1],
  float64: ["f64", 1],
  complex64: ["f32", 2],
  complex128: ["f64", 2],
};

/**
 * Large arrays come from the system, which clears each page when it is first written: several times the
 * cost of the copy. Below this size the C library takes them from memory that the process has already.
 */
const PIECE_BYTES = 120 * 1024;

/** A copy of its own. Unlike `slice`, this does not clear the memory first. */
function copyOf<A extends TypedArray>(array: A): A {
  const { constructor } = array as unknown as { constructor: new (from: A) => A };
  return new constructor(array);
}

/** Counts the live buffers of a backend. */
interface BufferCounts {
  buffers: number;
  bytes: number;
}

/** A block of the WebAssembly memory. */
export class CpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  /** Where the block is; 0 once disposed. */
  address: number;
  readonly #memory: CpuMemory;
  readonly #counts: BufferCounts;

  /**
   * Takes the memory; its contents are arbitrary.
   *
   * @param memory Where to take it from.
   * @param bytes How much of it.
   * @param counts Kept up to date.
   */
  constructor(memory: CpuMemory, bytes: number, counts: BufferCounts) {
    this.bytes = bytes;
    this.#memory = memory;
    this.#counts = counts;
    this.address = memory.allocate(bytes);
    counts.buffers++;
    counts.bytes += bytes;
  }

  get disposed(): boolean {
    return this.address === 0;
  }

  readSync(dtype: DType, elements: number): TypedArray {
    const [view, parts] = views[dtype];
    const bytes = dtypeInfo(dtype).bytes * elements;
    this.#check("read", bytes);
    const heap = this.#memory.heap[view];
    const start = this.address / heap.BYTES_PER_ELEMENT;
    return heap.slice(start, start + parts * elements);
  }

  readPieces(dtype: DType, elements: number): TypedArray[] {
    const [view, parts] = views[dtype];
    this.#check("read", dtypeInfo(dtype).bytes * elements);
    const heap = this.#memory.heap[view];
    const start = this.address / heap.BYTES_PER_ELEMENT, end = start + parts * elements;
    const length = PIECE_BYTES / heap.BYTES_PER_ELEMENT, pieces: TypedArray[] = [];
    for (let at = start; at < end || pieces.length === 0; at += length) {
      pieces.push(copyOf(heap.subarray(at, Math.min(end, at + length))));
    }
    return pieces;
  }

  writePieces(dtype: DType, pieces: readonly TypedArray[]): void {
    this.#check("write", pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
    const heap = this.#memory.heap[views[dtype][0]] as Uint8Array;
    let at = this.address / heap.BYTES_PER_ELEMENT;
    for (const piece of pieces) {
      heap.set(piece as Uint8Array, at);
      at += piece.length;
    }
  }

  read(dtype: DType, elements: number): Promise<TypedArray> {
    return new Promise((resolve) => resolve(this.readSync(dtype, elements)));
  }

  write(dtype: DType, data: TypedArray): void {
    this.#check("write", data.byteLength);
    const heap = this.#memory.heap[views[dtype][0]];
    if (data.constructor !== heap.constructor) {
      throw new TypeError(
        `Cannot write a ${data.constructor.name} as ${dtype}: expected a ${heap.constructor.name}`,
      );
    }
    (heap as Uint8Array).set(data as Uint8Array, this.address / heap.BYTES_PER_ELEMENT);
  }

  dispose(): void {
    if (this.address === 0) return;
    this.#memory.release(this.address, this.bytes);
    this.address = 0;
    this.#counts.buffers--;
    this.#counts.bytes -= this.bytes;
  }

  #check(action: string, bytes: number): void {
    if (this.address === 0) throw new TypeError(`Cannot ${action} a buffer that was disposed`);
    if (bytes > this.bytes) {
      throw new RangeError(`Cannot ${action} ${bytes} bytes in a buffer of ${this.bytes} bytes`);
    }
  }
}
