/**
 * What may leave a device when its memory gets short: copies of arguments, large results that the host
 * has not read, buffers that functions keep between calls.
 *
 * What a user drops is freed by the garbage collector, but not before the program waits for something.
 * A loop that never waits would else take more and more memory.
 *
 * @module
 */

import type { Backend, DeviceBuffer } from "./backend.ts";
import { type DType, dtypeInfo } from "./dtype.ts";
import { DeviceLostError, LimitError, OutOfMemoryError } from "./errors.ts";

/** The error for a value that went with its device: whose it is, and how to get another. */
export function lostValue(whose: string, advice: string, cause: DeviceLostError): DeviceLostError {
  const detail = `the value of ${whose} went with it, since the host had no copy; ${advice}`;
  return new DeviceLostError(cause.reason, detail, { cause });
}

/** Something in device memory that can be given up. */
export interface Resident {
  /** Bytes of device memory. */
  readonly bytes: number;
  /** Leaves the device; what only the device has is copied to the host first. */
  evict(): void;
}

/** Bytes that residents may take together while nothing asks for more. */
export const LIMIT = 1 << 28;

/** The residents of one device, last used last. */
export class Residency {
  readonly #backend: Backend;
  /** Each with the call that used it last, which cannot do without it. */
  readonly #entries = new Map<Resident, number>();
  #bytes = 0;
  #call = 0;
  /** Bytes of buffers that functions keep between calls. */
  keptBuffers = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Bytes of all residents. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Starts a call: what it touches stays until the next one. */
  begin(): void {
    this.#call++;
  }

  /** Adds a resident, or marks it as used. */
  touch(entry: Resident): void {
    if (!this.#entries.delete(entry)) this.#bytes += entry.bytes;
    this.#entries.set(entry, this.#call);
    if (this.#bytes > LIMIT) this.#shrink(LIMIT);
  }

  /** Forgets a resident that has left. */
  delete(entry: Resident): void {
    if (this.#entries.delete(entry)) this.#bytes -= entry.bytes;
  }

  /** Takes memory of the device; where there is none left, residents go. */
  allocate(dtype: DType, elements: number): DeviceBuffer {
    const bytes = dtypeInfo(dtype).bytes * elements;
    if (this.#bytes + bytes > LIMIT) this.#shrink(LIMIT - bytes);
    return this.withRoom(() => this.#backend.allocate(dtype, elements));
  }

  /** Does what takes memory, again without residents if there is too little. */
  withRoom<R>(act: () => R): R {
    try {
      return act();
    } catch (error) {
      const full = error instanceof LimitError || error instanceof OutOfMemoryError;
      if (!full || !this.#shrink(0)) throw error;
      return act();
    }
  }

  /** Evicts the residents used longest ago, but none of this call; whether any went. */
  #shrink(limit: number): boolean {
    let went = false;
    for (const [entry, call] of this.#entries) {
      if (this.#bytes <= limit || call === this.#call) break;
      this.delete(entry);
      entry.evict();
      went = true;
    }
    return went;
  }
}

const known = new WeakMap<Backend, Residency>();

/** The residents of a device. */
export function residencyOf(backend: Backend): Residency {
  let residency = known.get(backend);
  if (residency === undefined) known.set(backend, residency = new Residency(backend));
  return residency;
}

/** A buffer that a function keeps between calls and can make again. */
export class KeptBuffer implements Resident {
  readonly buffer: DeviceBuffer;
  readonly #residency: Residency;
  readonly #dtype: DType;
  readonly #elements: number;

  /** Takes the memory. */
  constructor(residency: Residency, dtype: DType, elements: number) {
    this.#residency = residency;
    this.#dtype = dtype;
    this.#elements = elements;
    this.buffer = residency.allocate(dtype, elements);
    residency.keptBuffers += this.buffer.bytes;
  }

  get bytes(): number {
    return this.buffer.bytes;
  }

  /** Whether it is there and large enough: how many bytes an element takes is the device's. */
  holds(dtype: DType, elements: number): boolean {
    return !this.buffer.disposed && this.#dtype === dtype && this.#elements >= elements;
  }

  evict(): void {
    if (this.buffer.disposed) return;
    this.#residency.keptBuffers -= this.buffer.bytes;
    this.buffer.dispose();
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#residency.delete(this);
    this.evict();
  }
}
