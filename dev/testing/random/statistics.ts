/**
 * Statistics that tests of distributions need.
 *
 * @module
 */

import { assert } from "@std/assert";
import { gammaln } from "../../../core/ops/elementwise/special_reference.ts";

/** Mean and variance. */
export function moments(sample: readonly number[]): { mean: number; variance: number } {
  const mean = sample.reduce((a, b) => a + b, 0) / sample.length;
  const variance = sample.reduce((a, b) => a + (b - mean) ** 2, 0) / sample.length;
  return { mean, variance };
}

/**
 * Asserts that the mean is within `sigmas` standard errors of what it should be, and the variance within
 * the error of a distribution with this kurtosis.
 */
export function expectMoments(
  what: string,
  sample: readonly number[],
  mean: number,
  variance: number,
  kurtosis = 3,
): void {
  const got = moments(sample), n = sample.length;
  const error = Math.sqrt(variance / n), spread = variance * Math.sqrt((kurtosis - 1) / n);
  assert(
    Math.abs(got.mean - mean) <= 4.5 * error,
    `The mean of ${what} is ${got.mean}, and should be ${mean} ± ${error}`,
  );
  assert(
    Math.abs(got.variance - variance) <= 5 * spread,
    `The variance of ${what} is ${got.variance}, and should be ${variance} ± ${spread}`,
  );
}

/** Probability that sqrt(n) times the greatest distance of distribution functions exceeds x. */
function kolmogorov(x: number): number {
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, 2 * sum));
}

/** Asserts that a sample is of a continuous distribution, by Kolmogorov and Smirnov's test. */
export function expectDistribution(
  what: string,
  sample: readonly number[],
  cdf: (x: number) => number,
  level = 1e-4,
): void {
  const sorted = sample.toSorted((a, b) => a - b), n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, (i + 1) / n - p, p - i / n);
  });
  const p = kolmogorov(Math.sqrt(n) * distance);
  assert(
    p > level,
    `${what} fails the test of Kolmogorov and Smirnov: distance ${distance}, p ${p}`,
  );
}

/** The regularised upper incomplete gamma function Q(a, x). */
export function upperGamma(a: number, x: number): number {
  return 1 - lowerGamma(a, x);
}

/** The regularised lower incomplete gamma function P(a, x). */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  if (x < a + 1) {
    let term = 1 / a, sum = term;
    for (let k = 1; k < 2000; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (let i = 1; i < 2000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
  }
  return 1 - front * h;
}

/**
 * Asserts that counts are of a discrete distribution, by Pearson's chi-square test. Values whose expected
 * count is below 5 are put together with their neighbours.
 */
export function expectFrequencies(
  what: string,
  sample: readonly number[],
  pmf: (k: number) => number,
  from: number,
  to: number,
  level = 1e-4,
): void {
  const n = sample.length, seen = new Map<number, number>();
  for (const x of sample) seen.set(x, (seen.get(x) ?? 0) + 1);
  const cells: { expected: number; found: number }[] = [];
  let expected = 0, found = 0, total = 0, inside = 0;
  for (let k = from; k <= to; k++) {
    expected += n * pmf(k);
    found += seen.get(k) ?? 0;
    total += pmf(k);
    inside += seen.get(k) ?? 0;
    if (expected >= 5) {
      cells.push({ expected, found });
      expected = found = 0;
    }
  }
  expected += n * (1 - total);
  found += n - inside;
  const last = cells.at(-1)!;
  if (expected >= 5) cells.push({ expected, found });
  else cells[cells.length - 1] = { expected: last.expected + expected, found: last.found + found };
  const chi = cells.reduce(
    (sum, cell) => sum + (cell.found - cell.expected) ** 2 / cell.expected,
    0,
  );
  const p = upperGamma((cells.length - 1) / 2, chi / 2);
  assert(p > level, `${what} fails the chi-square test: ${chi} for ${cells.length} cells, p ${p}`);
}

/** log(n!) */
export function logFactorial(n: number): number {
  return gammaln(n + 1);
}
