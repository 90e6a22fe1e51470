/**
 * Modules that threads run, too: their bytes are put into the memory when there are threads, and each
 * thread compiles them when it first meets a job of theirs. (The engine knows bytes that it has compiled.)
 *
 * @module
 */

import type { CpuMemory } from "../memory/memory.ts";
import { record } from "./control.ts";

let codes = 0;

/** A module that has jobs, or whose functions the parts of jobs call. */
export class Code {
  /** What it imports: the address of its record, 0 before threads can have it. */
  readonly global = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  readonly #memory: CpuMemory;
  readonly #bytes: Uint8Array;
  readonly #imports: readonly (Code | null)[];
  /** Where the bytes are. */
  #place = 0;

  /**
   * @param memory The memory of the device.
   * @param bytes The module.
   * @param imports Where its imported functions come from; null for those that parts don't call.
   */
  constructor(memory: CpuMemory, bytes: Uint8Array, imports: readonly (Code | null)[]) {
    this.#memory = memory;
    this.#bytes = bytes;
    this.#imports = imports;
  }

  get #recordBytes(): number {
    return 4 * (record.imports + this.#imports.length);
  }

  /** Lets threads have it. */
  publish(): void {
    if (this.#place !== 0) return;
    for (const code of this.#imports) code?.publish();
    const address = this.#memory.allocate(this.#recordBytes);
    this.#place = this.#memory.allocate(this.#bytes.length);
    const { u8, i32 } = this.#memory.heap, at = address / 4;
    u8.set(this.#bytes, this.#place);
    i32[at + record.id] = ++codes;
    i32[at + record.bytes] = this.#place;
    i32[at + record.length] = this.#bytes.length;
    this.#imports.forEach((code, i) => i32[at + record.imports + i] = code?.global.value ?? 0);
    this.global.value = address;
  }

  /** Gives its memory back. */
  release(): void {
    if (this.#place === 0) return;
    this.#memory.release(this.#place, this.#bytes.length);
    this.#memory.release(this.global.value, this.#recordBytes);
    this.#place = this.global.value = 0;
  }
}
