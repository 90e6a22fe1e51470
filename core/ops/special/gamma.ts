/**
 * Functions around the gamma function: incomplete ones, derivatives of its logarithm, the beta function.
 *
 * @module
 */

import { bernoulli } from "../elementwise/special_reference.ts";
import { derivedAs } from "../control/derived_as.ts";
import type { FloatLike, FloatPair } from "../../graph/type_arithmetic.ts";
import { shown } from "../../base/shown.ts";
import type { Variable } from "../../graph/graph.ts";
import type { TensorLike } from "../common/literal.ts";
import { zeroGrad } from "../elementwise/conversion.ts";
import {
  div,
  maximum,
  neg,
  pow,
  reciprocal,
  round,
  sqr,
  sqrt,
  sub,
} from "../elementwise/arithmetic.ts";
import { cos, digamma, exp, expm1, gammaln, log, sin, trigamma } from "../elementwise/functions.ts";
import { and, eq, ge, gt, isinf, isnan, le, lt, neq, or } from "../elementwise/logic.ts";
import { gammaln1p, LARGE, logBeta, logExcess, stirlingRest } from "./logarithms.ts";
import {
  beside,
  choose,
  inFloat,
  integrals,
  negligible,
  plus,
  polynomial,
  times,
} from "./support.ts";

/** x^a e^-x / Γ(a + 1), for positive numbers. */
function powerOverGamma(a: Variable, x: Variable): Variable {
  const isLarge: Variable = ge(a, LARGE);
  const small = choose(isLarge, 1, a), large = choose(isLarge, a, LARGE);
  const plain: Variable = sub(sub(times(small, log(x)), x), gammaln(plus(small, 1)));
  // With Stirling's series, the terms that nearly cancel as one.
  const t: Variable = div(sub(x, large), large);
  const excess = times(large, logExcess(t, log(div(x, large))));
  const series = sub(
    plus(neg(excess), times(log(large), -0.5), -0.5 * Math.log(2 * Math.PI)),
    stirlingRest(large),
  );
  return exp(choose(isLarge, series, plain));
}

/** The incomplete gamma functions, lower and upper, of positive numbers. */
function incomplete(a: Variable, x: Variable): { p: Variable; q: Variable; ofA: Variable } {
  const isLower: Variable = le(x, maximum(a, 1));
  const head = powerOverGamma(a, x);
  // Γ's integral beyond x, in s = |log(t / x)|, as e^(-fall s) and what bends it down further.
  const fall = choose(isLower, sub(plus(a, 1), x), sub(x, a)), side = choose(isLower, -1, 1);
  const c = negligible(x);
  const before: Variable = sub(c, times(fall, 2));
  const below = div(
    4 * c,
    sub(sqrt(plus(sqr(before), times(plus(fall, x), 8 * c))), before),
  );
  const above = div(2 * c, plus(fall, sqrt(plus(sqr(fall), times(x, 2 * c)))));
  const end: Variable = zeroGrad(choose(isLower, below, above));
  const [wide, wideSide] = [beside(end), beside(side)];
  const [integral, moment] = integrals(x.dtype, (u) => {
    const s = times(wide, u), turned = times(wideSide, s);
    const bend = times(beside(x), sub(expm1(turned), turned));
    const f: Variable = exp(neg(plus(times(beside(fall), s), bend)));
    return [f, times(f, s)];
  }).map((value) => times(value, end)) as [Variable, Variable];
  const logX: Variable = log(x);
  const lower = times(head, plus(times(x, integral), 1));
  const upper = times(times(head, a), integral);
  const ofLower = sub(
    times(lower, sub(logX, digamma(plus(a, 1)))),
    times(times(head, x), moment),
  );
  const ofUpper = plus(
    times(upper, sub(logX, digamma(a))),
    times(times(head, a), moment),
  );
  // Where a is small, so is 1 - P: Q by its own series.
  const isTiny: Variable = and(isLower, lt(a, 1));
  const small = choose(isTiny, a, 0.5), low = choose(isTiny, x, 0.5);
  const exponent: Variable = sub(times(small, log(low)), gammaln1p(small));
  let term = 1, series: Variable | null = null;
  const count = x.dtype === "float64" ? 20 : 11;
  const powers: Variable[] = [];
  for (let k = 1; k <= count; k++) {
    term /= -k;
    powers.push(div(term, plus(small, k)));
  }
  series = powers.reduceRight((sum, power) => plus(times(sum, low), power));
  const tail = times(exp(exponent), times(times(small, low), series));
  const tiny: Variable = sub(neg(expm1(exponent)), tail);
  return {
    p: choose(isLower, lower, sub(1, upper)),
    q: choose(isTiny, tiny, choose(isLower, sub(1, lower), upper)),
    ofA: choose(isLower, ofLower, neg(ofUpper)),
  };
}

