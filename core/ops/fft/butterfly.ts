/**
 * Fourier transforms of a few elements inside of a kernel.
 *
 * @module
 */

import type { ComplexElement } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { minus, plus } from "../common/elements.ts";
import { primesOf, rootsOf } from "./numbers.ts";

/** x·(re + i·im) with numbers; no product with 0, 1 or -1 is computed. */
function scaled(b: ScalarBuilder, x: ComplexElement, re: number, im: number): ComplexElement {
  const number = (value: number) => b.constant(x.re.type, value);
  const times = (a: ComplexElement["re"], by: number) =>
    by === 1 ? a : by === -1 ? b.unary("neg", a) : b.mul(a, number(by));
  if (im === 0) return { re: times(x.re, re), im: times(x.im, re) };
  if (re === 0) return { re: times(x.im, -im), im: times(x.re, im) };
  if (Math.abs(re) === Math.abs(im)) {
    const sum = b.add(x.re, x.im), less = b.sub(x.re, x.im), size = Math.abs(re);
    const of = (sign: number, a: ComplexElement["re"]) => times(a, Math.sign(sign) * size);
    return Math.sign(re) === Math.sign(im)
      ? { re: of(re, less), im: of(re, sum) }
      : { re: of(re, sum), im: of(im, less) };
  }
  return {
    re: b.sub(times(x.re, re), times(x.im, im)),
    im: b.add(times(x.re, im), times(x.im, re)),
  };
}

/** A prime number of elements, by sums and differences of those that mirror each other. */
function prime(b: ScalarBuilder, x: readonly ComplexElement[], sign: number): ComplexElement[] {
  const p = x.length, half = (p - 1) / 2, roots = rootsOf(p);
  const each = Array.from({ length: half }, (_, i) => i + 1);
  const sums = each.map((j) => plus(b, x[j]!, x[p - j]!));
  const differences = each.map((j) => minus(b, x[j]!, x[p - j]!));
  const out = new Array<ComplexElement>(p);
  out[0] = sums.reduce((total, one) => plus(b, total, one), x[0]!);
  for (const k of each) {
    const even = each.reduce(
      (total, j) => plus(b, total, scaled(b, sums[j - 1]!, roots.re[(j * k) % p]!, 0)),
      x[0]!,
    );
    const odd = each
      .map((j) => scaled(b, differences[j - 1]!, 0, -sign * roots.im[(j * k) % p]!))
      .reduce((total, one) => plus(b, total, one));
    out[k] = plus(b, even, odd);
    out[p - k] = minus(b, even, odd);
  }
  return out;
}

/** The sums over j of x[j]·exp(sign·2πijk/n), for all k. */
export function butterfly(
  b: ScalarBuilder,
  x: readonly ComplexElement[],
  sign: 1 | -1,
): ComplexElement[] {
  const n = x.length;
  if (n === 1) return [...x];
  if (n === 2) return [plus(b, x[0]!, x[1]!), minus(b, x[0]!, x[1]!)];
  const primes = primesOf(n);
  if (primes.length === 1) return prime(b, x, sign);
  // As 2 or 4 by what is left, for the fewest products.
  const p = n % 4 === 0 && n > 4 ? 4 : primes[0]!, m = n / p, roots = rootsOf(n);
  const parts = Array.from(
    { length: p },
    (_, j) => butterfly(b, Array.from({ length: m }, (_, i) => x[i * p + j]!), sign),
  );
  const out = new Array<ComplexElement>(n);
  for (let k = 0; k < m; k++) {
    const turned = parts.map((part, j) => {
      const at = j * k;
      return scaled(b, part[k]!, exact(roots.re[at]!), -sign * exact(roots.im[at]!));
    });
    butterfly(b, turned, sign).forEach((value, q) => out[k + q * m] = value);
  }
  return out;
}

/** Numbers that are as good as 0, 1/√2 and their like are these. */
function exact(x: number): number {
  const known = [0, 1, Math.SQRT1_2].find((y) => Math.abs(Math.abs(x) - y) < 1e-15);
  return known === undefined ? x : Math.sign(x) * known;
}
