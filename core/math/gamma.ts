/**
 * The gamma function, its logarithm, and the first two derivatives of that.
 *
 * Arguments below 3 are moved to [1, 2) by Γ(x + 1) = x Γ(x), where polynomials in t - 1/2 hold for
 * x = 1 + t; arguments from 3 on use Stirling's series, economised; negative ones are reflected.
 *
 * @module
 */

import type { ScalarBuilder } from "../ir/builder.ts";
import type { SNode } from "../ir/scalar.ts";
import { Calc } from "./calc.ts";
import { log } from "./log.ts";
import { positivePower } from "./pow.ts";
import { sinHalfTurn, sinHalfTurns } from "./trig.ts";

// 1 / Γ(1 + t); errors 2^-25 and 2^-56.
const reciprocalGamma = {
  f32: [
    1.1283792,
    -0.041174546,
    -0.5266545,
    0.17510311,
    0.050967343,
    -0.042170696,
    0.0066082887,
    0.0022039125,
    -0.0010923999,
  ],
  f64: [
    1.12837916709551256,
    -0.0411745264452830981,
    -0.526654435525544695,
    0.175102026043934184,
    0.0509668602477236776,
    -0.042155169368516647,
    0.00661289782626344955,
    0.00212073144214206628,
    -0.0011107302458031943,
    0.000152357626013865168,
    0.0000253551298654362558,
    -0.0000138968422436771509,
    2.15655974176803886e-6,
    5.80883195889996622e-8,
    -9.00248559489965803e-8,
    1.67942961030503292e-8,
  ],
};

// log Γ(1 + t) / (t (t - 1)); errors 2^-25 and 2^-54.
const logGamma = {
  f32: [
    0.48312896,
    -0.1459599,
    0.06291105,
    -0.03130799,
    0.016808223,
    -0.009436493,
    0.005325183,
    -0.0031158824,
    0.0024483672,
    -0.00152645,
  ],
  f64: [
    0.483128950540980873,
    -0.145959895914305943,
    0.0629114010745643465,
    -0.0313084875010542357,
    0.0167970986312797436,
    -0.00942562244476165267,
    0.00544645783883948055,
    -0.00321207422279130676,
    0.00192291632026147445,
    -0.00116441133924638008,
    0.000711518955653845839,
    -0.000438035548967308653,
    0.000271314758073165152,
    -0.000168569403713300723,
    0.000105349375867406695,
    -0.0000679460905999305421,
    0.0000430472684328925484,
    -0.0000214701521989256388,
    0.0000131490808822948385,
    -0.0000185426054123602955,
    0.0000121696081629415543,
  ],
};

// ψ(1 + t) / (1 + t - its zero); errors 2^-25 and 2^-54.
const psi = {
  f32: [
    0.9510559,
    -0.42362747,
    0.24053839,
    -0.14839996,
    0.0951174,
    -0.06204,
    0.039361827,
    -0.025872376,
    0.023924338,
    -0.016221294,
  ],
  f64: [
    0.951055876031832947,
    -0.423627421281460581,
    0.240542484240773985,
    -0.148404923053890053,
    0.0949887244549723897,
    -0.0619221332746969499,
    0.0407608338108167711,
    -0.0269757966912152446,
    0.0179072524813272647,
    -0.011908219420105403,
    0.00792694401878020309,
    -0.0052799462501635832,
    0.00351901212541806153,
    -0.00234542082145744284,
    0.00155659945172097018,
    -0.00103684197858571543,
    0.000723436707571645092,
    -0.000484730736321716709,
    0.000227025497548162964,
    -0.000146977067761047111,
    0.000259851285128215054,
    -0.000176563430974100127,
  ],
};

// The zero of ψ less 1, as a number of the type and what is missing.
const psiZero = {
  f32: [0.46163213253021240234, 1.243815006546356e-08],
  f64: [1.4616321449683622 - 1, 9.549995429965697e-17],
} as const;

// ψ'(1 + t); errors 2^-25 and 2^-53.
const psiSlope = {
  f32: [
    0.9348022,
    -0.8287966,
    0.70454776,
    -0.579042,
    0.46296078,
    -0.36210316,
    0.2798283,
    -0.2113022,
    0.1439928,
    -0.1077314,
    0.12809338,
    -0.09110458,
  ],
  f64: [
    0.934802200544679329,
    -0.828796644234319979,
    0.704545517001229693,
    -0.57904163777786255,
    0.46306452509936058,
    -0.362149365025404124,
    0.278080813488929046,
    -0.210309873052770796,
    0.157053195728044492,
    -0.116040724274558416,
    0.084968931711884424,
    -0.0617404202338824107,
    0.0445645844805033706,
    -0.0319853539636724415,
    0.022861516756667026,
    -0.0162523248237944132,
    0.0113896705848391816,
    -0.0080524780330525781,
    0.00617585215283424256,
    -0.00429717175619406724,
    0.0016548819695748672,
    -0.00121463639316666161,
    0.00291091660121633143,
    -0.00198395478824970987,
  ],
};

