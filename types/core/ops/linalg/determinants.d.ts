// Made of core/ops/linalg/determinants.ts by `deno task types`.
/**
 * `T.linalg`: determinants.
 *
 * The gradient of a determinant is the matrix of cofactors. Of a regular matrix it is the determinant times the
 * transposed inverse; of a singular one, or of one that is nearly so, it is made of products of singular values,
 * and so is its own derivative.
 *
 * @module
 */
import type { MatrixRank, OfRank } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
import { type PerMatrix, type RealPerMatrix } from "./systems.d.ts";
/**
 * The determinants of square matrices. Those of large ones overflow: see {@linkcode slogdet}. Their first and
 * second derivatives are right for singular matrices, too.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.det(a));
 * f([[1, 2], [3, 4]]); // -2
 * ```
 */
export declare function det<A extends TensorLike>(a: OfRank<A, MatrixRank>): PerMatrix<A>;
/**
 * `[sign, logabsdet]`: the sign of the determinants of square matrices, which for complex ones is a number of
 * size 1, and the logarithm of their absolute values. Of a singular matrix they are 0 and -Infinity.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [sign, logabsdet] = T.linalg.slogdet(T.matrix("a"));
 * ```
 */
export declare function slogdet<A extends TensorLike>(a: OfRank<A, MatrixRank>): [sign: PerMatrix<A>, logabsdet: RealPerMatrix<A>];
