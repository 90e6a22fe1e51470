// Made of core/ops/linalg/einsum.ts by `deno task types`.
/**
 * Sums of products by the names of axes.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** The rank of a result, from what stands behind the arrow; `number` where there is more than letters. */
export type EinsumRank<S extends string> = S extends `${string}->${infer O}` ? Letters<O, []> : number;
/** The number of letters of a text of at most ten; `number` for other texts. */
export type Letters<S extends string, N extends readonly unknown[]> = S extends "" ? N["length"] : N["length"] extends 10 ? number : S extends `${infer C}${infer Rest}` ? C extends " " | "." ? number : Letters<Rest, readonly [...N, unknown]> : number;
/**
 * The sum of products of the elements of tensors, by names of their axes as in `"ij,jk->ik"`: axes with one
 * name go together, and those that the result does not name are summed. A name that is twice in an operand
 * takes its diagonal; "..." stands for any further axes, which broadcast from the last. Without an arrow the
 * result has the names that occur once, in alphabetical order. Products are taken two by two, those first
 * that leave the fewest elements (as far as lengths are known), as products of matrices where they are such.
 *
 * Throws a TypeError or RangeError for subscripts that don't fit the operands; lengths that differ are a
 * ShapeError.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a"), b = T.matrix("b"), x = T.vector("x");
 * const f = await compile([a, b, x], [T.einsum("ij,jk,k->i", a, b, x), T.einsum("ii->", a)]);
 * f([[1, 2], [3, 4]], [[1, 0], [0, 2]], [1, 1]).map((v) => v.arraySync()); // [[5, 11], 5]
 * ```
 */
export declare function einsum<const S extends string>(subscripts: S, ...operands: readonly TensorLike[]): Variable<DType, EinsumRank<S>>;