// Γ(x) / (sqrt(2π) x^(x - 1/2) e^-x) in 1/x; errors 2^-28 and 2^-58.
const stirling = {
  f32: [1.0, 0.08333283, 0.0034875679, -0.0028278998, 0.00033474975],
  f64: [
    1.0,
    0.0833333333333360349,
    0.0034722222215850221,
    -0.00268132710806177638,
    -0.000229474258378091728,
    0.000784091603043553568,
    0.0000689223299733053411,
    -0.000583946057007602532,
    -0.000108030421036611575,
    0.0010923737252031484,
    -0.000594587154349978156,
    -0.00139480146445111731,
    0.00239711684104589691,
    -0.00119845031440330959,
  ],
};

// x times the logarithm of that in 1/x²; errors of log Γ 2^-30 and 2^-57.
const logStirling = {
  f32: [0.083333164, -0.0027699363, 0.0006792442],
  f64: [
    0.083333333333321491,
    -0.00277777777339227594,
    0.000793650193443529335,
    -0.000595195446877138778,
    0.000839931374470502274,
    -0.00186700546650008349,
    0.00544627625133598837,
    -0.0162584910448975058,
    0.0371766184090852395,
    -0.0437016922750667197,
  ],
};

// x² (log x - 1/(2x) - ψ(x)) in 1/x²; errors of ψ 2^-28 and 2^-55.
const psiStirling = {
  f32: [0.08333241, -0.008286455, 0.0032327382],
  f64: [
    0.083333333333204862,
    -0.00833333328121643561,
    0.00396824630711435991,
    -0.00416608899461069423,
    0.00754980230186646627,
    -0.020336846774999872,
    0.0682098414458813529,
    -0.223587347263871639,
    0.544008457861940853,
    -0.668081621867829822,
  ],
};

// x³ (ψ'(x) - 1/x - 1/(2x²)) in 1/x²; errors of ψ' 2^-29 and 2^-55.
const slopeStirling = {
  f32: [0.1666663, -0.03329899, 0.022787342, -0.020370262],
  f64: [
    0.166666666666625191,
    -0.0333333333061622342,
    0.0238095175680475279,
    -0.033332607135897252,
    0.0757072571610574174,
    -0.250836210047405861,
    1.09503873753345471,
    -5.44530008179065472,
    25.7380706592552535,
    -96.7299280193899023,
    239.599636229791543,
    -282.862761863889432,
  ],
};

/** log2 e as a number of few bits and the rest. */
const log2e = {
  f32: [1.4375, 0.005195040888963407],
  f64: [1.4426937103271484, 1.33056181496986e-06],
} as const;

/** Where a positive argument lies, and how it is moved to 1 + t in [1, 2). */
interface Shift {
  /** z < 1: t = z. */
  below: SNode;
  /** z ≥ 2: t = z - 2. */
  above: SNode;
  /** z ≥ 3, where the series holds. */
  big: SNode;
  t: SNode;
  /** t - 1/2 */
  s: SNode;
}

function shift(m: Calc, z: SNode): Shift {
  const below = m.lt(z, 1), above = m.ge(z, 2);
  const t = m.sub(z, m.select(below, 0, m.select(above, 2, 1)));
  return { below, above, big: m.ge(z, 3), t, s: m.sub(t, 0.5) };
}

/** Whether x is negative and an integer; -Infinity counts. */
function isPole(m: Calc, x: SNode): SNode {
  return m.both(m.lt(x, 0), m.eq(m.nearest(x), x));
}

/** The gamma function; NaN at negative integers, ±Infinity at ±0. */
export function gamma(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const a = m.abs(x);
  const { below, above, big, s } = shift(m, a);
  const bottom = m.mul(m.select(below, a, 1), m.poly(s, reciprocalGamma[m.type]));
  const small = m.div(m.select(above, m.sub(a, 1), 1), bottom);
  // sqrt(2π / e) (a / e)^(a - 1/2) S(1/a), with the power in two factors: where Γ itself overflows,
  // Γ(-a) beside a pole may still be a normal number.
  const power = positivePower(m, a, m.madd(a, 0.5, -0.25), log2e[m.type]);
  const series = m.poly(m.div(1, a), stirling[m.type]);
  const factor = m.select(big, power, 1);
  const rest = m.select(big, m.mul(series, 1.520346901066281), small);
  const y = m.mul(m.mul(factor, rest), factor);
  // Γ(-a) = -π / (a Γ(a) sin πa)
  const { n, s: sine } = sinHalfTurns(m, a);
  const odd = m.ne(m.trunc(m.mul(n, 0.5)), m.mul(n, 0.5));
  const inverse = m.div(1, factor);
  const quotient = m.div(m.select(odd, Math.PI, -Math.PI), m.mul(m.mul(a, rest), sine));
  const reflected = m.mul(m.mul(quotient, inverse), inverse);
  const zero = m.flipSign(m.value(Infinity), m.signBit(x));
  const left = m.select(isPole(m, x), NaN, reflected);
  const tiny = m.lt(a, m.pick(2 ** -126, 2 ** -1022));
  return m.keepNan(x, m.select(tiny, zero, m.select(m.lt(x, 0), left, y)));
}

