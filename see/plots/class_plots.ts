/**
 * How well classes are told apart, as SVG.
 *
 * @module
 */

import { escaped } from "../svg.ts";
import { COLORS, svgDocument } from "./drawing.ts";

const CELL = 36;

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
export function confusion(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i]!]!, found = predicted[i]!;
    // A model whose scores are not numbers takes an image for nothing.
    if (row[found] !== undefined) row[found] += 1;
  }
  return counts;
}

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
export function drawConfusion(counts: readonly (readonly number[])[]): string {
  const [left, top] = [64, 56], size = CELL * counts.length;
  const parts = [
    `<text x="${left + size / 2}" y="20" text-anchor="middle">predicted</text>`,
    `<text transform="translate(20 ${top + size / 2}) rotate(-90)" text-anchor="middle">` +
    "class</text>",
  ];
  counts.forEach((row, i) => {
    const middle = CELL * i + CELL / 2, sum = row.reduce((a, b) => a + b, 0);
    parts.push(
      `<text x="${left + middle}" y="${top - 10}" text-anchor="middle">${i}</text>`,
      `<text x="${left - 12}" y="${top + middle + 4}" text-anchor="end">${i}</text>`,
    );
    row.forEach((count, j) => {
      const [x, y] = [left + CELL * j, top + CELL * i], share = sum === 0 ? 0 : count / sum;
      // The root shows also the few.
      const opacity = Math.sqrt(share).toFixed(2), color = i === j ? COLORS[0] : COLORS[1];
      parts.push(
        `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="${color}" ` +
          `fill-opacity="${opacity}" stroke="#e4e4e4"/>`,
      );
      if (count === 0) return;
      parts.push(
        `<text x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" text-anchor="middle" fill="${
          share > 0.4 ? "#fff" : "#333"
        }">${count}</text>`,
      );
    });
  });
  return svgDocument(left + size + 16, top + size + 16, parts);
}

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
export function drawBars(bars: readonly Bar[]): string {
  const left = 24 + 7 * Math.max(0, ...bars.map(({ name }) => name.length)), room = 280, step = 24;
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const parts = bars.map(({ name, value, text }, i) => {
    const y = 12 + step * i, length = most > 0 ? room * value / most : 0;
    return `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>` +
      `<rect x="${left}" y="${y + 2}" width="${length.toFixed(1)}" height="${step - 7}" ` +
      `fill="${COLORS[0]}"/>` +
      `<text x="${(left + length + 6).toFixed(1)}" y="${y + 14}">${escaped(text)}</text>`;
  });
  return svgDocument(left + room + 80, 24 + step * bars.length, parts);
}
