/**
 * Fourier transforms of numbers on the host: roots of unity, factors of lengths, and transforms for the
 * reference and for tables.
 *
 * @module
 */

/** Real and imaginary parts, each in an array of its own. */
export interface ComplexArrays {
  /** Real parts. */
  readonly re: Float64Array;
  /** Imaginary parts. */
  readonly im: Float64Array;
}

/** The roots exp(-2πik/n), k = 0 … n - 1, each right to the last bit or two. */
export function rootsOf(n: number): ComplexArrays {
  const re = new Float64Array(n), im = new Float64Array(n), isWhole = n % 4 === 0;
  for (let k = 0; k < n; k++) {
    if (isWhole && 4 * k >= n) {
      // A quarter of the circle later.
      re[k] = im[k - n / 4]!;
      im[k] = -re[k - n / 4]!;
    } else if (2 * k > n) {
      re[k] = re[n - k]!;
      im[k] = -im[n - k]!;
    } else {
      // Angles of at most an eighth of the circle, from the next of its quarters.
      const quarter = Math.floor((8 * k + n) / (2 * n));
      const angle = (4 * k - quarter * n) * (Math.PI / 2) / n;
      const x = Math.cos(angle), y = Math.sin(angle);
      re[k] = quarter === 0 ? x : quarter === 1 ? -y : -x;
      im[k] = quarter === 0 ? -y : quarter === 1 ? -x : y;
    }
  }
  return { re, im };
}

/** The prime factors of a length, in ascending order. */
export function primesOf(n: number): number[] {
  const primes: number[] = [];
  let rest = n;
  for (let p = 2; p * p <= rest; p++) {
    for (; rest % p === 0; rest /= p) primes.push(p);
  }
  return rest > 1 ? [...primes, rest] : primes;
}

/** The transform of numbers with exp(-2πi…), given the roots of their length. */
export function transformed(x: ComplexArrays, roots: ComplexArrays): ComplexArrays {
  const n = x.re.length;
  let from = { re: x.re.slice(), im: x.im.slice() };
  let to = { re: new Float64Array(n), im: new Float64Array(n) };
  let s = 1;
  for (const p of primesOf(n)) {
    const m = n / s / p;
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < p; k++) {
        for (let q = 0; q < s; q++) {
          let re = 0, im = 0;
          for (let j = 0; j < p; j++) {
            const at = q + s * (i + m * j), root = (j * k % p) * (n / p);
            re += from.re[at]! * roots.re[root]! - from.im[at]! * roots.im[root]!;
            im += from.re[at]! * roots.im[root]! + from.im[at]! * roots.re[root]!;
          }
          const out = q + s * (p * i + k), turn = i * k * s;
          to.re[out] = re * roots.re[turn]! - im * roots.im[turn]!;
          to.im[out] = re * roots.im[turn]! + im * roots.re[turn]!;
        }
      }
    }
    [from, to] = [to, from];
    s *= p;
  }
  return from;
}
