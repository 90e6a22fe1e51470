/**
 * Layers as functions of their parameters, which are plain records.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import { type FloatDType, isInt } from "../core/graph/dtype.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import type { RandomStreams } from "../core/random/streams.ts";
import { SharedVariable } from "../core/runtime/shared.ts";
import { glorotUniform, type Initialiser } from "./initialisers.ts";
import { streamsOf, weightsOf } from "./parameters.ts";

/** Options of the functions that draw first parameters. */
export interface LayerOptions {
  /** Element type; float32 if missing. */
  readonly dtype?: FloatDType;
  /** How weights are drawn. */
  readonly weights?: Initialiser;
}

/** The options, checked. */
export function layerOptions(
  options: LayerOptions | undefined,
  weights: Initialiser,
): Required<LayerOptions> {
  const checked = checkOptions("Cannot draw parameters", options, {
    dtype: "string",
    weights: "function",
  });
  return { dtype: checked.dtype ?? "float32", weights: checked.weights ?? weights };
}

/** Zeros of fixed lengths. */
export function zeros(shape: readonly number[], dtype: FloatDType): Variable {
  return T.zeros([...shape], dtype);
}

function ones(shape: readonly number[], dtype: FloatDType): Variable {
  return T.ones([...shape], dtype);
}

/** Parameters of {@linkcode dense}. */
export interface DenseParameters {
  /** Weights (in, out). */
  readonly W: Variable;
  /** Biases (out), if there are any. */
  readonly b?: Variable;
}

/**
 * First parameters of a dense layer: weights as drawn, biases of zero.
 *
 * @param streams Where weights are drawn from.
 * @param inputs The number of inputs.
 * @param outputs The number of outputs.
 * @param options How weights are drawn; as `glorotUniform` does, if missing.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const { W, b } = await nn.init(nn.initDense(new RandomStreams(1), 3, 2));
 * ```
 */
export function initDense(
  streams: RandomStreams,
  inputs: number,
  outputs: number,
  options?: LayerOptions,
): { W: Variable; b: Variable } {
  const { dtype, weights } = layerOptions(options, glorotUniform);
  return { W: weights(streams, [inputs, outputs], { dtype }), b: zeros([outputs], dtype) };
}

/**
 * A dense layer: x W + b, for the last axis of x.
 *
 * @param p Weights and biases.
 * @param x The inputs along its last axis.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initDense(new RandomStreams(1), 3, 2));
 * const h = T.tanh(nn.dense(p, T.matrix("x")));
 * ```
 */
export function dense(p: DenseParameters, x: TensorLike): Variable {
  const { W, b } = weightsOf("Cannot apply a dense layer", p, ["W"], "b");
  const product: Variable = T.dot(asVariable(x), W);
  return b === undefined ? product : T.add(product, b);
}

/** Parameters of {@linkcode embedding}. */
export interface EmbeddingParameters {
  /** A row for each word. */
  readonly table: Variable;
}

/**
 * First parameters of an embedding: rows of normal numbers with variance 1 / size.
 *
 * @param streams Where they are drawn from.
 * @param count The number of words.
 * @param size Elements of a row.
 * @param options How rows are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const { table } = await nn.init(nn.initEmbedding(new RandomStreams(1), 1000, 64));
 * ```
 */
export function initEmbedding(
  streams: RandomStreams,
  count: number,
  size: number,
  options?: LayerOptions,
): { table: Variable } {
  const normal: Initialiser = (from, shape, more) =>
    streamsOf("Cannot draw parameters", from).normal({
      size: shape,
      std: Math.sqrt(1 / size),
      dtype: more?.dtype ?? "float32",
    });
  const { dtype, weights } = layerOptions(options, normal);
  return { table: weights(streams, [count, size], { dtype }) };
}

/**
 * The rows of a table that belong to words.
 *
 * @param p The table.
 * @param words Numbers of words, of any shape.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initEmbedding(new RandomStreams(1), 1000, 64));
 * const h = nn.embedding(p, T.imatrix("words"));
 * ```
 */
