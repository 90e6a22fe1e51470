// Made of core/ops/densities/continuous.ts by `deno task types`.
/**
 * Distributions of real numbers.
 *
 * @module
 */
import type { TensorLike } from "../common/literal.d.ts";
import { type Continuous } from "./distribution.d.ts";
/** A place and a scale. */
type LocScale = [loc?: TensorLike, scale?: TensorLike];
/**
 * The normal distribution, by mean and standard deviation.
 *
 * @example
 * ```ts
 * import { compile, grad, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), mean = T.dscalar("mean");
 * const loss = T.stats.normal.logpdf(x, mean, 2).sum().neg();
 * const f = await compile([x, mean], [loss, grad(loss, mean)]);
 * console.log(f([1, 2, 3], 2));
 * ```
 */
export declare const normal: Continuous<[avg?: TensorLike, std?: TensorLike]>;
/** The normal distribution, cut off 2 standard deviations from its mean. */
export declare const truncatedNormal: Continuous<[avg?: TensorLike, std?: TensorLike]>;
/** The uniform distribution from `low` to `high`. */
export declare const uniform: Continuous<[low?: TensorLike, high?: TensorLike]>;
/** The exponential distribution with mean `scale`. */
export declare const exponential: Continuous<[scale?: TensorLike]>;
/** The Gumbel distribution. */
export declare const gumbel: Continuous<LocScale>;
/** The Laplace distribution. */
export declare const laplace: Continuous<LocScale>;
/** The Cauchy distribution. */
export declare const cauchy: Continuous<LocScale>;
/** The logistic distribution. */
export declare const logistic: Continuous<LocScale>;
/** The gamma distribution, with mean shape * scale. */
export declare const gamma: Continuous<[shape: TensorLike, scale?: TensorLike]>;
/** The chi-squared distribution with `df` degrees of freedom. */
export declare const chisquare: Continuous<[df: TensorLike]>;
/** The beta distribution, with mean a / (a + b). */
export declare const beta: Continuous<[a: TensorLike, b: TensorLike]>;
/** Student's t distribution with `df` degrees of freedom. */
export declare const studentT: Continuous<[df: TensorLike, loc?: TensorLike, scale?: TensorLike]>;
/** The distribution of numbers whose logarithms are normal, with this mean and standard deviation. */
export declare const lognormal: Continuous<[avg?: TensorLike, std?: TensorLike]>;
/** The Weibull distribution. */
export declare const weibull: Continuous<[shape: TensorLike, scale?: TensorLike]>;
/** The Pareto distribution of numbers from `scale` on. */
export declare const pareto: Continuous<[shape: TensorLike, scale?: TensorLike]>;
/** The von Mises distribution of angles, any whole number of turns off; its density alone. */
export declare const vonMises: Pick<Continuous<[mu?: TensorLike, kappa?: TensorLike]>, "logpdf" | "pdf">;
export {};
