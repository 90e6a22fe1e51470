/**
 * The product of a large operand that is contiguous along k with a small one, as dot products.
 *
 * Where one size of the result is small and no multiple of a vector, vectors along k waste nothing: the
 * product 600×784 by 784×10 runs at 52 GFLOP/s here, and at 40 with vectors along the ten columns.
 */

import { emitCopyTile } from "./kernels.ts";
import { balance, countDown, min, shareOut, shares } from "./loops.ts";
import { emitTranspose } from "./pack.ts";
import { emitOnce, type GemmOptions, realOf } from "./real.ts";
import type { Func, Local, ModuleBuilder } from "../wasm/mod.ts";

/** The most rows of the small operand in a tile; with two of the large one they fill 15 registers. */
const TILE_SMALL = 6;

/** How many vectors along k are taken between two moves of the pointers. */
const UNROLL = 4;

/** Bytes at the start of the workspace for the sums of a tile. */
export const DOT_TILE_BYTES = 128;

/** The most products summed in one block: eight rows of it fit the first cache. */
export const DOT_STEPS = 1024;

/**
 * Emits the kernel for two rows of the large operand and a few of the small one, all contiguous.
 *
 * Its parameters are `(l, lRowStride, s, sRowStride, t, k)`, in bytes; the two rows of sums are written to
 * t, each row TILE_SMALL elements long.
 */
function emitDotTile(module: ModuleBuilder, options: GemmOptions, small: number): Func {
  const real = realOf(options);
  const { lanes, size } = real;
  const name = `dot_2x${small}`;
  return emitOnce(module, options, name, (f, l, lrs, s, srs, t, k) => {
    const second = f.local("i32");
    f.localGet(l).localGet(lrs).i32Add().localSet(second);
    const large = [l, second];
    const smalls = [s];
    for (let j = 1; j < small; j++) {
      const pointer = f.local("i32");
      f.localGet(smalls[j - 1]!).localGet(srs).i32Add().localSet(pointer);
      smalls.push(pointer);
    }
    const sums = large.map(() => smalls.map(() => f.local("v128")));
    const ls = large.map(() => f.local("v128"));
    const sv = f.local("v128");
    const step = (bytes: number, ahead = 0) => {
      const load = (pointer: Local, to: Local) => {
        f.localGet(pointer);
        if (bytes === 16) f.v128Load(ahead, size);
        else real.loadZero(f);
        f.localSet(to);
      };
      large.forEach((pointer, i) => load(pointer, ls[i]!));
      smalls.forEach((pointer, j) => {
        load(pointer, sv);
        ls.forEach((v, i) => real.fma(f, v, sv, sums[i]![j]!));
      });
    };
    const move = (bytes: number) => {
      for (const pointer of [...large, ...smalls]) f.increment(pointer, bytes);
    };
    for (const vectors of [UNROLL, 1]) {
      countDown(f, k, vectors * lanes, () => {
        for (let u = 0; u < vectors; u++) step(16, 16 * u);
        move(16 * vectors);
      });
    }
    countDown(f, k, 1, () => {
      step(size);
      move(size);
    });
    sums.forEach((row, i) => {
      row.forEach((sum, j) => {
        f.localGet(t);
        real.sumLanes(f, sum);
        real.store(f, (i * TILE_SMALL + j) * size);
      });
    });
  });
}

/**
 * Emits the product by dot products, `C[i, j] (+)= sum of L[i, t] · S[j, t] over t`.
 *
 * Its parameters are `(l, lRowStride, s, sRowStride, sStepStride, c, cLargeStride, cSmallStride, work, large,
 * small, k, accumulate)`, strides in bytes, sizes at least 1. L must be contiguous along k; where S isn't,
 * it is copied to the workspace block by block.
 *
 * @param onlySmall The only size of the small operand that will be passed, where it is known.
 */
export function emitDot(
  module: ModuleBuilder,
  options: GemmOptions,
  onlySmall?: number,
): Func {
  const { size, shift } = realOf(options);
  const wanted = onlySmall === undefined ? undefined : shares(onlySmall, TILE_SMALL);
  const kernels: (Func | undefined)[] = [];
  for (let j = 1; j <= TILE_SMALL; j++) {
    const emits = wanted === undefined || wanted.includes(j);
    kernels.push(emits ? emitDotTile(module, options, j) : undefined);
  }
  const transpose = emitTranspose(module, options);
  const copyTile = emitCopyTile(module, options);
  return emitOnce(
    module,
    options,
    `gemm_dot${wanted === undefined ? "" : `_${wanted.join("")}`}`,
    (f, l, lrs, s, srs, sks, c, cls, css, work, large, small, k, accumulate) => {
      const kc = f.local("i32"), kb = f.local("i32"), k0 = f.local("i32"), i = f.local("i32");
      const sp = f.local("i32"), stride = f.local("i32"), add = f.local("i32");
      const lp = f.local("i32"), cp = f.local("i32"), single = f.local("i32");
      const copy = f.local("i32");
      f.localGet(work).i32Const(DOT_TILE_BYTES).i32Add().localSet(copy);
      balance(f, k, DOT_STEPS, 4);
      f.localSet(kc);
      f.forLoop(k0, 0, k, kc, () => {
        f.localGet(k).localGet(k0).i32Sub().localSet(kb);
        min(f, kb, kc);
        f.localSet(kb);
        f.localGet(accumulate).localGet(k0).i32Or().localSet(add);
        f.localGet(s).localGet(k0).localGet(sks).i32Mul().i32Add().localSet(sp);
        f.localGet(srs).localSet(stride);
        f.localGet(sks).i32Const(size).i32Ne().if(() => {
          f.localGet(copy).localGet(sp).localGet(sks).localGet(srs);
          f.localGet(kb).localGet(small).call(transpose);
          f.localGet(copy).localSet(sp);
          f.localGet(kb).i32Const(shift).i32Shl().localSet(stride);
        });
        f.localGet(k0).i32Const(shift).i32Shl().localGet(l).i32Add().localSet(lp);
        f.localGet(c).localSet(cp);
        f.forLoop(i, 0, large, 2, () => {
          f.localGet(large).localGet(i).i32Sub().i32Const(1).i32Eq().localSet(single);
          shareOut(f, small, TILE_SMALL, (start, count) => {
            f.localGet(count).i32Const(1).i32Sub();
            f.switch(kernels.map((kernel) => () => {
              if (kernel === undefined) {
                f.unreachable();
                return;
              }
              f.localGet(lp).i32Const(0).localGet(lrs).localGet(single).select("i32");
              f.localGet(sp).localGet(start).localGet(stride).i32Mul().i32Add().localGet(stride);
              f.localGet(work).localGet(kb).call(kernel);
            }));
            f.localGet(work).i32Const(TILE_SMALL * size);
            f.localGet(cp).localGet(start).localGet(css).i32Mul().i32Add();
            f.localGet(cls).localGet(css).i32Const(2).localGet(single).i32Sub();
            f.localGet(count).localGet(add).call(copyTile);
          });
          for (const [pointer, by] of [[lp, lrs], [cp, cls]] as const) {
            f.localGet(by).i32Const(1).i32Shl().localGet(pointer).i32Add().localSet(pointer);
          }
        });
      });
    },
  );
}
