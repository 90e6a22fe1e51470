/**
 * Stretching axes of length 1.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf } from "../../graph/type_arithmetic.ts";
import { shapeLabel } from "../common/arguments.ts";
import { checkedLength } from "../common/checks.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import type { ShapeLike, ShapeRank } from "./shape.ts";
import { asDims } from "./shape_ops.ts";
import { stretched } from "./broadcast_to_op.ts";

/**
 * x with its axes of length 1 stretched to the given lengths, and new axes in front where there are more
 * lengths than axes.
 *
 * Throws a ShapeError for a length that is neither 1 nor the one asked for, one for a negative length, and a
 * TypeError for too few lengths.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.broadcastTo(T.vector("v"), [10, 3]); // ten times the same row
 * ```
 */
export function broadcastTo<A extends TensorLike, const S extends ShapeLike>(
  x: A,
  shape: S,
  ndim?: number,
): Variable<DTypeOf<A>, ShapeRank<S>> {
  const v = asVariable(x), action = `Cannot broadcast ${shapeLabel(v)}`;
  return typed(stretched(v, asDims(shape, action, ndim).map((n) => checkedLength(n, action))));
}
