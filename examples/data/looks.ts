/**
 * Where a model looked in a picture for each word that it wrote, as SVG and as text.
 *
 * @module
 */
import { COLORS, svgDocument } from "../../see/plots/drawing.ts";
import { shadePaths } from "../../see/plots/image_grid.ts";
import { escaped } from "../../see/svg.ts";

/** How much each place of a picture counted for a word. */
export interface Look {
  readonly word: string;
  /** Of a square of places, row by row. */
  readonly weights: Float32Array;
}

/** How high a picture is drawn, and how many stand side by side: room for a long title, too. */
const CELL = 84, COLUMNS = 10;

/** Draws a picture, and again for each word, with what was looked at in colour. */
export function drawLooks(picture: Float32Array, looks: readonly Look[], title: string): string {
  const side = Math.sqrt(picture.length), scale = CELL / side;
  const shown = [
    `<rect width="${side}" height="${side}" fill="#000"/>`,
    ...shadePaths(picture, [side, side]),
  ].join("");
  const cells = [{ word: "", weights: new Float32Array(0) }, ...looks].map((look, i) =>
    `<g transform="translate(${8 + i * (CELL + 8)} 30)"><g transform="scale(${scale})">${shown}${
      glow(look.weights, side)
    }</g><text x="${CELL / 2}" y="${CELL + 15}" text-anchor="middle">${
      escaped(look.word)
    }</text></g>`
  );
  const heading = `<text x="8" y="19" font-weight="600">${escaped(title)}</text>`;
  return svgDocument(8 + Math.max(cells.length, COLUMNS) * (CELL + 8), CELL + 54, [
    heading,
    ...cells,
  ]);
}

/** Squares, the denser the more a place counts. */
function glow(weights: Float32Array, side: number): string {
  const places = Math.sqrt(weights.length), size = side / places, most = Math.max(...weights);
  return Array.from(weights, (weight, i) => {
    const opacity = (0.75 * weight / most).toFixed(2);
    if (opacity === "0.00") return "";
    const [x, y] = [i % places, Math.floor(i / places)].map((at) => at * size);
    return `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="${COLORS[4]}" ` +
      `fill-opacity="${opacity}"/>`;
  }).join("");
}

/** Writes a picture in dots of Braille, and beside it for each word where was looked. */
export function looksText(picture: Float32Array, looks: readonly Look[]): string[] {
  const left = dots(picture), width = left[0]!.length;
  const columns = looks.map(({ word, weights }) => {
    const places = Math.sqrt(weights.length), most = Math.max(...weights);
    const shades = Array.from(weights, (weight) => " ░▒▓█"[Math.round(4 * weight / most)]!);
    const lines = Array.from(
      { length: places },
      (_, row) => shades.slice(row * places, (row + 1) * places).join(""),
    );
    return [word, ...lines].map((line) => line.padEnd(Math.max(places, word.length)));
  });
  const height = Math.max(left.length, ...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) => {
    const parts = [left[row] ?? " ".repeat(width), ...columns.map((lines) => lines[row] ?? "")];
    return parts.join(" ").trimEnd();
  });
}

/** The bits of Unicode's Braille patterns: 4 rows of 2 dots. */
const BRAILLE = [[0, 3], [1, 4], [2, 5], [6, 7]] as const;

/** A square picture, four rows of pixels in a line. */
function dots(picture: Float32Array): string[] {
  const side = Math.sqrt(picture.length), light = 0.4 * Math.max(...picture);
  const isLight = (row: number, column: number): boolean =>
    row < side && column < side && picture[row * side + column]! > light;
  return Array.from(
    { length: Math.ceil(side / 4) },
    (_, y) =>
      Array.from({ length: Math.ceil(side / 2) }, (_, x) => {
        const set = BRAILLE.flatMap((pair, i) =>
          pair.filter((_, j) => isLight(4 * y + i, 2 * x + j))
        );
        return String.fromCodePoint(set.reduce((code, bit) => code + (1 << bit), 0x2800));
      }).join(""),
  );
}
