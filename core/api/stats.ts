/**
 * Distributions: what `T.stats` has. Each gives the logarithm of its density (`logpdf`, or `logpmf` of
 * integers), the density, and where it has a formula the distribution function (`cdf`, `logcdf`), of tensors
 * that broadcast with its parameters. These have the order and the defaults of `RandomStreams`.
 *
 * Out of the support the logarithm is -Infinity, and wrong parameters give NaN; the gradients of both are
 * zero. Of float16 it is computed in float32.
 *
 * @module
 */

export * from "../ops/stats/continuous.ts";
export * from "../ops/stats/discrete.ts";
export * from "../ops/stats/vectors.ts";
export type { Continuous, Discrete } from "../ops/stats/distribution.ts";
