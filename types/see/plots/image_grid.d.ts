// Made of see/plots/image_grid.ts by `deno task types`.
/**
 * Images in rows, as SVG.
 *
 * @module
 */
/** How {@linkcode drawImageGrid} draws. */
export interface GridOptions {
    /** Rows and columns of an image. */
    readonly size: readonly [number, number];
    /** What stands below each image; none by default. */
    readonly captions?: readonly string[];
    /** Which images to mark, for example those that a model gets wrong. */
    readonly marked?: readonly boolean[];
    /** How many images stand side by side, 10 by default. */
    readonly columns?: number;
    /** How wide the place of an image is at least, for long captions; as the image by default. */
    readonly width?: number;
}
/**
 * Draws images side by side, in rows.
 *
 * @param images The values of each image, from 0 (black) to 1 (white), one after the other.
 * @param options Size, captions, marks and columns.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { drawImageGrid } from "@croton/croton/see";
 *
 * const images = Float32Array.of(0, 1, 1, 0, 0.5, 0, 0, 1);
 * const svg = drawImageGrid(images, { size: [2, 2], captions: ["one", "two"], marked: [false, true] });
 * console.assert(svg.startsWith("<svg"));
 * ```
 */
export declare function drawImageGrid(images: ArrayLike<number>, options: GridOptions): string;
/** One path for each shade of an image, made of runs of pixels. */
export declare function shadePaths(image: ArrayLike<number>, [rows, columns]: readonly [number, number]): string[];
