/**
 * Attention, and the block of a transformer.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import type { RandomStreams } from "../core/random/streams.ts";
import { glorotUniform } from "./initialisers.ts";
import {
  dense,
  type DenseParameters,
  dropout,
  initDense,
  initLayerNorm,
  layerNorm,
  type LayerNormParameters,
  type LayerOptions,
  layerOptions,
} from "./layers.ts";
import { recordOf } from "./parameters.ts";

/** Options of {@linkcode attention}. */
export interface AttentionOptions {
  /** Where it is 0 or false, a query does not see a key: (…, queries, keys), or what broadcasts to it. */
  readonly mask?: TensorLike;
  /** Whether a query sees keys up to its own place only. */
  readonly causal?: boolean;
  /** What scores are multiplied with; 1 / sqrt(features) if missing. */
  readonly scale?: TensorLike;
}

/** A score that stands for "not seen", in all floating types. */
const unseen = { float16: -4e4, float32: -2e38, float64: -1e308 } as const;

/**
 * Scaled dot-product attention: softmax(q kᵀ scale) v. A query that sees no key averages all values.
 *
 * @param q Queries (…, queries, features).
 * @param k Keys (…, keys, features).
 * @param v Values (…, keys, size).
 * @param options Mask and scale.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const [q, k, v] = [T.tensor3("q"), T.tensor3("k"), T.tensor3("v")];
 * const seen = nn.attention(q, k, v, { causal: true });
 * ```
 */
export function attention(
  q: TensorLike,
  k: TensorLike,
  v: TensorLike,
  options?: AttentionOptions,
): Variable {
  expectOneRank(q, k, v);
  return T.matmul(attentionWeights(q, k, options), v);
}

function expectOneRank(...parts: TensorLike[]): void {
  const types = parts.map((one) => asVariable(one).type);
  if (types.every(({ ndim }) => ndim >= 2 && ndim === types[0]!.ndim)) return;
  throw new TypeError(
    `Cannot attend: expected queries, keys and values of one rank from 2 on, got ${
      types.join(", ")
    }`,
  );
}

/**
 * How much each query of {@linkcode attention} looks at each key: softmax(q kᵀ scale), whose rows have the
 * sum 1.
 *
 * @param q Queries (…, queries, features).
 * @param k Keys (…, keys, features).
 * @param options Mask and scale.
 * @returns Weights (…, queries, keys).
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const weights = nn.attentionWeights(T.tensor3("q"), T.tensor3("k"), { causal: true });
 * ```
 */
export function attentionWeights(
  q: TensorLike,
  k: TensorLike,
  options?: AttentionOptions,
): Variable {
  const { mask, causal = false, scale } = checkOptions("Cannot attend", options, {
    mask: "any",
    causal: "boolean",
    scale: "any",
  });
  expectOneRank(q, k);
  const queries: Variable = asVariable(q), keys: Variable = asVariable(k);
  const features = T.cast(queries.shape.at(-1)!, queries.dtype);
  const factor = scale ?? T.div(1, T.sqrt(features));
  const products: Variable = T.matmul(queries, T.swapaxes(keys, -1, -2));
  let scores: Variable = T.mul(products, T.cast(factor, products.dtype));
  const hide = (seen: Variable) => {
    const low = unseen[scores.dtype as keyof typeof unseen];
    scores = T.switch(seen, scores, T.constant(low, { dtype: scores.dtype }));
  };
  if (mask !== undefined) hide(T.neq(mask, 0));
  if (causal) {
    const rows = T.arange(scores.shape.at(-2)!), columns = T.arange(scores.shape.at(-1)!);
    hide(T.ge(T.expandDims(rows, 1), T.expandDims(columns, 0)));
  }
  return T.softmax(scores);
}

/** Parameters of {@linkcode multiHeadAttention}: dense layers. */
export interface MultiHeadAttentionParameters {
  /** Of queries. */
  readonly query: DenseParameters;
  /** Of keys. */
  readonly key: DenseParameters;
  /** Of values. */
  readonly value: DenseParameters;
  /** Of the heads together. */
  readonly out: DenseParameters;
}

/** A dense layer as it is drawn. */
type Dense = { W: Variable; b: Variable };

/**
 * First parameters of {@linkcode multiHeadAttention}.
 *
 * @param streams Where weights are drawn from.
 * @param size The number of features, in all heads together.
 * @param options How weights are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initMultiHeadAttention(new RandomStreams(1), 64));
 * ```
 */
export function initMultiHeadAttention(
  streams: RandomStreams,
  size: number,
  options?: LayerOptions,
): { query: Dense; key: Dense; value: Dense; out: Dense } {
  const one = () => initDense(streams, size, size, options);
  return { query: one(), key: one(), value: one(), out: one() };
}

/** Options of {@linkcode multiHeadAttention}. */
export interface MultiHeadAttentionOptions extends AttentionOptions {
  /** The number of heads. */
  readonly heads: number;
  /** What keys and values are made of, (…, keys, features); x itself if missing. */
  readonly of?: TensorLike;
}

