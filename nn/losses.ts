/**
 * Losses: one number for each example, whose mean is what one mostly trains on.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { isDiscrete, isInt, promote } from "../core/graph/dtype.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import { scan } from "../scan/loop.ts";

/** Options of {@linkcode softmaxCrossEntropy} and {@linkcode sigmoidCrossEntropy}. */
export interface CrossEntropyOptions {
  /** The share of a label that is spread over all classes; 0 if missing. */
  readonly smoothing?: number;
}

function smoothingOf(options: CrossEntropyOptions | undefined): number {
  const action = "Cannot take a cross-entropy";
  const { smoothing = 0 } = checkOptions(action, options, { smoothing: "number" });
  if (smoothing >= 0 && smoothing <= 1) return smoothing;
  throw new RangeError(`${action}: expected a smoothing from 0 to 1, got ${shown(smoothing)}`);
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
export function softmaxCrossEntropy(
  logits: TensorLike,
  labels: TensorLike,
  options?: CrossEntropyOptions,
): Variable {
  const smoothing = smoothingOf(options), z: Variable = asVariable(logits);
  const hit: Variable = T.categoricalCrossentropy(T.softmax(z), labels);
  if (smoothing === 0) return hit;
  const all = T.neg(T.mean(T.logSoftmax(z), -1));
  return T.add(T.mul(hit, 1 - smoothing), T.mul(all, smoothing));
}

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
export function sigmoidCrossEntropy(
  logits: TensorLike,
  targets: TensorLike,
  options?: CrossEntropyOptions,
): Variable {
  const smoothing = smoothingOf(options), z: Variable = asVariable(logits);
  const t = floating(targets, z);
  const smooth = smoothing === 0 ? t : T.add(T.mul(t, 1 - smoothing), smoothing / 2) as Variable;
  return T.sigmoidBinaryCrossentropy(z, smooth);
}

/** Targets as numbers of the type of what is compared with them. */
function floating(targets: TensorLike, like: Variable): Variable {
  const t: Variable = asVariable(targets, like.dtype);
  return isDiscrete(t.dtype) ? T.cast(t, like.dtype) : t;
}

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
export function huberLoss(
  predictions: TensorLike,
  targets: TensorLike,
  options?: HuberOptions,
): Variable {
  const { delta = 1 } = checkOptions("Cannot take a loss", options, { delta: "number" });
  const p: Variable = asVariable(predictions);
  const error: Variable = T.sub(p, floating(targets, p)), size: Variable = T.abs(error);
  const parabola = T.mul(T.sqr(error), 0.5), line = T.mul(T.sub(size, delta / 2), delta);
  return T.switch(T.le(size, delta), parabola, line);
}

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
export function hingeLoss(scores: TensorLike, targets: TensorLike): Variable {
  const s: Variable = asVariable(scores);
  return T.maximum(T.sub(1, T.mul(s, floating(targets, s))), 0);
}

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
export function klDivergence(logProbabilities: TensorLike, targets: TensorLike): Variable {
  const p: Variable = asVariable(logProbabilities), t = floating(targets, p);
  const some = T.gt(t, 0), safe = T.switch(some, t, 1);
  return T.sum(T.switch(some, T.mul(t, T.sub(T.log(safe), p)), 0), -1);
}

/** Options of {@linkcode ctcLoss}. */
export interface CtcOptions {
  /** Where it is 0 or false there is no input any more: (examples, time). */
  readonly logitMask?: TensorLike;
  /** Where it is 0 or false there is no label any more: (examples, labels). */
  readonly labelMask?: TensorLike;
  /** The class that stands for no label; 0 if missing. */
  readonly blank?: number;
}

/** The logarithm of a probability that is as good as 0; sums of some are finite. */
const NEVER = -1e30;

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
export function ctcLoss(logits: TensorLike, labels: TensorLike, options?: CtcOptions): Variable {
  const action = "Cannot take the CTC loss";
  const { logitMask, labelMask, blank = 0 } = checkOptions(action, options, {
    logitMask: "any",
    labelMask: "any",
    blank: "number",
  });
  const z: Variable = asVariable(logits), y: Variable = asVariable(labels);
  if (z.ndim !== 3 || y.ndim !== 2 || !isInt(y.dtype)) {
    throw new TypeError(
      `${action}: expected logits (examples, time, classes) and integers (examples, labels), got ` +
        `${z.type} and ${y.type}`,
    );
  }
  const dtype = promote(z.dtype, "float32");
  const logP: Variable = T.logSoftmax(T.cast(z, dtype));
  const [examples, times] = z.shape as readonly Variable[];
  const count = y.shape[1] as Variable;
  // Places: a blank, the first label, a blank, the second label, …, a blank.
  const blanks: Variable = T.fill(y, blank);
  const pairs = T.reshape(T.stack([blanks, y], 2), [examples!, T.mul(count, 2)]);
  const end = T.alloc(T.constant(blank, { dtype: y.dtype }), examples!, 1);
  const classes: Variable = T.concatenate([pairs, end], 1);
  // A label may follow another one without a blank between them.
  const before = T.index(classes, [T.slice(), T.slice(null, -2)]);
  const own = T.index(classes, [T.slice(), T.slice(2, null)]);
  const follows: Variable = T.and(T.neq(own, before), T.neq(own, blank));
  const rows = T.arange(examples!), steps = T.arange(times!);
  const emitted: Variable = T.index(logP, [
    T.dimshuffle(rows, "x", 0, "x"),
    T.dimshuffle(steps, 0, "x", "x"),
    T.dimshuffle(classes, "x", 0, 1),
  ]);
  const there = logitMask === undefined ? null : T.swapaxes(T.neq(logitMask, 0), 0, 1) as Variable;
  const never = (length: number) =>
    T.alloc(T.constant(NEVER, { dtype }), examples!, length) as Variable;
  const places: Variable = T.add(T.mul(count, 2), 1);
  // Before the first time only the first place is reached.
  const start = T.cast(T.switch(T.eq(T.arange(places), 0), 0, NEVER), dtype);
  const first: Variable = T.add(T.alloc(T.constant(0, { dtype }), examples!, places), start);
  const step = (...args: Variable[]): Variable => {
    const a = args.at(-1)!, now = args[0]!;
    const moved = T.concatenate([never(1), T.index(a, [T.slice(), T.slice(null, -1)])], 1);
    const skipped = T.switch(follows, T.index(a, [T.slice(), T.slice(null, -2)]), NEVER);
    const jumped = T.concatenate([never(2), T.cast(skipped, dtype)], 1);
    const reached = T.logaddexp(
      T.logaddexp(a, moved),
      T.index(jumped, [T.slice(), T.slice(null, places)]),
    );
    const next: Variable = T.add(T.cast(reached, dtype), now);
    return args.length < 3 ? next : T.switch(T.expandDims(args[1]!, -1), next, a);
  };
  const [trace] = scan(step, {
    sequences: there === null ? [emitted] : [emitted, there],
    outputsInfo: [first],
    name: "ctc",
  } as never) as unknown as [Variable];
  const last: Variable = T.index(trace, [-1]);
  const length = labelMask === undefined
    ? T.alloc(T.cast(count, "int64"), examples!) as Variable
    : T.sum(T.cast(T.neq(labelMask, 0), "int64"), 1) as Variable;
  const inBlank: Variable = T.index(last, [rows, T.mul(length, 2)]);
  const inLabel: Variable = T.switch(
    T.gt(length, 0),
    T.index(last, [rows, T.maximum(T.sub(T.mul(length, 2), 1), 0)]),
    NEVER,
  );
  return T.neg(T.logaddexp(inBlank, T.cast(inLabel, dtype)));
}
