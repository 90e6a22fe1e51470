/**
 * sin, cos and tan, with exact argument reduction for every finite argument.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";

// π in pieces so short that a multiple below the limit is exact (Cody and Waite).
const piParts = {
  f32: [3.140625, 0.000967502593994140625, 1.5099067240953445435e-7, 5.126688136514179206e-12],
  f64: [
    3.1415925025939941406,
    1.5099578831723192707e-7,
    1.0780605059915529531e-14,
    6.5640070857470009489e-22,
  ],
};

/** From this exponent on arguments are reduced with integers. */
const bigExponent = { f32: 13, f64: 30 };

// The binary digits of 1 / 2π in words, behind as many zeros as make a window for the least big
// exponent start at the first word.
const digits32 = [0xa2f, 0x9836e4e4, 0x41529fc2, 0x757d1f53, 0x4ddc0db6, 0x295993c4, 0x39041fe5];
const digits64 = [
  0x145f306dn,
  0xc9c882a53f84eafan,
  0x3ea69bb81b6c52b3n,
  0x278872083fca2c75n,
  0x7bd778ac36e48dc7n,
  0x4849ba5c00c925ddn,
  0x413a32439fc3bd63n,
  0x962534e7dd1046ben,
  0xa5d768909d338e04n,
  0xd68befc827323ac7n,
  0x306a673e93908bf1n,
  0x77bf250763ff12ffn,
  0xfbc0b301fde5e231n,
  0x6b414da3eda6cfd9n,
  0xe4f96136e9e8c7ecn,
  0xd3cbfd45aea4f758n,
  0xfd7cbe2f67a0e73en,
  0xf14a525d4d7f6bf6n,
  0x23f1aba10ac06608n,
];

/** An angle as r + n * step: `parity` is an integer whose low bit is that of n. */
interface Reduced {
  r: SNode;
  parity: SNode;
}

/**
 * The position of |x| in its turn as a fraction of two words, by multiplying with as many digits of
 * 1 / 2π as matter (Payne and Hanek). Of use for exponents from `bigExponent` on.
 */
function turnFraction(m: Calc, x: SNode): { high: SNode; low: SNode } {
  const width = m.pick(32, 64);
  const bits = m.uints(x);
  const one = m.pick<number | bigint>(1, 1n);
  const exponent = m.and(m.shr(bits, m.mantissa), m.pick(0xff, 0x7ff));
  const hidden = m.pick<number | bigint>(0x80000000, 1n << 63n);
  const factor = m.or(m.shl(bits, width - 1 - m.mantissa), hidden);
  const start = m.sub(exponent, m.bias + bigExponent[m.type]);

  // Four neighbouring words, chosen by one bit of the position after the other.
  let words = m.pick<(number | bigint)[]>(digits32, digits64)
    .map((word) => m.value(word, m.uint));
  for (let step = m.pick(2, 8); step >= 1; step /= 2) {
    const far = m.ne(m.and(start, step * width), 0);
    const near = words.slice(0, 3 + step);
    words = near.map((word, i) => m.select(far, words[i + step]!, word));
  }
  const shift = m.and(start, width - 1);
  const rest = m.sub(width - 1, shift);
  // Two shifts, because one by the whole width does nothing.
  const window = [0, 1, 2].map((i) =>
    m.or(m.shl(words[i]!, shift), m.shr(m.shr(words[i + 1]!, one), rest))
  );
  const [a, b, c] = window as [SNode, SNode, SNode];
  const middle = m.mul(factor, b);
  const low = m.add(middle, m.mulhi(factor, c));
  const carry = m.b.cast(m.lt(low, middle), m.uint);
  const high = m.add(m.add(m.mul(factor, a), m.mulhi(factor, b)), carry);
  return { high, low };
}

/**
 * Brings an angle into ±step/2, where a step is half a turn or (`quarter`) a quarter of one. With
 * `offset` the angle is x plus half a step.
 */
