/**
 * The error function, its complement, and their inverses.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";
import { expSum, moderateExp } from "./exp.ts";
import { log } from "./log.ts";

// erf(x) / x - 1 in x², for |x| up to 0.95 and 1; errors 2^-30 and 2^-56.
const erfTail = {
  f32: [0.12837917, -0.3761263, 0.11283626, -0.02685574, 0.0051924605, -0.0008050804, 8.002775e-05],
  f64: [
    0.128379167095512559,
    -0.37612638903183343,
    0.112837916709369504,
    -0.0268661706419519447,
    0.00522397759658601267,
    -0.000854832547259267014,
    0.000120552799536435818,
    -0.0000149244517198859548,
    1.64439343617389247e-6,
    -1.61819891469088412e-7,
    1.36065334904507632e-8,
    -7.58603297767974882e-10,
  ],
};

// log(erfc a) for a from 0.93 to 4; error of erf 2^-29.
const logErfc = [
  -0.0002113384,
  -1.127611,
  -0.63729084,
  -0.10383639,
  0.022181034,
  -0.0030316964,
  0.0001947602,
];

// erfc(a) e^(a²) / t in q = (a - k) / (a + k) = 1 - 2t, for all a ≥ 0 where erfc(a) is a normal
// number; k is 2 and 4, and the errors are 2^-25 and 2^-53.
const erfcSeries = {
  f32: [
    0.51079136,
    -0.34358037,
    0.1397359,
    -0.018220816,
    -0.010753097,
    0.0032372465,
    0.0015320358,
    -0.00041361124,
    -0.000296362,
    2.0639069e-05,
    3.3273882e-05,
  ],
  f64: [
    0.273998915250122765,
    -0.244137182270220493,
    0.193302175566309326,
    -0.13521345782830882,
    0.0827128969694990307,
    -0.0435027343099801261,
    0.0190953787274528858,
    -0.00659251333516441915,
    0.00152801391198623842,
    -0.0000702397155049640232,
    -0.000113763154129749099,
    0.0000442032001754200259,
    -9.08883060557549544e-7,
    -4.71521210868875771e-6,
    1.17391426915898923e-6,
    3.56056583834264051e-7,
    -2.12246540867381624e-7,
    -1.89764948953501444e-8,
    3.20258569290864636e-8,
    4.38960719611787444e-10,
    -4.66978222446249831e-9,
    -2.08957685871686984e-10,
    5.33736554690883037e-10,
    1.06739615571442839e-10,
  ],
};

/** erfc(a) for a ≥ 0. */
function erfcPositive(m: Calc, x: SNode): SNode {
  const a = m.atMost(x, m.pick(12, 30));
  const k = m.pick(2, 4);
  const t = m.div(k, m.add(a, k));
  const series = m.mul(t, m.poly(m.madd(t, -2, 1), erfcSeries[m.type]));
  // a² to twice the precision, because exp makes its absolute error a relative one.
  const short = m.shorten(a, m.pick(12, 26));
  const rest = m.mul(m.sub(short, a), m.add(short, a));
  return m.mul(expSum(m, m.neg(m.mul(short, short)), rest), series);
}

/** erf(x) for small |x|. */
function erfCenter(m: Calc, x: SNode): SNode {
  return m.madd(x, m.poly(m.mul(x, x), erfTail[m.type]), x);
}

/** The error function. */
export function erf(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const rest = m.wide ? erfcPositive(m, a) : moderateExp(m, m.poly(m.atMost(a, 4), logErfc));
  const big = m.flipSign(m.sub(1, rest), m.signBit(x));
  return m.keepNan(x, m.select(m.lt(a, m.pick(0.94, 1)), erfCenter(m, x), big));
}

/** 1 - erf(x) without cancellation. */
export function erfc(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const y = erfcPositive(m, a);
  const big = m.select(m.lt(x, 0), m.sub(2, y), y);
  return m.keepNan(x, m.select(m.lt(a, 0.5), m.sub(1, erfCenter(m, x)), big));
}

