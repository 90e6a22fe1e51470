/**
 * The step of a loop in which a check failed. Compiled loops only know which check it was; so the loop is run
 * once more by the reference, up to the failure. A call that fails has changed nothing, and calls that
 * succeed pay nothing.
 *
 * @module
 */

import { isArgumentError, LimitError, ShapeError } from "../base/errors.ts";
import { failureOf } from "../graph/failures.ts";
import type { Apply, Variable } from "../graph/graph.ts";
import { evaluateChanged } from "../graph/reference.ts";
import { fromTypedArray, sizeOf, type Value } from "../graph/value.ts";
import { graphInputs, toposort } from "../graph/walk.ts";
import { locate, locatedAt, placeOfCheck, saySteps } from "../graph/written.ts";
import type { Argument } from "./arguments.ts";
import { SharedVariable } from "./shared.ts";
import { eagerInputs, NeedValue } from "../graph/op.ts";
import { Guards, sizeValue } from "../ir/size.ts";
import { planLeaves, type PlanRequest } from "../plan/planner.ts";
import { Shapes } from "../plan/shapes.ts";

/** A function as the user wrote it. */
export interface WrittenFunction {
  readonly inputs: readonly Variable[];
  /** All that it computes. */
  readonly roots: readonly Variable[];
}

/** The most elements that ops may read until the failure; with more, an error would be long in coming. */
const MOST_ELEMENTS = 2 ** 24;

/** Whether a function runs loops. */
export function hasLoops({ roots }: WrittenFunction): boolean {
  return toposort(roots).some((apply) => apply.op.inner !== undefined);
}

/**
 * Says of a check that failed in which steps it did, if that is to be found out.
 *
 * @returns The error; or another one that came earlier, where a device told the check of a later step.
 * @throws The error of an earlier call, if that is why an argument has no value.
 */
export function locateStep(
  error: unknown,
  written: WrittenFunction,
  args: readonly Argument[],
): unknown {
  if (!isArgumentError(error) || failureOf(error) !== undefined) return error;
  const loops = toposort(written.roots).filter((apply) => isMadeIn(apply, error.message));
  if (loops.length === 0) return error;
  const inputs = valuesOf(loops.flatMap((loop) => loop.inputs), written.inputs, args);
  const found = inputs === null ? null : failureIn(loops, inputs);
  const failure = failureOf(found);
  if (found === null || failure === undefined || failure.steps.length === 0) return error;
  const same = error.constructor === found.constructor &&
    placeOfCheck(failure.apply, error.message);
  saySteps(same ? error : found, failure.steps, found.message);
  return same ? error : found;
}

/** Whether a loop has an op in it that a message speaks of. */
function isMadeIn(loop: Apply, message: string): boolean {
  const outputs = loop.op.inner?.(loop)?.outputs ?? [];
  return toposort(outputs).some((apply) =>
    placeOfCheck(apply, message) || isMadeIn(apply, message)
  );
}

/** The values that the call read; null where one is not there any more. */
function valuesOf(
  roots: readonly Variable[],
  variables: readonly Variable[],
  args: readonly Argument[],
): Map<Variable, Value> | null {
  const needed = new Set(graphInputs(roots)), values = new Map<Variable, Value>();
  try {
    for (const variable of needed) {
      const given = variable instanceof SharedVariable
        ? variable.container
        : args[variables.indexOf(variable)];
      if (given === undefined) continue;
      const data = "hostSync" in given ? given.hostSync() : given.dataSync();
      values.set(variable, fromTypedArray(variable.dtype, given.shape, data));
    }
    return values;
  } catch (error) {
    if (isArgumentError(error)) throw error;
    return null;
  }
}

/** The error with which the first of the loops ends; null if none does, or not soon. */
function failureIn(
  loops: readonly Apply[],
  inputs: ReadonlyMap<Variable, Value>,
): Error | null {
  let left = MOST_ELEMENTS;
  const count = (values: readonly Value[]) => {
    for (const { shape } of values) left -= 1 + sizeOf(shape);
    if (left < 0) throw new Error("This takes too long");
    return [...values];
  };
  try {
    evaluateChanged(loops.map((loop) => loop.outputs[0]!), inputs, {
      inputs: count,
      result: (value) => value,
    });
    return null;
  } catch (error) {
    return isArgumentError(error) ? error : null;
  }
}

/** The limits of lengths and of numbers of elements. */
const COUNTS: ReadonlySet<string> = new Set(["32-bit positions", "exact integers"]);

/** Whether lengths were found not to fit where nothing else of an op is left. */
function isOfLengths(error: unknown): boolean {
  const facts = error instanceof ShapeError ? locatedAt(error)?.op.facts : undefined;
  return facts?.has("length") === true && !facts.has("checks");
}

/** The error of a plan in the user's words: the same one, or that of the op that does not fit. */
export function locateShape(
  error: unknown,
  written: WrittenFunction,
  leaves: () => Pick<PlanRequest, "inputs" | "shared">,
): unknown {
  const isLimit = error instanceof LimitError && COUNTS.has(error.limit);
  if (!isLimit && !isOfLengths(error)) return error;
  const shapes = new Shapes(new Guards(), planLeaves(leaves()).leaves);
  const sized: [Apply, readonly (readonly number[])[]][] = [];
  let tooMany: Apply | null = null;
  // What is chosen by a condition fails only when it is chosen.
  for (const apply of toposort(written.roots, () => false, eagerInputs)) {
    try {
      sized.push([apply, apply.outputs.map((v) => shapes.shape(v).map(sizeValue))]);
      if (isLimit) shapes.expectCounted(apply.output);
    } catch (found) {
      if (found instanceof NeedValue) continue;
      if (!isLimit) return found instanceof ShapeError ? found : error;
      tooMany ??= apply;
    }
  }
  if (!isLimit) return error;
  const { requested } = error;
  const size = (shape: readonly number[]) => shape.reduce((n, length) => n * length, 1);
  const isTooLong = sized.find(([, all]) => all.some((shape) => shape.includes(requested))) ??
    sized.find(([, all]) => all.some((shape) => size(shape) === requested));
  const which = isTooLong?.[0] ?? tooMany;
  if (which !== null) locate(error, which, shapes.words);
  return error;
}