export function embedding(p: EmbeddingParameters, words: TensorLike): Variable {
  const { table } = weightsOf("Cannot look words up", p, ["table"]), ids = asVariable(words);
  if (!isInt(ids.dtype)) {
    throw new TypeError(
      `Cannot look words up: expected integers, got ${ids.label} of ${ids.dtype}`,
    );
  }
  return T.index(table, ids);
}

/** Options of {@linkcode dropout}. */
export interface DropoutOptions {
  /** Where is drawn what is dropped. */
  readonly streams: RandomStreams;
  /** The share that is dropped; 0.5 if missing. */
  readonly rate?: number;
  /** Whether anything is dropped; true if missing. */
  readonly training?: boolean;
}

/**
 * x with some elements, drawn anew at each call, set to 0 and the others divided by their share, in training.
 *
 * @param x Any numbers.
 * @param options The stream, the share that is dropped, and whether anything is.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const h = nn.dropout(T.matrix("h"), { streams: new RandomStreams(1), rate: 0.2 });
 * ```
 */
export function dropout(x: TensorLike, options: DropoutOptions): Variable {
  const action = "Cannot drop elements";
  const { streams, rate = 0.5, training = true } = checkOptions(action, options, {
    streams: "any",
    rate: "number",
    training: "boolean",
  });
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`${action}: expected a rate from 0 to below 1, got ${shown(rate)}`);
  }
  const from = streamsOf(action, streams), v: Variable = asVariable(x);
  if (!training || rate === 0) return v;
  const kept = from.bernoulli({ p: 1 - rate, size: v.shape });
  return T.switch(kept, T.mul(v, 1 / (1 - rate)), 0);
}

/** Parameters of {@linkcode batchNorm}. */
export interface BatchNormParameters {
  /** What channels are multiplied with. */
  readonly scale: Variable;
  /** What is added to them. */
  readonly bias: Variable;
  /** Running averages, which take the place of those of a batch outside of training. */
  readonly running: { readonly mean: Variable; readonly variance: Variable };
}

/**
 * First parameters of a batch normalisation.
 *
 * @param channels The number of channels.
 * @param options The element type.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const p = await nn.init(nn.initBatchNorm(32));
 * console.assert(nn.trainable(p).length === 2);
 * ```
 */
export function initBatchNorm(
  channels: number,
  options?: Pick<LayerOptions, "dtype">,
): {
  scale: Variable;
  bias: Variable;
  running: { mean: Variable; variance: Variable };
} {
  const { dtype } = layerOptions(options, glorotUniform);
  return {
    scale: ones([channels], dtype),
    bias: zeros([channels], dtype),
    running: { mean: zeros([channels], dtype), variance: ones([channels], dtype) },
  };
}

/** Options of {@linkcode batchNorm}. */
export interface BatchNormOptions {
  /** Whether to use the mean and variance of the batch; true if missing. */
  readonly training?: boolean;
  /** The axis of channels; 1 if missing. */
  readonly axis?: number;
  /** What is left of a running average after a step; 0.99 if missing. */
  readonly momentum?: number;
  /** Is added to variances; 1e-5 if missing. */
  readonly epsilon?: number;
}

/**
 * Batch normalisation: channels with mean 0 and variance 1 over all other axes, scaled and shifted. In
 * training, the updates keep running averages.
 *
 * @param p Scale, bias and running averages.
 * @param x Numbers with channels along an axis.
 * @param options Whether this is training, and others.
 * @returns The output, and updates that belong to those of training; none outside of it.
 *
 * @example
 * ```ts
 * import { compile, nn, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initBatchNorm(3)), x = T.matrix("x");
 * const { output, updates } = nn.batchNorm(p, x, { training: true });
 * const cost = output.sqr().sum();
 * const train = await compile([x], cost, { updates: [...nn.sgd(cost, p), ...updates] });
 * ```
 */
