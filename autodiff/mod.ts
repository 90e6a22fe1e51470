/**
 * Derivatives of graphs: more graph.
 *
 * @module
 */

export {
  grad,
  type GradOf,
  type GradOptions,
  type KnownGrads,
  type OrNull,
  type Wrt,
} from "./grad.ts";
export { type ForEach, Lop, type ResultOptions, Rop, type RopOptions } from "./products.ts";
export {
  hessian,
  type HessianOf,
  jacobian,
  type JacobianOf,
  type JacobianRank,
} from "./jacobian.ts";
export * from "./linearize.ts";
export { subgraphGrad, type SubgraphOptions } from "./subgraph.ts";
export { verifyGrad, type VerifyOptions } from "./verify.ts";
export {
  considerConstant,
  disconnectedGrad,
  gradClip,
  gradScale,
  undefinedGrad,
  zeroGrad,
} from "./wrappers.ts";
