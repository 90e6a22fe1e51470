/**
 * Sizes that are values of integer variables: whether they are within their dtype.
 *
 * @module
 */

import { LimitError } from "../base/errors.ts";
import { type DType, dtypeInfo } from "../graph/dtype.ts";
import { type Guards, opaqueSize, type Size, sizeValue } from "./size.ts";

/** Coefficients up to this leave sums of lengths exact. */
const SMALL = 2 ** 20;

/**
 * Whether a size is a value of an integer dtype, and exact as a JavaScript number. Where another call may
 * change the answer, the plan depends on it.
 */
export function fitsDType(guards: Guards, size: Size, dtype: DType): boolean {
  const { kind, bytes } = dtypeInfo(dtype);
  if (bytes === 8 && isSumOfLengths(size) && kind === "int") return true;
  const high = Math.min(
    dtype === "bool" ? 1 : 2 ** (8 * bytes - (kind === "int" ? 1 : 0)) - 1,
    Number.MAX_SAFE_INTEGER,
  );
  const low = kind === "int" ? Math.max(-high - 1, Number.MIN_SAFE_INTEGER) : 0;
  return guards.decide(`fits ${dtype}`, [size], (n) => n >= low && n <= high);
}

/** Throws a LimitError for a length, or a number of elements, that JavaScript numbers do not hold exactly. */
export function expectExact(guards: Guards, size: Size): void {
  if (!fitsDType(guards, size, "int64")) throw tooMany(size);
}

/** The error of a length, or of a number of elements, that is too large to be counted. */
export function tooMany(size: Size): LimitError {
  return new LimitError("Cannot count elements", {
    limit: "exact integers",
    requested: sizeValue(size),
    maximum: Number.MAX_SAFE_INTEGER,
  });
}

/** The size, or what is left of it in a dtype that it does not fit. */
export function wrappedSize(guards: Guards, size: Size, dtype: DType): Size {
  if (fitsDType(guards, size, dtype)) return size;
  const { kind, bytes } = dtypeInfo(dtype);
  const wrap = kind === "int" ? BigInt.asIntN : BigInt.asUintN;
  return opaqueSize(`wrap ${dtype}`, [size], (n) => Number(wrap(8 * bytes, BigInt(n))));
}

/** Whether a size is a sum of axis lengths, which no call can make too large. */
function isSumOfLengths(size: Size): boolean {
  if (typeof size === "number") return Number.isSafeInteger(size);
  if (Math.abs(size.constant) > SMALL) return false;
  for (const { coefficient, atoms } of size.terms.values()) {
    const [atom] = atoms;
    if (atoms.length !== 1 || Math.abs(coefficient) > SMALL) return false;
    if (!atom!.key.startsWith("n") || !atom!.bases.has(atom!.key)) return false;
  }
  return true;
}
