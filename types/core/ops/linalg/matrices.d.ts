// Made of core/ops/linalg/matrices.ts by `deno task types`.
/**
 * Diagonals, triangles and identity matrices.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Less1, Like, MatrixRank, OfRank, RankOf, SumDType } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import type { ResolvedDType } from "../elementwise/conversion.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * The n by m matrix with ones on diagonal k (above the main diagonal if positive) and zeros elsewhere;
 * `dtype` defaults to floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.eye(3);
 * T.eye(3, 4, 1, "int32");
 * ```
 */
export declare function eye<O extends DTypeOption = "floatX">(n: Dim, m?: Dim | null, k?: Dim, dtype?: O): Variable<ResolvedDType<O>, 2>;
/**
 * The n by n identity matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.identity(3);
 * ```
 */
export declare function identity<O extends DTypeOption = "floatX">(n: Dim, dtype?: O): Variable<ResolvedDType<O>, 2>;
/**
 * A matrix of the shape and dtype of x with ones on the main diagonal and zeros elsewhere.
 *
 * Throws a TypeError unless x is a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.identityLike(T.matrix("m"));
 * ```
 */
export declare function identityLike(x: TensorLike, dtype?: DTypeOption): Variable;
/**
 * The n by m matrix with ones on and below diagonal k; `dtype` defaults to floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tri(3);
 * ```
 */
export declare function tri<O extends DTypeOption = "floatX">(n: Dim, m?: Dim | null, k?: Dim, dtype?: O): Variable<ResolvedDType<O>, 2>;
/**
 * x with zeros above diagonal k of its last two axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tril(T.matrix("m"), -1); // strictly below the diagonal
 * ```
 */
export declare function tril<A extends TensorLike>(x: OfRank<A, MatrixRank>, k?: Dim): Like<A>;
/**
 * x with zeros below diagonal k of its last two axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.triu(T.matrix("m"));
 * ```
 */
export declare function triu<A extends TensorLike>(x: OfRank<A, MatrixRank>, k?: Dim): Like<A>;
/**
 * The diagonal of two axes of x, as a last axis; with a positive offset one above the main diagonal.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diagonal(T.tensor3("t"), 0, 1, 2);
 * ```
 */
export declare function diagonal<A extends TensorLike>(x: OfRank<A, MatrixRank>, offset?: number, axis1?: number, axis2?: number): Variable<DTypeOf<A>, Less1<RankOf<A>>>;
/**
 * Of a vector: the square matrix with the vector on diagonal k. Of a matrix: its diagonal k.
 *
 * Throws a TypeError for other ranks.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diag(T.vector("v"));
 * T.diag(T.matrix("m"), 1);
 * ```
 */
export declare function diag<A extends TensorLike>(x: A, k?: number): Variable<DTypeOf<A>>;
/**
 * x with its main diagonal (where all indices are equal) set to a scalar, which takes the dtype of x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fillDiagonal(T.matrix("m"), 0);
 * ```
 */
export declare function fillDiagonal<A extends TensorLike>(x: A, value: TensorLike): Like<A>;
/**
 * The sum of the diagonal of two axes; integers are summed in 64 bits.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.trace(T.matrix("m"));
 * ```
 */
export declare function trace<A extends TensorLike>(x: OfRank<A, MatrixRank>, offset?: number, axis1?: number, axis2?: number): Variable<SumDType<DTypeOf<A>>, Less1<Less1<RankOf<A>>>>;
