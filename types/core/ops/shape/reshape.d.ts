// Made of core/ops/shape/reshape.ts by `deno task types`.
/**
 * The same elements, in row-major order, in another shape.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { ShapeLike, ShapeRank } from "./shape.d.ts";
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
export declare function reshape<A extends TensorLike, const S extends ShapeLike>(x: A, shape: S, ndim?: number): Variable<DTypeOf<A>, ShapeRank<S>>;
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
export declare function flatten<A extends TensorLike, const K extends number = 1>(x: A, ndim?: K): Variable<DTypeOf<A>, K>;
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
export declare function ravel<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1>;
