// Made of see/plots/ticks.ts by `deno task types`.
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
export declare function linearScale(low: number, high: number, count?: number): Scale;
/**
 * Makes a logarithmic axis.
 *
 * @param low The least number to show, above zero
 * @param high The greatest number to show
 */
export declare function logScale(low: number, high: number): Scale;
/**
 * Writes a number with a few significant digits and no needless ones.
 *
 * @param value The number
 * @param digits How many digits count
 */
export declare function short(value: number, digits?: number): string;
