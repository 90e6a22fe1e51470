/**
 * Memory over time as a picture.
 *
 * @module
 */

import { dtypeInfo } from "../core/graph/dtype.ts";
import type { BufferDecl, Step } from "../core/ir/program.ts";
import { sizeAt } from "../core/ir/size.ts";
import { buffersOf } from "../core/ir/steps.ts";
import { livesOf } from "../core/plan/lives.ts";
import { bytesText } from "./kernels.ts";
import type { PlanView } from "./plans.ts";
import { escaped } from "./svg.ts";

/** A piece of memory. */
interface Piece {
  readonly decl: BufferDecl;
  readonly bytes: number;
  /** The first and the last step that it is there for. */
  readonly first: number;
  readonly last: number;
}

/** A step that writes over what it reads, or a shared variable. */
interface InPlaceWrite {
  readonly buffer: number;
  readonly time: number;
  readonly by: string;
}

/** The memory of a plan in time, counted in steps: loops count what is in them, once. */
interface MemoryOverTime {
  readonly pieces: readonly Piece[];
  readonly writes: readonly InPlaceWrite[];
  readonly steps: number;
  /** The most bytes at a time, and when. */
  readonly peak: number;
  readonly peakTime: number;
}

/** Finds out what memory is there when. */
export function memoryOf(view: PlanView): MemoryOverTime {
  const { program, env } = view, writes: InPlaceWrite[] = [], starts = new Map<number, number>();
  let time = -1;
  const lives = livesOf(program, (step: Step) => {
    time++;
    const isOne = step.kind !== "loop" && step.kind !== "branch";
    const written = isOne ? buffersOf(step).writes : step.kind === "loop" ? [step.count] : [];
    for (const buffer of written) {
      if (buffer !== null && !starts.has(buffer)) starts.set(buffer, time);
    }
    if (!isOne) return;
    for (const { id } of view.inPlace(step)) writes.push({ buffer: id, time, by: step.name });
  });
  const end = time;
  const pieces = program.buffers.flatMap((decl): Piece[] => {
    const bytes = sizeAt(decl.elements, env) * dtypeInfo(decl.dtype).bytes;
    const life = lives.get(decl.id);
    if (decl.role.kind === "temp") return life === undefined ? [] : [{ decl, bytes, ...life }];
    const start = decl.role.kind === "output" ? starts.get(decl.id) : 0;
    // Updates that are made in place have an output that nothing writes.
    return start === undefined ? [] : [{ decl, bytes, first: start, last: end }];
  });
  const totals = new Array<number>(end + 1).fill(0);
  for (const { bytes, first, last } of pieces) {
    for (let time = first; time <= last; time++) totals[time]! += bytes;
  }
  const peak = totals.reduce((most, total) => Math.max(most, total), 0);
  return { pieces, writes, steps: end + 1, peak, peakTime: totals.indexOf(peak) };
}

const COLORS = {
  input: "#90ee90",
  shared: "#66ffff",
  constant: "#e6e6e6",
  output: "#add8e6",
  temp: "#ffd8a8",
};

/** The picture: steps from left to right, pieces of memory on each other, as high as they are large. */
export function memorySvg(view: PlanView): string {
  const memory = memoryOf(view), { steps, peak, peakTime, writes } = memory;
  const WIDTH = 1080, HEIGHT = 240, LEAST = 4, TOP = 26, unit = WIDTH / steps;
  const order = ["input", "shared", "constant", "output", "temp"];
  const pieces = memory.pieces.toSorted((a, b) =>
    order.indexOf(a.decl.role.kind) - order.indexOf(b.decl.role.kind) || a.first - b.first ||
    b.bytes - a.bytes
  );
  const placed: { piece: Piece; y: number; height: number }[] = [];
  let bottom = 0;
  for (const piece of pieces) {
    const height = Math.max(LEAST, HEIGHT * piece.bytes / Math.max(1, peak));
    // The lowest gap between those that are there at the same time.
    const others = placed.filter((one) =>
      one.piece.first <= piece.last && one.piece.last >= piece.first
    ).sort((a, b) => a.y - b.y);
    let y = 0;
    for (const other of others) {
      if (other.y >= y + height) break;
      y = Math.max(y, other.y + other.height);
    }
    placed.push({ piece, y, height });
    bottom = Math.max(bottom, y + height);
  }
  const n = (x: number) => Math.round(x * 10) / 10;
  const at = new Map(placed.map((one) => [one.piece.decl.id, one]));
  const boxes = placed.map(({ piece: { decl, bytes, first, last }, y, height }) => {
    const x = first * unit, width = (last - first + 1) * unit, { name, role } = decl;
    const variable = view.variableOf(decl);
    const words = `${name}, ${role.kind}: ${bytesText(bytes)}, steps ${first + 1} to ${last + 1}`;
    const text = height >= 13 && width > 7 * name.length + 8
      ? `<text x="${n(x + 4)}" y="${n(TOP + y + Math.min(height / 2 + 4, 14))}">${
        escaped(name)
      }</text>`
      : "";
    return `<rect class="piece" ${variable === null ? "" : `data-v="${variable.id}" `}x="${
      n(x)
    }" y="${n(TOP + y)}" width="${n(width)}" height="${n(height)}" fill="${
      COLORS[role.kind]
    }" stroke="#667" stroke-width="0.6"><title>${escaped(words)}</title></rect>${text}`;
  });
  const marks = writes.flatMap(({ buffer, time, by }) => {
    const one = at.get(buffer);
    if (one === undefined) return [];
    const x = (time + 0.5) * unit, y = TOP + one.y + one.height / 2;
    const words = `${one.piece.decl.name} is written in place by ${by}, step ${time + 1}`;
    return [
      `<path class="inplace" d="M${n(x)} ${n(y - 6)}L${n(x + 6)} ${n(y)}L${n(x)} ${n(y + 6)}L${
        n(x - 6)
      } ${n(y)}z" fill="#d00000" stroke="#fff"><title>${escaped(words)}</title></path>`,
    ];
  });
  const legend = [...order.map((kind) => [kind, COLORS[kind as keyof typeof COLORS]]), [
    "written in place",
    "#d00000",
  ]].map(([words, color], i) =>
    `<rect x="${430 + i * 95}" y="5" width="11" height="11" fill="${color}" stroke="#667"/>` +
    `<text x="${445 + i * 95}" y="15">${words}</text>`
  );
  const height = TOP + bottom + 22, peakX = (peakTime + 0.5) * unit;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + 4} ${n(height)}" width="${
    WIDTH + 4
  }" height="${n(height)}" font-family="sans-serif" font-size="11">` +
    `<text x="0" y="15" font-weight="bold">${bytesText(peak)} at most, in step ${
      peakTime + 1
    } of ${steps}</text>${legend.join("")}${boxes.join("")}` +
    `<path d="M${n(peakX)} ${TOP}V${
      n(TOP + bottom + 4)
    }" stroke="#d00000" stroke-dasharray="3 3"/>` +
    `${marks.join("")}<text x="0" y="${
      n(height - 6)
    }" fill="#5b6472">steps, in the order in which ` +
    `they run; heights are bytes</text></svg>`;
}