export function batchNorm(
  p: BatchNormParameters,
  x: TensorLike,
  options?: BatchNormOptions,
): { output: Variable; updates: (readonly [SharedVariable, Variable])[] } {
  const action = "Cannot normalise a batch";
  const { training = true, axis = 1, momentum = 0.99, epsilon = 1e-5 } = checkOptions(
    action,
    options,
    { training: "boolean", axis: "number", momentum: "number", epsilon: "number" },
  );
  const v: Variable = asVariable(x), channel = axis < 0 ? axis + v.ndim : axis;
  if (!Number.isInteger(channel) || channel < 0 || channel >= v.ndim) {
    throw new RangeError(
      `${action}: expected an axis of ${v.label} of ${v.ndim} axes, got ${axis}`,
    );
  }
  const others = v.type.shape.map((_, d) => d).filter((d) => d !== channel);
  const spread = (c: Variable): Variable =>
    T.dimshuffle(c, v.type.shape.map((_, d) => d === channel ? 0 : "x"));
  const { scale, bias } = weightsOf(action, p, ["scale", "bias"]);
  const { mean: runningMean, variance: runningVariance } = weightsOf(
    `${action} by its running averages`,
    p.running,
    ["mean", "variance"],
  );
  const mean = training ? T.mean(v, others) as Variable : runningMean;
  const centred: Variable = T.sub(v, spread(mean));
  const variance = training ? T.mean(T.sqr(centred), others) as Variable : runningVariance;
  const factor: Variable = T.div(scale, T.sqrt(T.add(variance, epsilon)));
  const output: Variable = T.add(T.mul(centred, spread(factor)), spread(bias));
  if (!training) return { output, updates: [] };
  const updates = ([[runningMean, mean], [runningVariance, variance]] as const).map(
    ([running, now]) => {
      if (!(running instanceof SharedVariable)) {
        throw new TypeError(
          `${action}: expected shared variables as running averages, got ${shown(running)}`,
        );
      }
      const next = T.add(T.mul(running, momentum), T.mul(now, 1 - momentum));
      return [running, T.cast(next, running.dtype)] as const;
    },
  );
  return { output, updates };
}

/** Parameters of {@linkcode layerNorm}. */
export interface LayerNormParameters {
  /** What features are multiplied with. */
  readonly scale: Variable;
  /** What is added to them. */
  readonly bias: Variable;
}

/**
 * First parameters of a layer normalisation.
 *
 * @param features The number of features.
 * @param options The element type.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const p = await nn.init(nn.initLayerNorm(64));
 * ```
 */
export function initLayerNorm(
  features: number,
  options?: Pick<LayerOptions, "dtype">,
): { scale: Variable; bias: Variable } {
  const { dtype } = layerOptions(options, glorotUniform);
  return { scale: ones([features], dtype), bias: zeros([features], dtype) };
}

/** Options of {@linkcode layerNorm}. */
export interface LayerNormOptions {
  /** Is added to variances; 1e-5 if missing. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation: mean 0 and variance 1 along the last axis, scaled and shifted.
 *
 * @param p Scale and bias.
 * @param x Numbers with features along the last axis.
 * @param options What is added to variances.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.layerNorm(await nn.init(nn.initLayerNorm(64)), T.tensor3("x"));
 * ```
 */
export function layerNorm(
  p: LayerNormParameters,
  x: TensorLike,
  options?: LayerNormOptions,
): Variable {
  const action = "Cannot normalise";
  const { epsilon = 1e-5 } = checkOptions(action, options, { epsilon: "number" });
  const { scale, bias } = weightsOf(action, p, ["scale", "bias"]);
  const v: Variable = asVariable(x);
  const centred: Variable = T.sub(v, T.mean(v, { axis: -1, keepdims: true }));
  const variance: Variable = T.mean(T.sqr(centred), { axis: -1, keepdims: true });
  const unit = T.div(centred, T.sqrt(T.add(variance, epsilon)));
  return T.add(T.mul(unit, scale), bias);
}
