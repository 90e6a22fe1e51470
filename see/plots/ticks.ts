/**
 * Round numbers for the axes of a chart.
 *
 * @module
 */

/** A linear or logarithmic axis over a range of numbers. */
export interface Scale {
  /** The range, widened to something round. */
  readonly range: readonly [number, number];
  /** The numbers to mark. */
  readonly ticks: readonly number[];
  /** The place of a number: 0 at the start of the range, 1 at its end. */
  place(value: number): number;
}

/**
 * Makes a linear axis.
 *
 * @param low The least number to show
 * @param high The greatest number to show
 * @param count About how many ticks to have
 */
export function linearScale(low: number, high: number, count = 5): Scale {
  const spread = high - low || Math.abs(high) || 1;
  const step = roundStep(spread / count);
  // The smallest spread leaves a range of its own around a single value.
  const from = Math.floor(low / step + 1e-9) * step;
  const to = Math.max(from + step, Math.ceil(high / step - 1e-9) * step);
  const ticks: number[] = [];
  for (let i = 0; from + i * step <= to + step * 1e-9; i++) {
    ticks.push(Number((from + i * step).toPrecision(12)));
  }
  return { range: [from, to], ticks, place: (value) => (value - from) / (to - from) };
}

/** The least of 1, 2, 2.5 and 5 times a power of ten that is not below `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 2.5, 5, 10].find((f) => f * power >= step * (1 - 1e-9))!;
  return factor * power;
}

/**
 * Makes a logarithmic axis.
 *
 * @param low The least number to show, above zero
 * @param high The greatest number to show
 */
export function logScale(low: number, high: number): Scale {
  const decades = Math.log10(high) - Math.log10(low);
  const factors = decades > 2.5 ? [1] : decades > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const stride = Math.max(1, Math.ceil(decades / 8));
  const marks: number[] = [];
  const last = Math.ceil(Math.log10(high)) + stride;
  for (let power = Math.floor(Math.log10(low)); power < last; power += stride) {
    for (const factor of factors) marks.push(Number(`${factor}e${power}`));
  }
  const from = marks.findLast((mark) => mark <= low * (1 + 1e-9)) ?? low;
  const to = marks.find((mark) => mark >= high * (1 - 1e-9) && mark > from) ?? high;
  const ticks = marks.filter((mark) => mark >= from && mark <= to);
  const [start, span] = [Math.log(from), Math.log(to) - Math.log(from)];
  return { range: [from, to], ticks, place: (value) => (Math.log(value) - start) / span };
}

/**
 * Writes a number with a few significant digits and no needless ones.
 *
 * @param value The number
 * @param digits How many digits count
 */
export function short(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [mantissa, power] = rounded.toExponential().split("e");
    return `${mantissa}e${Number(power)}`;
  }
  return String(rounded);
}
