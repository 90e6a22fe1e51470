// Made of nn/layers.ts by `deno task types`.
/**
 * Layers as functions of their parameters, which are plain records.
 *
 * @module
 */
import { type FloatDType } from "../core/graph/dtype.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import type { RandomStreams } from "../core/random/streams.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
import { type Initialiser } from "./initialisers.d.ts";
/** Options of the functions that draw first parameters. */
export interface LayerOptions {
    /** Element type; float32 if missing. */
    readonly dtype?: FloatDType;
    /** How weights are drawn. */
    readonly weights?: Initialiser;
}
/** The options, checked. */
export declare function layerOptions(options: LayerOptions | undefined, weights: Initialiser): Required<LayerOptions>;
/** Zeros of fixed lengths. */
export declare function zeros(shape: readonly number[], dtype: FloatDType): Variable;
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
export declare function initDense(streams: RandomStreams, inputs: number, outputs: number, options?: LayerOptions): {
    W: Variable;
    b: Variable;
};
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
export declare function dense(p: DenseParameters, x: TensorLike): Variable;
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
export declare function initEmbedding(streams: RandomStreams, count: number, size: number, options?: LayerOptions): {
    table: Variable;
};
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
export declare function embedding(p: EmbeddingParameters, words: TensorLike): Variable;
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
export declare function dropout(x: TensorLike, options: DropoutOptions): Variable;
/** Parameters of {@linkcode batchNorm}. */
export interface BatchNormParameters {
    /** What channels are multiplied with. */
    readonly scale: Variable;
    /** What is added to them. */
    readonly bias: Variable;
    /** Running averages, which take the place of those of a batch outside of training. */
    readonly running: {
        readonly mean: Variable;
        readonly variance: Variable;
    };
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
export declare function initBatchNorm(channels: number, options?: Pick<LayerOptions, "dtype">): {
    scale: Variable;
    bias: Variable;
    running: {
        mean: Variable;
        variance: Variable;
    };
};
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
export declare function batchNorm(p: BatchNormParameters, x: TensorLike, options?: BatchNormOptions): {
    output: Variable;
    updates: (readonly [SharedVariable, Variable])[];
};
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
export declare function initLayerNorm(features: number, options?: Pick<LayerOptions, "dtype">): {
    scale: Variable;
    bias: Variable;
};
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
export declare function layerNorm(p: LayerNormParameters, x: TensorLike, options?: LayerNormOptions): Variable;
