/**
 * Which nests are worth sharing out among threads, and along which of their levels.
 *
 * @module
 */

import { strideAlong } from "../../core/ir/axes.ts";
import { sizeOfNodes } from "../../core/ir/functions.ts";
import { nodesOf, visitNodes } from "../../core/ir/nodes.ts";
import type { Step } from "../../core/ir/program.ts";
import { MAX_POSITION, opaqueSize, productSize, type Size, sizeValue } from "../../core/ir/size.ts";
import { stepOutputs } from "../../core/ir/steps.ts";
import { workOf } from "./choose_vector.ts";
import type { KStore, LoweredNest } from "./kernel.ts";
import type { Level, NestPlan } from "./nest_plan.ts";

/** Parts of a level of vectors are multiples of this, so that no iteration of several vectors is cut. */
const VECTOR_UNIT = 16;

/** Into how many parts work is cut at most. */
const MOST_PARTS = 64;

/** Levels that can be cut into so many pieces are cut, outer ones first; else the one with most. */
const ENOUGH_PIECES = 16;

/** How much slower code without vectors is. */
const SCALAR_COST = 3;

/** How a nest is shared out. */
export interface SharedNest {
  /** The depth of the level that is cut. */
  readonly depth: number;
  /** Its iterations. */
  readonly size: Size;
  /** Parts are multiples of so many. */
  readonly unit: number;
  /** Whether it is a loop, whose blocks are reduced one by one and then together. */
  readonly isLoop: boolean;
  /** How much work an iteration of the whole nest is, and how many there are. */
  readonly cost: number;
  readonly iterations: Size;
}

/** How to share a nest out, if it has a level that can be cut. */
export function planSharing(kernel: LoweredNest, plan: NestPlan): SharedNest | null {
  const { levels, axisCount } = plan, { inner } = kernel;
  const cost = workOf(kernel) * (plan.vector === 0 ? SCALAR_COST : 1);
  const iterations = productSize([...kernel.axes, ...kernel.loops]);
  if (axisCount === 0) {
    const [level] = levels;
    if (level === undefined || inner.length > 0 || !canCut(level)) return null;
    return { depth: 1, size: level.size, unit: unitOf(level), isLoop: true, cost, iterations };
  }
  let best = 0, most = 1;
  for (let depth = 1; depth <= axisCount && most < ENOUGH_PIECES; depth++) {
    const level = levels[depth - 1]!, { size } = level;
    const pieces = typeof size === "number" ? size / unitOf(level) : ENOUGH_PIECES;
    const stores = [...inner, ...kernel.outer];
    if (pieces <= most || !canCut(level) || !stores.every((one) => isApart(one, level.axis))) {
      continue;
    }
    [best, most] = [depth, pieces];
  }
  if (best === 0) return null;
  const level = levels[best - 1]!;
  return { depth: best, size: level.size, unit: unitOf(level), isLoop: false, cost, iterations };
}

function unitOf({ mode }: Level): number {
  return mode === "loop" ? 1 : VECTOR_UNIT;
}

/** Whether the iterations of a level are a loop. */
function canCut({ mode, size, unroll }: Level): boolean {
  if (mode === "unroll") return false;
  return mode === "loop" || mode === "tile" ||
    4 * unroll <= VECTOR_UNIT && (typeof size !== "number" || size > 4 * unroll);
}

/** Whether different places along an axis store to different places. */
function isApart({ address: { rest, ...address } }: KStore, axis: number): boolean {
  if (strideAlong({ ...address, rest: null }, axis) === 0) return false;
  let depends = false;
  visitNodes([rest], (node) => {
    if (node.op === "index") depends ||= node.axis.kind === "axis" && node.axis.axis === axis;
    if (node.op === "load") depends ||= strideAlong(node.address, axis) !== 0;
  });
  return !depends;
}

/** How something is cut into parts: one part where that doesn't pay. */
export interface Cut {
  /** How many iterations are cut, how many a part has, and how many parts there are. */
  readonly size: Size;
  readonly step: Size;
  readonly parts: Size;
  /** How much work all of it is. */
  readonly work: Size;
}

/** Cuts iterations into parts as `cut` does, if that may be of use. */
export type MakeCut = (size: Size, unit: number, cost: number, points: Size) => Cut | null;

/**
 * Cuts iterations into parts, for any number of threads alike.
 *
 * @param size How many iterations there are.
 * @param unit Parts are multiples of so many.
 * @param cost How much work each of `points` is.
 * @param from From how much work on sharing pays.
 */
export function cut(size: Size, unit: number, cost: number, points: Size, from: number): Cut {
  const stepAt = (size: number, points: number) => {
    const wanted = Math.min(MOST_PARTS, points * cost < from ? 1 : 4 * points * cost / from);
    return unit * Math.ceil(size / Math.max(1, Math.floor(wanted)) / unit);
  };
  const name = `${unit}_${cost}_${from}`, sizes = [size, points];
  const step = opaqueSize(`step_${name}`, sizes, stepAt);
  const parts = opaqueSize(
    `parts_${name}`,
    sizes,
    (size, points) => size === 0 ? 0 : Math.ceil(size / stepAt(size, points)),
  );
  const work = opaqueSize(
    `work_${cost}`,
    [points],
    (points) => Math.min(points * cost, MAX_POSITION),
  );
  return { size, step, parts, work };
}

/** About how much work the steps inside a loop over rows are, for one row. */
export function workOfRow(steps: readonly Step[]): number {
  let work = 0;
  for (const step of steps) {
    if (step.kind !== "nest") continue;
    const points = sizeValue(productSize([...step.axes, ...step.loops]));
    work += points * sizeOfNodes(nodesOf(stepOutputs(step)));
  }
  return work;
}
