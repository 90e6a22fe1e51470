// Made of core/ops/linalg/eig.ts by `deno task types`.
/**
 * `T.linalg`: eigenvalues and vectors of square matrices of any kind.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Less1, MatrixRank, OfRank, RankOf } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/** The complex dtype of eigenvalues. */
export type ComplexLike<A> = DTypeOf<A> extends "float64" | "complex128" ? "complex128" : DTypeOf<A> extends "float32" | "float16" | "complex64" ? "complex64" : "complex64" | "complex128";
/**
 * `[w, V]`: the eigenvalues of square matrices, real or complex, and eigenvectors in the columns of V, so that
 * A·V = V·diag(w). Both are complex. Values come in the order of their real parts, and of their imaginary parts
 * where real ones are equal up to rounding; those of real matrices are real or conjugates of each other. Vectors
 * have length 1, and the first large number of each is real and positive. Of symmetric matrices
 * {@linkcode eigh} is faster and more accurate.
 *
 * A matrix that isn't diagonalisable has as few different vectors as there are; its values are as exact as
 * they can be, which is to the k-th root of rounding for k equal ones. Where there is NaN or infinity in a
 * matrix all of its results are NaN.
 *
 * Gradients flow through values and vectors (whose length and phase stay as they are said to be here). Where
 * values are equal their vectors are not determined, and take no gradient from each other; of a matrix that isn't
 * diagonalisable gradients are infinite or NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.eig(a));
 * f([[0, -1], [1, 0]]); // -i and i, and their vectors
 * ```
 */
export declare function eig<A extends TensorLike>(a: OfRank<A, MatrixRank>): [
    values: Variable<ComplexLike<A>, Less1<RankOf<A>>>,
    vectors: Variable<ComplexLike<A>, RankOf<A>>
];
/**
 * The eigenvalues of square matrices, real or complex, as {@linkcode eig} gives them.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.eigvals(T.matrix("a"));
 * ```
 */
export declare function eigvals<A extends TensorLike>(a: OfRank<A, MatrixRank>): Variable<ComplexLike<A>, Less1<RankOf<A>>>;
