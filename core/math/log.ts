/**
 * Logarithms: log, log2, log10 and log1p.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";

// (log(1 + f) - f + f²/2) / f³ between sqrt(1/2) - 1 and sqrt(2) - 1; error 2^-27.
const narrowTail = [
  0.3333333,
  -0.25000826,
  0.20001265,
  -0.16623218,
  0.14200714,
  -0.13160521,
  0.1276961,
  -0.07644005,
];

// (log((1 + s) / (1 - s)) - 2s) / s³ in s², for s = f / (2 + f) in the same range; error 2^-59.
const wideTail = [
  0.666666666666673513,
  0.399999999994093802,
  0.285714287436744763,
  0.222221984310214976,
  0.181835721928079425,
  0.153138381472497448,
  0.147981759801114748,
];

/** log(1 + f) - f for 1 + f between sqrt(1/2) and sqrt(2). */
function log1pTail(m: Calc, f: SNode): SNode {
  if (!m.wide) return m.mul(m.mul(f, f), m.poly(f, [-0.5, ...narrowTail]));
  const s = m.div(f, m.add(f, 2)), z = m.mul(s, s);
  const half = m.mul(m.mul(f, f), 0.5);
  return m.sub(m.mul(s, m.madd(z, m.poly(z, wideTail), half)), half);
}

/** log(1 + f) for 1 + f between sqrt(1/2) and sqrt(2). */
export function log1pPoly(m: Calc, f: SNode): SNode {
  return m.add(log1pTail(m, f), f);
}

// (log((1 + s) / (1 - s)) - 2s) / s³ in s², for s = f / (2 + f) and f from 0 to 1; error 2^-27 of log(1 + f).
const unitTail = [0.666664183, 0.400215268, 0.280018061, 0.280119866];

/** log(1 + f) for f from 0 to 1, in float32. */
export function log1pUnit(m: Calc, f: SNode): SNode {
  const s = m.div(f, m.add(f, 2)), z = m.mul(s, s);
  const half = m.mul(m.mul(f, f), 0.5), tail = m.madd(z, m.poly(z, unitTail), half);
  return m.sub(f, m.sub(half, m.mul(s, tail)));
}

const rootHalf = { f32: 0x3f3504f3, f64: 0x3fe6a09e667f3bcdn };
/** ln 2 in two parts; n times the first is exact for every exponent n. */
export const ln2 = {
  f32: [0.693145751953125, 1.4286068203094172e-06],
  f64: [6.93147180369123816490e-01, 1.90821492927058770002e-10],
} as const;

/** x = 2^k (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); x is positive, normal and finite. */
export function splitLog(m: Calc, x: SNode): { k: SNode; f: SNode } {
  const root = rootHalf[m.type];
  const bits = m.sub(m.ints(x), root);
  const k = m.b.cast(m.shr(bits, m.mantissa), m.type);
  const rest = m.and(bits, m.pick<number | bigint>(0x7fffff, (1n << 52n) - 1n));
  return { k, f: m.sub(m.float(m.add(rest, root)), 1) };
}

/** y for positive normal x; -Infinity for zeros, NaN below and for NaN, x for Infinity. */
function limit(m: Calc, x: SNode, y: SNode): SNode {
  const least = m.pick(2 ** -126, 2 ** -1022);
  const low = m.select(m.lt(x, 0), NaN, -Infinity);
  return m.keepNan(x, m.select(m.lt(x, least), low, m.select(m.lt(x, Infinity), y, x)));
}

/** The natural logarithm. Subnormal arguments count as 0. */
export function log(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const { k, f } = splitLog(m, x);
  const [high, rest] = ln2[m.type];
  const tail = m.madd(k, rest, log1pTail(m, f));
  return limit(m, x, m.madd(k, high, m.add(tail, f)));
}

// 1 / ln base and log_base 2, each in a short part and the rest.
const bases = {
  2: {
    f32: [1.4423828125, 0.00031222839606925845, 1, 0],
    f64: [1.4426950216293335, 1.9259629911266175e-08, 1, 0],
  },
  10: {
    f32: [0.4342041015625, 9.038033749675378e-05, 0.301025390625, 4.605039066518657e-06],
    f64: [0.4342944771051407, 4.798111141615973e-09, 0.30102999566383914, 1.42050232272661e-13],
  },
} as const;

/** A logarithm of another base: exact for powers of two, and close enough to be so for powers of 10. */
function logOf(b: ScalarBuilder, x: SNode, base: 2 | 10): SNode {
  const m = new Calc(b, x);
  const { k, f } = splitLog(m, x);
  const [scaleHigh, scaleLow, twoHigh, twoLow] = bases[base][m.type];
  const tail = log1pTail(m, f);
  // So few bits that the product with the short part of the scale is exact.
  const high = m.shorten(m.add(f, tail), m.pick(12, 26));
  const low = m.add(m.sub(f, high), tail);
  const rest = m.madd(k, twoLow, m.madd(m.add(high, low), scaleLow, m.mul(low, scaleHigh)));
  return limit(m, x, m.madd(k, twoHigh, m.madd(high, scaleHigh, rest)));
}

/** The logarithm of base 2. */
export function log2(b: ScalarBuilder, x: SNode): SNode {
  return logOf(b, x, 2);
}

/** The logarithm of base 10. */
export function log10(b: ScalarBuilder, x: SNode): SNode {
  return logOf(b, x, 10);
}

/** log(1 + x) without cancellation. */
export function log1p(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const u = m.add(x, 1);
  const bits = m.sub(m.ints(u), rootHalf[m.type]);
  const k = m.shr(bits, m.mantissa);
  // 2^(2-k): 2^-k itself is not a normal number for the largest x.
  const power = m.and(bits, m.pick<number | bigint>(-1 << 23, -1n << 52n));
  const s = m.float(m.sub(m.pick<number | bigint>(129 << 23, 1025n << 52n), power));
  // 1 + f = (1 + x) / 2^k, in a form that is exact for k = 0 and keeps -0.
  const f = m.sub(m.mul(m.mul(x, s), 0.25), m.madd(s, -0.25, 1));
  const [high, rest] = ln2[m.type];
  const minusK = m.b.cast(m.neg(k), m.type);
  const sum = m.madd(minusK, -rest, log1pTail(m, f));
  const y = m.madd(minusK, -high, m.add(sum, f));
  const low = m.select(m.lt(x, -1), NaN, -Infinity);
  return m.keepNan(x, m.select(m.le(x, -1), low, m.select(m.lt(x, Infinity), y, x)));
}
