/**
 * The sign, and rounding to integers.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import { isFloatType, type SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";

/** -1, 0 or 1; for floats ±0 gives ±0 and NaN gives NaN. Takes integers too. */
export function sign(b: ScalarBuilder, x: SNode): SNode {
  const zero = b.constant(x.type, 0);
  const one = b.constant(x.type, 1);
  const positive = b.compare("gt", x, zero);
  if (x.type === "bool") return x;
  if (x.type === "u32" || x.type === "u64") return b.select(positive, one, zero);
  const below = b.select(b.compare("lt", x, zero), b.constant(x.type, -1), x);
  const y = b.select(positive, one, below);
  // What is neither above nor below 0 is ±0 or NaN, and stays.
  return isFloatType(x.type) ? new Calc(b, x).keepNan(x, y) : y;
}

/** The nearest integer, ties to the even one. */
export function roundHalfEven(b: ScalarBuilder, x: SNode): SNode {
  return b.unary("nearest", x);
}

/** The nearest integer, ties away from 0. */
export function roundHalfAway(b: ScalarBuilder, x: SNode): SNode {
  if (!isFloatType(x.type)) return x;
  const m = new Calc(b, x);
  // The largest number below a half: a half itself would lift the number before it to 1.
  const half = m.value(m.pick(0.49999997019767761, 0.49999999999999994));
  return m.trunc(m.add(x, m.float(m.or(m.uints(half), m.signBit(x)))));
}
