// Made of core/ops/densities/discrete.ts by `deno task types`.
/**
 * Distributions of integers.
 *
 * @module
 */
import type { TensorLike } from "../common/literal.d.ts";
import { type Discrete } from "./distribution.d.ts";
/** The number of n trials that succeed, each with probability p. */
export declare const binomial: Discrete<[n?: TensorLike, p?: TensorLike]>;
/** 1 with probability p, else 0. */
export declare const bernoulli: Discrete<[p?: TensorLike]>;
/** Poisson counts with mean `lam`. */
export declare const poisson: Discrete<[lam?: TensorLike]>;
/** The number of trials up to and including the first that succeeds with probability p. */
export declare const geometric: Discrete<[p?: TensorLike]>;
/** Integers from `low` to `high`, which is excluded. */
export declare const integers: Discrete<[low?: TensorLike, high?: TensorLike]>;
