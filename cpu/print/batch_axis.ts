/**
 * Finds the axis of a batch in the body of a loop: along which no step reads what was written elsewhere.
 *
 * @module
 */

import { axisKey } from "../../core/ir/builder.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { operandAddress } from "../../core/ir/gemm.ts";
import type { Gemm, Loop, LoopNest, Step } from "../../core/ir/program.ts";
import type { Address } from "../../core/ir/scalar.ts";
import { type Size, sizeKey } from "../../core/ir/size.ts";
import { touchesOf } from "../../core/ir/steps.ts";

/** An axis with so many rows is good enough; else the one with most is taken. */
const ENOUGH_ROWS = 32;

/** One step of a body, and all memory that it touches. */
interface BodyStep {
  readonly step: LoopNest | Gemm;
  /** The lengths of its axes; the first `free` of them don't depend on each other. */
  readonly sizes: readonly Size[];
  readonly free: number;
  readonly accesses: readonly { buffer: number; address: Address; isStore: boolean }[];
}

/** The axis of a batch. */
export interface BatchAxis {
  readonly rows: number;
  /** Which axis of each step it is. */
  readonly axes: ReadonlyMap<Step, number>;
}

/** Finds the axis of a batch, if the body of a loop has one. */
export function findBatch(loop: Loop): BatchAxis | null {
  const steps: BodyStep[] = [], inside = new Map<number, Size>();
  if (!flatten(loop, steps, inside) || steps.length === 0) return null;
  const [first] = steps as [BodyStep];
  let best: BatchAxis | null = null;
  for (let axis = 0; axis < first.free; axis++) {
    const rows = first.sizes[axis]!;
    if (typeof rows !== "number" || rows < 2 || best !== null && rows <= best.rows) continue;
    const axes = follow(steps, rows, axis);
    if (axes === null || !staysApart(steps, axes, rows, inside)) continue;
    best = { rows, axes };
    if (rows >= ENOUGH_ROWS) break;
  }
  return best;
}

/** Collects the steps of a body, also of loops in it; false if there is a step of another kind. */
function flatten(loop: Loop, to: BodyStep[], inside: Map<number, Size>): boolean {
  if (loop.until !== null || loop.count !== null || loop.rows !== undefined) return false;
  inside.set(loop.id, loop.steps);
  return loop.body.every((step) => {
    if (step.kind === "loop") return flatten(step, to, inside);
    if (step.kind !== "gemm" && (step.kind !== "nest" || step.checks.length > 0)) return false;
    to.push(
      step.kind === "gemm" ? ofGemm(step) : {
        step,
        sizes: [...step.axes, ...step.loops],
        free: step.axes.length,
        accesses: touched(step),
      },
    );
    return true;
  });
}

function touched(step: Step) {
  return touchesOf(step)
    .map(({ buffer, address, store }) => ({ buffer, address, isStore: store !== null }));
}

function ofGemm(step: Gemm): BodyStep {
  const row = step.batch.length, [column, term] = [row + 1, row + 2];
  const operands = [
    [step.left, operandAddress(step.left, row, term)],
    [step.right, operandAddress(step.right, term, column)],
  ] as const;
  return {
    step,
    sizes: [...step.batch, step.m, step.n, step.k],
    free: row + 2,
    accesses: [
      ...operands.map(([{ buffer }, address]) => ({ buffer, address, isStore: false })),
      // Its operands come first among what a product touches.
      ...touched(step).slice(2),
    ],
  };
}

