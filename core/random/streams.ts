/**
 * Streams of random variables.
 *
 * @module
 */

import type { DType } from "../graph/dtype.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import type { Variable } from "../graph/graph.ts";
import { type DrawArguments, type DrawOptions, optionsOf } from "./arguments.ts";
import {
  type BetaOptions,
  type DirichletOptions,
  drawBeta,
  drawCauchy,
  drawDirichlet,
  drawExponential,
  drawGamma,
  drawGumbel,
  drawLaplace,
  drawLogistic,
  drawNormal,
  drawTruncatedNormal,
  drawUniform,
  type ExponentialOptions,
  type GammaOptions,
  type LocationOptions,
  type NormalOptions,
  type UniformOptions,
} from "./continuous.ts";
import {
  type BernoulliOptions,
  type BinomialOptions,
  drawBinomial,
  drawGeometric,
  drawIntegers,
  drawPoisson,
  type GeometricOptions,
  type IntegersOptions,
  type PoissonOptions,
} from "./discrete.ts";
import {
  deriveKey,
  freshState,
  Generator,
  GeneratorVariable,
  type Key,
  keyOfSeed,
  type Seed,
} from "./generator.ts";
import {
  type CategoricalOptions,
  type ChoiceOptions,
  drawCategorical,
  drawChoice,
  drawMultinomial,
  drawPermutation,
  drawShuffledElements,
  drawShuffledRows,
  type MultinomialOptions,
  type PermutationOptions,
} from "./selecting.ts";
import { shown } from "../base/shown.ts";

/** The state of a generator and its value after one draw: an update. */
export type StateUpdate = readonly [GeneratorVariable, Variable];

/** A variable that is drawn anew at each call. */
export type RandomVariable<D extends DType = DType, N extends number = number> = Variable<D, N> & {
  /** Its generator. Other variables never use the same one. */
  readonly rng: GeneratorVariable;
  /** The update that functions using the variable apply by themselves. */
  readonly update: StateUpdate;
};

/**
 * Makes random variables. Each has a generator of its own, whose key follows from the seed of the stream
 * and the number of variables made before: the same program with the same seed draws the same numbers,
 * bit for bit for integers and uniforms, on every device and in a loop or out of it.
 *
 * A random variable is drawn once in a call, however often it appears, and anew in the next: functions
 * that use it advance its generator, which they all share, unless `noDefaultUpdates` says otherwise. In a
 * `scan` it is drawn anew in each step, unless it is passed as a non-sequence.
 *
 * All distributions take `(size, options)` or `(options)`, or the parameters in order after the size. A
 * size is a list of numbers and integer scalars, or an integer vector (with `ndim` where its length is
 * not known); without one, the draw has the shape of its parameters, which broadcast. Parameters may be
 * symbolic. Constants out of range throw a RangeError when the variable is made; symbolic ones out of
 * range give NaN or numbers without meaning.
 *
 * Gradients flow to the parameters of `uniform`, `normal`, `truncatedNormal`, `exponential`, `gumbel`,
 * `laplace`, `cauchy` and `logistic`, and to the scale of `gamma`, with the numbers drawn held fixed. They
 * are zero for distributions of integers. To the shape parameters of `gamma`, `beta` and `dirichlet`
 * there is none, and asking for it throws.
 *
 * The generator is Philox4x32-10. Seeds are any integers; without one the stream takes one by chance.
 *
 * @example
 * ```ts
 * import { compile, RandomStreams } from "@croton/croton";
 *
 * const srng = new RandomStreams(324);
 * const u = srng.uniform([2, 2]), n = srng.normal({ size: [2, 2], std: 0.1 });
 * const f = await compile([], u);
 * const g = await compile([], n, { noDefaultUpdates: true }); // draws the same each time
 * const zeros = await compile([], u.add(u).sub(u.mul(2)));
 * ```
 */
export class RandomStreams {
  /** What the keys of variables and of split streams are derived from. */
  #key: Key;
  readonly #generators: GeneratorVariable[] = [];
  #children = 0;

