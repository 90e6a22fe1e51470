// Made of core/ops/shape/broadcast_to.ts by `deno task types`.
/**
 * Stretching axes of length 1.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { ShapeLike, ShapeRank } from "./shape.d.ts";
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
export declare function broadcastTo<A extends TensorLike, const S extends ShapeLike>(x: A, shape: S, ndim?: number): Variable<DTypeOf<A>, ShapeRank<S>>;
