// Made of core/ops/linalg/norms.ts by `deno task types`.
/**
 * `T.linalg`: norms and condition numbers.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { MatrixRank, OfRank } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
import { type PerMatrix } from "./systems.d.ts";
/** Norms of matrices: Frobenius, of singular values, of rows and columns. */
export type MatrixOrder = "fro" | "nuc" | 1 | -1 | 2 | -2;
/** Over what a norm is taken. */
export interface NormOptions {
    /** One axis for norms of vectors, two for norms of matrices; default: all, of a vector or a matrix. */
    readonly axis?: number | readonly [number, number] | null;
    /** Whether these axes are kept, with length 1; default false. */
    readonly keepdims?: boolean;
}
/**
 * Norms as NumPy's `linalg.norm` gives them: of vectors along one axis, with any order as in `T.norm`; of
 * matrices in two axes: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2 and
 * -2, the greatest and the least of them; 1 and -1, of the sums of columns; Infinity and -Infinity, of the
 * sums of rows. Without an order it is the root of the sum of squares, and without an axis that of all
 * elements.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * T.linalg.norm(a, "nuc");
 * T.linalg.norm(a, 1, { axis: 0 });
 * ```
 */
export declare function norm(x: TensorLike, order?: number | MatrixOrder | null, options?: NormOptions): Variable;
/**
 * Condition numbers: how many times larger errors of solutions may be than those of right sides. By default,
 * and for orders 2 and -2, quotients of singular values; else norms of matrices times those of inverses.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const c = T.linalg.cond(T.matrix("a"));
 * ```
 */
export declare function cond<A extends TensorLike>(a: OfRank<A, MatrixRank>, order?: number | MatrixOrder | null): PerMatrix<A>;
