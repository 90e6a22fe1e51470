/**
 * Constant data of programs, uploaded once however many programs use it.
 *
 * @module
 */

import type { CpuMemory } from "./memory.ts";

interface HeldConstant {
  readonly data: ArrayBufferView;
  readonly address: number;
  readonly bytes: number;
  users: number;
}

/** Keeps uploaded data while programs use it. */
export class Constants {
  readonly #memory: CpuMemory;
  readonly #entries = new Map<ArrayBufferView, HeldConstant>();

  constructor(memory: CpuMemory) {
    this.#memory = memory;
  }

  /** The address of the data; each call counts as a user. */
  acquire(data: ArrayBufferView): number {
    let entry = this.#entries.get(data);
    if (entry === undefined) {
      const bytes = data.byteLength;
      const address = this.#memory.allocate(bytes);
      const source = new Uint8Array(data.buffer, data.byteOffset, bytes);
      this.#memory.heap.u8.set(source, address);
      entry = { data, address, bytes, users: 0 };
      this.#entries.set(data, entry);
    }
    entry.users++;
    return entry.address;
  }

  /** Takes one user away; the last one's leaving frees the memory. */
  release(data: ArrayBufferView): void {
    const entry = this.#entries.get(data);
    if (entry === undefined || --entry.users > 0) return;
    this.#entries.delete(data);
    this.#memory.release(entry.address, entry.bytes);
  }
}
