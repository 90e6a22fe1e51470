/**
 * The exponential family: exp, exp2, expm1, sigmoid, softplus, tanh, and sums and differences of
 * exponentials by their logarithms.
 *
 * Polynomials and rational functions here are minimax fits made for this file, with coefficients
 * rounded to the type one after another.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";
import { ln2, log, log1p, log1pPoly, log1pUnit } from "./log.ts";

/** Adding this to a small integer leaves the integer in the low bits. */
function magic(m: Calc): number {
  return m.pick(1.5 * 2 ** 23, 1.5 * 2 ** 52);
}

/** An integer n as a float, and an integer whose low bits are those of n and a bias. */
interface Whole {
  readonly n: SNode;
  readonly bits: SNode;
}

/** The integer nearest to x times a factor. */
function wholeOf(m: Calc, x: SNode, factor: number, bias: number): Whole {
  const top = magic(m) + bias;
  if (!m.b.ieee) {
    // Such a machine may take what is added and taken away again for nothing.
    const n = m.nearest(factor === 1 ? x : m.mul(x, factor));
    return { n, bits: m.ints(m.add(n, top)) };
  }
  const moved = m.madd(x, factor, top);
  return { n: m.sub(moved, top), bits: m.ints(moved) };
}

/** The power of 2 whose biased exponent is in the low bits. */
function power2(m: Calc, bits: SNode): SNode {
  return m.float(m.shl(bits, m.mantissa));
}

/** ±x = n ln 2 ± r with |r| ≤ ln 2 / 2. `low` is added to x with its own precision. */
function reduce(
  m: Calc,
  x: SNode,
  { bias = 0, sign = 1, low }: { bias?: number; sign?: 1 | -1; low?: SNode } = {},
): { r: SNode; bits: SNode } {
  const { n, bits } = wholeOf(m, x, sign * Math.LOG2E, bias), [high, rest] = ln2[m.type];
  const r = m.madd(n, -sign * high, x);
  return { bits, r: m.madd(n, -sign * rest, low === undefined ? r : m.add(r, low)) };
}

// (e^r - 1 - r) / r² on ±ln 2 / 2; errors 2^-28 and 2^-56 of e^r.
const expTail = {
  f32: [0.49999994039535522, 0.16666516661643982, 0.041668102145195007, 0.0083691617473959923]
    .concat(0.001383788650855422),
  f64: [
    0.5000000000000011102,
    0.1666666666666639651,
    0.04166666666652520112,
    0.008333333333503493978,
    0.001388888894512798483,
    0.0001984126948806169926,
    0.00002480149119849877799,
    2.755757496943444273e-6,
    2.76310714266138824e-7,
    2.501884021738398068e-8,
  ],
};

/** e^r for a reduced argument. */
function expPoly(m: Calc, r: SNode): SNode {
  return m.poly(r, [1, 1, ...expTail[m.type]]);
}

/** y * 2^n by adding n, which is in the low bits, to the exponent: right wherever the result is a normal number. */
function shiftExponent(m: Calc, y: SNode, bits: SNode): SNode {
  return m.float(m.add(m.ints(y), m.shl(bits, m.mantissa)));
}

/** Smallest and largest x for which e^x is a normal number. */
function expRange(m: Calc): readonly [number, number] {
  return m.pick(
    [-87.33654022216797, 88.72283172607422],
    [-708.3964185322641, 709.782712893384],
  );
}

/** Replaces y by 0 below `low`, and by infinity (NaN for NaN) above `high`. */
function limit(m: Calc, x: SNode, y: SNode, low: number, high: number): SNode {
  const huge = m.mul(x, m.pick(3e38, 1e308));
  return m.keepNan(x, m.select(m.le(x, high), m.select(m.lt(x, low), 0, y), huge));
}

/** e^x; results below the normal numbers are 0. */
export function exp(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const { bits, r } = reduce(m, x);
  return limit(m, x, shiftExponent(m, expPoly(m, r), bits), ...expRange(m));
}

/** e^x / 2 for x ≥ 0, which is finite for x a little beyond the range of `exp`. */
export function halfExp(m: Calc, x: SNode): SNode {
  const { bits, r } = reduce(m, x, { bias: -1 });
  const y = shiftExponent(m, expPoly(m, r), bits);
  const huge = m.mul(x, m.pick(3e38, 1e308));
  return m.select(m.le(x, m.pick(89.41598510742188, 710.4758600739439)), y, huge);
}

