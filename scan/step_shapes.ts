/**
 * Shapes of a loop and of what is inside its step, when a plan is made.
 *
 * @module
 */

import { toposort } from "../core/graph/walk.ts";
import { isDiscrete } from "../core/graph/dtype.ts";
import { isArgumentError, ShapeError } from "../core/base/errors.ts";
import { neededRows, negativeSteps } from "../core/ops/shape/shape_ops.ts";
import { type Apply, standsFor, type Variable, writtenLabel } from "../core/graph/graph.ts";
import { NeedValue, type ShapeContext } from "../core/graph/op.ts";
import { addSize, type Guards, type Size, sizeValue } from "../core/ir/size.ts";
import { lengthsOf } from "../core/ops/shape/known_lengths.ts";
import { type LeafInfo, Shapes } from "../core/plan/shapes.ts";
import { firstOther, scanInputs, scanLabel, type ScanParams } from "./node.ts";

/** The number of steps of a node, checked against zero and the lengths of its sequences. */
export function stepCount(context: ShapeContext, apply: Apply<ScanParams>): Size {
  const { params } = apply;
  const { steps, sequences } = scanInputs(params, apply.inputs);
  const count = context.integer(steps);
  if (context.guards.less(count, 0)) {
    throw negativeSteps({ action: `Cannot run ${scanLabel(params)}` }, sizeValue(count));
  }
  sequences.forEach((sequence, i) => {
    if (context.guards.equal(count, 0)) return;
    const length = context.shape(sequence)[0]!;
    const reach = Math.max(...params.step.layout.sequences[i]!, 0);
    const needed = addSize(count, reach);
    if (context.guards.less(length, needed)) {
      const what = `sequence ${i} (${writtenLabel(sequence)})`;
      throw shortSequence(params, what, sizeValue(length), sizeValue(count), reach);
    }
  });
  return count;
}

/** Whether a loop makes no step, so that whatever is in the step is never computed. */
export function isIdle(context: ShapeContext, apply: Apply<ScanParams>): boolean {
  return context.guards.equal(stepCount(context, apply), 0);
}

const idleKnown = new WeakMap<ShapeContext, Map<Apply, readonly number[]>>();

/** Numbers of the inputs that no step reads: of a loop without steps, or for loops without steps inside. */
export function idleInputs(context: ShapeContext, apply: Apply<ScanParams>): readonly number[] {
  const known = idleKnown.get(context) ?? new Map<Apply, readonly number[]>();
  idleKnown.set(context, known);
  const found = known.get(apply as Apply) ?? findIdle(context, apply);
  known.set(apply as Apply, found);
  return found;
}

function findIdle(context: ShapeContext, apply: Apply<ScanParams>): readonly number[] {
  const { step } = apply.params, first = firstOther(apply.params);
  if (isIdle(context, apply)) {
    const kept = 1 + step.layout.sequences.length;
    return apply.inputs.flatMap((_, i) => i > 0 && i < kept || i >= first ? [i] : []);
  }
  if (!toposort(step.outputs).some((inner) => inner.op.idle !== undefined)) return [];
  const shapes = stepShapes(context, context.guards, apply), read = new Set(step.outputs);
  const inputsOf = (inner: Apply) => {
    const { idle } = inner.op;
    if (idle === undefined) return inner.inputs;
    const unread = shapes.located(inner, () => idle(shapes, inner));
    return inner.inputs.filter((_, i) => !unread.includes(i));
  };
  for (const inner of toposort(step.outputs, () => false, inputsOf)) {
    inputsOf(inner).forEach((input) => read.add(input));
  }
  return step.placeholders.others.flatMap((place, i) => read.has(place) ? [] : [first + i]);
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
  const know = (places: readonly Variable[], value: Variable, kind: "rows" | "whole" | "other") => {
    for (const place of places) leaves.set(place, new Placeholder(context, value, kind));
  };
  inner.sequences.forEach((taps, i) => know(taps, outer.sequences[i]!, "rows"));
  inner.states.forEach((taps, i) => know(taps, outer.initials[i]!, "rows"));
  inner.carried.forEach((place, i) => know([place], outer.carried[i]!, "whole"));
  inner.others.forEach((place, i) => know([place], outer.others[i]!, "other"));
  return leaves;
}

/** What is known of a placeholder, looked up when it is asked for: what never runs may be given what cannot be. */
class Placeholder implements LeafInfo {
  readonly #context: ShapeContext;
  readonly #value: Variable;
  readonly #kind: "rows" | "whole" | "other";

  constructor(context: ShapeContext, value: Variable, kind: "rows" | "whole" | "other") {
    this.#context = context;
    this.#value = value;
    this.#kind = kind;
  }

  get shape(): readonly Size[] {
    return this.#context.shape(this.#value).slice(this.#kind === "rows" ? 1 : 0);
  }

  get integers(): readonly Size[] | undefined {
    return this.#known.integers;
  }

  get need(): Variable | undefined {
    return this.#known.need;
  }

  get #known(): Pick<LeafInfo, "integers" | "need"> {
    return this.#kind === "other" ? integersOf(this.#context, this.#value) : {};
  }
}

/** The shape of what an op refuses, as far as the lengths of its inputs tell it. */
export function shapeAnyway(context: ShapeContext, variable: Variable): readonly Size[] | null {
  try {
    return lengthsOf(variable).map((length) => {
      if (typeof length === "number") return length;
      const { owner } = length;
      if (owner?.op.name === "shapeI" && owner.inputs[0] === variable) throw new NeedValue(length);
      return context.integer(length);
    });
  } catch (error) {
    if (error instanceof NeedValue || isArgumentError(error)) return null;
    throw error;
  }
}

/** The shape of a variable, or the value that it takes to know it; in what never runs, or why it has none. */
export function shapeOrError(
  context: ShapeContext,
  variable: Variable,
  isIdle: boolean,
): readonly Size[] | Error {
  try {
    return context.shape(variable);
  } catch (error) {
    if (error instanceof NeedValue || isIdle && isArgumentError(error)) return error;
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
  const leaves = placeholderLeaves(context, apply);
  return new Shapes(guards, leaves, around, isIdle(context, apply) ? shapeAnyway : null);
}

/** The shape that a step gives a state; throws a ShapeError if it is another one than before. */
export function keptShape(
  params: ScanParams,
  i: number,
  was: readonly Size[],
  now: readonly Size[],
  guards: Guards,
): readonly Size[] {
  if (was.length === now.length && was.every((size, d) => guards.equal(size, now[d]!))) return now;
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
