// Made of core/random/selecting.ts by `deno task types`.
/**
 * Distributions over the elements of a set: categories, choices, orders.
 *
 * @module
 */
import { type Dim } from "../ops/common/arguments.d.ts";
import { type TensorLike } from "../ops/common/literal.d.ts";
import { type Variable } from "../graph/graph.d.ts";
import { type DrawOptions } from "./arguments.d.ts";
/** Options of `categorical`. */
export interface CategoricalOptions extends DrawOptions {
    /** Probabilities along the last axis. */
    readonly p?: TensorLike;
    /** Logarithms of probabilities up to a constant, instead of `p`. */
    readonly logits?: TensorLike;
}
/** Category numbers. */
export declare function drawCategorical(state: Variable, options: CategoricalOptions): Variable;
/** Options of `multinomial`. */
export interface MultinomialOptions extends DrawOptions {
    /** Number of trials, a scalar; default 1. */
    readonly n?: Dim;
    /** Probabilities of the categories along the last axis. */
    readonly pvals: TensorLike;
}
/** Counts of the categories of n trials; the last axis is that of the categories. */
export declare function drawMultinomial(state: Variable, options: MultinomialOptions): Variable;
/** Options of `permutation`. */
export interface PermutationOptions extends DrawOptions {
    /** How many numbers there are. */
    readonly n: Dim;
}
/** Orders of the numbers from 0 to n - 1, along an axis at the end. */
export declare function drawPermutation(state: Variable, options: PermutationOptions): Variable;
/** x with the elements of each row (of the last axis) in another order, for each row its own. */
export declare function drawShuffledElements(state: Variable, x: TensorLike): Variable;
/** x with its rows (along axis 0) in another order. */
export declare function drawShuffledRows(state: Variable, x: TensorLike): Variable;
/** Options of `choice`. */
export interface ChoiceOptions extends DrawOptions {
    /** What to choose from: a number n for 0 to n - 1, or a vector; default 2. */
    readonly a?: TensorLike;
    /** Whether an element can be chosen again; default true. */
    readonly replace?: boolean;
    /** Probabilities of the elements; default: all equal. */
    readonly p?: TensorLike;
}
/** Chosen elements. */
export declare function drawChoice(state: Variable, options: ChoiceOptions): Variable;