/** e^x where both x and -x are within the range of `exp`; NaN for NaN where the machine knows NaN. */
export function moderateExp(m: Calc, x: SNode): SNode {
  const { bits, r } = reduce(m, x, { bias: m.bias });
  return m.mul(expPoly(m, r), power2(m, bits));
}

/** e^-x in the same range. */
function decay(m: Calc, x: SNode): SNode {
  const { bits, r } = reduce(m, x, { bias: m.bias, sign: -1 });
  const tail = [1, 1, ...expTail[m.type]].map((c, k) => k % 2 === 0 ? c : -c);
  return m.mul(m.poly(r, tail), power2(m, bits));
}

/** e^(x + low) for a sum that is known more precisely than x; low is small. */
export function expSum(m: Calc, x: SNode, low: SNode): SNode {
  const { bits, r } = reduce(m, x, { low });
  return limit(m, x, shiftExponent(m, expPoly(m, r), bits), ...expRange(m));
}

/** 2^(n + r) for an integer n and |r| ≤ 1/2. */
export function exp2Sum(m: Calc, n: SNode, r: SNode): SNode {
  const bits = m.ints(m.add(n, magic(m)));
  const y = shiftExponent(m, expPoly(m, m.mul(r, Math.LN2)), bits);
  // Written so that no rounding moves a sum across a limit.
  const over = m.ge(r, m.sub(m.pick(128, 1024), n));
  const under = m.lt(r, m.sub(m.pick(-126, -1022), n));
  return m.select(over, Infinity, m.select(under, 0, y));
}

/** 2^x; results below the normal numbers are 0. */
export function exp2(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const { n, bits } = wholeOf(m, x, 1, 0);
  const y = shiftExponent(m, expPoly(m, m.mul(m.sub(x, n), Math.LN2)), bits);
  return limit(m, x, y, m.pick(-126, -1022), m.pick(127.99999237060547, 1023.9999999999999));
}

// (e^r - 1 - r) / r² on ±ln 2 / 2, with the error measured against e^r - 1.
const expm1Tail = {
  f32: [0.5, 0.16666636, 0.04166651, 0.008341511, 0.0013930543, 0.00015045455],
  f64: [
    0.5,
    0.166666666666666768,
    0.0416666666666666921,
    0.00833333333332174873,
    0.00138888888888842512,
    0.000198412698852739049,
    0.0000248015872999099154,
    2.75572451445126223e-6,
    2.75573155890762911e-7,
    2.5108779083098795e-8,
    2.08955366625656157e-9,
  ],
};

/** e^x - 1 without cancellation. */
export function expm1(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  // Half of 2^n, because 2^n itself overflows for the largest x.
  const { bits, r } = reduce(m, m.atLeast(x, m.pick(-18, -40)), { bias: m.bias - 1 });
  const y = m.madd(m.mul(r, r), m.poly(r, expm1Tail[m.type]), r);
  const s = power2(m, bits);
  const sum = m.madd(s, y, m.sub(s, 0.5));
  const [, high] = expRange(m);
  const huge = m.mul(x, m.pick(3e38, 1e308));
  const result = m.select(m.le(x, high), m.add(sum, sum), huge);
  return m.keepNan(x, m.keepZero(x, result));
}

/** 1 / (1 + e^-x), by the exponential that the one of -x needs, too. */
export function sigmoid(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x), size = m.abs(x), [low] = expRange(m);
  const e = m.select(m.gt(size, -low), 0, decay(m, size));
  return m.keepNan(x, m.div(m.select(m.lt(x, 0), e, 1), m.add(e, 1)));
}

/** log(1 + e^(z + low)) for z ≤ 0 and a low part that rounding left out of it. */
function log1pExp(m: Calc, z: SNode, low: SNode | null = null): SNode {
  const rounded = moderateExp(m, z);
  const exp = low === null ? rounded : m.madd(rounded, low, rounded);
  const e = m.select(m.lt(z, expRange(m)[0]), 0, exp);
  if (!m.wide) return log1pUnit(m, e);
  // 1 + e is in [1, 2]: one halving brings it to where the polynomial holds.
  const big = m.gt(e, Math.SQRT2 - 1);
  const f = m.select(big, m.madd(e, 0.5, -0.5), e);
  return m.add(log1pPoly(m, f), m.select(big, Math.LN2, 0));
}