/** Follows an axis of the first step through what is written; null if some step does not go along it. */
function follow(
  steps: readonly BodyStep[],
  rows: number,
  first: number,
): Map<Step, number> | null {
  const written = new Set(
    steps.flatMap(({ accesses }) =>
      accesses.flatMap(({ buffer, isStore }) => isStore ? [buffer] : [])
    ),
  );
  const strides = new Map<number, Size>(), axes = new Map<Step, number>();
  const take = ({ step, accesses }: BodyStep, axis: number): boolean => {
    const found = new Map<number, Size>();
    for (const { buffer, address } of accesses) {
      if (!written.has(buffer)) continue;
      const stride = strideAlong(address, axis);
      const known = strides.get(buffer) ?? found.get(buffer) ?? stride;
      if (typeof stride !== "number" || stride === 0 || stride !== known) return false;
      found.set(buffer, stride);
    }
    for (const [buffer, stride] of found) strides.set(buffer, stride);
    axes.set(step, axis);
    return true;
  };
  if (!take(steps[0]!, first)) return null;
  const waiting = steps.slice(1);
  while (waiting.length > 0) {
    const reached = waiting.findIndex(({ accesses }) =>
      accesses.some(({ buffer }) => strides.has(buffer))
    );
    const [step] = waiting.splice(Math.max(0, reached), 1) as [BodyStep];
    let axis = 0;
    while (axis < step.free && !(step.sizes[axis] === rows && take(step, axis))) axis++;
    if (axis === step.free) return null;
  }
  return axes;
}

/** Whether different rows are different memory in all that is written, at whatever times. */
function staysApart(
  steps: readonly BodyStep[],
  axes: ReadonlyMap<Step, number>,
  rows: number,
  inside: ReadonlyMap<number, Size>,
): boolean {
  const places = new Map<number, Place[]>();
  for (const { step, sizes, accesses } of steps) {
    for (const { buffer, address, isStore } of accesses) {
      const place = placeOf(address, axes.get(step)!, sizes, inside);
      const list = places.get(buffer) ?? [];
      places.set(buffer, [...list, { ...place, isStore }]);
    }
  }
  return [...places.values()].every((list) =>
    !list.some(({ isStore }) => isStore) || areApart(list, rows)
  );
}

/** Where an access is, apart from its row. */
interface Place {
  readonly isStore?: boolean;
  /** Whether all of its address is understood. */
  readonly isKnown: boolean;
  readonly offset: number;
  readonly row: number;
  /** Multiples that are added: 0 to `most` times a stride; `most` is null where it isn't known. */
  readonly terms: readonly { stride: number; most: number | null }[];
  /** What other loops add. */
  readonly outside: string;
}

function placeOf(
  { offset, terms, rest }: Address,
  row: number,
  sizes: readonly Size[],
  inside: ReadonlyMap<number, Size>,
): Place {
  let isKnown = rest === null && typeof offset === "number", start = Number(offset), along = 0;
  const added: { stride: number; most: number | null }[] = [], outside: string[] = [];
  for (const { axis, stride } of terms) {
    if (axis.kind === "loop" && !inside.has(axis.loop)) {
      outside.push(`${axisKey(axis)}*${sizeKey(stride)}`);
    } else if (typeof stride !== "number") isKnown = false;
    else if (axis.kind === "axis" && axis.axis === row) along += stride;
    else {
      const size = axis.kind === "axis"
        ? sizes[axis.axis]!
        : axis.modulus === 0
        ? inside.get(axis.loop)!
        : axis.modulus;
      if (axis.kind === "loop" && axis.modulus === 0) start += stride * axis.shift;
      added.push({ stride, most: typeof size === "number" ? Math.max(0, size - 1) : null });
    }
  }
  return { isKnown, offset: start, row: along, terms: added, outside: outside.sort().join() };
}

function areApart(places: readonly Place[], rows: number): boolean {
  const [{ row, outside }] = places as [Place], step = Math.abs(row);
  let period = 0;
  for (const place of places) {
    if (!place.isKnown || place.row !== row || place.outside !== outside) return false;
    for (const { stride } of place.terms) {
      if (Math.abs(stride) >= step) period = gcd(period, Math.abs(stride));
    }
  }
  let low = Infinity, high = -Infinity;
  for (const { offset, terms } of places) {
    let from = period === 0 ? offset : ((offset % period) + period) % period, to = from;
    for (const { stride, most } of terms) {
      if (Math.abs(stride) >= step) continue;
      if (most === null) return false;
      from += Math.min(0, stride * most);
      to += Math.max(0, stride * most);
    }
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return high - low < step && (period === 0 || (rows - 1) * step + high - low < period);
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
