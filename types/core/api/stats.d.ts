// Made of core/api/stats.ts by `deno task types`.
/**
 * Distributions: what `T.stats` has. Each gives the logarithm of its density (`logpdf`, or `logpmf` of
 * integers), the density, and where it has a formula the distribution function (`cdf`, `logcdf`), of tensors
 * that broadcast with its parameters. Of those that
 * `RandomStreams` draws, these have the order and the defaults that they have there.
 *
 * Out of the support the logarithm is -Infinity, and wrong parameters give NaN; the gradients of both are
 * zero. Of float16 it is computed in float32.
 *
 * @module
 */
export * from "../ops/densities/continuous.d.ts";
export * from "../ops/densities/discrete.d.ts";
export * from "../ops/densities/vectors.d.ts";
export type { Continuous, Discrete } from "../ops/densities/distribution.d.ts";