/** log(1 + e^x). */
export function softplus(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const log = log1pExp(m, m.neg(m.abs(x)));
  return m.keepNan(x, m.add(log, m.select(m.gt(x, 0), x, 0)));
}

/**
 * What the difference low - high was rounded by, which matters where log(e^high ± e^low) is near 0. It is
 * 0 where e to the difference is, so that infinities have none.
 */
function roundedBy(m: Calc, apart: SNode, low: SNode, high: SNode): SNode {
  const back = m.add(apart, high);
  const error = m.sub(m.sub(low, back), m.add(high, m.sub(apart, back)));
  return m.select(m.both(m.gt(apart, expRange(m)[0]), m.ne(low, high)), error, 0);
}

/** log(e^x + e^y). */
export function logaddexp(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const m = new Calc(b, x);
  // Equal infinities have no difference.
  const isFirst = m.gt(x, y);
  const low = m.select(isFirst, y, x), high = m.select(isFirst, x, y);
  const apart = m.select(m.eq(x, y), 0, m.sub(low, high));
  const sum = m.add(log1pExp(m, apart, roundedBy(m, apart, low, high)), high);
  return m.keepNan(x, m.keepNan(y, sum));
}

/** log(1 - e^x): of two forms that lose no digits, on either side of 1/2. */
export function log1mexp(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  return m.keepNan(x, log1mExp(m, x, expm1(b, x), exp(b, x)));
}

function log1mExp(m: Calc, x: SNode, less1: SNode, whole: SNode): SNode {
  const near = log(m.b, m.neg(less1)), far = log1p(m.b, m.neg(whole));
  return m.select(m.gt(x, -Math.LN2), near, far);
}

/** log(e^x - e^y). */
export function logdiffexp(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const m = new Calc(b, x);
  const isNothing = m.both(m.eq(x, -Infinity), m.eq(y, -Infinity));
  const apart = m.sub(y, x), error = roundedBy(m, apart, y, x);
  const less1 = expm1(b, apart), whole = exp(b, apart);
  // The derivative of both is e^apart.
  const log = log1mExp(m, apart, m.madd(whole, error, less1), m.madd(whole, error, whole));
  const difference = m.add(x, log);
  return m.keepNan(x, m.keepNan(y, m.select(isNothing, -Infinity, difference)));
}

// tanh(x / 2) = x P(x²) / (2 Q(x²)). The doubling formula damps errors as the result nears 1, so that
// this may be coarse where x is large; errors of tanh 2^-26 and 2^-58. The common factor was chosen by
// trying: with it no result is above 1, and roundings are small where the result is.
const tanhP = {
  f32: [1.7, 0.050539754, 0.00019257413],
  f64: [
    1.7,
    1.7 * 0.036481094614232456,
    1.7 * 0.00031948779742367831,
    1.7 * 9.8190533371260424e-7,
    1.7 * 1.1255022667047782e-9,
    1.7 * 4.0458482328913545e-13,
    1.7 * 2.0387451957687417e-17,
  ],
};
const tanhQ = {
  f32: [1.7, 0.19220634, 0.0020431774, 2.0538627e-06],
  f64: [
    1.7,
    1.7 * 0.11981442794756577,
    1.7 * 0.001970690126387523,
    1.7 * 1.0006484556910068e-5,
    1.7 * 1.8883721958605974e-8,
    1.7 * 1.2633588352759601e-11,
    1.7 * 2.0690869264640808e-15,
  ],
};

/** The hyperbolic tangent. */
export function tanh(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  // Beyond this the result rounds to 1.
  const top = m.pick(9.010913848876953, 19.0616);
  const limited = m.atLeast(m.atMost(x, top), -top);
  const u = m.mul(limited, limited);
  const p = m.mul(limited, m.poly(u, tanhP[m.type])), q = m.poly(u, tanhQ[m.type]);
  return m.keepNan(x, m.div(m.mul(p, q), m.madd(m.mul(p, 0.25), p, m.mul(q, q))));
}
