// Made of core/random/mod.ts by `deno task types`.
/**
 * Random numbers: streams of variables that are drawn anew at each call.
 *
 * @module
 */
export type { DrawArguments, DrawOptions, SizeLike } from "./arguments.d.ts";
export type { BetaOptions, DirichletOptions, ExponentialOptions, GammaOptions, LocationOptions, NormalOptions, UniformOptions, } from "./continuous.d.ts";
export type { BernoulliOptions, BinomialOptions, GeometricOptions, IntegersOptions, PoissonOptions, } from "./discrete.d.ts";
export { Generator, type GeneratorValueOptions, GeneratorVariable, type Seed, } from "./generator.d.ts";
export type { CategoricalOptions, ChoiceOptions, MultinomialOptions, PermutationOptions, } from "./selecting.d.ts";
export * from "./streams.d.ts";
