// Made of core/random/streams.ts by `deno task types`.
/**
 * Streams of random variables.
 *
 * @module
 */
import type { DType } from "../graph/dtype.d.ts";
import type { TensorLike } from "../ops/common/literal.d.ts";
import type { Variable } from "../graph/graph.d.ts";
import { type DrawArguments } from "./arguments.d.ts";
import { type BetaOptions, type DirichletOptions, type ExponentialOptions, type GammaOptions, type LocationOptions, type NormalOptions, type UniformOptions } from "./continuous.d.ts";
import { type BernoulliOptions, type BinomialOptions, type GeometricOptions, type IntegersOptions, type PoissonOptions } from "./discrete.d.ts";
import { GeneratorVariable, type Seed } from "./generator.d.ts";
import { type CategoricalOptions, type ChoiceOptions, type MultinomialOptions, type PermutationOptions } from "./selecting.d.ts";
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
export declare class RandomStreams {
    #private;
    /** A stream. Throws a TypeError for a seed that is no integer. */
    constructor(seed?: Seed | null);
    /**
     * Seeds the generators of all variables made so far, as if the stream had been made with this seed;
     * without a seed, with that of the constructor. Variables made later are not affected.
     *
     * Throws a TypeError for no integer.
     */
    seed(seed?: Seed | null): void;
    /** For each variable, in the order of creation, its generator and the state after a draw. */
    get stateUpdates(): readonly StateUpdate[];
    /** As `stateUpdates`, to be passed on as updates of a function. */
    updates(): StateUpdate[];
    /**
     * Streams that are independent of this one and of each other. Those of later calls are others; the
     * same calls on a stream with the same seed give the same.
     *
     * Throws a RangeError for a count that is no integer from 1 on.
     */
    split(count?: number): RandomStreams[];
    /** The states of all generators in the order of creation, four words for each: what to save. */
    toTypedArray(): Uint32Array<ArrayBuffer>;
    /**
     * Takes states that `toTypedArray` gave, also those of another stream with as many variables.
     *
     * Throws a RangeError for another number of words.
     */
    restore(states: ArrayLike<number>): void;
    /**
     * Uniform numbers from `low` (included) to `high`; the dtype is floatX, or what it and the bounds
     * promote to. Of float32 they are multiples of 2^-24, of float64 of 2^-53, scaled to the bounds.
     *
     * @param args Size and options, or size, low, high.
     */
    uniform(...args: DrawArguments<UniformOptions>): RandomVariable;
    /**
     * Normal numbers by Box and Muller's method. `std` 0 gives the mean.
     *
     * @param args Size and options, or size, avg, std.
     */
    normal(...args: DrawArguments<NormalOptions>): RandomVariable;
    /**
     * Normal numbers that are drawn again while they are further than 2 `std` from the mean.
     *
     * @param args Size and options, or size, avg, std.
     */
    truncatedNormal(...args: DrawArguments<NormalOptions>): RandomVariable;
    /**
     * Exponential numbers with mean `scale`.
     *
     * @param args Size and options, or size, scale.
     */
    exponential(...args: DrawArguments<ExponentialOptions>): RandomVariable;
    /**
     * Gumbel numbers: with density exp(-z - exp(-z)) / scale, where z = (x - loc) / scale.
     *
     * @param args Size and options, or size, loc, scale.
     */
    gumbel(...args: DrawArguments<LocationOptions>): RandomVariable;
    /**
     * Laplace numbers: with density exp(-|x - loc| / scale) / (2 scale).
     *
     * @param args Size and options, or size, loc, scale.
     */
    laplace(...args: DrawArguments<LocationOptions>): RandomVariable;
    /**
     * Cauchy numbers, with median `loc` and half width `scale`.
     *
     * @param args Size and options, or size, loc, scale.
     */
    cauchy(...args: DrawArguments<LocationOptions>): RandomVariable;
    /**
     * Logistic numbers: whose distribution function is the sigmoid of (x - loc) / scale.
     *
     * @param args Size and options, or size, loc, scale.
     */
    logistic(...args: DrawArguments<LocationOptions>): RandomVariable;
    /**
     * Gamma numbers, with mean shape * scale, by Marsaglia and Tsang's method.
     *
     * @param args Size and options, or size, shape, scale.
     */
    gamma(...args: DrawArguments<GammaOptions>): RandomVariable;
    /**
     * Beta numbers, with mean a / (a + b).
     *
     * @param args Size and options, or size, a, b.
     */
    beta(...args: DrawArguments<BetaOptions>): RandomVariable;
    /**
     * Dirichlet vectors: positive numbers whose sum is 1. Their axis, that of `alpha`, comes after those of
     * the size.
     *
     * @param args Size and options, or size, alpha.
     */
    dirichlet(...args: DrawArguments<DirichletOptions>): RandomVariable;
    /**
     * How many of n trials succeed, each with probability p; int64 unless a dtype is given, such as floatX
     * for a mask. With n = 1, exactly the elements whose uniform number is below p.
     *
     * @param args Size and options, or size, n, p.
     */
    binomial(...args: DrawArguments<BinomialOptions>): RandomVariable;
    /**
     * 1 with probability p, else 0.
     *
     * @param args Size and options, or size, p.
     */
    bernoulli(...args: DrawArguments<BernoulliOptions>): RandomVariable;
    /**
     * Poisson counts with mean `lam`, as int64 unless a dtype is given. Counts of symbolic means have to be
     * below 2^31.
     *
     * @param args Size and options, or size, lam.
     */
    poisson(...args: DrawArguments<PoissonOptions>): RandomVariable;
    /**
     * The number of trials up to and including the first that succeeds with probability p.
     *
     * @param args Size and options, or size, p.
     */
    geometric(...args: DrawArguments<GeometricOptions>): RandomVariable;
    /**
     * Uniform integers from `low` to `high`, which is excluded; int64 unless a dtype is given. At most 2^32
     * different ones.
     *
     * @param args Size and options, or size, low, high.
     */
    integers(...args: DrawArguments<IntegersOptions>): RandomVariable;
    /**
     * Uniform integers from `low` to `high`, both included, by default 0 and 1.
     *
     * @param args Size and options, or size, low, high.
     */
    randomIntegers(...args: DrawArguments<IntegersOptions>): RandomVariable;
    /**
     * Elements chosen from a vector, or from the numbers 0 to a - 1; with probabilities `p`, one after the
     * other; without being put back if `replace` is false.
     *
     * @param args Size and options, or size, a.
     */
    choice(...args: DrawArguments<ChoiceOptions>): RandomVariable;
    /**
     * The numbers 0 to n - 1 in random order, along an axis after those of the size.
     *
     * @param args Size and options, or size, n.
     */
    permutation(...args: DrawArguments<PermutationOptions>): RandomVariable;
    /** x with its rows, the parts along axis 0, in random order. */
    shuffleRows(x: TensorLike): RandomVariable;
    /** x with the elements of each row, along the last axis, in random order, for each row its own. */
    shuffleRowElements(x: TensorLike): RandomVariable;
    /**
     * How often each category comes in n trials. The axis of the categories, that of `pvals`, comes after
     * those of the size.
     *
     * @param args Size and options, or size, n, pvals.
     */
    multinomial(...args: DrawArguments<MultinomialOptions>): RandomVariable;
    /**
     * Numbers of categories with probabilities `p`, or with `logits`, along the last axis of these.
     *
     * @param args Size and options, or size, p.
     */
    categorical(...args: DrawArguments<CategoricalOptions>): RandomVariable;
}
