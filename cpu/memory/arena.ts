/**
 * The scratch memory of all programs: they run one at a time and keep nothing in it, so they share
 * one block.
 *
 * @module
 */

import type { CpuMemory } from "./memory.ts";

/** A block of memory that grows to what the hungriest program needs. */
export class Arena {
  readonly #memory: CpuMemory;
  #address = 0;
  #bytes = 0;
  #version = 0;

  constructor(memory: CpuMemory) {
    this.#memory = memory;
  }

  /** Where the block is. */
  get address(): number {
    return this.#address;
  }

  /** How many bytes it has. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A number that changes when the block moves or goes. */
  get version(): number {
    return this.#version;
  }

  /** Makes sure that the block has so many bytes. */
  need(bytes: number): void {
    if (bytes <= this.#bytes) return;
    this.release();
    this.#address = this.#memory.allocate(bytes);
    this.#bytes = bytes;
  }

  /** Says that a program of so many bytes goes: the block does, if no other may need as much. */
  leave(bytes: number): void {
    if (bytes >= this.#bytes) this.release();
  }

  /** Gives the block back. */
  release(): void {
    if (this.#bytes > 0) this.#memory.release(this.#address, this.#bytes);
    this.#address = 0;
    this.#bytes = 0;
    this.#version++;
  }
}
