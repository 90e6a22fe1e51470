// Made of core/ops/densities/vectors.ts by `deno task types`.
/**
 * Distributions of vectors, which lie along the last axis, and of categories.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/** A distribution of vectors. */
export interface Multivariate<P extends readonly unknown[]> {
    /** The logarithm of the density; -Infinity where there is none. */
    logpdf(x: TensorLike, ...parameters: P): Variable;
}
/** A distribution of vectors of integers, or of categories. */
export interface Categories<P extends readonly unknown[]> {
    /** The logarithm of the probability; -Infinity for what is not drawn. */
    logpmf(x: TensorLike, ...parameters: P): Variable;
}
/** The multivariate normal distribution; the covariance matrix has to be positive definite. */
export declare const multivariateNormal: Multivariate<[mean: TensorLike, cov: TensorLike]>;
/** The Dirichlet distribution of positive numbers whose sum is 1. */
export declare const dirichlet: Multivariate<[alpha: TensorLike]>;
/** How often each category comes in n trials. */
export declare const multinomial: Categories<[n: TensorLike, pvals: TensorLike]>;
/** Numbers of categories with probabilities `p` along the last axis. */
export declare const categorical: Categories<[p: TensorLike]>;
