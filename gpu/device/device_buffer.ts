/**
 * Values on the GPU.
 *
 * @module
 */

import type { DeviceBuffer } from "../../core/runtime/backend.ts";
import { type DType, dtypeInfo, type TypedArray } from "../../core/graph/dtype.ts";
import { joinPieces } from "../../core/runtime/pieces.ts";
import type { BufferHandle } from "./buffers.ts";
import type { CheckLog, RunChecks } from "./checks.ts";
import type { GpuLimits } from "./context.ts";
import { fromWords, noElements, toWords, wordCount } from "./convert.ts";
import type { GpuDevice } from "./device.ts";

/** What all values of a backend share. */
export interface BufferOwner {
  readonly device: GpuDevice;
  readonly checks: CheckLog;
  /** Live values, and their bytes. */
  readonly counts: { buffers: number; bytes: number };
  /** What kernels must stay within. */
  readonly limits: GpuLimits;
  /** About how long a dispatch that runs many steps of a loop may take. */
  readonly dispatchSeconds: number;
  /** Iterations of loops that a thread may take in a dispatch. */
  readonly loopIterations: number;
}

/** Memory of one value, with the outcome of the run that computed it. */
export class GpuBuffer implements DeviceBuffer {
  readonly bytes: number;
  /** The run that wrote it last, while its checks are not known to have passed. */
  run: RunChecks | null = null;
  readonly #owner: BufferOwner;
  #handle: BufferHandle | null;

  /**
   * @param owner The backend.
   * @param words Number of 4-byte words.
   */
  constructor(owner: BufferOwner, words: number) {
    this.#owner = owner;
    this.bytes = 4 * words;
    this.#handle = owner.device.buffers.acquire(this.bytes);
    owner.counts.buffers++;
    owner.counts.bytes += this.bytes;
  }

  get disposed(): boolean {
    return this.#handle === null;
  }

  /** The piece of device memory. Throws a TypeError if the buffer was disposed. */
  get handle(): BufferHandle {
    if (this.#handle === null) throw new TypeError("Cannot use a GPU buffer that was disposed");
    return this.#handle;
  }

  /** The backend that made it. */
  get owner(): BufferOwner {
    return this.#owner;
  }

  readSync(dtype: DType, elements: number): TypedArray {
    const requests = this.#requests(dtype, elements);
    if (requests.length === 0) return noElements(dtype);
    return this.#take(dtype, elements, this.#owner.device.readback.readManySync(requests));
  }

  readPieces(dtype: DType, elements: number): TypedArray[] {
    return [this.readSync(dtype, elements)];
  }

  writePieces(dtype: DType, pieces: readonly TypedArray[]): void {
    this.write(dtype, joinPieces(dtype, pieces));
  }

  async read(dtype: DType, elements: number): Promise<TypedArray> {
    const requests = this.#requests(dtype, elements);
    if (requests.length === 0) return noElements(dtype);
    return this.#take(dtype, elements, await this.#owner.device.readback.readMany(requests));
  }

  write(dtype: DType, data: TypedArray): void {
    const words = toWords(dtype, data);
    if (words.byteLength > this.bytes) {
      throw new RangeError(
        `Cannot write ${words.byteLength} bytes to a GPU buffer of ${this.bytes} bytes`,
      );
    }
    const { buffer } = this.handle;
    this.#owner.device.checkAlive();
    this.#owner.device.queue.write(buffer, 0, words);
    this.run = null;
  }

  dispose(): void {
    if (this.#handle === null) return;
    const { device, counts } = this.#owner;
    device.buffers.release(this.#handle);
    counts.buffers--;
    counts.bytes -= this.bytes;
    this.#handle = null;
    this.run = null;
  }

  #requests(dtype: DType, elements: number) {
    const bytes = 4 * wordCount(dtype, elements);
    if (bytes > this.bytes) {
      throw new RangeError(
        `Cannot read ${elements} elements of ${dtype} from a GPU buffer of ${this.bytes} bytes`,
      );
    }
    const { buffer } = this.handle;
    const requests = [];
    if (bytes > 0) requests.push({ buffer, offset: 0, bytes });
    if (this.run !== null && !this.run.known) requests.push(this.run.request);
    else this.#tell();
    return requests;
  }

  #take(dtype: DType, elements: number, memory: ArrayBuffer[]): TypedArray {
    const words = elements > 0 ? memory[0]! : new ArrayBuffer(0);
    const outcome = memory[elements > 0 ? 1 : 0];
    if (this.run !== null && outcome !== undefined) {
      this.#owner.checks.resolve(this.run, outcome);
      this.#tell();
    }
    return elements > 0 ? fromWords(dtype, words) : dtypeInfo(dtype).array(0);
  }

  #tell(): void {
    const run = this.run;
    if (run === null || !run.known) return;
    this.run = null;
    run.tell();
  }
}

/** The GPU buffer behind a buffer. Throws a TypeError if it belongs to another device. */
export function gpuBuffer(buffer: DeviceBuffer, owner: BufferOwner): GpuBuffer {
  if (buffer instanceof GpuBuffer && buffer.owner === owner) return buffer;
  throw new TypeError("Cannot use a buffer of another device on the GPU");
}
