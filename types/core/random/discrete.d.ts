// Made of core/random/discrete.ts by `deno task types`.
/**
 * Distributions of integers.
 *
 * @module
 */
import { type TensorLike } from "../ops/common/literal.d.ts";
import { type Variable } from "../graph/graph.d.ts";
import { type DrawOptions } from "./arguments.d.ts";
/** Options of `binomial`. */
export interface BinomialOptions extends DrawOptions {
    /** Number of trials, from 0 on; default 1. */
    readonly n?: TensorLike;
    /** Probability of success; default 0.5. */
    readonly p?: TensorLike;
}
/** Options of `bernoulli`. */
export interface BernoulliOptions extends DrawOptions {
    /** Probability of 1; default 0.5. */
    readonly p?: TensorLike;
}
/** A parameter that is a whole number; numbers become integers. */
export declare function wholeParameter(value: TensorLike, name: string, action: string): Variable;
/** Counts of successes. */
export declare function drawBinomial(state: Variable, options: BinomialOptions): Variable;
/** Options of `poisson`. */
export interface PoissonOptions extends DrawOptions {
    /** Mean, from 0 on; default 1. */
    readonly lam?: TensorLike;
}
/** Counts of rare events. */
export declare function drawPoisson(state: Variable, options: PoissonOptions): Variable;
/** Options of `geometric`. */
export interface GeometricOptions extends DrawOptions {
    /** Probability of success, above 0; default 0.5. */
    readonly p?: TensorLike;
}
/** Numbers of trials up to and including the first success. */
export declare function drawGeometric(state: Variable, options: GeometricOptions): Variable;
/** Options of `integers` and `randomIntegers`. */
export interface IntegersOptions extends DrawOptions {
    /** Least integer; default 0. */
    readonly low?: TensorLike;
    /** Greatest integer of `randomIntegers`; one more than it of `integers`. */
    readonly high?: TensorLike;
}
/**
 * Uniform integers from `low` to `high`, without it unless `inclusive`. Bounds that are `lengths` are known
 * to fit in int32.
 */
export declare function drawIntegers(state: Variable, options: IntegersOptions, inclusive: boolean, lengths?: boolean): Variable;
