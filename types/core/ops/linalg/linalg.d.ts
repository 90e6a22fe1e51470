// Made of core/ops/linalg/linalg.ts by `deno task types`.
/**
 * Products of tensors. All of them end in the matrix product.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { BatchedDotRank, DotRank, Like, MatmulRank, MatrixRank, OfRank, Pair, PairDType, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** Axes to sum over: how many of the last of a and the first of b, or the axes of each. */
export type ContractedAxes = number | readonly [number | readonly number[], number | readonly number[]];
/** Matrix products of operands of one dtype and rank, without broadcasting; any dtype. */
export declare function matrixProduct(a: Variable, b: Variable): Variable;
/**
 * NumPy's `dot`: the product of scalars and tensors, of two vectors (a scalar), of matrices and vectors,
 * and for higher ranks the sum over the last axis of a and the last but one of b. The dtype is the
 * promoted one, also for integers.
 *
 * Throws a ShapeError when the lengths that are summed over differ: now if the types tell, else when the
 * function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.dot(T.matrix("x"), T.vector("w"));
 * ```
 */
export declare function dot<A extends TensorLike, B extends TensorLike>(a: A, b: B): Variable<PairDType<A, B>, DotRank<RankOf<A>, RankOf<B>>>;
/**
 * NumPy's `matmul`: the matrix product of the last two axes; axes before them broadcast, and a vector
 * counts as one row on the left and as one column on the right.
 *
 * Throws a TypeError for scalars and a ShapeError for lengths that do not go together.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matmul(T.tensor3("batch"), T.matrix("w"));
 * ```
 */
export declare function matmul<A extends TensorLike, B extends TensorLike>(a: OfRank<A, 1 | MatrixRank>, b: OfRank<B, 1 | MatrixRank>): Variable<PairDType<A, B>, MatmulRank<RankOf<A>, RankOf<B>>>;
/**
 * NumPy's `tensordot`: the sum over pairs of axes. `axes` is how many of the last axes of a meet the
 * first axes of b, or two lists of axes.
 *
 * Throws a RangeError for lists of different length or axes that are not there, and a ShapeError for
 * lengths that differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tensordot(T.tensor3("a"), T.tensor3("b"), [[1, 2], [0, 1]]);
 * ```
 */
export declare function tensordot<A extends TensorLike, B extends TensorLike>(a: A, b: B, axes?: ContractedAxes): Variable<PairDType<A, B>>;
/**
 * The matrix product of each pair of items: axis 0 of both counts the items. Items may be matrices or
 * vectors, as in {@linkcode matmul}.
 *
 * Throws a TypeError for operands without items of rank 1 or 2, and a ShapeError for different numbers
 * of items.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.batchedDot(T.tensor3("a"), T.tensor3("b"));
 * ```
 */
export declare function batchedDot<A extends TensorLike, B extends TensorLike>(a: OfRank<A, MatrixRank>, b: OfRank<B, MatrixRank>): Variable<PairDType<A, B>, BatchedDotRank<RankOf<A>, RankOf<B>>>;
/**
 * {@linkcode tensordot} of each pair of items: axis 0 of both counts the items and is not summed over.
 * Lists of axes count axis 0, too; a number means the last axes of a and those after axis 0 of b.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.batchedTensordot(T.tensor3("a"), T.tensor3("b"), [[2], [1]]);
 * ```
 */
export declare function batchedTensordot<A extends TensorLike, B extends TensorLike>(a: A, b: B, axes?: ContractedAxes): Variable<PairDType<A, B>>;
/**
 * The products of all pairs of elements: both arguments are flattened, and the result is a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.outer(T.vector("a"), T.vector("b"));
 * ```
 */
export declare function outer<A extends TensorLike, B extends TensorLike>(a: A, b: B): Variable<PairDType<A, B>, 2>;
/**
 * The product of several matrices, from left to right.
 *
 * Throws a TypeError without any.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matrixDot(T.matrix("a"), T.matrix("b"), T.matrix("c"));
 * ```
 */
export declare function matrixDot(...matrices: readonly TensorLike[]): Variable;
/**
 * A square matrix multiplied by itself: M to the n-th power for an integer n >= 0, by repeated squaring.
 *
 * Throws a RangeError for other exponents and a TypeError for what is no matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matrixPower(T.matrix("transitions"), 10);
 * ```
 */
export declare function matrixPower<A extends TensorLike>(matrix: OfRank<A, 2>, n: number): Like<A>;
/**
 * The Kronecker product of two tensors; axes are matched from the last on.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.kron(T.matrix("a"), T.matrix("b"));
 * ```
 */
export declare function kron<A extends TensorLike, B extends TensorLike>(a: A, b: B): Pair<A, B>;
