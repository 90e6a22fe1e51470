/**
 * How factors, decompositions and solutions become kernels.
 *
 * @module
 */

export { emitCholesky } from "./cholesky.ts";
export { emitEig } from "./eig.ts";
export { emitEigh, emitSvd } from "./jacobi.ts";
export { emitLu } from "./lu.ts";
export { emitQr } from "./qr.ts";
export { emitInverse, emitSolve } from "./solve.ts";
export { emitPinv, emitSqrtm } from "./spectral.ts";
export { checkDiagonal, emitTriangular } from "./triangular.ts";
export { turned, whole } from "./views.ts";