function reduce(m: Calc, x: SNode, quarter: boolean, offset: boolean): Reduced {
  const steps = quarter ? 2 : 1;
  let n = m.nearest(m.madd(x, steps / Math.PI, offset ? 0.5 : 0));
  const small = m.ints(m.add(n, m.pick(1.5 * 2 ** 23, 1.5 * 2 ** 52)));
  if (offset) n = m.sub(n, 0.5);
  const near = piParts[m.type].reduce((r, part) => m.madd(n, -part / steps, r), x);

  const width = m.pick(32, 64);
  let { high, low } = turnFraction(m, x);
  // The angle itself, or its mirror image, before the offset.
  const negative = m.signBit(x);
  const flip = m.ne(negative, m.pick<number | bigint>(0, 0n));
  if (offset) high = m.add(high, m.pick<number | bigint>(2 ** 30, 1n << 62n));
  const top = m.or(m.shl(high, steps), m.shr(low, width - steps));
  // As many digits as a float holds, cut towards 0, and the rest: near 0 that is all there is.
  const spare = width - 1 - m.mantissa;
  const mask = m.pick<number | bigint>(0xff, 0x7ffn);
  const signed = m.b.bitcast(top, m.int);
  const lifted = m.add(signed, m.and(m.shr(signed, width - 1), mask));
  const whole = m.sub(lifted, m.and(lifted, mask));
  const leading = m.b.cast(whole, m.type);
  const digits = m.b.bitcast(m.shr(m.shl(low, steps), spare + 1), m.int);
  const next = m.or(m.shl(m.sub(signed, whole), m.mantissa), digits);
  const trailing = m.b.cast(next, m.type);
  const unit = 2 ** -width / steps;
  const fraction = m.madd(
    leading,
    m.pick(Math.fround(Math.PI), Math.PI) * unit,
    m.madd(
      leading,
      m.pick(Math.PI - Math.fround(Math.PI), 1.2246467991473532e-16) * unit,
      m.mul(trailing, Math.PI * unit * 2 ** -m.mantissa),
    ),
  );
  const count = m.shr(m.add(high, m.shl(m.value(1, m.uint), width - 1 - steps)), width - steps);
  const isFinite = m.lt(m.abs(x), Infinity);
  const mirrored = offset ? fraction : m.select(flip, m.neg(fraction), fraction);
  const far = m.select(isFinite, mirrored, NaN);

  const limit = 2 ** bigExponent[m.type];
  const big = m.ge(m.abs(x), limit);
  return {
    r: m.select(big, far, near),
    parity: m.select(big, m.b.bitcast(count, m.int), small),
  };
}

// (sin r - r) / r³ in r², for |r| ≤ π/2 and π/4; errors 2^-27 and 2^-28, 2^-61 and 2^-58.
const sinHalf = {
  f32: [-0.1666666, 0.008333069, -0.00019809777, 2.6060957e-06],
  f64: [
    -0.166666666666666657,
    0.00833333333333320658,
    -0.000198412698412124761,
    2.75573192115683641e-6,
    -2.50521069042496943e-8,
    1.60589409896007261e-10,
    -7.64301892718479793e-13,
    2.72141358298894262e-15,
  ],
};
const sinQuarter = {
  f32: [-0.16666655, 0.008332189, -0.00019518279],
  f64: [
    -0.166666666666666297,
    0.00833333333332184241,
    -0.000198412698293614145,
    2.75573135400619918e-6,
    -2.50507347248737298e-8,
    1.58954585765962353e-10,
  ],
};
// (cos r - 1 + r²/2) / r⁴ in r², for |r| ≤ π/4; errors 2^-33 and 2^-64.
const cosQuarter = {
  f32: [0.041666646, -0.001388731, 2.4432327e-05],
  f64: [
    0.041666666666666595,
    -0.00138888888888733355,
    0.0000248015872889951438,
    -2.75573142144016023e-7,
    2.08757049682795489e-9,
    -1.13587240971130381e-11,
  ],
};

/** sin r, with its sign flipped for an odd parity. */
function signedSin(m: Calc, { r, parity }: Reduced): SNode {
  const u = m.mul(r, r);
  const raw = m.madd(m.mul(r, u), m.poly(u, sinHalf[m.type]), r);
  // Rounding may lead past 1, where sqrt(1 - y²) would fail.
  const y = m.atLeast(m.atMost(raw, 1), -1);
  return m.flipSign(y, m.shl(m.b.bitcast(parity, m.uint), m.pick(31, 63)));
}

/** The nearest integer to x, and sin(π r) for the rest r = x - n. */
export function sinHalfTurns(m: Calc, x: SNode): { n: SNode; s: SNode } {
  const n = m.nearest(x);
  return { n, s: sinHalfTurn(m, m.sub(x, n)) };
}

/** sin(π r) for |r| ≤ 1/2. */
export function sinHalfTurn(m: Calc, r: SNode): SNode {
  const v = m.mul(r, Math.PI), u = m.mul(v, v);
  return m.madd(m.mul(v, u), m.poly(u, sinHalf[m.type]), v);
}

/** The sine. */
export function sin(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  return m.keepNan(x, m.keepZero(x, signedSin(m, reduce(m, x, false, false))));
}

/** The cosine. */
export function cos(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  return m.keepNan(x, signedSin(m, reduce(m, x, false, true)));
}

/** The tangent. */
export function tan(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const { r, parity } = reduce(m, x, true, false);
  const u = m.mul(r, r);
  const s = m.madd(m.mul(r, u), m.poly(u, sinQuarter[m.type]), r);
  const c = m.madd(m.mul(u, u), m.poly(u, cosQuarter[m.type]), m.madd(u, -0.5, 1));
  const odd = m.ne(m.and(parity, 1), 0);
  return m.keepNan(
    x,
    m.keepZero(x, m.div(m.select(odd, m.neg(c), s), m.select(odd, s, c))),
  );
}