  /** A stream. Throws a TypeError for a seed that is no integer. */
  constructor(seed?: Seed | null) {
    this.#key = seed === undefined || seed === null
      ? crypto.getRandomValues(new Uint32Array(2)) as unknown as Key
      : keyOfSeed(seed, "Cannot make a stream");
  }

  // Streams.

  /**
   * Seeds the generators of all variables made so far, as if the stream had been made with this seed;
   * without a seed, with that of the constructor. Variables made later are not affected.
   *
   * Throws a TypeError for no integer.
   */
  seed(seed?: Seed | null): void {
    const key = seed === undefined || seed === null
      ? this.#key
      : keyOfSeed(seed, "Cannot seed a stream");
    this.#generators.forEach((generator, i) => {
      generator.setValue(freshState(deriveKey(key, "variable", i)));
    });
  }

  /** For each variable, in the order of creation, its generator and the state after a draw. */
  get stateUpdates(): readonly StateUpdate[] {
    return this.#generators.map((generator) => [generator, generator.next] as const);
  }

  /** As `stateUpdates`, to be passed on as updates of a function. */
  updates(): StateUpdate[] {
    return [...this.stateUpdates];
  }

  /**
   * Streams that are independent of this one and of each other. Those of later calls are others; the
   * same calls on a stream with the same seed give the same.
   *
   * Throws a RangeError for a count that is no integer from 1 on.
   */
  split(count = 2): RandomStreams[] {
    if (!Number.isInteger(count) || count < 1 || count > 1e6) {
      throw new RangeError(
        `Cannot split a stream: expected an integer from 1 to 1000000, got ${shown(count)}`,
      );
    }
    return Array.from({ length: count }, () => {
      const child = new RandomStreams(0);
      child.#key = deriveKey(this.#key, "split", this.#children++);
      return child;
    });
  }

  /** The states of all generators in the order of creation, four words for each: what to save. */
  toTypedArray(): Uint32Array<ArrayBuffer> {
    const all = new Uint32Array(4 * this.#generators.length);
    this.#generators.forEach((generator, i) => all.set(generator.getValue().getState(), 4 * i));
    return all;
  }

  /**
   * Takes states that `toTypedArray` gave, also those of another stream with as many variables.
   *
   * Throws a RangeError for another number of words.
   */
  restore(states: ArrayLike<number>): void {
    const words = 4 * this.#generators.length;
    const given: unknown = states;
    if (!Array.isArray(given) && !ArrayBuffer.isView(given)) {
      throw new TypeError(
        `Cannot restore a stream: expected ${words} words in an array, got ${shown(given)}`,
      );
    }
    if (states.length !== words) {
      throw new RangeError(
        `Cannot restore a stream of ${this.#generators.length} variables: expected ${words} words, got ` +
          `${states.length}`,
      );
    }
    const all = Array.from(states);
    const values = this.#generators.map((_, i) => Generator.from(all.slice(4 * i, 4 * i + 4)));
    this.#generators.forEach((generator, i) => generator.setValue(values[i]!));
  }

  #draw(make: (state: Variable) => Variable): RandomVariable {
    const index = this.#generators.length;
    const rng = new GeneratorVariable(freshState(deriveKey(this.#key, "variable", index)));
    const drawn = make(rng);
    // Kept only now: arguments that throw do not use up a generator.
    this.#generators.push(rng);
    return Object.defineProperties(drawn, {
      rng: { value: rng, enumerable: true },
      update: { value: Object.freeze([rng, rng.next]), enumerable: true },
    }) as RandomVariable;
  }

  /** Draws by the options that arguments stand for. */
  #given<O extends DrawOptions>(
    args: DrawArguments<O>,
    names: readonly (keyof O & string)[],
    action: string,
    draw: (state: Variable, options: O) => Variable,
    others?: readonly (keyof O & string)[],
  ): RandomVariable {
    const options = optionsOf(args, names, action, others);
    return this.#draw((state) => draw(state, options));
  }

  // Real numbers.

  /**
   * Uniform numbers from `low` (included) to `high`; the dtype is floatX, or what it and the bounds
   * promote to. Of float32 they are multiples of 2^-24, of float64 of 2^-53, scaled to the bounds.
   *
   * @param args Size and options, or size, low, high.
   */
  uniform(...args: DrawArguments<UniformOptions>): RandomVariable {
    return this.#given(args, ["low", "high"], "Cannot draw uniform numbers", drawUniform);
  }

  /**
   * Normal numbers by Box and Muller's method. `std` 0 gives the mean.
   *
   * @param args Size and options, or size, avg, std.
   */
  normal(...args: DrawArguments<NormalOptions>): RandomVariable {
    return this.#given(args, ["avg", "std"], "Cannot draw normal numbers", drawNormal);
  }

  /**
   * Normal numbers that are drawn again while they are further than 2 `std` from the mean.
   *
   * @param args Size and options, or size, avg, std.
   */
  truncatedNormal(...args: DrawArguments<NormalOptions>): RandomVariable {
    return this.#given(args, ["avg", "std"], "Cannot draw normal numbers", drawTruncatedNormal);
  }

  /**
   * Exponential numbers with mean `scale`.
   *
   * @param args Size and options, or size, scale.
   */
  exponential(...args: DrawArguments<ExponentialOptions>): RandomVariable {
    return this.#given(args, ["scale"], "Cannot draw exponential numbers", drawExponential);
  }

  /**
   * Gumbel numbers: with density exp(-z - exp(-z)) / scale, where z = (x - loc) / scale.
   *
   * @param args Size and options, or size, loc, scale.
   */
  gumbel(...args: DrawArguments<LocationOptions>): RandomVariable {
    return this.#given(args, ["loc", "scale"], "Cannot draw Gumbel numbers", drawGumbel);
  }

  /**
   * Laplace numbers: with density exp(-|x - loc| / scale) / (2 scale).
   *
   * @param args Size and options, or size, loc, scale.
   */
  laplace(...args: DrawArguments<LocationOptions>): RandomVariable {
    return this.#given(args, ["loc", "scale"], "Cannot draw Laplace numbers", drawLaplace);
  }

  /**
   * Cauchy numbers, with median `loc` and half width `scale`.
   *
   * @param args Size and options, or size, loc, scale.
   */
  cauchy(...args: DrawArguments<LocationOptions>): RandomVariable {
    return this.#given(args, ["loc", "scale"], "Cannot draw Cauchy numbers", drawCauchy);
  }

  /**
   * Logistic numbers: whose distribution function is the sigmoid of (x - loc) / scale.
   *
   * @param args Size and options, or size, loc, scale.
   */
  logistic(...args: DrawArguments<LocationOptions>): RandomVariable {
    return this.#given(args, ["loc", "scale"], "Cannot draw logistic numbers", drawLogistic);
  }

  /**
   * Gamma numbers, with mean shape * scale, by Marsaglia and Tsang's method.
   *
   * @param args Size and options, or size, shape, scale.
   */
  gamma(...args: DrawArguments<GammaOptions>): RandomVariable {
    return this.#given(args, ["shape", "scale"], "Cannot draw gamma numbers", drawGamma);
  }

  /**
   * Beta numbers, with mean a / (a + b).
   *
   * @param args Size and options, or size, a, b.
   */
  beta(...args: DrawArguments<BetaOptions>): RandomVariable {
    return this.#given(args, ["a", "b"], "Cannot draw beta numbers", drawBeta);
  }

  /**
   * Dirichlet vectors: positive numbers whose sum is 1. Their axis, that of `alpha`, comes after those of
   * the size.
   *
   * @param args Size and options, or size, alpha.
   */
  dirichlet(...args: DrawArguments<DirichletOptions>): RandomVariable {
    return this.#given(args, ["alpha"], "Cannot draw Dirichlet numbers", drawDirichlet);
  }

  // Integers.

  /**
   * How many of n trials succeed, each with probability p; int64 unless a dtype is given, such as floatX
   * for a mask. With n = 1, exactly the elements whose uniform number is below p.
   *
   * @param args Size and options, or size, n, p.
   */
  binomial(...args: DrawArguments<BinomialOptions>): RandomVariable {
    return this.#given(args, ["n", "p"], "Cannot draw binomial numbers", drawBinomial);
  }

  /**
   * 1 with probability p, else 0.
   *
   * @param args Size and options, or size, p.
   */
  bernoulli(...args: DrawArguments<BernoulliOptions>): RandomVariable {
    return this.#given(args, ["p"], "Cannot draw Bernoulli numbers", drawBinomial);
  }

  /**
   * Poisson counts with mean `lam`, as int64 unless a dtype is given. Counts of symbolic means have to be
   * below 2^31.
   *
   * @param args Size and options, or size, lam.
   */
  poisson(...args: DrawArguments<PoissonOptions>): RandomVariable {
    return this.#given(args, ["lam"], "Cannot draw Poisson numbers", drawPoisson);
  }

  /**
   * The number of trials up to and including the first that succeeds with probability p.
   *
   * @param args Size and options, or size, p.
   */
  geometric(...args: DrawArguments<GeometricOptions>): RandomVariable {
    return this.#given(args, ["p"], "Cannot draw geometric numbers", drawGeometric);
  }

  /**
   * Uniform integers from `low` to `high`, which is excluded; int64 unless a dtype is given. At most 2^32
   * different ones.
   *
   * @param args Size and options, or size, low, high.
   */
  integers(...args: DrawArguments<IntegersOptions>): RandomVariable {
    return this.#given(
      args,
      ["low", "high"],
      "Cannot draw integers",
      (state, options) => drawIntegers(state, options, false),
    );
  }

  /**
   * Uniform integers from `low` to `high`, both included, by default 0 and 1.
   *
   * @param args Size and options, or size, low, high.
   */
  randomIntegers(...args: DrawArguments<IntegersOptions>): RandomVariable {
    return this.#given(
      args,
      ["low", "high"],
      "Cannot draw integers",
      (state, options) => drawIntegers(state, options, true),
    );
  }

  // Sets.

  /**
   * Elements chosen from a vector, or from the numbers 0 to a - 1; with probabilities `p`, one after the
   * other; without being put back if `replace` is false.
   *
   * @param args Size and options, or size, a.
   */
  choice(...args: DrawArguments<ChoiceOptions>): RandomVariable {
    return this.#given(args, ["a"], "Cannot choose", drawChoice, ["replace", "p"]);
  }

  /**
   * The numbers 0 to n - 1 in random order, along an axis after those of the size.
   *
   * @param args Size and options, or size, n.
   */
  permutation(...args: DrawArguments<PermutationOptions>): RandomVariable {
    return this.#given(args, ["n"], "Cannot draw permutations", drawPermutation);
  }

  /** x with its rows, the parts along axis 0, in random order. */
  shuffleRows(x: TensorLike): RandomVariable {
    return this.#draw((state) => drawShuffledRows(state, x));
  }

  /** x with the elements of each row, along the last axis, in random order, for each row its own. */
  shuffleRowElements(x: TensorLike): RandomVariable {
    return this.#draw((state) => drawShuffledElements(state, x));
  }

  /**
   * How often each category comes in n trials. The axis of the categories, that of `pvals`, comes after
   * those of the size.
   *
   * @param args Size and options, or size, n, pvals.
   */
  multinomial(...args: DrawArguments<MultinomialOptions>): RandomVariable {
    return this.#given(args, ["n", "pvals"], "Cannot draw multinomial numbers", drawMultinomial);
  }

  /**
   * Numbers of categories with probabilities `p`, or with `logits`, along the last axis of these.
   *
   * @param args Size and options, or size, p.
   */
  categorical(...args: DrawArguments<CategoricalOptions>): RandomVariable {
    return this.#given(args, ["p"], "Cannot draw categories", drawCategorical, ["logits"]);
  }
}
