// Made of core/ops/linalg/decompositions.ts by `deno task types`.
/**
 * `T.linalg`: QR, eigenvalues, singular values, and what is made of them. All functions take matrices in the
 * last two axes, and axes before these count them.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { Floating, FloatLike, Less1, MatrixRank, OfRank, PairDType, RankOf, RealOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { Solved, VectorPerMatrix } from "./systems.d.ts";
/** How many columns Q has. */
export interface QrOptions {
    /** "reduced", the default, has as many as there are rows or columns, "complete" one for each row. */
    readonly mode?: "reduced" | "complete";
}
/** Which vectors belong to singular values. */
export interface SvdOptions {
    /**
     * Whether U and Vᵀ are square, with vectors for all rows and all columns; default false, where there is
     * one for each singular value. (NumPy's default is true.)
     */
    readonly fullMatrices?: boolean;
}
/** From where on singular values count. */
export interface RankOptions {
    /**
     * Singular values up to this part of the largest one count as zero; by default the greater of rows and
     * columns times the distance from 1 to the next number of the dtype.
     */
    readonly rcond?: number;
}
/**
 * `[Q, R]` with A = Q·R, where the columns of Q are orthonormal and R is an upper triangle. Of m rows and n
 * columns, with k the lesser of them, Q is m by k and R is k by n; with `mode: "complete"` they are m by m
 * and m by n. The diagonal of R is real, also for complex matrices.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [q, r] = T.linalg.qr(T.matrix("a"));
 * ```
 */
export declare function qr<A extends TensorLike>(a: OfRank<A, MatrixRank>, options?: QrOptions): [q: FloatLike<A>, r: FloatLike<A>];
/**
 * `[w, V]`: the eigenvalues of symmetric matrices, or of complex Hermitian ones, in ascending order, and
 * eigenvectors of length 1 in the columns of V, so that A·V = V·diag(w). The values are real. Only the lower
 * triangle is read. The first large number of each vector is real and positive.
 *
 * Where eigenvalues are equal their vectors are not determined, and take no gradient from each other.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.eigh(a));
 * f([[2, 1], [1, 2]]); // 1 and 3, and their vectors
 * ```
 */
export declare function eigh<A extends TensorLike>(a: OfRank<A, MatrixRank>): [values: VectorPerMatrix<A>, vectors: FloatLike<A>];
/**
 * The eigenvalues of symmetric matrices, or of complex Hermitian ones, in ascending order, of which the lower
 * triangle is read.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.eigvalsh(T.matrix("a"));
 * ```
 */
export declare function eigvalsh<A extends TensorLike>(a: OfRank<A, MatrixRank>): VectorPerMatrix<A>;
/**
 * `[U, s, Vᵀ]` with A = U·diag(s)·Vᵀ: singular values in descending order, left vectors in the columns of U
 * and right ones in the rows of Vᵀ; of complex matrices Vᴴ in its place. The values are real. The first large
 * number of each row of Vᵀ is real and positive.
 *
 * Where singular values are equal their vectors are not determined, and take no gradient from each other.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [u, s, vt] = T.linalg.svd(T.matrix("a"));
 * ```
 */
export declare function svd<A extends TensorLike>(a: OfRank<A, MatrixRank>, options?: SvdOptions): [u: FloatLike<A>, values: VectorPerMatrix<A>, vt: FloatLike<A>];
/**
 * The singular values of matrices in descending order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.svdvals(T.matrix("a"));
 * ```
 */
export declare function svdvals<A extends TensorLike>(a: OfRank<A, MatrixRank>): VectorPerMatrix<A>;
/**
 * The pseudoinverses of matrices, by singular values.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = T.linalg.pinv(T.matrix("a"));
 * ```
 */
export declare function pinv<A extends TensorLike>(a: OfRank<A, MatrixRank>, options?: RankOptions): FloatLike<A>;
/**
 * The rank of matrices: how many singular values are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const rank = T.linalg.matrixRank(T.matrix("a"));
 * ```
 */
export declare function matrixRank<A extends TensorLike>(a: OfRank<A, MatrixRank>, options?: RankOptions): Variable<"int64", Less1<Less1<RankOf<A>>>>;
/**
 * `[x, residuals, rank, s]`: the x for which the squares of b - A·x have the least sum, and the shortest of
 * all such; those sums, one for each right side; and the rank and the singular values of A. A vector `b` is
 * one right side, matrices hold one in each column.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x] = T.linalg.lstsq(T.matrix("a"), T.vector("b"));
 * ```
 */
export declare function lstsq<A extends TensorLike, B extends TensorLike>(a: OfRank<A, MatrixRank>, b: B, options?: RankOptions): [
    x: Solved<A, B>,
    residuals: Variable<RealOf<Floating<PairDType<A, B>>>>,
    rank: Variable<"int64", Less1<Less1<RankOf<A>>>>,
    values: VectorPerMatrix<A>
];
/**
 * The square root S of symmetric matrices, or of complex Hermitian ones, that have no negative eigenvalue:
 * S·S = A. Only the lower triangle is read; there is NaN if an eigenvalue is negative.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const root = T.linalg.sqrtm(T.matrix("covariance"));
 * ```
 */
export declare function sqrtm<A extends TensorLike>(a: OfRank<A, MatrixRank>): FloatLike<A>;
/** The quotient of the greatest and the least singular value. */
export declare function conditionOf(a: TensorLike): Variable;
