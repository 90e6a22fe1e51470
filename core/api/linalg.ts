/**
 * Linear algebra: what `T.linalg` has. All functions of matrices take them in the last two axes; axes before
 * these count them.
 *
 * @module
 */

export * from "../ops/linalg/determinants.ts";
export * from "../ops/linalg/systems.ts";
export {
  eigh,
  eigvalsh,
  lstsq,
  matrixRank,
  pinv,
  qr,
  type QrOptions,
  type RankOptions,
  sqrtm,
  svd,
  type SvdOptions,
  svdvals,
} from "../ops/linalg/decompositions.ts";
export * from "../ops/linalg/eig.ts";
export * from "../ops/linalg/matrix_functions.ts";
export * from "../ops/linalg/norms.ts";
export type { CheckOption } from "../ops/linalg/prepared.ts";
export { kron, matmul, matrixDot, outer, tensordot } from "../ops/linalg/linalg.ts";
export { trace, tril, triu } from "../ops/linalg/matrices.ts";
