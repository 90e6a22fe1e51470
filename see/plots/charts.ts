/**
 * Charts of lines and points as SVG.
 *
 * @module
 */

import { escaped } from "../svg.ts";
import { COLORS, svgDocument } from "./drawing.ts";
import { linearScale, logScale, type Scale, short } from "./ticks.ts";

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

const WIDTH = 560;
const HEIGHT = 360;
const MARGIN = { left: 68, right: 20, top: 48, bottom: 52 } as const;

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
export function drawCharts(charts: readonly Chart[]): string {
  const width = WIDTH * charts.length;
  const parts = charts.map((chart, i) =>
    `<g transform="translate(${i * WIDTH} 0)">\n${drawChart(chart).join("\n")}\n</g>`
  );
  return svgDocument(width, HEIGHT, parts);
}

/** A value of a series that can be shown. */
interface Point {
  readonly x: number;
  readonly y: number;
}

function drawChart(chart: Chart): string[] {
  const lines = chart.series.map((series) => pointsOf(series, chart.log === true));
  const shown = lines.flat(2);
  const frame = `<text x="${MARGIN.left}" y="26" font-size="15" font-weight="600">${
    escaped(chart.title)
  }</text>`;
  if (shown.length === 0) {
    const [x, y] = [WIDTH / 2, HEIGHT / 2];
    return [frame, `<text x="${x}" y="${y}" text-anchor="middle" fill="#888">no data</text>`];
  }
  const [x, y] = scalesOf(shown, chart.log === true);
  const place = (point: Point): string =>
    `${(across(x.place(point.x))).toFixed(1)},${upward(y.place(point.y)).toFixed(1)}`;
  return [
    frame,
    ...axes(chart, x, y),
    ...lines.flatMap((pieces, i) => {
      const draw = chart.series[i]!.kind === "scatter" ? drawPoints : drawLine;
      return pieces.map((piece) => draw(piece.map(place), i));
    }),
    ...legend(chart.series),
  ];
}

/** The points of a series, as pieces between gaps. */
export function pointsOf(series: Series, log: boolean): Point[][] {
  const pieces: Point[][] = [[]];
  for (let i = 0; i < series.y.length; i++) {
    const point = { x: series.x?.[i] ?? i + 1, y: series.y[i]! };
    const shown = Number.isFinite(point.y) && Number.isFinite(point.x) && !(log && point.y <= 0);
    if (shown) pieces.at(-1)!.push(point);
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** The axes on which points are shown. */
export function scalesOf(points: readonly Point[], log: boolean): [Scale, Scale] {
  const range = (values: number[]): [number, number] => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ];
  const [left, right] = range(points.map((point) => point.x));
  const [low, high] = range(points.map((point) => point.y));
  const x = linearScale(left, right, 6);
  // Only the ends of the y axis are widened to round numbers: epochs end where they end.
  const exact: Scale = {
    range: [left, right],
    ticks: x.ticks.filter((tick) => tick >= left && tick <= right),
    place: (value) => right > left ? (value - left) / (right - left) : 0.5,
  };
  return [exact, log ? logScale(low, high) : linearScale(low, high, 5)];
}

function across(place: number): number {
  return MARGIN.left + place * (WIDTH - MARGIN.left - MARGIN.right);
}

function upward(place: number): number {
  return HEIGHT - MARGIN.bottom - place * (HEIGHT - MARGIN.top - MARGIN.bottom);
}

function axes(chart: Chart, x: Scale, y: Scale): string[] {
  const [left, right, bottom, top] = [across(0), across(1), upward(0), upward(1)];
  const grid = y.ticks.map((tick) => {
    const at = upward(y.place(tick)).toFixed(1);
    return `<path d="M${left} ${at}H${right}" stroke="#e4e4e4"/>` +
      `<text x="${left - 8}" y="${at}" dy="4" text-anchor="end">${short(tick)}</text>`;
  });
  const marks = x.ticks.map((tick) => {
    const at = across(x.place(tick)).toFixed(1);
    return `<path d="M${at} ${bottom}v5" stroke="#888"/>` +
      `<text x="${at}" y="${bottom + 19}" text-anchor="middle">${short(tick)}</text>`;
  });
  const [midX, midY] = [(left + right) / 2, (top + bottom) / 2];
  return [
    ...grid,
    ...marks,
    `<path d="M${left} ${top}V${bottom}H${right}" fill="none" stroke="#888"/>`,
    `<text x="${midX}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(chart.xLabel)}</text>`,
    `<text transform="translate(16 ${midY}) rotate(-90)" text-anchor="middle">${
      escaped(chart.yLabel)
    }</text>`,
  ];
}

function drawLine(points: readonly string[], index: number): string {
  const color = COLORS[index % COLORS.length];
  if (points.length === 1) return drawPoints(points, index);
  const dashes = index >= COLORS.length ? ' stroke-dasharray="6 3"' : "";
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" ` +
    `stroke-width="2" stroke-linejoin="round"${dashes}/>`;
}

function drawPoints(points: readonly string[], index: number): string {
  return points.map((point) => {
    const [x, y] = point.split(",");
    return `<circle cx="${x}" cy="${y}" r="3" fill="${COLORS[index % COLORS.length]}"/>`;
  }).join("");
}

function legend(series: Chart["series"]): string[] {
  const longest = Math.max(...series.map(({ name }) => name.length));
  const width = 40 + 6.6 * longest;
  const [left, top] = [WIDTH - MARGIN.right - width - 4, MARGIN.top + 4];
  const rows = series.map(({ name, kind }, i) => {
    const y = top + 16 + 18 * i, color = COLORS[i % COLORS.length];
    const mark = kind === "scatter"
      ? `<circle cx="${left + 17}" cy="${y - 4}" r="3" fill="${color}"/>`
      : `<path d="M${left + 8} ${y - 4}h18" stroke="${color}" stroke-width="2"/>`;
    return `${mark}<text x="${left + 32}" y="${y}">${escaped(name)}</text>`;
  });
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${18 * series.length + 6}" rx="4" ` +
    'fill="#fff" fill-opacity="0.85" stroke="#ddd"/>',
    ...rows,
  ];
}
