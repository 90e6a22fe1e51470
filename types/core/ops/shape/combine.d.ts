// Made of core/ops/shape/combine.ts by `deno task types`.
/**
 * Joining tensors, and taking them apart.
 *
 * @module
 */
import { Variable } from "../../graph/graph.d.ts";
import type { ForAxes, JoinedDType, Like, Plus1, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * Tensors of one rank, one behind the other along an axis; the dtype is the promoted one. A single
 * tensor is returned as it is.
 *
 * Throws a TypeError for scalars (see {@linkcode stack}) and for different ranks, and a ShapeError for
 * lengths of other axes that differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.join(1, T.matrix("a"), T.matrix("b"));
 * ```
 */
export declare function join<const L extends readonly TensorLike[]>(axis: number, ...tensors: L): Variable<JoinedDType<L>, RankOf<L[0]>>;
/**
 * The tensors of a list, one behind the other along an axis: `join` with the list first.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.concatenate([T.vector("a"), T.vector("b")]);
 * ```
 */
export declare function concatenate<const L extends readonly TensorLike[]>(tensors: L, axis?: number): Variable<JoinedDType<L>, RankOf<L[0]>>;
/**
 * The tensors of a list, all of one shape, along a new axis. Scalars give a vector.
 *
 * Throws a TypeError for different ranks and a ShapeError for different shapes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.stack([T.vector("a"), T.vector("b")], 1); // two columns
 * ```
 */
export declare function stack<const L extends readonly TensorLike[]>(tensors: L, axis?: number): Variable<JoinedDType<L>, Plus1<RankOf<L[0]>>>;
/**
 * A tensor from nested lists of tensors of one shape: a list of lists of scalars gives a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const a = T.scalar("a");
 * T.stacklists([[a, 0], [0, a]]);
 * ```
 */
export declare function stacklists(lists: NestedTensors): Variable;
/** Tensors in nested lists. */
export type NestedTensors = TensorLike | readonly NestedTensors[];
/** As many parts as there are lengths, or as a number says. */
export type SplitParts<V, S, P extends number> = S extends readonly unknown[] ? {
    -readonly [K in keyof S]: V;
} : [...ForAxes<V>[S extends number ? S : P]];
/** Options of {@linkcode split}. */
export interface SplitOptions<P extends number = number> {
    /** The number of parts, where the lengths are a vector that doesn't say how many it has. */
    readonly parts?: P;
}
/**
 * x cut along an axis: into parts of the given lengths (numbers, scalars, or an integer vector with the
 * number of parts), or into a number of equal parts.
 *
 * The lengths must add up to that of the axis, which is checked when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [head, tail] = T.split(T.vector("x"), [1, 9]);
 * const [left, right] = T.split(T.matrix("m"), 2, 1);
 * ```
 */
export declare function split<A extends TensorLike, const S extends number | readonly Dim[] | Variable, const P extends number = number>(x: A, sizes: S, axis?: number, options?: SplitOptions<P>): SplitParts<Like<A>, S, P>;
