// Made of nn/recurrent.ts by `deno task types`.
/**
 * Recurrent layers, as scans over the first axis of their inputs.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import type { RandomStreams } from "../core/random/streams.d.ts";
import { type LayerOptions } from "./layers.d.ts";
/** Parameters of recurrent layers; gates lie side by side along the last axis. */
export interface RecurrentParameters {
    /** Weights of inputs (in, gates * size). */
    readonly W: Variable;
    /** Weights of the state (size, gates * size). */
    readonly U: Variable;
    /** Biases (gates * size). */
    readonly b: Variable;
}
/** Parameters of {@linkcode gru}. */
export interface GruParameters extends RecurrentParameters {
    /** Biases of the state in the candidate (size), inside of the reset gate. */
    readonly c: Variable;
}
/** Options of recurrent layers. */
export interface RecurrentOptions {
    /** Where it is 0 or false, the state stays as it is: (time, …), without the axis of features. */
    readonly mask?: TensorLike;
    /** Whether to go from the end to the start; outputs stay at their times. */
    readonly reverse?: boolean;
    /** The states at first: one, or two for an LSTM; zeros if missing. */
    readonly initial?: readonly TensorLike[];
}
/** What a recurrent layer gives. */
export interface RecurrentResult {
    /** The state after each time: (time, …, size). */
    readonly outputs: Variable;
    /** The states at the end: one, or two for an LSTM. */
    readonly states: readonly Variable[];
}
/** A recurrent layer: {@linkcode rnn}, {@linkcode gru} or {@linkcode lstm}. */
export type RecurrentLayer<P> = (p: P, x: TensorLike, options?: RecurrentOptions) => RecurrentResult;
/**
 * First parameters of {@linkcode rnn}: weights of the state are orthogonal.
 *
 * @param streams Where weights are drawn from.
 * @param inputs The number of inputs.
 * @param size The size of the state.
 * @param options How weights of inputs are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initRnn(new RandomStreams(1), 28, 64));
 * ```
 */
export declare function initRnn(streams: RandomStreams, inputs: number, size: number, options?: LayerOptions): {
    W: Variable;
    U: Variable;
    b: Variable;
};
/**
 * First parameters of {@linkcode gru}.
 *
 * @param streams Where weights are drawn from.
 * @param inputs The number of inputs.
 * @param size The size of the state.
 * @param options How weights of inputs are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initGru(new RandomStreams(1), 28, 64));
 * ```
 */
export declare function initGru(streams: RandomStreams, inputs: number, size: number, options?: LayerOptions): {
    W: Variable;
    U: Variable;
    b: Variable;
    c: Variable;
};
/**
 * First parameters of {@linkcode lstm}: biases are 0, those of the forget gate 1.
 *
 * @param streams Where weights are drawn from.
 * @param inputs The number of inputs.
 * @param size The size of the state.
 * @param options How weights of inputs are drawn.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initLstm(new RandomStreams(1), 28, 64));
 * ```
 */
export declare function initLstm(streams: RandomStreams, inputs: number, size: number, options?: LayerOptions): {
    W: Variable;
    U: Variable;
    b: Variable;
};
/**
 * A simple recurrent layer: h = tanh(x W + h U + b).
 *
 * @param p Weights and biases.
 * @param x Inputs (time, …, features): with an axis of examples in the middle, or without.
 * @param options Mask, direction and first state.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initRnn(new RandomStreams(1), 28, 64));
 * const { outputs, states: [last] } = nn.rnn(p, T.tensor3("x"));
 * ```
 */
export declare function rnn(p: RecurrentParameters, x: TensorLike, options?: RecurrentOptions): RecurrentResult;
/**
 * A layer of gated recurrent units, with gates reset, update and candidate side by side, as PyTorch and
 * flax compute them: n = tanh(x Wn + bn + r (h Un + c)), h = (1 - z) n + z h.
 *
 * @param p Weights and biases.
 * @param x Inputs (time, …, features): with an axis of examples in the middle, or without.
 * @param options Mask, direction and first state.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initGru(new RandomStreams(1), 28, 64));
 * const { outputs } = nn.gru(p, T.tensor3("x"), { mask: T.matrix("mask") });
 * ```
 */
export declare function gru(p: GruParameters, x: TensorLike, options?: RecurrentOptions): RecurrentResult;
/**
 * A layer of long short-term memory, with gates input, forget, cell and output side by side:
 * c = f c + i g, h = o tanh(c).
 *
 * @param p Weights and biases.
 * @param x Inputs (time, …, features): with an axis of examples in the middle, or without.
 * @param options Mask, direction and first states h and c.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initLstm(new RandomStreams(1), 28, 64));
 * const { outputs, states: [h, c] } = nn.lstm(p, T.tensor3("x"));
 * ```
 */
export declare function lstm(p: RecurrentParameters, x: TensorLike, options?: RecurrentOptions): RecurrentResult;
/**
 * A recurrent layer in both directions, with parameters for each: outputs side by side along the last axis.
 *
 * @param layer `nn.rnn`, `nn.gru` or `nn.lstm`.
 * @param p Parameters forward and backward.
 * @param x Inputs (time, …, features).
 * @param options The mask, and first states forward and then backward.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const streams = new RandomStreams(1);
 * const p = await nn.init({
 *   forward: nn.initLstm(streams, 28, 64),
 *   backward: nn.initLstm(streams, 28, 64),
 * });
 * const { outputs } = nn.bidirectional(nn.lstm, p, T.tensor3("x"));
 * ```
 */
export declare function bidirectional<P>(layer: RecurrentLayer<P>, p: {
    readonly forward: P;
    readonly backward: P;
}, x: TensorLike, options?: Omit<RecurrentOptions, "reverse">): RecurrentResult;
