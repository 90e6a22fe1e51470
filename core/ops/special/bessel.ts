/**
 * Bessel functions of orders 0 and 1.
 *
 * Near 0 they are means over a circle, of which 80 points in equal distances give all digits; far off they
 * are Hankel's series. Both can be differentiated term by term, any number of times.
 *
 * @module
 */

import type { FloatLike } from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { abs, neg, reciprocal, sign, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { cos, cosh, exp, sin, sinh } from "../elementwise/functions.ts";
import { isinf, lt } from "../elementwise/logic.ts";
import { beside, choose, inFloat, plus, polynomial, quarterMean, times } from "./support.ts";

/** Where the series begins to be exact. */
const FAR = 30;

/** (4n² - 1²)(4n² - 3²) … (4n² - (2k - 1)²) / (k! 8^k), as far as they count from `FAR` on. */
function hankel(order: number): number[] {
  const terms = [1];
  for (let k = 1; Math.abs(terms[k - 1]!) / FAR ** (k - 1) > 1e-18; k++) {
    terms.push(terms[k - 1]! * (4 * order ** 2 - (2 * k - 1) ** 2) / (8 * k));
  }
  return terms;
}

/** A function of |x|, which is even, by what it is near 0 and far off. */
function bothParts(
  x: Variable,
  near: (a: Variable) => Variable,
  far: (a: Variable) => Variable,
): Variable {
  const size = abs(x) as Variable, isNear = lt(size, FAR) as Variable;
  // Of the part that is not taken, no derivative may be infinite.
  return choose(isNear, near(choose(isNear, x, 0)), far(choose(isNear, FAR, size)));
}

/** √(2/(πx)) times P cos χ - Q sin χ with χ = x - (order + 1/2) π/2. */
function oscillation(x: Variable, order: 0 | 1): Variable {
  const terms = hankel(order), r = reciprocal(x) as Variable, u = sqr(r) as Variable;
  const part = (from: 0 | 1) =>
    polynomial(
      u,
      terms.filter((_, k) => k % 2 === from).map((term, k) => k % 2 === 0 ? term : -term),
    );
  const [p, q] = [part(0), times(part(1), r)];
  const [s, c] = [sin(x) as Variable, cos(x) as Variable];
  // √2 times the cosine and the sine of χ.
  const [along, across] = order === 0 ? [plus(c, s), sub(s, c)] : [sub(s, c), neg(plus(s, c))];
  const wave = times(sub(times(p, along), times(q, across)), sqrt(times(r, 1 / Math.PI)));
  return choose(isinf(x), 0, wave);
}

/**
 * The Bessel function of the first kind of order 0. SciPy's `j0`.
 */
export function j0<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("j0", [x], (x) =>
    bothParts(
      x,
      (x) => quarterMean(x.dtype, (s) => cos(times(beside(x), s)) as Variable),
      (a) => oscillation(a, 0),
    )) as FloatLike<A>;
}

/**
 * The Bessel function of the first kind of order 1. SciPy's `j1`.
 */
export function j1<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("j1", [x], (x) =>
    bothParts(
      x,
      (x) => quarterMean(x.dtype, (s) => times(sin(times(beside(x), s)), s)),
      (a) => times(oscillation(a, 1), sign(x)),
    )) as FloatLike<A>;
}

/** e^-x √(2πx) times a modified function, far off. */
function growth(x: Variable, order: 0 | 1): Variable {
  const terms = hankel(order).map((term, k) => k % 2 === 0 ? term : -term);
  const r = reciprocal(x) as Variable;
  return times(polynomial(r, terms), sqrt(times(r, 1 / (2 * Math.PI))));
}

/** The same times e^x, in two factors, of which none overflows before the whole does. */
function grown(x: Variable, order: 0 | 1): Variable {
  const half = exp(times(x, 0.5)) as Variable;
  return choose(isinf(x), Infinity, times(times(growth(x, order), half), half));
}

/** The modified functions near 0: of order 0, and of order 1. */
const even = (x: Variable): Variable =>
  quarterMean(x.dtype, (s) => cosh(times(beside(x), s)) as Variable);
const odd = (x: Variable): Variable =>
  quarterMean(x.dtype, (s) => times(sinh(times(beside(x), s)), s));

/** e^-|x| */
const decay = (x: Variable): Variable => exp(neg(abs(x))) as Variable;

/**
 * The modified Bessel function of the first kind of order 0. NumPy's and SciPy's `i0`.
 */
export function i0<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("i0", [x], (x) => bothParts(x, even, (a) => grown(a, 0))) as FloatLike<A>;
}

/**
 * The modified Bessel function of the first kind of order 1. SciPy's `i1`.
 */
export function i1<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat(
    "i1",
    [x],
    (x) => bothParts(x, odd, (a) => times(grown(a, 1), sign(x))),
  ) as FloatLike<A>;
}

/**
 * exp(-|x|) i0(x), which does not overflow. SciPy's `i0e`.
 */
export function i0e<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat(
    "i0e",
    [x],
    (x) => bothParts(x, (x) => times(decay(x), even(x)), (a) => growth(a, 0)),
  ) as FloatLike<A>;
}

/**
 * exp(-|x|) i1(x), which does not overflow. SciPy's `i1e`.
 */
export function i1e<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("i1e", [x], (x) =>
    bothParts(
      x,
      (x) => times(decay(x), odd(x)),
      (a) => times(growth(a, 1), sign(x)),
    )) as FloatLike<A>;
}
