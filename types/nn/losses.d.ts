// Made of nn/losses.ts by `deno task types`.
/**
 * Losses: one number for each example, whose mean is what one mostly trains on.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
/** Options of {@linkcode softmaxCrossEntropy} and {@linkcode sigmoidCrossEntropy}. */
export interface CrossEntropyOptions {
    /** The share of a label that is spread over all classes; 0 if missing. */
    readonly smoothing?: number;
}
/**
 * The cross-entropy of the softmax of logits along the last axis.
 *
 * @param logits Logits (…, classes).
 * @param labels Numbers of classes (…), or distributions (…, classes).
 * @param options How much of a label is spread over all classes.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.softmaxCrossEntropy(T.matrix("z"), T.ivector("y"), { smoothing: 0.1 }).mean();
 * ```
 */
export declare function softmaxCrossEntropy(logits: TensorLike, labels: TensorLike, options?: CrossEntropyOptions): Variable;
/**
 * The cross-entropy of the sigmoid of logits, elementwise.
 *
 * @param logits Logits.
 * @param targets Numbers from 0 to 1, of the same shape.
 * @param options How much of a target is drawn towards 1/2.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.sigmoidCrossEntropy(T.vector("z"), T.vector("y")).mean();
 * ```
 */
export declare function sigmoidCrossEntropy(logits: TensorLike, targets: TensorLike, options?: CrossEntropyOptions): Variable;
/** Options of {@linkcode huberLoss}. */
export interface HuberOptions {
    /** Where the loss goes over from a parabola to a line; 1 if missing. */
    readonly delta?: number;
}
/**
 * Huber's loss, elementwise: half the squared error where it is at most delta, a line beyond.
 *
 * @param predictions Predictions.
 * @param targets Targets of the same shape.
 * @param options Where the line begins.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.huberLoss(T.vector("p"), T.vector("t"), { delta: 0.5 }).mean();
 * ```
 */
export declare function huberLoss(predictions: TensorLike, targets: TensorLike, options?: HuberOptions): Variable;
/**
 * The hinge loss, elementwise: max(0, 1 - score * target).
 *
 * @param scores Scores.
 * @param targets -1 or 1, of the same shape.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.hingeLoss(T.vector("score"), T.vector("target")).mean();
 * ```
 */
export declare function hingeLoss(scores: TensorLike, targets: TensorLike): Variable;
/**
 * The Kullback-Leibler divergence of distributions along the last axis: the sum of t (log t - log p), where
 * nothing is added for t = 0.
 *
 * @param logProbabilities log p, as `T.logSoftmax` gives it.
 * @param targets Distributions t of the same shape.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.klDivergence(T.logSoftmax(T.matrix("z")), T.matrix("t")).mean();
 * ```
 */
export declare function klDivergence(logProbabilities: TensorLike, targets: TensorLike): Variable;
/** Options of {@linkcode ctcLoss}. */
export interface CtcOptions {
    /** Where it is 0 or false there is no input any more: (examples, time). */
    readonly logitMask?: TensorLike;
    /** Where it is 0 or false there is no label any more: (examples, labels). */
    readonly labelMask?: TensorLike;
    /** The class that stands for no label; 0 if missing. */
    readonly blank?: number;
}
/**
 * Connectionist temporal classification: minus the logarithm of the probability of all ways to read labels
 * from a sequence of classes, in which labels may be repeated and blanks stand between them.
 *
 * @param logits Logits (examples, time, classes).
 * @param labels Numbers of classes (examples, labels).
 * @param options Masks of what is padding, and the blank.
 * @returns A loss for each example.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const loss = nn.ctcLoss(T.tensor3("z"), T.imatrix("y"), { labelMask: T.matrix("mask") }).mean();
 * ```
 */
export declare function ctcLoss(logits: TensorLike, labels: TensorLike, options?: CtcOptions): Variable;
