// Made of nn/attention.ts by `deno task types`.
/**
 * Attention, and the block of a transformer.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import type { RandomStreams } from "../core/random/streams.d.ts";
import { type DenseParameters, type LayerNormParameters, type LayerOptions } from "./layers.d.ts";
/** Options of {@linkcode attention}. */
export interface AttentionOptions {
    /** Where it is 0 or false, a query does not see a key: (…, queries, keys), or what broadcasts to it. */
    readonly mask?: TensorLike;
    /** Whether a query sees keys up to its own place only. */
    readonly causal?: boolean;
    /** What scores are multiplied with; 1 / sqrt(features) if missing. */
    readonly scale?: TensorLike;
}
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
export declare function attention(q: TensorLike, k: TensorLike, v: TensorLike, options?: AttentionOptions): Variable;
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
export declare function attentionWeights(q: TensorLike, k: TensorLike, options?: AttentionOptions): Variable;
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
type Dense = {
    W: Variable;
    b: Variable;
};
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
export declare function initMultiHeadAttention(streams: RandomStreams, size: number, options?: LayerOptions): {
    query: Dense;
    key: Dense;
    value: Dense;
    out: Dense;
};
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
export declare function multiHeadAttention(p: MultiHeadAttentionParameters, x: TensorLike, options: MultiHeadAttentionOptions): Variable;
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
export declare function initTransformerBlock(streams: RandomStreams, size: number, options?: LayerOptions): {
    attention: {
        query: Dense;
        key: Dense;
        value: Dense;
        out: Dense;
    };
    norm1: {
        scale: Variable;
        bias: Variable;
    };
    norm2: {
        scale: Variable;
        bias: Variable;
    };
    wide: Dense;
    narrow: Dense;
};
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
export declare function transformerBlock(p: TransformerBlockParameters, x: TensorLike, options: TransformerBlockOptions): Variable;
export {};
