/**
 * Plots as text, for a terminal.
 *
 * @module
 */

import type { Bar } from "./class_plots.ts";
import { type Chart, pointsOf, scalesOf } from "./charts.ts";
import { short } from "./ticks.ts";

/** Characters from dark to light. */
const SHADES = " .:-=+*#%@";

/** What stands for the values of each series of a chart. */
const MARKS = "•×+o*#";

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
export function chartText(chart: Chart, { width = 60, height = 14 }: TextSize = {}): string {
  const { title, xLabel, yLabel, log = false, series } = chart;
  const lines = series.map((one) => pointsOf(one, log)), shown = lines.flat(2);
  if (shown.length === 0) return `${title}\nno data`;
  const [x, y] = scalesOf(shown, log);
  const field = Array.from({ length: height }, () => new Array<string>(width).fill(" "));
  lines.forEach((pieces, i) => {
    const mark = MARKS[i % MARKS.length]!;
    const put = (column: number, row: number): void => {
      field[height - 1 - Math.round(row)]![Math.round(column)] = mark;
    };
    for (const piece of pieces) {
      const places = piece.map((point) =>
        [x.place(point.x) * (width - 1), y.place(point.y) * (height - 1)] as const
      );
      places.forEach(([column, row], at) => {
        put(column, row);
        const before = series[i]!.kind === "scatter" ? undefined : places[at - 1];
        if (before === undefined) return;
        const steps = Math.ceil(
          Math.max(Math.abs(column - before[0]), Math.abs(row - before[1])),
        );
        for (let step = 1; step < steps; step++) {
          const part = step / steps;
          put(before[0] + part * (column - before[0]), before[1] + part * (row - before[1]));
        }
      });
    }
  });
  const labels = new Array<string>(height).fill("");
  for (const tick of y.ticks) {
    labels[height - 1 - Math.round(y.place(tick) * (height - 1))] = short(tick);
  }
  const left = Math.max(...labels.map((label) => label.length));
  const rows = field.map((row, i) => `${labels[i]!.padStart(left)} │${row.join("")}`.trimEnd());
  const [from, to] = x.range.map((value) => short(value)) as [string, string];
  const gap = Math.max(1, width - from.length - to.length);
  const middle = ` ${xLabel} `.padStart((gap + xLabel.length + 2) >> 1).padEnd(gap);
  const legend = series.map(({ name }, i) => `${MARKS[i % MARKS.length]} ${name}`).join("   ");
  return [
    title,
    yLabel,
    ...rows,
    `${" ".repeat(left)} └${"─".repeat(width)}`,
    `${" ".repeat(left + 2)}${from}${middle}${to}`,
    ...(series.length > 1 ? [`${" ".repeat(left + 2)}${legend}`] : []),
  ].join("\n");
}

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
export function barsText(bars: readonly Bar[], width = 30): string {
  const left = Math.max(0, ...bars.map(({ name }) => name.length));
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const parts = " ▏▎▍▌▋▊▉";
  return bars.map(({ name, value, text }) => {
    const eighths = most > 0 ? Math.round(8 * width * value / most) : 0;
    const bar = "█".repeat(eighths >> 3) + (eighths % 8 === 0 ? "" : parts[eighths % 8]);
    return [name.padEnd(left), bar, text].filter((part) => part !== "").join(" ");
  }).join("\n");
}

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
export function confusionText(counts: readonly (readonly number[])[]): string {
  const wide = Math.max(1, ...counts.flat().map((count) => String(count).length)) + 1;
  const name = String(Math.max(0, counts.length - 1)).length;
  const width = Math.max(wide, name + 1);
  const cells = (row: readonly (number | string)[]) =>
    row.map((cell) => String(cell).padStart(width)).join("");
  return [
    `${" ".repeat(name)} │${cells(counts.map((_, i) => i))}`,
    `${"─".repeat(name + 1)}┼${"─".repeat(width * counts.length)}`,
    // Dots let the eye rest: what is there are the mistakes.
    ...counts.map((row, i) =>
      `${String(i).padStart(name)} │${cells(row.map((count) => count === 0 ? "·" : count))}`
    ),
  ].join("\n");
}

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
export function imagesText(
  images: ArrayLike<number>,
  size: readonly [rows: number, columns: number],
  columns = 4,
): string {
  const [rows, width] = size, count = Math.floor(images.length / (rows * width));
  const shadeOf = (image: number, row: number, column: number): string => {
    const at = image * rows * width + row * width + column;
    const value = row + 1 < rows ? (images[at]! + images[at + width]!) / 2 : images[at]!;
    const shade = Math.floor(Math.min(1, Math.max(0, value)) * SHADES.length) || 0;
    return SHADES[Math.min(SHADES.length - 1, shade)]!;
  };
  const lines: string[] = [];
  for (let first = 0; first < count; first += columns) {
    if (first > 0) lines.push("");
    for (let row = 0; row < rows; row += 2) {
      const parts: string[] = [];
      for (let image = first; image < Math.min(count, first + columns); image++) {
        parts.push(Array.from({ length: width }, (_, i) => shadeOf(image, row, i)).join(""));
      }
      lines.push(parts.join("  ").trimEnd());
    }
  }
  return lines.join("\n");
}

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
export function sparkline(values: ArrayLike<number>, width = 60): string {
  const bars = "▁▂▃▄▅▆▇█";
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const from = Math.floor(i * values.length / count);
    const part = Array.from(values).slice(from, Math.floor((i + 1) * values.length / count))
      .filter(Number.isFinite);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  const finite = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return means.map((mean) => {
    if (!Number.isFinite(mean)) return " ";
    const level = high > low ? (mean - low) / (high - low) : 0;
    return bars[Math.round(level * (bars.length - 1))];
  }).join("");
}
