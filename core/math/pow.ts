/**
 * Powers with all the special cases of C.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";
import { exp2Sum } from "./exp.ts";
import { splitLog } from "./log.ts";

// 2 / ln 2 in a short part and the rest.
const scale = {
  f32: [2.884765625, 0.0006244567921385169],
  f64: [2.885390043258667, 3.851925982253235e-08],
} as const;

// (atanh(s) / s - 1 - s²/3) / s⁴ in s², for s up to 0.172; errors of atanh(s) 2^-36 and 2^-66.
const tail = {
  f32: [0.20000076, 0.14273545, 0.117098145],
  f64: [
    0.200000000000011308,
    0.142857142850483981,
    0.111111112602218121,
    0.090908921597563988,
    0.0769337980646367381,
    0.0662838134231376747,
    0.0659842826132735205,
  ],
};

/** log2(1 + f) as a sum: a part of half the bits of the type, and the rest. */
function splitLog2(m: Calc, f: SNode): { high: SNode; low: SNode } {
  const [scaleHigh, scaleLow] = scale[m.type];
  // s = f / (2 + f), in a part so short that its product with a part of 2 + f is exact, and the rest.
  const bits = m.pick(12, 26);
  const one = m.add(f, 1);
  const inverse = m.div(1, m.add(f, 2));
  const s = m.mul(f, inverse);
  const short = m.shorten(s, bits - 2);
  const oneHigh = m.shorten(one, bits);
  const missing = m.madd(m.neg(short), m.add(oneHigh, 1), f);
  const rest = m.mul(m.madd(m.neg(short), m.sub(one, oneHigh), missing), inverse);
  const u = m.mul(s, s);
  const product = m.mul(short, scaleHigh);
  const correction = m.madd(short, scaleLow, m.mul(rest, scaleHigh + scaleLow));
  // The series begins with s³ / 3, which needs more bits than the type has.
  const whole = m.add(product, correction);
  const p = m.shorten(whole, bits);
  const pRest = m.add(m.sub(product, p), correction);
  const shortSquare = m.mul(short, short);
  const third = m.shorten(m.mul(u, 1 / 3), bits);
  const squareRest = m.madd(third, -3, shortSquare);
  const thirdRest = m.mul(m.madd(rest, m.add(short, s), squareRest), 1 / 3);
  const second = m.mul(p, third);
  const series = m.madd(m.mul(u, u), m.poly(u, tail[m.type]), thirdRest);
  const small = m.madd(whole, series, m.madd(pRest, third, pRest));
  const high = m.shorten(m.add(p, second), bits);
  return { high, low: m.add(m.add(m.sub(p, high), second), small) };
}

/**
 * (a / c)^y for positive, normal, finite a, where log2 c is the sum of `less`: a number of few bits
 * and the rest. a and y may not be NaN.
 */
export function positivePower(
  m: Calc,
  a: SNode,
  y: SNode,
  less?: readonly [number, number],
): SNode {
  const split = splitLog(m, a), parts = splitLog2(m, split.f), { high } = parts;
  const k = less === undefined ? split.k : m.sub(split.k, less[0]);
  const low = less === undefined ? parts.low : m.sub(parts.low, less[1]);
  // Beyond these every power but that of 1 overflows or vanishes.
  const most = m.pick(2 ** 33, 2 ** 64);
  const limited = m.atLeast(m.atMost(y, most), -most);
  const y1 = m.shorten(limited, m.pick(12, 26));
  const y2 = m.sub(limited, y1);
  // y (k + high + low): the two large products are exact and shed their integers before they are
  // added, so that no order of additions loses anything.
  const first = m.mul(y1, k), second = m.mul(y1, high);
  const n1 = m.nearest(first), n2 = m.nearest(second);
  const fractions = m.add(m.sub(first, n1), m.sub(second, n2));
  const rest = m.madd(limited, low, m.mul(y2, m.add(k, high)));
  const n3 = m.nearest(m.add(fractions, rest));
  const r = m.add(m.sub(fractions, n3), rest);
  return exp2Sum(m, m.add(m.add(n1, n2), n3), r);
}

/** x^y. */
export function pow(b: ScalarBuilder, x: SNode, y: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const least = m.pick(2 ** -126, 2 ** -1022);
  const regular = m.both(m.ge(a, least), m.lt(a, Infinity));
  const large = m.xor(m.lt(a, 1), m.gt(y, 0));
  const size = m.select(regular, positivePower(m, a, y), m.select(large, Infinity, 0));

  const half = m.mul(y, 0.5);
  const whole = m.eq(m.trunc(y), y);
  const odd = m.both(whole, m.ne(m.trunc(half), half));
  const zero = m.pick<number | bigint>(0, 0n);
  const signed = m.flipSign(size, m.select(odd, m.signBit(x), zero));
  const complex = m.both(m.not(whole), m.both(m.lt(x, 0), m.lt(a, Infinity)));
  const bad = m.either(complex, m.either(m.isNan(x), m.isNan(y)));
  // By bits, because here NaN has no say but must not be taken for these.
  const yIsZero = m.eq(m.shl(m.uints(y), 1), zero);
  const one = m.either(yIsZero, m.eq(m.uints(x), m.uints(m.value(1))));
  return m.select(one, 1, m.select(bad, NaN, signed));
}
