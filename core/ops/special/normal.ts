/**
 * Functions around the normal distribution, the logistic one and the sine.
 *
 * @module
 */

import type { FloatLike } from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { abs, div, neg, round, sqr, sub } from "../elementwise/arithmetic.ts";
import { atanh, erfc, erfcinv, log, log1p, sin } from "../elementwise/functions.ts";
import { gt, lt } from "../elementwise/logic.ts";
import { choose, inFloat, polynomial, times } from "./support.ts";

/**
 * The distribution function Φ of the standard normal distribution: the area under the bell up to x. SciPy's
 * `ndtr` and `norm.cdf`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const half = await T.ndtr(0).eval();
 * console.assert(half.item() === 0.5);
 * ```
 */
export function ndtr<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("ndtr", [x], (x) => times(erfc(times(x, -Math.SQRT1_2)), 0.5)) as FloatLike<A>;
}

/**
 * log Φ(x), exact to the last digits in both tails. SciPy's `log_ndtr` and `norm.logcdf`.
 */
export function logNdtr<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("logNdtr", [x], (x) => {
    const isAbove: Variable = gt(x, 0);
    const above = times(erfc(times(choose(isAbove, x, 0), Math.SQRT1_2)), -0.5);
    const below = log(erfc(times(choose(isAbove, 0, x), -Math.SQRT1_2)));
    return choose(isAbove, log1p(above), sub(below, Math.LN2));
  }) as FloatLike<A>;
}

/**
 * The inverse of Φ: the quantile of the standard normal distribution, or probit; ∓Infinity at 0 and 1, NaN
 * beyond. SciPy's `ndtri` and `norm.ppf`.
 */
export function ndtri<A extends TensorLike>(p: A): FloatLike<A> {
  return inFloat("ndtri", [p], (p) => times(erfcinv(times(p, 2)), -Math.SQRT2)) as FloatLike<A>;
}

/**
 * log(p / (1 - p)): the inverse of the sigmoid; ∓Infinity at 0 and 1, NaN beyond. SciPy's `logit`.
 */
export function logit<A extends TensorLike>(p: A): FloatLike<A> {
  return inFloat("logit", [p], (p) => {
    // 2p - 1 is exact from 1/4 on, and 0 in the middle.
    const isLow: Variable = lt(p, 0.25);
    const low = choose(isLow, p, 0.125), high = choose(isLow, 0.5, p);
    const rest = times(atanh(sub(times(high, 2), 1)), 2);
    return choose(isLow, sub(log(low), log1p(neg(low))), rest);
  }) as FloatLike<A>;
}

/** (-1)^k π^(2k) / (2k + 1)! */
function sineTerms(count: number): number[] {
  const terms = [1];
  for (let k = 1; k < count; k++) {
    terms.push(-terms[k - 1]! * Math.PI ** 2 / ((2 * k) * (2 * k + 1)));
  }
  return terms;
}

/**
 * sin(πx) / (πx), and 1 at 0; exactly 0 at the other integers. NumPy's `sinc`.
 */
export function sinc<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("sinc", [x], (x) => {
    const isNear: Variable = lt(abs(x), 0.5);
    const near = choose(isNear, x, 0), far = choose(isNear, 1, x);
    const series = polynomial(sqr(near), sineTerms(12));
    // Whole turns off: the sine is then of a small angle, as exact as x is.
    const half: Variable = sub(far, times(round(times(far, 0.5)), 2));
    const beyond: Variable = gt(abs(half), 0.5);
    const folded = choose(beyond, sub(choose(gt(half, 0), 1, -1), half), half);
    return choose(isNear, series, div(sin(times(folded, Math.PI)), times(far, Math.PI)));
  }) as FloatLike<A>;
}