// The inverse of erf divided by x, in x², for |x| ≤ 1/2; errors 2^-30 and 2^-54.
const center = {
  f32: [0.88622695, 0.2320134, 0.12757258, 0.08617249, 0.069079876, 0.029462272, 0.09800915],
  f64: [
    0.886226925452758052,
    0.232013666534603702,
    0.127556175316732578,
    0.0865521282843033785,
    0.0649596603759463181,
    0.051730156892270493,
    0.0428556651502379413,
    0.0362540529274069517,
    0.033289428316029733,
    0.0198580118821032603,
    0.0518032203639112801,
    -0.0298797922628154175,
    0.067331875421907772,
    0.0250977343164846822,
  ],
};

// The inverse of erfc at e^(-w²) as P(w - c) / Q(w - c): for f32 up to w = 9.4 with c = 0.83, for f64
// up to w = 5 with the same and from there to 26.7 with c = 5; errors 2^-25, 2^-55 and 2^-52.
const narrowTail = {
  p: [0.47457123, 1.6244426, 1.9631178, 0.9557077, 0.13110335],
  q: [1, 1.4732225, 0.85187966, 0.1309556, 2.7927028e-06],
};
const nearTail = {
  p: [
    0.474571242711980534,
    2.84175025211422927,
    7.54636960650427913,
    11.6688021445153769,
    11.5087827686247994,
    7.40991698158126066,
    3.04417068021467063,
    0.737414850390879173,
    0.0883024008394548837,
    0.00358631000744635267,
  ],
  q: [
    1,
    4.0382957730786524,
    7.61539329970284484,
    8.46085843823121486,
    5.93260467193107832,
    2.61124077952331968,
    0.67468818551234,
    0.0853720548626398512,
    0.00358569278998782963,
    6.53404651899329266e-9,
  ],
};
const farTail = {
  p: [
    4.77938485863333629,
    4.09986580539173229,
    1.42215633297627431,
    0.254821066193814783,
    0.0249640863751508964,
    0.00130007111417580171,
    0.0000320033135088438228,
    2.70778517154588926e-7,
  ],
  q: [
    1,
    0.643439524061380275,
    0.160248814796562389,
    0.0192939523845701393,
    0.00114764227598078221,
    0.000030650191938341651,
    2.70776164744174615e-7,
    5.85379660535387788e-15,
  ],
};

/** The inverse of erfc for 0 < y ≤ 1/2. */
function erfcinvTail(m: Calc, y: SNode): SNode {
  const w = m.sqrt(m.neg(log(m.b, y)));
  if (!m.wide) {
    const r = m.sub(w, 0.83);
    return m.div(m.poly(r, narrowTail.p), m.poly(r, narrowTail.q));
  }
  const far = m.gt(w, 5);
  const r = m.sub(w, m.select(far, 5, 0.83));
  const chosen = (near: readonly number[], other: readonly number[]) =>
    near.map((c, i) => m.select(far, other[i] ?? 0, c));
  return m.div(
    m.poly(r, chosen(nearTail.p, farTail.p)),
    m.poly(r, chosen(nearTail.q, farTail.q)),
  );
}

/** The inverse of erf for |x| ≤ 1/2. */
function erfinvCenter(m: Calc, x: SNode): SNode {
  return m.mul(x, m.poly(m.mul(x, x), center[m.type]));
}

/** The inverse of erf; infinite at ±1, NaN outside. */
export function erfinv(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  // Kept away from 0, where the quotient would be infinity by infinity.
  const tail = erfcinvTail(m, m.atLeast(m.sub(1, a), 1e-18));
  const limited = m.select(m.lt(a, 1), tail, m.select(m.gt(a, 1), NaN, Infinity));
  const big = m.flipSign(limited, m.signBit(x));
  return m.keepNan(x, m.select(m.gt(a, 0.5), big, erfinvCenter(m, x)));
}

/** The inverse of erfc: infinite at 0, -infinite at 2, NaN outside. */
export function erfcinv(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const upper = m.gt(x, 1);
  const y = m.select(upper, m.sub(2, x), x);
  const tail = erfcinvTail(m, m.atLeast(y, m.pick(2 ** -126, 2 ** -1022)));
  const limited = m.select(m.gt(y, 0), tail, m.select(m.lt(y, 0), NaN, Infinity));
  const big = m.select(upper, m.neg(limited), limited);
  return m.keepNan(x, m.select(m.lt(y, 0.5), big, erfinvCenter(m, m.sub(1, x))));
}
