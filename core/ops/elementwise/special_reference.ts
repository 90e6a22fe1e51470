/**
 * Special functions in plain JavaScript, to within a few units in the last place of float64, for the
 * reference. Slow and obvious: series and continued fractions summed until they stand still.
 *
 * Formulas: NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov, chapters 5 and 7.
 *
 * @module
 */

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
const EULER = 0.5772156649015329;

/** e^(-x²), with the square split so that its rounding error does not grow. */
function expMinusSquare(x: number): number {
  const high = Math.fround(x), low = x - high;
  return Math.exp(-high * high) * Math.exp(-low * (high + x));
}

/** The error function. DLMF 7.6.2 below 2, its complement above. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const a = Math.abs(x);
  if (a > 2) return Math.sign(x) * (1 - erfc(a));
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-18; n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return a === 0 ? x : TWO_OVER_ROOT_PI * expMinusSquare(x) * sum;
}

/** 1 - erf(x). DLMF 7.9.3 where the difference would lose digits. */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x);
  if (Number.isNaN(x)) return NaN;
  if (x > 28) return 0;
  let fraction = x;
  for (let k = Math.ceil(20 + 400 / (x * x)); k > 0; k--) fraction = x + k / 2 / fraction;
  return expMinusSquare(x) / (fraction * Math.sqrt(Math.PI));
}

/** The inverse of erf, by Newton's method from a rough start. */
export function erfinv(y: number): number {
  if (!(Math.abs(y) <= 1)) return NaN;
  if (Math.abs(y) === 1) return y * Infinity;
  if (Math.abs(y) > 0.5) return Math.sign(y) * erfcinv(1 - Math.abs(y));
  let x = y / TWO_OVER_ROOT_PI;
  for (let i = 0; i < 8; i++) x -= (erf(x) - y) / (TWO_OVER_ROOT_PI * Math.exp(-x * x));
  return y === 0 ? y : x;
}

/** The inverse of erfc; Newton's method on its logarithm, which is nearly a parabola. */
export function erfcinv(y: number): number {
  if (!(y >= 0 && y <= 2)) return NaN;
  if (y === 0) return Infinity;
  if (y === 2) return -Infinity;
  if (y > 1) return y > 1.5 ? -erfcinv(2 - y) : erfinv(1 - y);
  if (y > 0.5) return erfinv(1 - y);
  const goal = Math.log(y);
  let x = Math.sqrt(Math.max(0, -goal - Math.log(1 + Math.sqrt(-goal))));
  for (let i = 0; i < 60; i++) {
    const value = erfc(x);
    if (value === 0) {
      x *= 0.99;
      continue;
    }
    const slope = -TWO_OVER_ROOT_PI * expMinusSquare(x) / value;
    const step = (Math.log(value) - goal) / slope;
    x -= step;
    if (Math.abs(step) < 1e-17 * x) break;
  }
  return x;
}

/** B(2k) for k = 1 … 12. */
export const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
  854513 / 138,
  -236364091 / 2730,
];

/** ln Γ(x) minus (x - 1/2) ln x - x + ln √(2π), for x >= 15. DLMF 5.11.1. */
function stirling(x: number): number {
  let sum = 0;
  bernoulli.forEach((b, i) => sum += b / ((2 * i + 2) * (2 * i + 1)) * x ** (-2 * i - 1));
  return sum;
}

/** sin(πx), exact where it is 0 or ±1. */
function sinPi(x: number): number {
  const r = x - 2 * Math.round(x / 2);
  if (Number.isInteger(r)) return 0;
  if (Math.abs(r) > 0.5) return Math.sin(Math.PI * (Math.sign(r) - r));
  return Math.sin(Math.PI * r);
}

