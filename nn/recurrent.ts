/**
 * Recurrent layers, as scans over the first axis of their inputs.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions, expectList } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import type { RandomStreams } from "../core/random/streams.ts";
import { scan } from "../scan/loop.ts";
import { glorotUniform, orthogonal } from "./initialisers.ts";
import { type LayerOptions, layerOptions, zeros } from "./layers.ts";
import { recordOf, weightsOf } from "./parameters.ts";

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
export type RecurrentLayer<P> = (
  p: P,
  x: TensorLike,
  options?: RecurrentOptions,
) => RecurrentResult;

function initGates(
  streams: RandomStreams,
  inputs: number,
  size: number,
  gates: number,
  options: LayerOptions | undefined,
): { W: Variable; U: Variable; b: Variable } {
  const { dtype, weights } = layerOptions(options, glorotUniform);
  const each = (make: () => Variable) => T.concatenate(Array.from({ length: gates }, make), 1);
  return {
    W: each(() => weights(streams, [inputs, size], { dtype })),
    U: each(() => orthogonal(streams, [size, size], { dtype })),
    b: zeros([gates * size], dtype),
  };
}

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
export function initRnn(
  streams: RandomStreams,
  inputs: number,
  size: number,
  options?: LayerOptions,
): { W: Variable; U: Variable; b: Variable } {
  return initGates(streams, inputs, size, 1, options);
}

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
export function initGru(
  streams: RandomStreams,
  inputs: number,
  size: number,
  options?: LayerOptions,
): { W: Variable; U: Variable; b: Variable; c: Variable } {
  const { dtype } = layerOptions(options, glorotUniform);
  return { ...initGates(streams, inputs, size, 3, options), c: zeros([size], dtype) };
}

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
export function initLstm(
  streams: RandomStreams,
  inputs: number,
  size: number,
  options?: LayerOptions,
): { W: Variable; U: Variable; b: Variable } {
  const { dtype } = layerOptions(options, glorotUniform);
  const gates = initGates(streams, inputs, size, 4, options);
  const parts = [0, 1, 0, 0].map((bias) => T.full([size], bias, dtype));
  return { ...gates, b: T.concatenate(parts) };
}

/** The steps of a layer: `step` gets the inputs times their weights, and gives the next states. */
function run(
  name: string,
  p: RecurrentParameters,
  x: TensorLike,
  options: RecurrentOptions | undefined,
  count: number,
  step: (inputs: Variable, states: readonly Variable[]) => readonly Variable[],
): RecurrentResult {
  const action = `Cannot run ${name}`;
  const { W, U, b } = weightsOf(action, p, ["W", "U", "b"]);
  const { mask, reverse = false, initial } = checkOptions(action, options, {
    mask: "any",
    reverse: "boolean",
    initial: "any",
  });
  const v: Variable = asVariable(x);
  if (v.ndim < 2) {
    throw new TypeError(
      `${action}: expected inputs (time, …, features), got ${v.label}, ${v.type}`,
    );
  }
  const given = initial === undefined
    ? null
    : expectList(action, initial).map((one) => asVariable(one));
  if (given !== null && given.length !== count) {
    throw new TypeError(`${action}: expected ${count} first states, got ${shown(given.length)}`);
  }
  const there = mask === undefined ? null : asVariable(mask) as Variable;
  if (there !== null && there.ndim !== v.ndim - 1) {
    throw new TypeError(`${action}: expected a mask of ${v.ndim - 1} axes, got ${there.type}`);
  }
  // One product for all times.
  const inputs: Variable = T.add(T.dot(v, W), b);
  const lengths = v.shape.slice(1, -1) as Variable[];
  const size = U.shape[0] as Variable;
  const start = given ??
    Array.from({ length: count }, () => T.zeros([...lengths, size], inputs.dtype));
  const isThere = there === null ? [] : [T.neq(there, 0) as Variable];
  const body = (...args: Variable[]) => {
    const [now, ...rest] = args;
    const before = rest.slice(isThere.length), after = step(now!, before);
    if (there === null) return [...after];
    const open: Variable = T.expandDims(rest[0]!, -1);
    return after.map((next, i) => T.switch(open, next, before[i]!));
  };
  const [traces] = scan(body, {
    sequences: [inputs, ...isThere],
    outputsInfo: start,
    goBackwards: reverse,
    name,
  } as never) as unknown as [Variable | Variable[]];
  const all = Array.isArray(traces) ? traces : [traces];
  return {
    outputs: reverse ? T.flip(all[0]!, 0) : all[0]!,
    states: all.map((trace) => T.index(trace, [-1])),
  };
}

