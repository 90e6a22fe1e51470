/**
 * Charts as SVG, and as text for a terminal.
 *
 * @module
 */
import { SIDE } from "./digits.ts";
import { COLORS, escape, svgDocument } from "./svg.ts";
import { linearScale, logScale, type Scale, short } from "./ticks.ts";

/** A line of a chart. */
export interface Series {
  /** Its name in the legend. */
  name: string;
  /** Its values; those that are not finite leave a gap. */
  y: ArrayLike<number>;
  /** Where the values are; 1, 2, 3, … by default. */
  x?: ArrayLike<number>;
}

/** One chart. */
export interface Chart {
  /** What stands above it. */
  title: string;
  /** What runs to the right. */
  xLabel: string;
  /** What runs upwards. */
  yLabel: string;
  /** Whether equal distances upwards mean equal factors; values of 0 and below leave gaps. */
  log?: boolean;
  /** The lines. */
  series: readonly Series[];
}

const WIDTH = 560;
const HEIGHT = 360;
const MARGIN = { left: 68, right: 20, top: 48, bottom: 52 } as const;

/**
 * Draws charts side by side.
 *
 * @param charts The charts
 * @returns An SVG document
 */
export function drawCharts(charts: readonly Chart[]): string {
  const width = WIDTH * charts.length;
  const parts = charts.map((chart, i) =>
    `<g transform="translate(${i * WIDTH} 0)">\n${drawChart(chart).join("\n")}\n</g>`
  );
  return svgDocument(width, HEIGHT, parts);
}

interface Point {
  x: number;
  y: number;
}

function drawChart(chart: Chart): string[] {
  const lines = chart.series.map((series) => pointsOf(series, chart.log === true));
  const shown = lines.flat(2);
  const frame = `<text x="${MARGIN.left}" y="26" font-size="15" font-weight="600">${
    escape(chart.title)
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
    ...lines.flatMap((pieces, i) => pieces.map((piece) => drawLine(piece.map(place), i))),
    ...legend(chart.series.map((series) => series.name)),
  ];
}

/** The points of a series, as pieces between gaps. */
function pointsOf(series: Series, log: boolean): Point[][] {
  const pieces: Point[][] = [[]];
  for (let i = 0; i < series.y.length; i++) {
    const point = { x: series.x?.[i] ?? i + 1, y: series.y[i]! };
    const shown = Number.isFinite(point.y) && Number.isFinite(point.x) && !(log && point.y <= 0);
    if (shown) pieces.at(-1)!.push(point);
    else if (pieces.at(-1)!.length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}

function scalesOf(points: readonly Point[], log: boolean): [Scale, Scale] {
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
    `<text x="${midX}" y="${HEIGHT - 12}" text-anchor="middle">${escape(chart.xLabel)}</text>`,
    `<text transform="translate(16 ${midY}) rotate(-90)" text-anchor="middle">${
      escape(chart.yLabel)
    }</text>`,
  ];
}

function drawLine(points: readonly string[], index: number): string {
  const color = COLORS[index % COLORS.length];
  const [first = "0,0"] = points;
  if (points.length === 1) {
    const [x, y] = first.split(",");
    return `<circle cx="${x}" cy="${y}" r="3" fill="${color}"/>`;
  }
  const dashes = index >= COLORS.length ? ' stroke-dasharray="6 3"' : "";
  return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" ` +
    `stroke-width="2" stroke-linejoin="round"${dashes}/>`;
}

function legend(names: readonly string[]): string[] {
  const longest = Math.max(...names.map((name) => name.length));
  const width = 40 + 6.6 * longest;
  const [left, top] = [WIDTH - MARGIN.right - width - 4, MARGIN.top + 4];
  const rows = names.map((name, i) => {
    const y = top + 16 + 18 * i;
    return `<path d="M${left + 8} ${y - 4}h18" stroke="${COLORS[i % COLORS.length]}" ` +
      `stroke-width="2"/><text x="${left + 32}" y="${y}">${escape(name)}</text>`;
  });
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${18 * names.length + 6}" rx="4" ` +
    'fill="#fff" fill-opacity="0.85" stroke="#ddd"/>',
    ...rows,
  ];
}

/**
 * Writes an image of a digit as 14 lines of text.
 *
 * @param image 784 values from 0 to 1
 */
export function digitText(image: Float32Array): string {
  const ramp = " .:-=+*#%@";
  const lines: string[] = [];
  for (let row = 0; row < SIDE; row += 2) {
    let line = "";
    for (let column = 0; column < SIDE; column++) {
      const value = (image[row * SIDE + column]! + image[(row + 1) * SIDE + column]!) / 2;
      line += ramp[Math.min(ramp.length - 1, Math.floor(value * ramp.length))];
    }
    lines.push(line.trimEnd());
  }
  return lines.join("\n");
}

/**
 * Draws values as a line of text, such as `█▅▃▂▁▁`.
 *
 * @param values The values; those that are not finite are left blank
 * @param width The most characters to use; each stands for the mean of a few values where needed
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