/** Γ(x); NaN at the negative integers, ±Infinity at ±0. */
export function gamma(x: number): number {
  if (x === 0) return 1 / x;
  if (x === -Infinity || (x < 0 && Number.isInteger(x))) return NaN;
  if (x > 172) return Infinity;
  if (x < 0.5) {
    const g = gamma(1 - x), s = sinPi(x);
    return Number.isFinite(g) ? Math.PI / (s * g) : Math.sign(s) * 0;
  }
  let product = 1;
  if (Number.isInteger(x) && x <= 171) {
    for (let k = 2; k < x; k++) product *= k;
    return product;
  }
  let y = x;
  while (y < 15) product *= y++;
  // Two factors, because the power alone would overflow before the whole does.
  const half = y ** (y / 2 - 0.25);
  const value = Math.sqrt(2 * Math.PI) * half * Math.exp(-y) * half * Math.exp(stirling(y));
  return value / product;
}

let zetas: readonly number[] | undefined;

/** ζ(k) - 1 for k = 2 … 60, by direct summation and an Euler-Maclaurin tail (DLMF 25.2.9). */
function zetaMinusOne(k: number): number {
  zetas ??= Array.from({ length: 61 }, (_, s) => {
    if (s < 2) return NaN;
    const n = 12;
    let sum = n ** (1 - s) / (s - 1) + n ** -s / 2, factor = s * n ** (-s - 1);
    bernoulli.slice(0, 8).forEach((b, i) => {
      let factorial = 1;
      for (let j = 2; j <= 2 * i + 2; j++) factorial *= j;
      sum += b / factorial * factor;
      factor *= (s + 2 * i + 1) * (s + 2 * i + 2) / (n * n);
    });
    for (let m = n - 1; m >= 2; m--) sum += m ** -s;
    return sum;
  });
  return zetas[k]!;
}

/** ln Γ(1 + z) for |z| <= 1/2, accurate beside its zeros at 0 and 1. DLMF 5.7.3. */
function logGammaNearOne(z: number): number {
  let sum = -Math.log1p(z) + z * (1 - EULER), power = -z;
  for (let k = 2; k <= 60; k++) {
    power *= -z;
    sum += zetaMinusOne(k) * power / k;
  }
  return sum;
}

/** ln |Γ(x)|. */
export function gammaln(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) === Infinity || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(sinPi(x))) - gammaln(1 - x);
  if (x <= 1.5) return logGammaNearOne(x - 1);
  if (x <= 2.5) return Math.log1p(x - 2) + logGammaNearOne(x - 2);
  if (x < 15) {
    let product = 1, y = x;
    while (y > 2.5) product *= --y;
    return Math.log(product) + gammaln(y);
  }
  if (x > 1e300) return x * (Math.log(x) - 1);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + stirling(x);
}

/** The derivative of ln Γ. DLMF 5.11.2 after shifting, 5.5.4 on the left. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x === -Infinity || (x < 0 && Number.isInteger(x))) return NaN;
  if (x === Infinity) return Infinity;
  if (x < 0) return digamma(1 - x) - Math.PI / tanPi(x);
  let sum = 0, y = x;
  while (y < 15) sum -= 1 / y++;
  let tail = Math.log(y) - 0.5 / y;
  bernoulli.forEach((b, i) => tail -= b / (2 * i + 2) * y ** (-2 * i - 2));
  return sum + tail;
}

/** tan(πx), exact where it is 0. */
function tanPi(x: number): number {
  const r = x - Math.round(x);
  return Math.tan(Math.PI * r);
}

/** The second derivative of ln Γ. DLMF 5.15.8 after shifting, 5.15.6 on the left. */
export function trigamma(x: number): number {
  if (x === -Infinity) return NaN;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0) return (Math.PI / sinPi(x)) ** 2 - trigamma(1 - x);
  let sum = 0, y = x;
  while (y < 15) sum += 1 / (y * y++);
  let tail = 1 / y + 0.5 / (y * y);
  bernoulli.forEach((b, i) => tail += b * y ** (-2 * i - 3));
  return sum + tail;
}

/** 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** ln(e^x + e^y), without overflow. */
export function logaddexp(x: number, y: number): number {
  return x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

/** ln(1 - e^x), without loss of digits. */
export function log1mexp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** ln(e^x - e^y), without overflow or loss of digits. */
export function logdiffexp(x: number, y: number): number {
  return x === -Infinity && y === -Infinity ? -Infinity : x + log1mexp(y - x);
}

/** x^y as IEEE 754 has it: 1 to any power is 1, also NaN; -1 to ±Infinity is 1. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}
