/**
 * The lengths of axes in terms of the lengths of leaves, so that two variables can be seen to have the
 * same shape before any shape is known.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { Length } from "../../graph/op.ts";
import { lengthVariable } from "../common/length_rules.ts";
import { shapeOf } from "./shape_ops.ts";

const found = new WeakMap<Variable, readonly Length[]>();

/** The lengths of the axes of a variable. */
export function lengthsOf(variable: Variable): readonly Length[] {
  const stack = [variable];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const isOpen = !found.has(top) && top.index === 0 && top.ndim > 0;
    const rule = isOpen ? top.owner?.op.lengths : undefined;
    const missing = rule?.needs(top.owner!).filter((needed) => !found.has(needed)) ?? [];
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    if (found.has(top)) continue;
    const lengths = rule?.find(top.owner!, (other) => found.get(other)!);
    found.set(top, top.type.shape.map((n, axis) => n ?? lengths?.[axis] ?? shapeOf(top, axis)));
  }
  return found.get(variable)!;
}

/** Says that a variable that nothing computes has the shape of another. */
export function assumeShape(variable: Variable, like: Variable): void {
  found.set(variable, lengthsOf(like));
}

/** The lengths of the axes of a variable as 0-d integer variables. */
export function knownDims(variable: Variable): Variable[] {
  return lengthsOf(variable).map(lengthVariable);
}
