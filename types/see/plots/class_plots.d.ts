// Made of see/plots/class_plots.ts by `deno task types`.
/**
 * How well classes are told apart, as SVG.
 *
 * @module
 */
/**
 * How often each class was taken for each.
 *
 * @param labels The class of each example, from 0 to `classes - 1`.
 * @param predicted What each was taken for.
 * @param classes How many there are.
 * @returns A row of counts for each class.
 *
 * @example
 * ```ts
 * import { confusion } from "@croton/croton/see";
 *
 * const counts = confusion([0, 0, 1], [0, 1, 1], 2);
 * console.assert(String(counts) === "1,1,0,1");
 * ```
 */
export declare function confusion(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][];
/**
 * Draws a confusion matrix: a row for each class, a column for what it was taken for. What is right is
 * blue, mistakes are red, darker where a larger share of the class.
 *
 * @param counts A row of counts for each class.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { confusion, drawConfusion } from "@croton/croton/see";
 *
 * const svg = drawConfusion(confusion([0, 0, 1], [0, 1, 1], 2));
 * console.assert(svg.startsWith("<svg"));
 * ```
 */
export declare function drawConfusion(counts: readonly (readonly number[])[]): string;
/** A bar. */
export interface Bar {
    /** What stands before it. */
    readonly name: string;
    /** How long it is; 0 or more. */
    readonly value: number;
    /** What stands at its end. */
    readonly text: string;
}
/**
 * Draws bars below each other, the longest as wide as there is room.
 *
 * @param bars The bars.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { drawBars } from "@croton/croton/see";
 *
 * const svg = drawBars([{ name: "cat", value: 0.7, text: "70 %" }, { name: "dog", value: 0.3, text: "30 %" }]);
 * console.assert(svg.startsWith("<svg"));
 * ```
 */
export declare function drawBars(bars: readonly Bar[]): string;
