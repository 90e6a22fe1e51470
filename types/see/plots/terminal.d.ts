// Made of see/plots/terminal.ts by `deno task types`.
/**
 * Plots as text, for a terminal.
 *
 * @module
 */
import type { Bar } from "./class_plots.d.ts";
import { type Chart } from "./charts.d.ts";
/** How many characters a plot may take. */
export interface TextSize {
    /** Characters of a line. */
    readonly width?: number;
    /** Lines. */
    readonly height?: number;
}
/**
 * Writes a chart of lines and points as text, each series with a mark of its own.
 *
 * @param chart The chart, as `drawCharts` draws it.
 * @param size Characters and lines of the field with the values; 60 by 14 if missing.
 * @returns Lines of text.
 *
 * @example
 * ```ts
 * import { chartText } from "@croton/croton/see";
 *
 * const series = [{ name: "loss", y: [2.1, 0.9, 0.4] }];
 * console.log(chartText({ title: "Training", xLabel: "epoch", yLabel: "loss", series }));
 * ```
 */
export declare function chartText(chart: Chart, { width, height }?: TextSize): string;
/**
 * Writes bars as text, the longest as wide as there is room.
 *
 * @param bars The bars.
 * @param width Characters of the longest; 30 if missing.
 * @returns A line of text for each.
 *
 * @example
 * ```ts
 * import { barsText } from "@croton/croton/see";
 *
 * const text = barsText([{ name: "cat", value: 1, text: "2" }, { name: "dog", value: 0.5, text: "1" }], 4);
 * console.assert(text === "cat ████ 2\ndog ██ 1");
 * ```
 */
export declare function barsText(bars: readonly Bar[], width?: number): string;
/**
 * Writes a confusion matrix as text: a row for each class, a column for what it was taken for.
 *
 * @param counts A row of counts for each class, as `confusion` gives them.
 * @returns Lines of text.
 *
 * @example
 * ```ts
 * import { confusion, confusionText } from "@croton/croton/see";
 *
 * console.log(confusionText(confusion([0, 0, 1], [0, 1, 1], 2)));
 * ```
 */
export declare function confusionText(counts: readonly (readonly number[])[]): string;
/**
 * Writes images side by side as text: a line stands for two rows of pixels, which are half as wide as high.
 *
 * @param images The values of each image, from 0 (black) to 1 (white), one after the other.
 * @param size Rows and columns of an image.
 * @param columns How many images stand side by side; 4 if missing.
 * @returns Lines of text.
 *
 * @example
 * ```ts
 * import { imagesText } from "@croton/croton/see";
 *
 * console.assert(imagesText([1, 1, 1, 1], [2, 2]) === "@@");
 * ```
 */
export declare function imagesText(images: ArrayLike<number>, size: readonly [rows: number, columns: number], columns?: number): string;
/**
 * Draws values as a line of text, such as `█▅▃▂▁▁`.
 *
 * @param values The values; those that are not finite are left blank.
 * @param width The most characters to use; each stands for the mean of a few values where needed.
 * @returns A line of text.
 *
 * @example
 * ```ts
 * import { sparkline } from "@croton/croton/see";
 *
 * console.assert(sparkline([7, 5, 3, 0]) === "█▆▄▁");
 * ```
 */
export declare function sparkline(values: ArrayLike<number>, width?: number): string;