/** log|Γ(x)|; Infinity at 0, the negative integers and ±Infinity. */
export function lgamma(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const negative = m.lt(x, 0);
  const z = m.select(negative, m.sub(1, x), x);
  const { below, above, big, t, s } = shift(m, z);
  const inner = m.select(below, z, m.select(above, m.sub(z, 1), 1));
  const logarithm = log(b, m.select(big, z, inner));
  const near = m.mul(m.mul(t, m.sub(t, 1)), m.poly(s, logGamma[m.type]));
  const small = m.add(near, m.select(below, m.neg(logarithm), logarithm));
  const r = m.div(1, z);
  const tail = m.madd(r, m.poly(m.mul(r, r), logStirling[m.type]), 0.4189385332046727);
  const large = m.madd(m.sub(z, 0.5), m.sub(logarithm, 1), tail);
  const y = m.select(big, large, small);
  const sine = sinHalfTurns(m, x).s;
  const reflected = m.neg(m.add(log(b, m.mul(m.abs(sine), 1 / Math.PI)), y));
  const left = m.select(isPole(m, x), Infinity, reflected);
  return m.keepNan(x, m.select(negative, left, y));
}

/** The derivative of log Γ; NaN at negative integers, ∓Infinity at ±0. */
export function digamma(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const negative = m.lt(x, 0);
  const z = m.select(negative, m.sub(1, x), x);
  const { below, above, big, t, s } = shift(m, z);
  // ∓1/z moves the argument by one.
  const far = m.either(below, big);
  const r = m.div(
    m.select(below, -1, m.select(above, 1, 0)),
    m.select(far, z, m.select(above, m.sub(z, 1), 1)),
  );
  const [high, low] = psiZero[m.type];
  const small = m.madd(m.sub(m.sub(t, high), low), m.poly(s, psi[m.type]), r);
  const u = m.mul(r, r);
  const tail = m.madd(r, 0.5, m.mul(u, m.poly(u, psiStirling[m.type])));
  const y = m.select(big, m.sub(log(b, z), tail), small);
  // ψ(x) = ψ(1 - x) - π cot πx
  const rest = m.sub(x, m.nearest(x));
  const cosine = sinHalfTurn(m, m.sub(0.5, m.abs(rest)));
  const cotangent = m.div(m.mul(cosine, Math.PI), sinHalfTurn(m, rest));
  const left = m.select(isPole(m, x), NaN, m.sub(y, cotangent));
  const zero = m.flipSign(m.value(-Infinity), m.signBit(x));
  return m.keepNan(x, m.select(m.eq(x, 0), zero, m.select(negative, left, y)));
}

/** The second derivative of log Γ; Infinity at 0 and the negative integers. */
export function trigamma(b: ScalarBuilder, x: SNode): SNode {
  const m = new Calc(b, x);
  const negative = m.lt(x, 0);
  const z = m.select(negative, m.sub(1, x), x);
  const { below, above, big, s } = shift(m, z);
  const far = m.either(below, big);
  const r = m.div(1, m.select(far, z, m.select(above, m.sub(z, 1), 1)));
  const u = m.mul(r, r);
  const moved = m.select(below, u, m.select(above, m.neg(u), 0));
  const small = m.add(m.poly(s, psiSlope[m.type]), moved);
  const large = m.madd(u, m.madd(r, m.poly(u, slopeStirling[m.type]), 0.5), r);
  const y = m.select(big, large, small);
  // ψ'(x) = π² / sin² πx - ψ'(1 - x)
  const inverse = m.div(Math.PI, sinHalfTurns(m, x).s);
  const reflected = m.sub(m.mul(inverse, inverse), y);
  const left = m.select(
    isPole(m, x),
    m.select(m.eq(x, -Infinity), NaN, Infinity),
    reflected,
  );
  const origin = m.select(m.eq(x, 0), Infinity, y);
  return m.keepNan(x, m.select(negative, left, origin));
}
