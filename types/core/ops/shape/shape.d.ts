// Made of core/ops/shape/shape.ts by `deno task types`.
/**
 * Shapes as values: vectors of scalars, and promises about shapes.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { type Variable } from "../../graph/graph.d.ts";
import type { Like, RankOf } from "../../graph/type_arithmetic.d.ts";
import type { Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * The shape of x as an int64 vector. Its value does not depend on the elements of x, so x is not
 * computed for it.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const s = T.shape(T.matrix("m")); // two elements
 * ```
 */
export declare function shape(x: TensorLike): Variable<"int64", 1>;
/**
 * A vector of scalars.
 *
 * Throws a TypeError for something that is not a scalar, or whose dtype is not `dtype`.
 */
export declare function makeVector(scalars: readonly TensorLike[], dtype?: DType): Variable;
/**
 * x, with a promise about its shape: one length (a number or an integer scalar) for each axis, null
 * where nothing is promised. The lengths are checked when the function is called.
 *
 * Throws a TypeError for another number of lengths and a ShapeError where the type says otherwise.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const images = T.specifyShape(T.matrix("x"), [null, 784]);
 * ```
 */
export declare function specifyShape<A extends TensorLike>(x: A, shape: readonly (Dim | null)[]): Like<A>;
/** A shape as users write it: one length, several, or an integer vector. */
export type ShapeLike = Dim | readonly Dim[] | Variable;
/** The rank that a shape argument says, where its type does. */
export type ShapeRank<S> = S extends readonly unknown[] ? S["length"] : S extends number | bigint ? 1 : number;
/** The rank of x after an operation along an axis; null flattens. */
export type AxisRank<A, X> = null extends X ? X extends null ? 1 : number : RankOf<A>;
