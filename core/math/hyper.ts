/**
 * Hyperbolic sine and cosine, and the inverse hyperbolic functions.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";
import { halfExp } from "./exp.ts";
import { log1p } from "./log.ts";

// (sinh x - x) / x³ in x², for |x| ≤ 1; errors 2^-32 and 2^-62.
const sinhTail = {
  f32: [0.16666667, 0.0083333105, 0.00019842894, 2.7822302e-06],
  f64: [
    0.166666666666666685,
    0.00833333333333291168,
    0.000198412698415934268,
    2.75573191067452035e-6,
    2.50521310015597486e-8,
    1.60566588713392345e-10,
    7.77661128404637822e-13,
  ],
};

/** The hyperbolic sine. */
export function sinh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const half = halfExp(m, a);
  const big = m.flipSign(m.sub(half, m.div(0.25, half)), m.signBit(x));
  const u = m.mul(x, x);
  const small = m.madd(m.mul(x, u), m.poly(u, sinhTail[m.type]), x);
  return m.keepNan(x, m.select(m.lt(a, 1), m.keepZero(x, small), big));
}

/** The hyperbolic cosine. */
export function cosh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const half = halfExp(m, m.abs(x));
  return m.keepNan(x, m.add(half, m.div(0.25, half)));
}

/** Beyond this, 1 is nothing beside x; its square still fits. */
function far(m: Calc): number {
  return m.pick(1e9, 1e17);
}

/** The inverse of sinh. */
export function asinh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const big = m.gt(a, far(m));
  const u = m.mul(a, a);
  const near = m.add(a, m.div(u, m.add(m.sqrt(m.add(u, 1)), 1)));
  const y = m.add(log1p(b, m.select(big, a, near)), m.select(big, Math.LN2, 0));
  return m.keepNan(x, m.flipSign(y, m.signBit(x)));
}

/** The inverse of cosh; NaN below 1. */
export function acosh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const big = m.gt(x, far(m));
  const t = m.sub(x, 1);
  const near = m.add(t, m.sqrt(m.madd(t, t, m.add(t, t))));
  const y = m.add(log1p(b, m.select(big, x, near)), m.select(big, Math.LN2, 0));
  return m.keepNan(x, m.select(m.lt(x, 1), NaN, y));
}

/** The inverse of tanh; NaN outside [-1, 1]. */
export function atanh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const y = m.mul(log1p(b, m.div(m.add(a, a), m.sub(1, a))), 0.5);
  // At 1 by name: a GPU may divide by zero as it likes.
  const ends = m.select(m.eq(a, 1), Infinity, m.select(m.gt(a, 1), NaN, y));
  return m.keepNan(x, m.flipSign(ends, m.signBit(x)));
}
