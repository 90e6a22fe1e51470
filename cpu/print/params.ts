/**
 * The parameter block: what a printed module reads from memory at each call instead of having it in
 * its code, namely where the buffers are and the sizes that may change from call to call.
 *
 * @module
 */

import type { Size, SizeEnv, Sym } from "../../core/ir/size.ts";

/** The buffer number that stands for the workspace of sorts and products. */
export const WORKSPACE = -1;

/** A value of the block that is computed from the sizes of a call. */
interface SizeParam {
  readonly offset: number;
  readonly size: Sym;
  /** Held as a float64 rather than as an i32. */
  readonly wide: boolean;
}

/** Hands out places in the parameter block while a module is printed. */
export class ParamBlock {
  readonly #buffers = new Map<number, number>();
  readonly #sizes = new Map<string, SizeParam>();
  readonly #counters = new Map<number, number>();
  #bytes = 0;
  #failure: number | null = null;

  #place(bytes: number): number {
    const offset = Math.ceil(this.#bytes / bytes) * bytes;
    this.#bytes = offset + bytes;
    return offset;
  }

  /** Offset in the block of the address of a buffer. */
  buffer(id: number): number {
    let offset = this.#buffers.get(id);
    if (offset === undefined) {
      offset = this.#place(4);
      this.#buffers.set(id, offset);
    }
    return offset;
  }

  /** Offset in the block of a size, as an i32 or as a float64. */
  size(size: Sym, wide = false): number {
    const key = `${wide ? "w" : "n"}${size.key}`;
    let param = this.#sizes.get(key);
    if (param === undefined) {
      param = { offset: this.#place(wide ? 8 : 4), size, wide };
      this.#sizes.set(key, param);
    }
    return param.offset;
  }

  /** Offset in the block of the integer that failed a check, and of its kind: 1 if it has a sign, else 2. */
  failure(): number {
    return this.#failure ??= this.#place(16);
  }

  /** Offset in the block of a number of runs, as an i32. */
  counter(list: number): number {
    let offset = this.#counters.get(list);
    if (offset === undefined) this.#counters.set(list, offset = this.#place(4));
    return offset;
  }

  /** The numbers of runs that were counted since `clearCounters`. */
  readCounters(block: DataView): Map<number, number> {
    return new Map(
      Array.from(this.#counters, ([list, offset]) => [list, block.getUint32(offset, true)]),
    );
  }

  /** Counts from now on. */
  clearCounters(block: DataView): void {
    for (const offset of this.#counters.values()) block.setUint32(offset, 0, true);
  }

  /** Takes the integer that failed a check, if one was left. */
  readFailure(block: DataView): bigint | null {
    const at = this.#failure;
    if (at === null) return null;
    const kind = block.getInt32(at + 8, true);
    block.setInt32(at + 8, 0, true);
    if (kind === 0) return null;
    return kind === 1 ? block.getBigInt64(at, true) : block.getBigUint64(at, true);
  }

  /** Bytes of the block. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The buffers that have a place, with their offsets. */
  get buffers(): ReadonlyMap<number, number> {
    return this.#buffers;
  }

  /** Writes the sizes for new values of the base symbols. */
  writeSizes(block: DataView, env: SizeEnv): void {
    for (const { offset, size, wide } of this.#sizes.values()) {
      const value = size.evaluate(env);
      if (wide) block.setFloat64(offset, value, true);
      else block.setInt32(offset, value, true);
    }
  }

  /** Whether anything in the block depends on the base symbols. */
  get hasSizes(): boolean {
    return this.#sizes.size > 0;
  }
}

/** The constant part of a size, and the rest. */
export function splitSize(size: Size): { constant: number; rest: Size } {
  if (typeof size === "number") return { constant: size, rest: 0 };
  const { constant } = size;
  return { constant, rest: constant === 0 ? size : withoutConstant(size) };
}

function withoutConstant(size: Sym): Size {
  const Make = size.constructor as typeof Sym;
  return new Make(0, size.terms);
}
