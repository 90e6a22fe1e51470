/**
 * The op of the user's function whose lengths a plan refuses. Rewrites leave of an op whose values nobody
 * needs what tells its lengths; equal ones are one node, which only knows who wrote it first. And the steps
 * of a plan do not know whose they are. So the lengths are looked at in the function as it was written.
 *
 * @module
 */

import { LimitError, ShapeError } from "../base/errors.ts";
import type { Apply } from "../graph/graph.ts";
import { eagerInputs, NeedValue } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { locate, locatedAt } from "../graph/written.ts";
import { Guards, sizeValue } from "../ir/size.ts";
import { planLeaves, type PlanRequest } from "../plan/planner.ts";
import { Shapes } from "../plan/shapes.ts";
import type { WrittenFunction } from "./failed_step.ts";

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
  const isLimit = error instanceof LimitError && error.limit === "32-bit positions";
  if (!isLimit && !isOfLengths(error)) return error;
  const shapes = new Shapes(new Guards(), planLeaves(leaves()).leaves);
  const sized: [Apply, readonly (readonly number[])[]][] = [];
  // What is chosen by a condition fails only when it is chosen.
  for (const apply of toposort(written.roots, () => false, eagerInputs)) {
    try {
      sized.push([apply, apply.outputs.map((v) => shapes.shape(v).map(sizeValue))]);
    } catch (found) {
      if (found instanceof NeedValue) continue;
      return !isLimit && found instanceof ShapeError ? found : error;
    }
  }
  if (!isLimit) return error;
  const { requested } = error;
  const size = (shape: readonly number[]) => shape.reduce((n, length) => n * length, 1);
  const isTooLong = sized.find(([, all]) => all.some((shape) => shape.includes(requested))) ??
    sized.find(([, all]) => all.some((shape) => size(shape) === requested));
  if (isTooLong !== undefined) locate(error, isTooLong[0], shapes.words);
  return error;
}
