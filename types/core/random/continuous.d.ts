// Made of core/random/continuous.ts by `deno task types`.
/**
 * Distributions of real numbers.
 *
 * @module
 */
import type { TensorLike } from "../ops/common/literal.d.ts";
import type { Variable } from "../graph/graph.d.ts";
import { type DrawOptions } from "./arguments.d.ts";
/** Options of a distribution with a place and a scale. */
export interface LocationOptions extends DrawOptions {
    /** Where the distribution is centred; default 0. */
    readonly loc?: TensorLike;
    /** How wide it is; default 1. */
    readonly scale?: TensorLike;
}
/** Options of `uniform`. */
export interface UniformOptions extends DrawOptions {
    /** Lower end, included; default 0. */
    readonly low?: TensorLike;
    /** Upper end, excluded but for rounding; default 1. */
    readonly high?: TensorLike;
}
/** Uniform numbers. */
export declare function drawUniform(state: Variable, options: UniformOptions): Variable;
/** Options of `normal` and `truncatedNormal`. */
export interface NormalOptions extends DrawOptions {
    /** Mean; default 0. */
    readonly avg?: TensorLike;
    /** Standard deviation; default 1. */
    readonly std?: TensorLike;
}
/** Normal numbers. */
export declare function drawNormal(state: Variable, options: NormalOptions): Variable;
/** Normal numbers, drawn again where they are further than two standard deviations from the mean. */
export declare function drawTruncatedNormal(state: Variable, options: NormalOptions): Variable;
/** Options of `exponential`. */
export interface ExponentialOptions extends DrawOptions {
    /** Mean; default 1. */
    readonly scale?: TensorLike;
}
/** Exponential numbers. */
export declare function drawExponential(state: Variable, options: ExponentialOptions): Variable;
/** Gumbel numbers (the greatest of many). */
export declare function drawGumbel(state: Variable, options: LocationOptions): Variable;
/** Standard Gumbel numbers from uniform ones. */
export declare function gumbelOf(u: Variable, tiny: number): Variable;
/** Laplace numbers. */
export declare function drawLaplace(state: Variable, options: LocationOptions): Variable;
/** Cauchy numbers. */
export declare function drawCauchy(state: Variable, options: LocationOptions): Variable;
/** Logistic numbers. */
export declare function drawLogistic(state: Variable, options: LocationOptions): Variable;
/** Options of `gamma`. */
export interface GammaOptions extends DrawOptions {
    /** Shape parameter, above 0. */
    readonly shape: TensorLike;
    /** Scale; default 1. */
    readonly scale?: TensorLike;
}
/** Gamma numbers. */
export declare function drawGamma(state: Variable, options: GammaOptions): Variable;
/** Options of `beta`. */
export interface BetaOptions extends DrawOptions {
    /** First parameter, above 0. */
    readonly a: TensorLike;
    /** Second parameter, above 0. */
    readonly b: TensorLike;
}
/** Beta numbers. */
export declare function drawBeta(state: Variable, options: BetaOptions): Variable;
/** Options of `dirichlet`. */
export interface DirichletOptions extends DrawOptions {
    /** Concentrations, above 0: a vector, or one for each row of the draw. */
    readonly alpha: TensorLike;
}
/** Vectors of positive numbers whose sum is 1. The last axis is that of `alpha`. */
export declare function drawDirichlet(state: Variable, options: DirichletOptions): Variable;
