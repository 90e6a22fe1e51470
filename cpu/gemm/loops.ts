/** Pieces of loop arithmetic that the matrix products share. */

import type { FunctionBuilder, I32Operand, Local } from "../wasm/mod.ts";

/** Pushes the smaller of two numbers that are at hand. */
export function min(f: FunctionBuilder, a: I32Operand, b: I32Operand): void {
  f.i32(a).i32(b).i32(a).i32(b).i32LtS().select("i32");
}

/** Runs `step` on blocks of `size`, counting `k` down to less than one block. */
export function countDown(
  f: FunctionBuilder,
  k: Local<"i32">,
  size: number,
  step: () => void,
): void {
  f.whileLoop(() => size === 1 ? f.localGet(k) : f.localGet(k).i32Const(size).i32GeS(), () => {
    step();
    f.increment(k, -size);
  });
}

/**
 * Shares `total` rows out evenly to tiles of at most `most`.
 *
 * @param body Emits what to do with each tile, given its first row and their number.
 */
export function shareOut(
  f: FunctionBuilder,
  total: Local<"i32">,
  most: number,
  body: (start: Local<"i32">, count: Local<"i32">) => void,
): void {
  const tiles = f.alloc("i32"), least = f.alloc("i32"), extra = f.alloc("i32");
  const start = f.alloc("i32"), count = f.alloc("i32");
  f.localGet(total).i32Const(most - 1).i32Add().i32Const(most).i32DivU().localSet(tiles);
  f.localGet(total).localGet(tiles).i32DivU().localSet(least);
  f.localGet(total).localGet(tiles).i32RemU().localSet(extra);
  f.i32Const(0).localSet(start);
  f.whileLoop(() => f.localGet(start).localGet(total).i32LtS(), () => {
    f.localGet(least).localGet(extra).i32Const(0).i32GtS().i32Add().localSet(count);
    f.increment(extra, -1);
    body(start, count);
    f.increment(start, count);
  });
  f.free(tiles, least, extra, start, count);
}

/**
 * Pushes the block length that shares `total` evenly to blocks of at most `most`.
 *
 * The length is a multiple of `unit`, and `most` must be one too.
 */
export function balance(
  f: FunctionBuilder,
  total: Local<"i32">,
  most: number,
  unit: number,
): void {
  // ceil(ceil(total / unit) / blocks) * unit
  const units = f.alloc("i32"), blocks = f.alloc("i32");
  f.localGet(total).i32Const(unit - 1).i32Add().i32Const(unit).i32DivU().localSet(units);
  f.localGet(units).i32Const(most / unit - 1).i32Add().i32Const(most / unit).i32DivU();
  f.localSet(blocks);
  f.localGet(units).localGet(blocks).i32Add().i32Const(1).i32Sub().localGet(blocks).i32DivU();
  f.i32Const(unit).i32Mul();
  f.free(units, blocks);
}

/** The numbers of rows that `shareOut` gives for a total that is known. */
export function shares(total: number, most: number): number[] {
  const tiles = Math.ceil(total / most);
  const least = Math.floor(total / tiles);
  return total % tiles === 0 ? [least] : [least, least + 1];
}