/** Part number `i` of gates that lie side by side. */
function gate(gates: Variable, i: number, size: Variable): Variable {
  const from: Variable = T.mul(size, i), to: Variable = T.mul(size, i + 1);
  return T.index(gates, ["...", T.slice(from, to)]);
}

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
export function rnn(
  p: RecurrentParameters,
  x: TensorLike,
  options?: RecurrentOptions,
): RecurrentResult {
  const { U } = weightsOf("Cannot run rnn", p, ["W", "U", "b"]);
  return run("rnn", p, x, options, 1, (inputs, [h]) => [T.tanh(T.add(inputs, T.dot(h!, U)))]);
}

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
export function gru(p: GruParameters, x: TensorLike, options?: RecurrentOptions): RecurrentResult {
  const { U, c } = weightsOf("Cannot run gru", p, ["W", "U", "b", "c"]);
  const size = U.shape[0] as Variable;
  return run("gru", p, x, options, 1, (inputs, [h]) => {
    const own: Variable = T.dot(h!, U);
    const [xr, xz, xn] = [0, 1, 2].map((i) => gate(inputs, i, size));
    const [hr, hz, hn] = [0, 1, 2].map((i) => gate(own, i, size));
    const r: Variable = T.sigmoid(T.add(xr!, hr!)), z: Variable = T.sigmoid(T.add(xz!, hz!));
    const n: Variable = T.tanh(T.add(xn!, T.mul(r, T.add(hn!, c))));
    return [T.add(T.mul(T.sub(1, z), n), T.mul(z, h!))];
  });
}

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
export function lstm(
  p: RecurrentParameters,
  x: TensorLike,
  options?: RecurrentOptions,
): RecurrentResult {
  const { U } = weightsOf("Cannot run lstm", p, ["W", "U", "b"]);
  const size = U.shape[0] as Variable;
  return run("lstm", p, x, options, 2, (inputs, [h, c]) => {
    const gates: Variable = T.add(inputs, T.dot(h!, U));
    const [i, f, g, o] = [0, 1, 2, 3].map((at) => gate(gates, at, size));
    const kept = T.mul(T.sigmoid(f!), c!), added = T.mul(T.sigmoid(i!), T.tanh(g!));
    const next: Variable = T.add(kept, added);
    return [T.mul(T.sigmoid(o!), T.tanh(next)), next];
  });
}

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
export function bidirectional<P>(
  layer: RecurrentLayer<P>,
  p: { readonly forward: P; readonly backward: P },
  x: TensorLike,
  options?: Omit<RecurrentOptions, "reverse">,
): RecurrentResult {
  const action = "Cannot run in both directions";
  const { mask, initial } = checkOptions(action, options, { mask: "any", initial: "any" });
  if (typeof layer !== "function") {
    throw new TypeError(`${action}: expected a layer, such as nn.rnn, got ${shown(layer)}`);
  }
  if (initial !== undefined) expectList(action, initial);
  recordOf(action, p);
  const half = initial === undefined ? 0 : initial.length / 2;
  const of = (reverse: boolean, states: readonly TensorLike[] | undefined) => ({
    reverse,
    ...(mask === undefined ? {} : { mask }),
    ...(states === undefined ? {} : { initial: states }),
  });
  const forward = layer(p.forward, x, of(false, initial?.slice(0, half)));
  const backward = layer(p.backward, x, of(true, initial?.slice(half)));
  return {
    outputs: T.concatenate([forward.outputs, backward.outputs], forward.outputs.ndim - 1),
    states: [...forward.states, ...backward.states],
  };
}
