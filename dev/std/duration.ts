/**
 * Stand-in for `@std/fmt/duration`: durations as text.
 *
 * @module
 */

/** Options of {@linkcode format}. */
export interface FormatOptions {
  /** `1d 2h …`, `01:02:…` or `1 days, 2 hours, …`; `narrow` by default. */
  style?: "narrow" | "digital" | "full";
  /** Whether parts that are zero are left out, in the digital style only those at the end. */
  ignoreZero?: boolean;
}

/** Name, short name, nanoseconds of one, how many make one of the unit before, and digits. */
const units = [
  ["days", "d", 86_400_000_000_000n, 0n, 2],
  ["hours", "h", 3_600_000_000_000n, 24n, 2],
  ["minutes", "m", 60_000_000_000n, 60n, 2],
  ["seconds", "s", 1_000_000_000n, 60n, 2],
  ["milliseconds", "ms", 1_000_000n, 1000n, 3],
  ["microseconds", "µs", 1000n, 1000n, 3],
  ["nanoseconds", "ns", 1n, 1000n, 3],
] as const;

/**
 * Writes a duration as text.
 *
 * @param ms The duration in milliseconds; its sign is dropped
 * @param options The style
 * @returns The text, such as `1m 39s 674ms`
 */
export function format(ms: number, options: FormatOptions = {}): string {
  const { style = "narrow", ignoreZero = false } = options;
  const whole = Math.trunc(Math.abs(ms));
  const nanoseconds = BigInt(whole) * 1_000_000n +
    BigInt(Math.trunc((Math.abs(ms) - whole) * 1e6 + 1e-4));
  const values = units.map(([name, short, size, many, digits]) => {
    const count = nanoseconds / size;
    return { name, short, digits, value: Number(many === 0n ? count : count % many) };
  });
  if (style === "digital") {
    const kept = ignoreZero ? values.slice(0, values.findLastIndex((v) => v.value) + 1) : values;
    return kept.map((v) => String(v.value).padStart(v.digits, "0")).join(":");
  }
  const kept = ignoreZero ? values.filter((v) => v.value) : values;
  if (style === "full") {
    return kept.map((v) => `${v.value} ${v.value === 1 ? v.name.slice(0, -1) : v.name}`).join(", ");
  }
  if (style === "narrow") return kept.map((v) => v.value + v.short).join(" ");
  throw new TypeError('style must be "narrow", "full", or "digital"!');
}
