/**
 * Random numbers: streams of variables that are drawn anew at each call.
 *
 * @module
 */

export type { DrawArguments, DrawOptions, SizeLike } from "./arguments.ts";
export type {
  BetaOptions,
  DirichletOptions,
  ExponentialOptions,
  GammaOptions,
  LocationOptions,
  NormalOptions,
  UniformOptions,
} from "./continuous.ts";
export type {
  BernoulliOptions,
  BinomialOptions,
  GeometricOptions,
  IntegersOptions,
  PoissonOptions,
} from "./discrete.ts";
export {
  Generator,
  type GeneratorValueOptions,
  GeneratorVariable,
  type Seed,
} from "./generator.ts";
export type {
  CategoricalOptions,
  ChoiceOptions,
  MultinomialOptions,
  PermutationOptions,
} from "./selecting.ts";
export * from "./streams.ts";
