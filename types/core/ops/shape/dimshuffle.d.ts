// Made of core/ops/shape/dimshuffle.ts by `deno task types`.
/**
 * Permuting axes, adding axes of length 1 and dropping them.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Less1, Like, Plus1, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type AxesArguments } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** One axis of a dimshuffle: an axis of the input, or `"x"` for a new one of length 1. */
export type PatternItem = number | "x";
/**
 * x with its axes in another order: each item of the pattern is an axis of x, or `"x"` for a new axis of
 * length 1. Axes of length 1 may be left out when their length is known from the type.
 *
 * Throws a RangeError for an axis that x does not have or that comes twice, and a ShapeError for an axis
 * left out whose length is not known to be 1 (see {@linkcode squeeze} for one that is found out when the
 * function is called).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const bias = T.vector("bias");
 * T.dimshuffle(bias, 0, "x"); // a column
 * T.dimshuffle(T.matrix("m"), 1, 0); // the transpose
 * ```
 */
export declare function dimshuffle<A extends TensorLike, const P extends readonly PatternItem[]>(x: A, ...pattern: P): Variable<DTypeOf<A>, P["length"]>;
/** The same, with the pattern in a list. */
export declare function dimshuffle<A extends TensorLike, const P extends readonly PatternItem[]>(x: A, pattern: P): Variable<DTypeOf<A>, P["length"]>;
/**
 * x with its axes reversed, or in the order of `axes`.
 *
 * Throws a RangeError unless `axes` names every axis once.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.transpose(T.tensor3("t"), [2, 0, 1]);
 * ```
 */
export declare function transpose<A extends TensorLike>(x: A, ...axes: AxesArguments): Like<A>;
/**
 * x with two axes exchanged.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.swapaxes(T.tensor3("t"), 0, 2);
 * ```
 */
export declare function swapaxes<A extends TensorLike>(x: A, a: number, b: number): Like<A>;
/**
 * x with some axes moved to other positions; the others keep their order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.moveaxis(T.tensor4("images"), 1, -1); // channels last
 * ```
 */
export declare function moveaxis<A extends TensorLike>(x: A, source: number | readonly number[], destination: number | readonly number[]): Like<A>;
/**
 * x without axes of length 1: without `axis` all those whose length is known from the type, else exactly
 * the given ones, whose length is checked when the function is called.
 *
 * Throws a ShapeError for an axis of another length.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.squeeze(T.col("c")); // a vector
 * T.squeeze(T.matrix("m"), 0); // the rows of m must be one
 * ```
 */
export declare function squeeze<A extends TensorLike, const X extends AxesArguments>(x: A, ...axes: X): Variable<DTypeOf<A>, X extends readonly [number] ? Less1<RankOf<A>> : number>;
/**
 * x with new axes of length 1 at the given positions of the result.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.expandDims(T.matrix("image"), [0, 1]); // one image of one channel
 * ```
 */
export declare function expandDims<A extends TensorLike, const X extends AxesArguments>(x: A, ...axes: X): Variable<DTypeOf<A>, X extends readonly [number] ? Plus1<RankOf<A>> : number>;
/**
 * x with `count` axes of length 1 added in front.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadLeft(T.vector("v"), 2); // shape (1, 1, n)
 * ```
 */
export declare function shapePadLeft<A extends TensorLike>(x: A, count?: number): Variable<DTypeOf<A>>;
/**
 * x with `count` axes of length 1 added at the end.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadRight(T.vector("v")); // a column
 * ```
 */
export declare function shapePadRight<A extends TensorLike>(x: A, count?: number): Variable<DTypeOf<A>>;
/**
 * x with one axis of length 1 added at position `axis` of the result.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.shapePadAxis(T.matrix("m"), 1); // shape (rows, 1, columns)
 * ```
 */
export declare function shapePadAxis<A extends TensorLike>(x: A, axis: number): Variable<DTypeOf<A>, Plus1<RankOf<A>>>;
