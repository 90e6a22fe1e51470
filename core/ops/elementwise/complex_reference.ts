/**
 * Functions of complex numbers in plain JavaScript, for the reference.
 *
 * @module
 */

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** A complex number from its parts. */
export function complexOf(re: number, im = 0): Complex {
  return { re, im };
}

/** a + b */
export function addComplex(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

/** a - b */
export function subComplex(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

/** a * b */
export function mulComplex(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

/** a / b by Smith's method, which avoids overflow of |b|². */
export function divComplex(a: Complex, b: Complex): Complex {
  if (Math.abs(b.re) >= Math.abs(b.im)) {
    const r = b.re === 0 ? 0 : b.im / b.re, d = b.re + b.im * r;
    return { re: (a.re + a.im * r) / d, im: (a.im - a.re * r) / d };
  }
  const r = b.re / b.im, d = b.re * r + b.im;
  return { re: (a.re * r + a.im) / d, im: (a.im * r - a.re) / d };
}

/** |a| */
export function absComplex(a: Complex): number {
  return Math.hypot(a.re, a.im);
}

/** The angle of a, in (-π, π]. */
export function angleComplex(a: Complex): number {
  return Math.atan2(a.im, a.re);
}

/** e^a */
export function expComplex(a: Complex): Complex {
  const r = Math.exp(a.re);
  if (a.im === 0) return { re: r, im: a.im };
  return { re: r * Math.cos(a.im), im: r * Math.sin(a.im) };
}

/** The principal logarithm. */
export function logComplex(a: Complex): Complex {
  return { re: Math.log(absComplex(a)), im: angleComplex(a) };
}

/** The principal square root. */
export function sqrtComplex(a: Complex): Complex {
  if (a.re === 0 && a.im === 0) return { re: 0, im: a.im };
  const r = Math.sqrt((absComplex(a) + Math.abs(a.re)) / 2);
  const other = Math.abs(a.im) / (2 * r), sign = a.im < 0 || Object.is(a.im, -0) ? -1 : 1;
  return a.re >= 0 ? { re: r, im: sign * other } : { re: other, im: sign * r };
}

/** a^b on the principal branch; a^0 is 1. */
export function powComplex(a: Complex, b: Complex): Complex {
  if (b.re === 0 && b.im === 0) return { re: 1, im: 0 };
  if (a.re === 0 && a.im === 0) {
    return b.re > 0 ? { re: 0, im: 0 } : { re: NaN, im: NaN };
  }
  return expComplex(mulComplex(b, logComplex(a)));
}

/** sin a */
export function sinComplex(a: Complex): Complex {
  return { re: Math.sin(a.re) * Math.cosh(a.im), im: Math.cos(a.re) * Math.sinh(a.im) };
}

/** cos a */
export function cosComplex(a: Complex): Complex {
  return { re: Math.cos(a.re) * Math.cosh(a.im), im: -Math.sin(a.re) * Math.sinh(a.im) };
}

/** sinh a */
export function sinhComplex(a: Complex): Complex {
  return { re: Math.sinh(a.re) * Math.cos(a.im), im: Math.cosh(a.re) * Math.sin(a.im) };
}

/** cosh a */
export function coshComplex(a: Complex): Complex {
  return { re: Math.cosh(a.re) * Math.cos(a.im), im: Math.sinh(a.re) * Math.sin(a.im) };
}

/** tanh a */
export function tanhComplex(a: Complex): Complex {
  if (Math.abs(a.re) > 30) return { re: Math.sign(a.re), im: 0 };
  const d = Math.cosh(2 * a.re) + Math.cos(2 * a.im);
  return { re: Math.sinh(2 * a.re) / d, im: Math.sin(2 * a.im) / d };
}
