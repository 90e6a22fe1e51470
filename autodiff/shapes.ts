/**
 * Bringing gradients into the shape of what they belong to.
 *
 * @module
 */

import { makeConstant, type Variable } from "../core/graph/graph.ts";
import { reduced, withAxes } from "../core/ops/common/axes.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { valueOf } from "../core/ops/common/literal.ts";
import { summedTo } from "../core/ops/reduce/sum_to.ts";
import { knownDims, lengthsOf } from "../core/ops/shape/known_lengths.ts";

export { withAxes };

/** What was left of a tensor after reducing axes, in the shape of the tensor again. */
export function spreadOver(x: Variable, axes: readonly number[], like: Variable): Variable {
  // Axes in front come by themselves.
  const front = axes.findIndex((axis, i) => axis !== i);
  const own = front < 0 ? [] : axes.slice(front).map((axis) => axis - front);
  return spreadLike(withAxes(x, own), like);
}

/** A number, or a smaller tensor, in the shape of a variable. */
export function spreadLike(x: Variable, like: Variable): Variable {
  return stretched(x, knownDims(like));
}

/** A number as a scalar of the dtype of a variable. */
export function numberLike(like: Variable, value: number): Variable {
  return makeConstant(valueOf(value, like.dtype));
}

/** Zeros (or another number) in the shape and dtype of a variable. */
export function filledLike(like: Variable, value: number): Variable {
  return spreadLike(numberLike(like, value), like);
}

/**
 * The sum of g over the axes along which `x` was stretched to the shape of `whole`, which g has.
 *
 * Where lengths are known, or can be seen to be the same, that is decided here; otherwise when the
 * function runs.
 */
export function unstretched(g: Variable, x: Variable, whole: Variable): Variable {
  const from = lengthsOf(whole), to = lengthsOf(x), skip = from.length - to.length;
  const certain = Array.from({ length: skip }, (_, axis) => axis);
  const open: number[] = [];
  to.forEach((n, axis) => {
    const m = from[skip + axis]!;
    if (n === m || m === 1 || typeof n === "number" && n !== 1) return;
    if (n === 1) certain.push(skip + axis);
    else open.push(axis);
  });
  const kept = withAxes(
    reduced("sum", g, certain),
    certain.filter((axis) => axis >= skip).map((axis) => axis - skip),
  );
  const dims = knownDims(x);
  return summedTo(kept, open, open.map((axis) => dims[axis]!));
}