function incompleteGamma(a: Variable, x: Variable, isUpper: boolean): Variable {
  const isInside: Variable = and(gt(a, 0), gt(x, 0), lt(a, Infinity), lt(x, Infinity));
  const [safeA, safeX] = [choose(isInside, a, 1), choose(isInside, x, 1)];
  const { p, q, ofA } = incomplete(safeA, safeX);
  const isWrong = or(
    isnan(a),
    isnan(x),
    lt(a, 0),
    lt(x, 0),
    and(eq(a, 0), eq(x, 0)),
    and(isinf(a), isinf(x)),
  );
  const isNone = or(isinf(a), and(eq(x, 0), gt(a, 0)));
  const edge = choose(isWrong, NaN, choose(isNone, isUpper ? 1 : 0, isUpper ? 0 : 1));
  // The density, by which it grows; at 0 it is Infinity, 1 or 0.
  const density = times(powerOverGamma(safeA, safeX), div(safeA, safeX));
  const atZero = choose(lt(a, 1), Infinity, choose(eq(a, 1), 1, 0));
  const slope = choose(
    isInside,
    density,
    choose(isWrong, NaN, choose(and(eq(x, 0), gt(a, 0)), atZero, 0)),
  );
  const ofShape = choose(isInside, ofA, choose(isWrong, NaN, 0));
  const value = choose(isInside, isUpper ? q : p, edge);
  return derivedAs(value, [
    [a, isUpper ? neg(ofShape) : ofShape],
    [x, isUpper ? neg(slope) : slope],
  ]);
}

/**
 * The regularised lower incomplete gamma function P(a, x): the distribution function at x of gamma numbers of
 * shape a. It has derivatives in both. SciPy's `gammainc`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = await T.gammainc(1, T.constant(2)).eval(); // 1 - exp(-2)
 * console.assert(Math.abs(p.item() - 0.8646647) < 1e-6);
 * ```
 */
export function gammainc<A extends TensorLike, X extends TensorLike>(a: A, x: X): FloatPair<A, X> {
  return inFloat("gammainc", [a, x], (a, x) => incompleteGamma(a, x, false)) as FloatPair<A, X>;
}

/**
 * The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with all digits where it is small.
 * SciPy's `gammaincc`.
 */
export function gammaincc<A extends TensorLike, X extends TensorLike>(a: A, x: X): FloatPair<A, X> {
  return inFloat("gammaincc", [a, x], (a, x) => incompleteGamma(a, x, true)) as FloatPair<A, X>;
}

/** log(Γ(a) Γ(b) / Γ(a + b)) of positive numbers, with all digits also of large ones. SciPy's `betaln`. */
export function betaln<A extends TensorLike, B extends TensorLike>(a: A, b: B): FloatPair<A, B> {
  return inFloat("betaln", [a, b], (a, b) => {
    const isInside: Variable = and(gt(a, 0), gt(b, 0), lt(a, Infinity), lt(b, Infinity));
    const [safeA, safeB] = [choose(isInside, a, 1), choose(isInside, b, 1)];
    const isWrong = or(isnan(a), isnan(b), lt(a, 0), lt(b, 0));
    const isPole = or(eq(a, 0), eq(b, 0));
    const edge = choose(isWrong, NaN, choose(isPole, Infinity, -Infinity));
    const sum: Variable = digamma(plus(safeA, safeB));
    const slope = (v: Variable) => choose(isInside, sub(digamma(v), sum), choose(isWrong, NaN, 0));
    return derivedAs(choose(isInside, logBeta(safeA, safeB), edge), [
      [a, slope(safeA)],
      [b, slope(safeB)],
    ]);
  }) as FloatPair<A, B>;
}

