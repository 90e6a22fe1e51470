// Made of autodiff/mod.ts by `deno task types`.
/**
 * Derivatives of graphs: more graph.
 *
 * @module
 */
export { grad, type GradOf, type GradOptions, type KnownGrads, type OrNull, type Wrt, } from "./grad.d.ts";
export { type ForEach, Lop, type ResultOptions, Rop, type RopOptions } from "./products.d.ts";
export { hessian, type HessianOf, jacobian, type JacobianOf, type JacobianRank, } from "./jacobian.d.ts";
export * from "./linearize.d.ts";
export { subgraphGrad, type SubgraphOptions } from "./subgraph.d.ts";
export { verifyGrad, type VerifyOptions } from "./verify.d.ts";
export { considerConstant, disconnectedGrad, gradClip, gradScale, undefinedGrad, zeroGrad, } from "./wrappers.d.ts";
