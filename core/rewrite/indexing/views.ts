/**
 * Ops that only move or pick elements, so that elementwise functions can be computed before or after
 * them.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { moved, padded, withoutAxes } from "../../ops/common/axes.ts";
import type { AdvIndexParams } from "../../ops/index/adv_index.ts";
import type { PatternItem } from "../../ops/shape/dimshuffle.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { type IndexEntry, isWholeEntry, type SubtensorParams } from "../../ops/index/subtensor.ts";
import { applyAgain } from "../match.ts";

/** Whether an application only moves or picks elements of its first input. */
export function isView(apply: Apply | null): apply is Apply {
  return apply?.op.facts?.has("moves") === true;
}

/** The same view of another variable of the same shape. */
export function sameView(apply: Apply, of: Variable): Variable {
  return applyAgain(apply, [of, ...apply.inputs.slice(1)]);
}

/** The view of an argument of what is viewed; null where lengths that have to be known are not. */
export type PartView = (part: Variable) => Variable | null;

/**
 * The view that an application takes of an elementwise result, as a function of the arguments of that
 * result, which may have fewer axes or axes of length 1 where they were stretched. The results broadcast
 * to the view of the whole. Null for other ops.
 */
export function viewThrough(apply: Apply): PartView | null {
  const whole = apply.inputs[0]!;
  switch (apply.op.name) {
    case "dimshuffle": {
      const { pattern } = apply.params as DimshuffleParams;
      return (part) => moved(padded(part, whole.ndim), pattern);
    }
    case "subtensor":
      return (part) => part.ndim === 0 ? part : subtensorOf(apply, whole, part);
    case "advIndex": {
      const { axes } = apply.params as AdvIndexParams;
      const together = axes.every((axis, i) => i === 0 || axis === axes[i - 1]! + 1);
      if (!together) return null;
      return (part) => part.ndim === 0 ? part : positionsOf(apply, whole, padded(part, whole.ndim));
    }
    default:
      return null;
  }
}

/** How an axis of a part relates to that of the whole. */
type Relation = "same" | "stretched" | "unknown";

function relations(whole: Variable, part: Variable): Relation[] {
  const lengths = lengthsOf(whole);
  return lengthsOf(part).map((n, axis) =>
    n === lengths[axis] ? "same" : n === 1 ? "stretched" : "unknown"
  );
}

/** Whether each axis of a part is certainly that of the whole, or has length 1. */
export function isPartOf(whole: Variable, part: Variable): boolean {
  return part.ndim <= whole.ndim &&
    !relations(whole, padded(part, whole.ndim)).includes("unknown");
}

function subtensorOf(apply: Apply, whole: Variable, part: Variable): Variable | null {
  const { index } = apply.params as SubtensorParams;
  const skip = whole.ndim - part.ndim;
  const known = relations(whole, padded(part, whole.ndim));
  const entries: IndexEntry[] = [], scalars: Variable[] = [], gone: number[] = [];
  let next = 1;
  for (const [axis, entry] of index.entries()) {
    const taken = entry.kind === "int"
      ? 1
      : Number(entry.start) + Number(entry.stop) + Number(entry.step);
    const mine = apply.inputs.slice(next, next += taken);
    // Axes in front that the part does not have are stretched.
    if (axis < skip) continue;
    if (isWholeEntry(entry)) entries.push(entry);
    else if (known[axis] === "unknown") return null;
    else if (known[axis] === "same") {
      entries.push(entry);
      scalars.push(...mine);
    } else if (entry.kind === "int") gone.push(axis - skip);
    else entries.push({ kind: "slice", start: false, stop: false, step: false });
  }
  const base = gone.length === 0 ? part : withoutAxes(part, gone);
  if (entries.every(isWholeEntry)) return base;
  return outputOf(apply.op, [base, ...scalars], { index: entries });
}

function positionsOf(apply: Apply, whole: Variable, part: Variable): Variable | null {
  const { axes } = apply.params as AdvIndexParams;
  const indices = apply.inputs.slice(1);
  const rank = Math.max(0, ...indices.map((index) => index.ndim));
  const known = relations(whole, part);
  if (axes.some((axis) => known[axis] === "unknown")) return null;
  const gone = axes.filter((axis) => known[axis] === "stretched");
  const base = gone.length === 0 ? part : withoutAxes(part, gone);
  const first = axes[0]!;
  const left = indices.filter((_, i) => known[axes[i]!] === "same");
  // The places of the indices that are left out have length 1 for this part.
  const have = left.length === 0 ? 0 : Math.max(...left.map((index) => index.ndim));
  const picked = left.length === 0
    ? base
    : outputOf(apply.op, [base, ...left], { axes: left.map((_, i) => first + i) });
  if (have === rank) return picked;
  const pattern: PatternItem[] = Array.from({ length: picked.ndim }, (_, d) => d);
  pattern.splice(first, 0, ...new Array<"x">(rank - have).fill("x"));
  return moved(picked, pattern);
}
