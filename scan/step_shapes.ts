/**
 * Shapes of a loop and of what is inside its step, when a plan is made.
 *
 * @module
 */

import { isDiscrete } from "../core/graph/dtype.ts";
import { ShapeError } from "../core/base/errors.ts";
import { type Apply, standsFor, type Variable, writtenLabel } from "../core/graph/graph.ts";
import { NeedValue, type ShapeContext } from "../core/graph/op.ts";
import { addSize, type Guards, type Size, sizeValue } from "../core/ir/size.ts";
import { type LeafInfo, Shapes } from "../core/plan/shapes.ts";
import { scanInputs, scanLabel, type ScanParams } from "./node.ts";

/** The number of steps of a node, checked against zero and the lengths of its sequences. */
export function stepCount(context: ShapeContext, apply: Apply<ScanParams>): Size {
  const { params } = apply;
  const { steps, sequences } = scanInputs(params, apply.inputs);
  const count = context.integer(steps);
  if (context.guards.less(count, 0)) {
    throw new RangeError(
      `Cannot run ${scanLabel(params)}: the number of steps must be >= 0, got ${sizeValue(count)}`,
    );
  }
  sequences.forEach((sequence, i) => {
    const length = context.shape(sequence)[0]!;
    const reach = Math.max(...params.step.layout.sequences[i]!, 0);
    const needed = addSize(count, reach);
    if (!context.guards.equal(count, 0) && context.guards.less(length, needed)) {
      const what = `sequence ${i} (${writtenLabel(sequence)})`;
      throw shortSequence(params, what, sizeValue(length), sizeValue(count), reach);
    }
  });
  return count;
}

/** What is wrong with a sequence that has fewer rows than the loop reads. */
export function shortSequence(
  params: ScanParams,
  what: string,
  length: number,
  steps: number,
  reach: number,
): ShapeError {
  return new ShapeError(
    `Cannot run ${scanLabel(params)}: ${what} has ${length} elements, and ${
      neededRows(steps, reach)
    }`,
  );
}

/** How many elements of a sequence steps need, in words. */
export function neededRows(steps: number, reach: number): string {
  const taps = reach > 0 ? ` with taps reaching ${reach} further` : "";
  return `${steps} steps${taps} need ${steps + reach}`;
}

/** Says in errors what placeholders stand for. */
export function namePlaceholders({ params, inputs }: Apply<ScanParams>): void {
  const outer = scanInputs(params, inputs), inner = params.step.placeholders;
  const name = (taps: readonly Variable[], by: Variable, as?: string) => {
    for (const tap of taps) standsFor(tap, by, as);
  };
  const state = "the state that starts as ";
  inner.sequences.forEach((taps, i) => name(taps, outer.sequences[i]!, "an element of "));
  inner.states.forEach((taps, i) => name(taps, outer.initials[i]!, state));
  inner.carried.forEach((place, i) => name([place], outer.carried[i]!, state));
  inner.others.forEach((other, i) => name([other], outer.others[i]!));
}

/** What the shape rules know of the placeholders. */
export function placeholderLeaves(
  context: ShapeContext,
  apply: Apply<ScanParams>,
): Map<Variable, LeafInfo> {
  const { step } = apply.params;
  const outer = scanInputs(apply.params, apply.inputs);
  const inner = step.placeholders;
  const leaves = new Map<Variable, LeafInfo>();
  namePlaceholders(apply);
  inner.sequences.forEach((taps, i) => {
    const shape = context.shape(outer.sequences[i]!).slice(1);
    for (const tap of taps) leaves.set(tap, { shape });
  });
  inner.states.forEach((taps, i) => {
    const shape = context.shape(outer.initials[i]!).slice(1);
    for (const tap of taps) leaves.set(tap, { shape });
  });
  inner.carried.forEach((place, i) => {
    leaves.set(place, { shape: context.shape(outer.carried[i]!) });
  });
  inner.others.forEach((other, i) => {
    const value = outer.others[i]!;
    leaves.set(other, { shape: context.shape(value), ...integersOf(context, value) });
  });
  return leaves;
}

/** The shape of a variable, or the value that it takes to know it. */
export function shapeOrNeed(
  context: ShapeContext,
  variable: Variable,
): readonly Size[] | NeedValue {
  try {
    return context.shape(variable);
  } catch (error) {
    if (error instanceof NeedValue) return error;
    throw error;
  }
}

function integersOf(
  context: ShapeContext,
  value: Variable,
): Pick<LeafInfo, "integers" | "need"> {
  if (!isDiscrete(value.dtype) || value.ndim > 1) return {};
  try {
    return { integers: context.integers(value) };
  } catch (error) {
    if (error instanceof NeedValue) return { need: error.variable };
    throw error;
  }
}

/** Shapes inside the step. */
export function stepShapes(
  context: ShapeContext,
  guards: Guards,
  apply: Apply<ScanParams>,
): Shapes {
  // What the host found out about constants of the step is known at the level that the loop is in.
  const around = context instanceof Shapes ? context : null;
  return new Shapes(guards, placeholderLeaves(context, apply), around);
}

/** Throws a ShapeError for a state that the step gives another shape. */
export function checkStateShape(
  params: ScanParams,
  i: number,
  was: readonly Size[],
  now: readonly Size[],
  guards: Guards,
): void {
  if (was.length === now.length && was.every((size, d) => guards.equal(size, now[d]!))) return;
  throw changedShape(params, i, was.map(sizeValue), now.map(sizeValue));
}

/** What is wrong with a state that the step gives another shape. */
export function changedShape(
  params: ScanParams,
  i: number,
  was: readonly number[],
  now: readonly number[],
): ShapeError {
  return new ShapeError(
    `Cannot run ${
      scanLabel(params)
    }: state ${i} has shape [${was}] before the step and [${now}] after it; ` +
      "a state keeps its shape",
  );
}
