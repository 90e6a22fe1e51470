/**
 * The same elements, in row-major order, in another shape.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf } from "../../graph/type_arithmetic.ts";
import { intConstant, shapeLabel } from "../common/arguments.ts";
import { shown } from "../../base/shown.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import type { ShapeLike, ShapeRank } from "./shape.ts";
import { asDims, shapeOf } from "./shape_ops.ts";
import { reshaped } from "./reshape_op.ts";

/**
 * The elements of x, in row-major order, in another shape. The lengths are numbers or integer scalars;
 * one may be -1 and is then found from the others. An integer vector can be the shape, with its length
 * given as `ndim` unless the type says it.
 *
 * Throws a ShapeError for a shape of another number of elements: now if the types tell, else when the
 * function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const t = T.tensor4("images");
 * T.reshape(t, [t.shape[0]!, -1]); // one row for each image
 * ```
 */
export function reshape<A extends TensorLike, const S extends ShapeLike>(
  x: A,
  shape: S,
  ndim?: number,
): Variable<DTypeOf<A>, ShapeRank<S>> {
  const v = asVariable(x);
  const dims = asDims(shape, `Cannot reshape ${shapeLabel(v)}`, ndim);
  return typed(reshaped(v, dims));
}

/**
 * x with its first `ndim - 1` axes kept and all others merged into one.
 *
 * Throws a RangeError unless `ndim` is from 1 to the rank of x (a scalar becomes a vector of one).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.flatten(T.tensor4("images"), 2); // a matrix, one row for each image
 * ```
 */
export function flatten<A extends TensorLike, const K extends number = 1>(
  x: A,
  ndim?: K,
): Variable<DTypeOf<A>, K>;
export function flatten(x: TensorLike, ndim = 1): Variable {
  const v = asVariable(x);
  const most = Math.max(1, v.ndim);
  if (!Number.isInteger(ndim) || ndim < 1 || ndim > most) {
    throw new RangeError(
      `Cannot flatten ${shapeLabel(v)}: expected ndim to be from 1 to ${most}, got ${shown(ndim)}`,
    );
  }
  if (v.ndim === ndim) return v;
  const kept = Array.from({ length: ndim - 1 }, (_, axis) => shapeOf(v, axis));
  return reshaped(v, [...kept, mergedLength(v, ndim - 1)]);
}

/** The product of the lengths from an axis on, or -1 where it is not known. */
function mergedLength(x: Variable, from: number): Variable {
  const rest = x.type.shape.slice(from);
  if (rest.some((n) => n === null)) return rest.length === 1 ? shapeOf(x, from) : intConstant(-1);
  return intConstant(rest.reduce<number>((product, n) => product * n!, 1));
}

/**
 * The elements of x as a vector.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.ravel(T.matrix("m"));
 * ```
 */
export function ravel<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1> {
  return typed(flatten(x, 1));
}
