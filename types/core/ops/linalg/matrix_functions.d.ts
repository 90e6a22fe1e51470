// Made of core/ops/linalg/matrix_functions.ts by `deno task types`.
/**
 * `T.linalg`: powers and exponentials of matrices, and matrices put together.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { FloatLike, MatrixRank, OfRank } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * Square matrices to the power of an integer, by repeated squaring; of a negative one, of their inverses.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linalg.matrixPower(T.matrix("transitions"), -2);
 * ```
 */
export declare function matrixPower<A extends TensorLike>(a: OfRank<A, MatrixRank>, n: number): Variable;
/**
 * The exponentials of square matrices, by scaling and squaring with Padé's approximants (Higham, 2005).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const flow = T.linalg.expm(T.matrix("a").mul(0.1));
 * ```
 */
export declare function expm<A extends TensorLike>(a: OfRank<A, MatrixRank>): FloatLike<A>;
/**
 * One matrix with those given on its diagonal, one after the other, and zeros elsewhere. Vectors count as one
 * row, and scalars as one number.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linalg.blockDiag(T.matrix("a"), T.matrix("b"));
 * ```
 */
export declare function blockDiag(...blocks: readonly TensorLike[]): Variable;