/** n-th derivative of digamma divided by (-1)^(n + 1) n!, for x > 0: Σ (x + k)^-(n + 1). */
function powerSum(n: number, x: Variable): Variable {
  // The higher the order, the further the series is off.
  const steps = 10 + Math.ceil(n / 2);
  const power = (v: Variable) => pow(v, -n - 1) as Variable;
  const first = Array.from({ length: steps }, (_, k) => power(k === 0 ? x : plus(x, k)));
  const y = plus(x, steps), r: Variable = reciprocal(y), u: Variable = sqr(r);
  let factor = 1;
  const terms = bernoulli.map((b, i) => {
    const k = i + 1;
    // (n + 1)(n + 2) … (n + 2k - 1) / (2k)!
    factor *= k === 1 ? (n + 1) / 2 : (n + 2 * k - 2) * (n + 2 * k - 1) / ((2 * k) * (2 * k - 1));
    return b * factor;
  });
  const tail = plus(1 / n, times(r, 0.5), times(u, polynomial(u, terms)));
  return first.reduceRight((sum, term) => plus(sum, term), times(pow(y, -n), tail));
}

/** The coefficients of the n-th derivative of cot t as a polynomial in cot t. */
function cotangentTerms(n: number): number[] {
  let terms = [0, 1];
  for (let i = 0; i < n; i++) {
    const next = new Array<number>(terms.length + 1).fill(0);
    terms.forEach((c, k) => {
      if (k === 0) return;
      next[k - 1]! -= k * c;
      next[k + 1]! -= k * c;
    });
    terms = next;
  }
  return terms;
}

/**
 * The n-th derivative of {@linkcode digamma}, for a number n from 0 on. SciPy's `polygamma`.
 *
 * Throws a RangeError for another n.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const y = await T.polygamma(2, T.constant(1)).eval(); // -2 ζ(3)
 * console.assert(Math.abs(y.item() + 2.4041138) < 1e-5);
 * ```
 */
export function polygamma<A extends TensorLike>(n: number, x: A): FloatLike<A> {
  if (!Number.isInteger(n) || n < 0 || n > 100) {
    throw new RangeError(
      `Cannot take a derivative of digamma: expected an integer from 0 to 100, got ${shown(n)}`,
    );
  }
  if (n === 0) return digamma(x);
  if (n === 1) return trigamma(x);
  let factorial = n % 2 === 0 ? -1 : 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return inFloat("polygamma", [x], (x) => {
    const isBelow: Variable = lt(x, 0), isPole: Variable = and(le(x, 0), eq(round(x), x));
    const above = powerSum(n, choose(isPole, 1, choose(isBelow, sub(1, x), x)));
    // Reflected: (-1)^n ψⁿ(1 - x) - ψⁿ(x) = π dⁿ cot πx / dxⁿ, with a whole number of turns off.
    const inside = choose(and(isBelow, neq(isPole, true)), x, 0.25);
    const turned = times(sub(inside, round(inside)), Math.PI);
    const cotangent: Variable = div(cos(turned), sin(turned));
    const reflection = times(polynomial(cotangent, cotangentTerms(n)), Math.PI ** (n + 1));
    const value = times(above, factorial);
    const below = sub(n % 2 === 0 ? value : neg(value), reflection);
    const pole = choose(isinf(x), NaN, n % 2 === 0 ? -Infinity : Infinity);
    return choose(isPole, pole, choose(isBelow, below, value));
  }) as FloatLike<A>;
}