/**
 * Attention by several heads, each of a part of the features.
 *
 * @param p Dense layers for queries, keys, values and the heads together.
 * @param x What queries are made of: (…, queries, features).
 * @param options The number of heads, a mask (…, heads, queries, keys) or what broadcasts to it, and others.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initMultiHeadAttention(new RandomStreams(1), 64));
 * const h = nn.multiHeadAttention(p, T.tensor3("x"), { heads: 8, causal: true });
 * ```
 */
export function multiHeadAttention(
  p: MultiHeadAttentionParameters,
  x: TensorLike,
  options: MultiHeadAttentionOptions,
): Variable {
  const action = "Cannot attend by heads";
  const { heads, of, ...rest } = checkOptions(action, options, {
    heads: "number",
    of: "any",
    mask: "any",
    causal: "boolean",
    scale: "any",
  });
  if (!Number.isInteger(heads) || heads < 1) {
    throw new RangeError(`${action}: expected a number of heads from 1 on, got ${shown(heads)}`);
  }
  const from: Variable = asVariable(x), source = of === undefined ? from : asVariable(of);
  const split = (layer: DenseParameters, input: Variable) => {
    const all = dense(layer, input), size: Variable = T.intDiv(all.shape.at(-1)!, heads);
    const lengths = all.shape.slice(0, -1) as Variable[];
    return T.swapaxes(T.reshape(all, [...lengths, heads, size]), -2, -3) as Variable;
  };
  const { query, key, value, out } = recordOf(action, p), queries = split(query, from);
  const seen = attention(queries, split(key, source), split(value, source), rest);
  const joined: Variable = T.swapaxes(seen, -2, -3);
  const lengths = joined.shape.slice(0, -2) as Variable[];
  const size: Variable = T.mul(joined.shape.at(-1)!, heads);
  return dense(out, T.reshape(joined, [...lengths, size]));
}

/** Parameters of {@linkcode transformerBlock}. */
export interface TransformerBlockParameters {
  /** The attention. */
  readonly attention: MultiHeadAttentionParameters;
  /** The normalisation before it. */
  readonly norm1: LayerNormParameters;
  /** The normalisation before the two dense layers. */
  readonly norm2: LayerNormParameters;
  /** The first dense layer. */
  readonly wide: DenseParameters;
  /** The second dense layer. */
  readonly narrow: DenseParameters;
}

/**
 * First parameters of {@linkcode transformerBlock}.
 *
 * @param streams Where weights are drawn from.
 * @param size The number of features.
 * @param options How weights are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initTransformerBlock(new RandomStreams(1), 64));
 * ```
 */
export function initTransformerBlock(
  streams: RandomStreams,
  size: number,
  options?: LayerOptions,
): {
  attention: { query: Dense; key: Dense; value: Dense; out: Dense };
  norm1: { scale: Variable; bias: Variable };
  norm2: { scale: Variable; bias: Variable };
  wide: Dense;
  narrow: Dense;
} {
  const { dtype } = layerOptions(options, glorotUniform);
  return {
    attention: initMultiHeadAttention(streams, size, options),
    norm1: initLayerNorm(size, { dtype }),
    norm2: initLayerNorm(size, { dtype }),
    wide: initDense(streams, size, 4 * size, options),
    narrow: initDense(streams, 4 * size, size, options),
  };
}

/** Options of {@linkcode transformerBlock}. */
export interface TransformerBlockOptions extends Omit<MultiHeadAttentionOptions, "of"> {
  /** Where is drawn what is dropped after the attention and after the dense layers; nothing if missing. */
  readonly streams?: RandomStreams;
  /** The share that is dropped; 0.1 if missing. */
  readonly rate?: number;
}

/**
 * A block of a transformer, with normalisation first: x + attention(norm(x)), then
 * y + narrow(gelu(wide(norm(y)))).
 *
 * @param p Its parts.
 * @param x (…, places, features).
 * @param options The number of heads, masks, and what is dropped in training.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initTransformerBlock(new RandomStreams(1), 64));
 * const h = nn.transformerBlock(p, T.tensor3("x"), { heads: 8, causal: true });
 * ```
 */
export function transformerBlock(
  p: TransformerBlockParameters,
  x: TensorLike,
  options: TransformerBlockOptions,
): Variable {
  const action = "Cannot run a transformer", layers = recordOf(action, p);
  const { streams, rate = 0.1, ...rest } = checkOptions(action, options, {
    heads: "number",
    mask: "any",
    causal: "boolean",
    scale: "any",
    streams: "any",
    rate: "number",
  });
  const dropped = (h: Variable) => streams === undefined ? h : dropout(h, { streams, rate });
  const from: Variable = asVariable(x);
  const seen = multiHeadAttention(layers.attention, layerNorm(layers.norm1, from), rest);
  const y: Variable = T.add(from, dropped(seen));
  const inner: Variable = T.gelu(dense(layers.wide, layerNorm(layers.norm2, y)));
  return T.add(y, dropped(dense(layers.narrow, inner)));
}
