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
import { asVariable, type TensorLike } from "../common/literal.ts";
import { abs, neg, reciprocal, sign, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { cos, cosh, exp, log, sin, sinh } from "../elementwise/functions.ts";
import { and, eq, gt, isinf, lt } from "../elementwise/logic.ts";
import { sum } from "../reduce/reduce.ts";
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
  const size: Variable = abs(x), isNear: Variable = lt(size, FAR);
  // Of the part that is not taken, no derivative may be infinite.
  return choose(isNear, near(choose(isNear, x, 0)), far(choose(isNear, FAR, size)));
}

/**
 * √(2/(πx)) times P cos χ - Q sin χ with χ = x - (order + 1/2) π/2; of the second kind, P sin χ + Q cos χ.
 */
function oscillation(x: Variable, order: 0 | 1, kind: 1 | 2 = 1): Variable {
  const terms = hankel(order), r: Variable = reciprocal(x), u: Variable = sqr(r);
  const part = (from: 0 | 1) =>
    polynomial(
      u,
      terms.filter((_, k) => k % 2 === from).map((term, k) => k % 2 === 0 ? term : -term),
    );
  const [p, q] = [part(0), times(part(1), r)];
  const [s, c] = [sin(x), cos(x)];
  // √2 times the cosine and the sine of χ.
  const [along, across] = order === 0 ? [plus(c, s), sub(s, c)] : [sub(s, c), neg(plus(s, c))];
  const turned = kind === 1
    ? sub(times(p, along), times(q, across))
    : plus(times(p, across), times(q, along));
  const wave = times(turned, sqrt(times(r, 1 / Math.PI)));
  return choose(isinf(x), 0, wave);
}

/**
 * The Bessel function of the first kind of order 0. SciPy's `j0`.
 */
export function j0<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("j0", [x], (x) =>
    bothParts(
      x,
      (x) => quarterMean(x.dtype, (s) => cos(times(beside(x), s))),
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

/** Nodes by which functions of the second kind are computed near 0. */
const NODES = 40;

/**
 * The cosines at midpoints of the first quarter of a circle, and weights by which the sum of even functions of
 * cosines there is 4/π times their integral times the logarithm of the sine: -π/2·log 2 for 1 and
 * -π/(4k) for cos 2kθ, to which such functions are sums of.
 */
function logarithmic(): { readonly cosines: number[]; readonly weights: number[] } {
  const angles = Array.from({ length: NODES }, (_, j) => (j + 0.5) * Math.PI / (2 * NODES));
  const weights = angles.map((angle) => {
    let sum = -Math.LN2;
    for (let k = 1; k < NODES; k++) sum -= Math.cos(2 * k * angle) / k;
    return 2 / NODES * sum;
  });
  return { cosines: angles.map(Math.cos), weights };
}

/** log 2 and Euler's constant. */
const OFFSET = Math.LN2 + 0.5772156649015329;

/** Functions of the second kind: -Infinity at 0, and NaN below. */
function secondKind(
  x: Variable,
  order: 0 | 1,
  near: (x: Variable, cosines: Variable, weights: Variable) => Variable,
): Variable {
  const isNear: Variable = lt(x, FAR), isIn: Variable = gt(x, 0);
  const inside = choose(and(isNear, isIn), x, 1), beyond = choose(isNear, FAR, x);
  const { cosines, weights } = logarithmic();
  const own = near(inside, asVariable(cosines, x.dtype), asVariable(weights, x.dtype));
  const value = choose(isNear, own, oscillation(beyond, order, 2));
  const outside = choose(eq(x, 0), -Infinity, NaN);
  return choose(isIn, value, outside);
}

/** Terms of nodes: what the logarithm of x counts, and what the nodes count. */
function amounts(x: Variable, weights: Variable): Variable {
  const everywhere = times(plus(log(x), OFFSET), 1 / NODES);
  return times(plus(beside(everywhere), weights), 2 / Math.PI);
}

/**
 * The Bessel function of the second kind of order 0, also called Neumann's or Weber's: -Infinity at 0, NaN for
 * x below. SciPy's `y0`.
 */
export function y0<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("y0", [x], (x) =>
    secondKind(x, 0, (x, cosines, weights) => {
      const waves: Variable = cos(times(beside(x), cosines));
      return sum(times(waves, amounts(x, weights)), { axis: -1 });
    })) as FloatLike<A>;
}

/**
 * The Bessel function of the second kind of order 1, also called Neumann's or Weber's: -Infinity at 0, NaN for
 * x below. SciPy's `y1`.
 */
export function y1<A extends TensorLike>(x: A): FloatLike<A> {
  return inFloat("y1", [x], (x) =>
    secondKind(x, 1, (x, cosines, weights) => {
      const angles = times(beside(x), cosines);
      const waves = times(sin(angles), cosines, amounts(x, weights));
      const pole = times(beside(reciprocal(x)), cos(angles), 2 / (Math.PI * NODES));
      return sum(sub(waves, pole), { axis: -1 });
    })) as FloatLike<A>;
}

/** e^-x √(2πx) times a modified function, far off. */
function growth(x: Variable, order: 0 | 1): Variable {
  const terms = hankel(order).map((term, k) => k % 2 === 0 ? term : -term);
  const r: Variable = reciprocal(x);
  return times(polynomial(r, terms), sqrt(times(r, 1 / (2 * Math.PI))));
}

/** The same times e^x, in two factors, of which none overflows before the whole does. */
function grown(x: Variable, order: 0 | 1): Variable {
  const half: Variable = exp(times(x, 0.5));
  return choose(isinf(x), Infinity, times(times(growth(x, order), half), half));
}

/** The modified functions near 0: of order 0, and of order 1. */
const even = (x: Variable): Variable => quarterMean(x.dtype, (s) => cosh(times(beside(x), s)));
const odd = (x: Variable): Variable =>
  quarterMean(x.dtype, (s) => times(sinh(times(beside(x), s)), s));

/** e^-|x| */
const decay = (x: Variable): Variable => exp(neg(abs(x)));

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
