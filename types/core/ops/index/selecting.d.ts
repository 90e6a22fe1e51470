// Made of core/ops/index/selecting.ts by `deno task types`.
/**
 * Picking elements by position, by mask and by number.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Like, RankOf, TakenRank } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** What `take` does with positions out of range: an error, the nearest one, or counting around. */
export type TakeMode = "raise" | "clip" | "wrap";
/**
 * The positions of the elements of x that are not zero, one int64 vector for each axis.
 *
 * Throws a TypeError for a scalar.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [rows, columns] = T.nonzero(T.matrix("m"));
 * ```
 */
export declare function nonzero(x: TensorLike): Variable<"int64", 1>[];
/**
 * The row-major positions of the elements of x that are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.flatnonzero(T.matrix("m"));
 * ```
 */
export declare function flatnonzero(x: TensorLike): Variable<"int64", 1>;
/**
 * The elements of x that are not zero, as a vector.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.nonzeroValues(T.matrix("m"));
 * ```
 */
export declare function nonzeroValues<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1>;
/**
 * The index on each axis of row-major positions in a shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [row, column] = T.unravelIndex(T.lvector("flat"), [3, 4]);
 * ```
 */
export declare function unravelIndex(flat: TensorLike, dims: readonly Dim[]): Variable[];
/**
 * The row-major positions of indices, one tensor for each axis, in a shape.
 *
 * Throws a TypeError unless there is a tensor for each axis.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.ravelMultiIndex([T.lvector("rows"), T.lvector("columns")], [3, 4]);
 * ```
 */
export declare function ravelMultiIndex(indices: readonly TensorLike[], dims: readonly Dim[]): Variable;
/**
 * The elements of x at positions along an axis (of the flattened x without one): the axes of `index` take
 * the place of that axis. Out of range is an error, or with `mode` the nearest position ("clip") or
 * counted around ("wrap").
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.take(T.matrix("m"), [0, 2], 1); // two columns
 * ```
 */
export declare function take<A extends TensorLike, const I extends TensorLike, const X extends number | null = null>(x: A, index: I, axis?: X, mode?: TakeMode): Variable<DTypeOf<A>, TakenRank<RankOf<A>, RankOf<I>, X>>;
/**
 * NumPy's `take_along_axis`: at each place the element of x at the position that `index` holds there,
 * along one axis. The other axes of both broadcast.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const m = T.matrix("m");
 * T.takeAlongAxis(m, T.argsort(m, 1), 1); // m with sorted rows
 * ```
 */
export declare function takeAlongAxis<A extends TensorLike>(x: A, index: TensorLike, axis: number): Like<A>;
/**
 * NumPy's `choose`: at each place the element of the choice whose number `index` holds there; index and
 * choices broadcast together. A tensor as choices is a list along its axis 0.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.choose(T.ivector("which"), [T.vector("a"), T.vector("b")]);
 * ```
 */
export declare function choose(index: TensorLike, choices: readonly TensorLike[] | Variable, mode?: TakeMode): Variable;
