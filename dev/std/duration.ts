/**
 * Stand-in for `@std/fmt/duration`: durations as text, in its narrow style.
 *
 * @module
 */

/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** Whether parts that are zero are left out. */
  ignoreZero?: boolean;
}

/** Name, nanoseconds of one, and how many make one of the unit before. */
const units = [
  ["d", 86_400_000_000_000n, 0n],
  ["h", 3_600_000_000_000n, 24n],
  ["m", 60_000_000_000n, 60n],
  ["s", 1_000_000_000n, 60n],
  ["ms", 1_000_000n, 1000n],
  ["µs", 1000n, 1000n],
  ["ns", 1n, 1000n],
] as const;

/**
 * Writes a duration as text.
 *
 * @param ms The duration in milliseconds; its sign is dropped
 * @param options What is left out
 * @returns The text, such as `1m 39s 674ms`
 */
export function format(ms: number, options: FormatOptions = {}): string {
  const whole = Math.trunc(Math.abs(ms));
  const nanoseconds = BigInt(whole) * 1_000_000n +
    BigInt(Math.trunc((Math.abs(ms) - whole) * 1e6 + 1e-4));
  const parts = units.map(([name, size, many]) => {
    const count = nanoseconds / size;
    return { name, value: many === 0n ? count : count % many };
  });
  return parts.filter(({ value }) => value > 0n || !options.ignoreZero)
    .map(({ name, value }) => `${value}${name}`).join(" ");
}
