/**
 * The third derivative of the logarithm of the gamma function, for second derivatives through digamma.
 *
 * @module
 */

import {
  add,
  cos,
  div,
  lt,
  mul,
  reciprocal,
  sin,
  sqr,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import type { Variable } from "../core/graph/graph.ts";

/** How far the argument is moved up before the asymptotic series is used. */
const STEPS = 12;

/**
 * Coefficients c of -Σ c·x^(-2k), k = 1, 2, …: (2k - 1)·B(2k - 2) for the Bernoulli numbers B
 * (Abramowitz and Stegun 6.4.11 for n = 2, without the odd term 1/x³).
 */
const COEFFICIENTS = [1, 1 / 2, -1 / 6, 1 / 6, -3 / 10, 5 / 6, -691 / 210, 35 / 2] as const;

/** ψ''(x) for x > 0, by recurrence and the asymptotic series. */
function positive(x: Variable): Variable {
  let sum: Variable | null = null;
  for (let k = 0; k < STEPS; k++) {
    const inverse: Variable = reciprocal(k === 0 ? x : add(x, k));
    const term: Variable = mul(mul(-2, inverse), sqr(inverse));
    sum = sum === null ? term : add(sum, term);
  }
  const inverse: Variable = reciprocal(add(x, STEPS)), square: Variable = sqr(inverse);
  const series = COEFFICIENTS.reduceRight<Variable | null>(
    (inner, c) => inner === null ? mul(square, c) : mul(square, add(c, inner)),
    null,
  )!;
  return sub(sum!, add(series, mul(inverse, square)));
}

/**
 * The second derivative of digamma, ψ''(x) = -2 Σ 1/(x + k)³, made of other ops so that it can be
 * differentiated any number of times. Below 0 by the reflection formula
 * ψ''(x) = ψ''(1 - x) - 2π³ cos(πx) / sin³(πx).
 */
export function tetragamma(x: Variable): Variable {
  const below: Variable = lt(x, 0);
  const above = positive(where(below, sub(1, x), x));
  // The branch that is not taken must not be infinite, or its gradient would be NaN.
  const turned: Variable = mul(where(below, x, 0.5), Math.PI), sine: Variable = sin(turned);
  const reflected = div(mul(cos(turned), -2 * Math.PI ** 3), mul(sine, sqr(sine)));
  return where(below, add(above, reflected), above);
}
