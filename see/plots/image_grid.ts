/**
 * Images in rows, as SVG.
 *
 * @module
 */

import { escaped } from "../svg.ts";
import { svgDocument } from "./drawing.ts";

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

/** How high an image is drawn. */
const CELL = 56;

/** Shades of an image in a grid. */
const SHADES = 15;

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
export function drawImageGrid(images: ArrayLike<number>, options: GridOptions): string {
  const { size, captions = [], marked = [], columns = 10 } = options;
  const pixels = size[0] * size[1], scale = CELL / size[0], width = size[1] * scale;
  const place = Math.max(width, options.width ?? 0);
  const count = Math.floor(images.length / pixels);
  const caption = captions.length > 0 ? 18 : 0;
  const [stepX, stepY] = [place + 8, CELL + 8 + caption];
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y] = [
      8 + stepX * (i % columns) + (place - width) / 2,
      8 + stepY * Math.floor(i / columns),
    ];
    const image = Array.from({ length: pixels }, (_, at) => images[i * pixels + at]!);
    parts.push(`<g transform="translate(${x} ${y})">`);
    if (marked[i] === true) {
      parts.push(`<rect x="-2" y="-2" width="${width + 4}" height="${CELL + 4}" fill="#d55e00"/>`);
    }
    parts.push(
      `<rect width="${width}" height="${CELL}" fill="#000"/>`,
      `<g transform="scale(${scale})">`,
      ...shadePaths(image, size),
      "</g>",
    );
    if (captions[i] !== undefined) {
      const color = marked[i] === true ? ' fill="#d55e00" font-weight="600"' : "";
      parts.push(
        `<text x="${width / 2}" y="${CELL + 15}" text-anchor="middle"${color}>${
          escaped(captions[i]!)
        }</text>`,
      );
    }
    parts.push("</g>");
  }
  const rows = Math.ceil(count / columns);
  return svgDocument(8 + stepX * Math.min(count, columns), 8 + stepY * rows, parts);
}

/** One path for each shade of an image, made of runs of pixels. */
export function shadePaths(
  image: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
): string[] {
  const paths = new Map<number, string>();
  const shadeOf = (at: number): number =>
    Math.round(SHADES * Math.min(1, Math.max(0, image[at]!))) || 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns;) {
      const shade = shadeOf(row * columns + column);
      const start = column;
      while (column < columns && shadeOf(row * columns + column) === shade) column++;
      if (shade > 0) {
        const run = `M${start} ${row}h${column - start}v1h${start - column}z`;
        paths.set(shade, (paths.get(shade) ?? "") + run);
      }
    }
  }
  return Array.from(paths, ([shade, path]) => {
    const grey = Math.round(255 * shade / SHADES).toString(16).padStart(2, "0");
    return `<path fill="#${grey}${grey}${grey}" d="${path}"/>`;
  });
}
