/**
 * How an application is computed, once shapes are known.
 *
 * @module
 */

import type { Apply, Variable } from "../graph/graph.ts";
import type { Params, PlainLowering, ShapeContext } from "../graph/op.ts";
import { locate } from "../graph/written.ts";

const chosen = new WeakMap<ShapeContext, Map<Apply, PlainLowering<Params>>>();

/** The lowering of an application for the shapes at hand. */
export function loweringOf(apply: Apply, shapes: ShapeContext): PlainLowering<Params> {
  const { lowering } = apply.op;
  if (lowering.kind !== "byShape") return lowering;
  let known = chosen.get(shapes);
  if (known === undefined) chosen.set(shapes, known = new Map());
  let choice = known.get(apply);
  if (choice === undefined) {
    try {
      known.set(apply, choice = lowering.choose(shapes, apply));
    } catch (error) {
      locate(error, apply);
      throw error;
    }
  }
  return choice;
}

/** Whether an application only moves indices. */
export function isView(apply: Apply, shapes: ShapeContext): boolean {
  const lowering = loweringOf(apply, shapes);
  return (lowering.kind === "virtual" || lowering.kind === "elementwise") && lowering.view === true;
}

/** The lowering of an application, if it is virtual for the shapes at hand. */
function virtualOf(apply: Apply, shapes: ShapeContext) {
  const lowering = loweringOf(apply, shapes);
  return lowering.kind === "virtual" ? lowering : null;
}

/** Whether an application has the elements of its first input in the same order, in another shape. */
export function isInOrder(apply: Apply, shapes: ShapeContext): boolean {
  return virtualOf(apply, shapes)?.inOrder === true;
}

/** For an application that only moves axes: which of its first input each is, or "x". */
export function movedAxes(apply: Apply, shapes: ShapeContext): readonly (number | "x")[] | null {
  return virtualOf(apply, shapes)?.axes?.(apply.params) ?? null;
}

/** The variable that another is as it is, for the shapes at hand. */
export function bareOf(variable: Variable, shapes: ShapeContext): Variable {
  let bare = variable;
  while (bare.owner !== null && virtualOf(bare.owner, shapes)?.same === true) {
    bare = bare.owner.inputs[0]!;
  }
  return bare;
}

/** The variable that a chain of views looks at. */
export function viewBase(variable: Variable, shapes: ShapeContext): Variable {
  let base = variable;
  while (base.owner !== null && isView(base.owner, shapes)) base = base.owner.inputs[0]!;
  return base;
}
