/** Register kernels of the matrix product: tiles of up to six rows by two vectors. */

import { countDown } from "./loops.ts";
import { emitOnce, type GemmOptions, realOf } from "./real.ts";
import type { Func, Local, ModuleBuilder } from "../wasm/mod.ts";

/**
 * The most rows of a tile. Six by two vectors takes 12 sums, 2 vectors and 1 broadcast: the 15
 * registers that V8 hands out on x86-64. Measured: 59 GFLOP/s, where tiles of 4×3 spill and make 27.
 */
export const TILE_ROWS = 6;

/** The most vectors in a row of a tile. */
export const TILE_VECTORS = 2;

/** How many products are summed per iteration of the inner loop. */
const UNROLL = 2;

/**
 * The same where rows of A are contiguous: pointers then move once per iteration. One tile whose operands
 * are in the first cache: 37 GFLOP/s with two and pointers moved for each product, 43 so, of 49 that
 * multiply-adds on registers alone reach; rows interleaved, behind one pointer: 40.
 *
 * Where the engine compares each address with the end of memory, those comparisons take turns with the
 * multiply-adds. So elements are read in pairs: the first as part of both, the second alone, which ends at
 * the same byte and needs no comparison of its own. On such an engine: 38.7 in place of 34.4, of 40.6.
 */
const UNROLL_CONTIGUOUS = 4;

/**
 * Emits the kernel for one tile, `C[rows, vectors] (+)= A[rows, k] · B[k, vectors]`.
 *
 * Its parameters are `(a, aRowStride, aStepStride, b, bStepStride, c, cRowStride, k, accumulate)`,
 * with pointers and strides in bytes. Elements of A are broadcast from memory, so that A may have any
 * strides; a row of B and of C is contiguous.
 */
export function emitTile(
  module: ModuleBuilder,
  options: GemmOptions,
  rows: number,
  vectors: number,
): Func {
  const real = realOf(options);
  const name = `tile_${rows}x${vectors}`;
  return emitOnce(module, options, name, (f, a, ars, acs, b, bcs, c, crs, k, accumulate) => {
    const sums: Local[][] = [];
    for (let i = 0; i < rows; i++) {
      sums.push(Array.from({ length: vectors }, () => f.local("v128")));
    }
    const bs = Array.from({ length: vectors }, () => f.local("v128"));
    const x = f.local("v128");
    const pointers = [a];
    for (let i = 1; i < rows; i++) {
      const pointer = f.local("i32");
      f.localGet(pointers[i - 1]!).localGet(ars).i32Add().localSet(pointer);
      pointers.push(pointer);
    }
    /** Adds the products with an element of each row. */
    const add = (load: (pointer: Local<"i32">) => void) => {
      bs.forEach((v, j) => f.localGet(b).v128Load(16 * j, real.size).localSet(v));
      f.increment(b, bcs);
      pointers.forEach((pointer, i) => {
        load(pointer);
        f.localSet(x);
        bs.forEach((v, j) => real.fma(f, x, v, sums[i]![j]!));
      });
    };
    const step = () =>
      add((pointer) => {
        f.localGet(pointer);
        real.loadSplat(f);
        f.increment(pointer, acs);
      });
    f.localGet(acs).i32Const(real.size).i32Eq().if(() => {
      countDown(f, k, UNROLL_CONTIGUOUS, () => {
        for (let u = 0; u < UNROLL_CONTIGUOUS; u += 2) {
          add((pointer) => {
            real.loadPair(f.localGet(pointer), u * real.size);
            real.splatFirst(f, x);
          });
          add((pointer) => real.loadSplat(f.localGet(pointer), (u + 1) * real.size));
        }
        for (const pointer of pointers) f.increment(pointer, UNROLL_CONTIGUOUS * real.size);
      });
    });
    f.block((out) => {
      f.localGet(k).i32Const(UNROLL).i32LtS().brIf(out);
      f.loop((again) => {
        for (let u = 0; u < UNROLL; u++) step();
        f.increment(k, -UNROLL).localGet(k).i32Const(UNROLL).i32GeS().brIf(again);
      });
    });
    f.whileLoop(() => f.localGet(k), () => {
      step();
      f.increment(k, -1);
    });
    const cp = f.local("i32");
    f.localGet(accumulate).if(() => {
      f.localGet(c).localSet(cp);
      sums.forEach((row, i) => {
        if (i > 0) f.increment(cp, crs);
        row.forEach((sum, j) => {
          f.localGet(sum).localGet(cp).v128Load(16 * j, real.size);
          real.add(f);
          f.localSet(sum);
        });
      });
    });
    sums.forEach((row, i) => {
      if (i > 0) f.increment(c, crs);
      row.forEach((sum, j) => f.localGet(c).localGet(sum).v128Store(16 * j, real.size));
    });
  });
}

/**
 * Emits the copy of a tile into place, `C[rows, columns] (+)= T[rows, columns]`, element by element,
 * for tiles at an edge and for results whose columns aren't next to each other.
 *
 * Its parameters are `(t, tRowStride, c, cRowStride, cColumnStride, rows, columns, accumulate)`.
 */
export function emitCopyTile(module: ModuleBuilder, options: GemmOptions): Func {
  const real = realOf(options);
  return emitOnce(
    module,
    options,
    "copy_tile",
    (f, t, trs, c, crs, ccs, rows, columns, accumulate) => {
      const i = f.local("i32"), j = f.local("i32");
      const tp = f.local("i32"), cp = f.local("i32");
      f.forLoop(i, 0, rows, 1, () => {
        f.localGet(t).localSet(tp).localGet(c).localSet(cp);
        f.forLoop(j, 0, columns, 1, () => {
          f.localGet(accumulate).if(() => {
            f.localGet(cp).localGet(cp);
            real.load(f);
            f.localGet(tp);
            real.load(f);
            real.scalarAdd(f);
            real.store(f);
          }, () => {
            f.localGet(cp).localGet(tp);
            real.load(f);
            real.store(f);
          });
          f.increment(tp, real.size).increment(cp, ccs);
        });
        f.increment(t, trs).increment(c, crs);
      });
    },
  );
}
