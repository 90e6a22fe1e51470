// Made of see/plots/charts.ts by `deno task types`.
/**
 * Charts of lines and points as SVG.
 *
 * @module
 */
import { type Scale } from "./ticks.d.ts";
/** Values of a chart. */
export interface Series {
    /** Their name in the legend. */
    readonly name: string;
    /** The values; those that are not finite leave a gap. */
    readonly y: ArrayLike<number>;
    /** Where they are; 1, 2, 3, … by default. */
    readonly x?: ArrayLike<number>;
    /** A line through the values, or a dot for each of them; "line" by default. */
    readonly kind?: "line" | "scatter";
}
/** One chart. */
export interface Chart {
    /** What stands above it. */
    readonly title: string;
    /** What runs to the right. */
    readonly xLabel: string;
    /** What runs upwards. */
    readonly yLabel: string;
    /** Whether equal distances upwards mean equal factors; values of 0 and below leave gaps. */
    readonly log?: boolean;
    /** What it shows. */
    readonly series: readonly Series[];
}
/**
 * Draws charts of lines and points, side by side.
 *
 * @param charts The charts.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { drawCharts } from "@croton/croton/see";
 *
 * const svg = drawCharts([{
 *   title: "Training",
 *   xLabel: "epoch",
 *   yLabel: "loss",
 *   series: [{ name: "loss", y: [2.1, 0.9, 0.4] }, { name: "best", kind: "scatter", x: [3], y: [0.4] }],
 * }]);
 * console.assert(svg.startsWith("<svg"));
 * ```
 */
export declare function drawCharts(charts: readonly Chart[]): string;
/** A value of a series that can be shown. */
interface Point {
    readonly x: number;
    readonly y: number;
}
/** The points of a series, as pieces between gaps. */
export declare function pointsOf(series: Series, log: boolean): Point[][];
/** The axes on which points are shown. */
export declare function scalesOf(points: readonly Point[], log: boolean): [Scale, Scale];
export {};
