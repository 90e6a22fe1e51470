// Made of core/ops/densities/distribution.ts by `deno task types`.
/**
 * How a distribution is described, and what follows from that.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/** A distribution of real numbers; `P` are its parameters, in the order of `RandomStreams`. */
export interface Continuous<P extends readonly unknown[]> {
    /** The logarithm of the density; -Infinity where there is none. */
    logpdf(x: TensorLike, ...parameters: P): Variable;
    /** The density. */
    pdf(x: TensorLike, ...parameters: P): Variable;
    /** The probability of a number of at most x. */
    cdf(x: TensorLike, ...parameters: P): Variable;
    /** The logarithm of that. */
    logcdf(x: TensorLike, ...parameters: P): Variable;
}
/** A distribution of integers; `P` are its parameters, in the order of `RandomStreams`. */
export interface Discrete<P extends readonly unknown[]> {
    /** The logarithm of the probability; -Infinity for what is not drawn. */
    logpmf(x: TensorLike, ...parameters: P): Variable;
    /** The probability. */
    pmf(x: TensorLike, ...parameters: P): Variable;
    /** The probability of an integer of at most x. */
    cdf(x: TensorLike, ...parameters: P): Variable;
    /** The logarithm of that. */
    logcdf(x: TensorLike, ...parameters: P): Variable;
}
type Of = (x: Variable, ...parameters: Variable[]) => Variable;
/** What is to be said of a distribution; functions see numbers in range only. */
interface Description {
    readonly name: string;
    /** Parameters where they are left out. */
    readonly defaults: readonly TensorLike[];
    /** A number and parameters in range, to stand for what is not. */
    readonly inside: readonly number[];
    /** Which parameters are right; others give NaN. */
    right(...parameters: Variable[]): TensorLike;
    /** Where the density is a formula. */
    supports(x: Variable, ...parameters: Variable[]): TensorLike;
    /** What is left of the support: there the distribution function is 0, and it is 1 elsewhere. */
    isBelow(x: Variable, ...parameters: Variable[]): TensorLike;
    /** The logarithm of the density, or of the probability. */
    readonly log: Of;
    readonly cdf: Of;
    /** The logarithm of `cdf`, where that is known better. */
    readonly logcdf?: Of;
    /** The logarithm of the density elsewhere; default -Infinity. */
    readonly edge?: Of;
}
/** The functions of a distribution of real numbers. */
export declare function continuous<P extends readonly (TensorLike | undefined)[]>(d: Description): Continuous<P>;
/** The functions of a distribution of integers. The distribution function has steps. */
export declare function discrete<P extends readonly (TensorLike | undefined)[]>(d: Description): Discrete<P>;
/** How far x is from a place, in units of a scale. */
export declare function standard(x: Variable, loc: Variable, scale: Variable): Variable;
export {};
