// Made of core/api/linalg.ts by `deno task types`.
/**
 * Linear algebra: what `T.linalg` has. All functions of matrices take them in the last two axes; axes before
 * these count them.
 *
 * @module
 */
export * from "../ops/linalg/determinants.d.ts";
export * from "../ops/linalg/systems.d.ts";
export { eigh, eigvalsh, lstsq, matrixRank, pinv, qr, type QrOptions, type RankOptions, sqrtm, svd, type SvdOptions, svdvals, } from "../ops/linalg/decompositions.d.ts";
export * from "../ops/linalg/eig.d.ts";
export * from "../ops/linalg/matrix_functions.d.ts";
export * from "../ops/linalg/norms.d.ts";
export type { CheckOption } from "../ops/linalg/prepared.d.ts";
export { kron, matmul, matrixDot, outer, tensordot } from "../ops/linalg/linalg.d.ts";
export { trace, tril, triu } from "../ops/linalg/matrices.d.ts";
