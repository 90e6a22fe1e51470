/**
 * Products whose sums are long: parts of them are added up with the rounding errors carried along.
 *
 * A float32 sum of a million products of 0.1 that is added up one by one is off in the fourth digit.
 */

import { emitOnce, type GemmOptions, realOf } from "./real.ts";
import type { Func, ModuleBuilder } from "../wasm/mod.ts";

/** The longest sum that is computed at once: a product with a vector has fewer partial sums. */
export function longFrom(m: number, n: number): number {
  return Math.min(m, n) === 1 ? 2048 : 16384;
}

/** How many products a part has; a multiple of all blocks along k. */
export function partSteps(m: number, n: number): number {
  return Math.min(m, n) === 1 ? 512 : 8192;
}

/** Bytes of workspace for a part and for the errors. */
export function partBytes(m: number, n: number, size: number): number {
  return Math.ceil(2 * m * n * size / 64) * 64;
}

/**
 * Emits the addition of a part to C; W. Kahan, "Further remarks on reducing truncation errors", 1965.
 *
 * Its parameters are `(c, cRowStride, part, errors, m, n)`, strides in bytes; the part and the errors are
 * contiguous.
 */
export function emitAddPart(module: ModuleBuilder, options: GemmOptions): Func {
  const real = realOf(options);
  const { scalar, size } = real;
  return emitOnce(module, options, "gemm_add_part", (f, c, crs, part, errors, m, n) => {
    const i = f.local("i32"), j = f.local("i32"), at = f.local("i32");
    const before = f.local(scalar), y = f.local(scalar), sum = f.local(scalar);
    const error = f.local(scalar);
    const sub = () => scalar === "f32" ? f.f32Sub() : f.f64Sub();
    f.forLoop(i, 0, m, 1, () => {
      f.localGet(c).localSet(at);
      f.forLoop(j, 0, n, 1, () => {
        f.localGet(part);
        real.load(f);
        f.localGet(errors);
        real.load(f);
        sub().localSet(y).localGet(at);
        real.load(f);
        f.localTee(before).localGet(y);
        real.scalarAdd(f);
        f.localTee(sum).localGet(before);
        sub().localGet(y);
        sub().localSet(error);
        f.localGet(at).localGet(sum);
        real.store(f);
        // Infinities leave no error.
        f.localGet(errors).localGet(error);
        real.scalarZero(f);
        f.localGet(error).localGet(error);
        (scalar === "f32" ? f.f32Eq() : f.f64Eq()).select(scalar);
        real.store(f);
        for (const pointer of [part, errors, at]) f.increment(pointer, size);
      });
      f.localGet(c).localGet(crs).i32Add().localSet(c);
    });
  });
}
