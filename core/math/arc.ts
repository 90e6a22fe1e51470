/**
 * Inverse trigonometric functions.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";

// (atan t - t) / t³ in t², for |t| ≤ tan(π/8); errors 2^-30 and 2^-59.
const atanTail = {
  f32: [-0.33333316, 0.19998528, -0.14244388, 0.10599121, -0.06089868],
  f64: [
    -0.333333333333331983,
    0.199999999999536243,
    -0.142857142801919301,
    0.111111107830182188,
    -0.0909089774182633564,
    0.0769205990159895492,
    -0.0666310030475142645,
    0.0584786139221957074,
    -0.0503917774435242716,
    0.0380613350573257431,
    -0.0179036989336352655,
  ],
};

// (asin t - t) / t³ in t², for |t| ≤ 1/2; errors 2^-28 and 2^-60.
const asinTail = {
  f32: [0.16666752, 0.074953094, 0.04546917, 0.024184588, 0.042158786],
  f64: [
    0.166666666666667601,
    0.0749999999997085914,
    0.0446428571745714695,
    0.030381942709223609,
    0.0223722149570741609,
    0.0173516124255234695,
    0.0139808169349644757,
    0.0113989326956566023,
    0.0107801820484841292,
    0.00370652926198397452,
    0.0217074737681985513,
    -0.0209995112913529992,
    0.0326291402287403262,
  ],
};

const tanEighth = Math.SQRT2 - 1;

/** π/2 as the sum of a number of the type and what is missing. */
function halfPi(m: Calc): readonly [number, number] {
  const high = Math.fround(Math.PI / 2);
  return m.pick([high, Math.PI / 2 - high], [Math.PI / 2, 6.123233995736766e-17]);
}

function atanPoly(m: Calc, t: SNode): SNode {
  const u = m.mul(t, t);
  return m.madd(m.mul(t, u), m.poly(u, atanTail[m.type]), t);
}

/** The arc tangent. */
export function atan(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const [high, low] = halfPi(m);
  const big = m.gt(a, Math.SQRT2 + 1), middle = m.gt(a, tanEighth);
  // atan a = π/2 - atan(1/a) = π/4 + atan((a - 1) / (a + 1))
  const top = m.select(big, -1, m.select(middle, m.sub(a, 1), a));
  const bottom = m.select(big, a, m.select(middle, m.add(a, 1), 1));
  const y = atanPoly(m, m.div(top, bottom));
  const base = m.select(big, high, m.select(middle, high / 2, 0));
  const rest = m.select(big, low, m.select(middle, low / 2, 0));
  return m.keepNan(x, m.flipSign(m.add(base, m.add(y, rest)), m.signBit(x)));
}

/** The angle of the point (x, y), between -π and π; signed zeros and infinities as in C. */
export function atan2(b: ScalarBuilder, y: SNode, x: SNode): SNode {
  const m = new Calc(b, x);
  const [high, low] = halfPi(m);
  const a = m.abs(x), c = m.abs(y);
  const steep = m.gt(c, a);
  const least = m.select(steep, a, c), most = m.select(steep, c, a);
  // 0/0 is 0 here, and infinity over infinity is 1.
  const trivial = m.either(m.eq(most, 0), m.eq(least, Infinity));
  const q = m.div(
    m.select(trivial, m.select(m.eq(most, 0), 0, 1), least),
    m.select(trivial, 1, most),
  );
  const middle = m.gt(q, tanEighth);
  const t = m.select(middle, m.div(m.sub(q, 1), m.add(q, 1)), q);
  const angle = m.add(
    m.select(middle, high / 2, 0),
    m.add(atanPoly(m, t), m.select(middle, low / 2, 0)),
  );
  const upright = m.select(steep, m.add(m.sub(high, angle), low), angle);
  const zero = m.pick<number | bigint>(0, 0n);
  const left = m.ne(m.signBit(x), zero);
  const whole = m.select(left, m.add(m.sub(2 * high, upright), 2 * low), upright);
  const result = m.flipSign(whole, m.signBit(y));
  return m.select(m.either(m.isNan(x), m.isNan(y)), NaN, result);
}

interface ArcSine {
  /** |x| > 1/2. */
  big: SNode;
  /** asin|x| for small |x|; else asin(sqrt((1 - |x|) / 2)). */
  y: SNode;
}

function arcSine(m: Calc, a: SNode): ArcSine {
  const big = m.gt(a, 0.5);
  const half = m.madd(a, -0.5, 0.5);
  const u = m.select(big, half, m.mul(a, a));
  const t = m.select(big, m.sqrt(half), a);
  return { big, y: m.madd(m.mul(t, u), m.poly(u, asinTail[m.type]), t) };
}

/** NaN outside [-1, 1]. */
function insideOne(m: Calc, a: SNode, y: SNode): SNode {
  return m.select(m.gt(a, 1), NaN, y);
}

/** The arc sine; NaN outside [-1, 1]. */
export function asin(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const { big, y } = arcSine(m, a);
  const [high, low] = halfPi(m);
  const result = m.select(big, m.sub(high, m.sub(m.add(y, y), low)), y);
  return m.keepNan(x, m.flipSign(insideOne(m, a, result), m.signBit(x)));
}

/** The arc cosine; NaN outside [-1, 1]. */
export function acos(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const { big, y } = arcSine(m, a);
  const [high, low] = halfPi(m);
  const negative = m.lt(x, 0);
  const twice = m.add(y, y);
  const outer = m.select(negative, m.sub(2 * high, m.sub(twice, 2 * low)), twice);
  const inner = m.sub(high, m.sub(m.select(negative, m.neg(y), y), low));
  return m.keepNan(x, insideOne(m, a, m.select(big, outer, inner)));
}
