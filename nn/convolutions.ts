/**
 * Layers of convolutions and pooling, along one, two or three axes.
 *
 * @module
 */

import * as T from "../core/api/functions.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import type { BorderMode, ConvOptions, EachAxis, Spatial } from "../core/ops/nn/conv.ts";
import type { PoolMode, PoolOptions } from "../core/ops/nn/pool.ts";
import type { RandomStreams } from "../core/random/streams.ts";
import { heNormal } from "./initialisers.ts";
import { type LayerOptions, layerOptions, zeros } from "./layers.ts";
import { weightsOf } from "./parameters.ts";

/** Parameters of {@linkcode conv2d}, {@linkcode conv1d} and {@linkcode conv3d}. */
export interface ConvParameters {
  /** Filters (out, in, then the axes that are convolved). */
  readonly W: Variable;
  /** Biases (out), if there are any. */
  readonly b?: Variable;
}

/** Options of {@linkcode conv2d}, and of the same along `R` axes. */
export interface ConvLayerOptions<R extends Spatial = 2> {
  /** Padding: none ("valid", if missing), half a filter ("half"), "same", or numbers. */
  readonly padding?: BorderMode<R>;
  /** Distance between output positions; 1 if missing. */
  readonly stride?: number | EachAxis<number, R>;
  /** Distance between the elements of a filter; 1 if missing. */
  readonly dilation?: number | EachAxis<number, R>;
  /** Number of groups; 1 if missing. */
  readonly groups?: number;
}

/** Options of {@linkcode maxPool2d} and {@linkcode averagePool2d}, and of the same along `R` axes. */
export interface PoolLayerOptions<R extends Spatial = 2> {
  /** Distance between windows; their size if missing. */
  readonly stride?: number | EachAxis<number, R>;
  /** What is added at each side of the axes; 0 if missing. */
  readonly padding?: number | EachAxis<number, R>;
}

/** Options of {@linkcode initConv2d}, and of the same along `R` axes. */
export interface ConvInitOptions<R extends Spatial = 2> extends LayerOptions {
  /** Lengths of a filter, one for each axis. */
  readonly size: EachAxis<number, R>;
}

function drawn(
  streams: RandomStreams,
  [inputs, outputs]: readonly [number, number],
  options: ConvInitOptions<Spatial>,
): { W: Variable; b: Variable } {
  const { size, ...others } = checkOptions("Cannot draw filters", options, {
    size: "any",
    dtype: "any",
    weights: "any",
  });
  if (!Array.isArray(size)) {
    throw new TypeError(
      `Cannot draw filters: expected "size" to be a length for each axis, got ${shown(size)}`,
    );
  }
  const { dtype, weights } = layerOptions(others, heNormal);
  return { W: weights(streams, [outputs, inputs, ...size], { dtype }), b: zeros([outputs], dtype) };
}

function settingsOf<R extends Spatial>(options: ConvLayerOptions<R> | undefined): ConvOptions<R> {
  const { padding = "valid", stride = 1, dilation = 1, groups = 1 } = checkOptions(
    "Cannot convolve",
    options,
    { padding: "any", stride: "any", dilation: "any", groups: "number" },
  );
  return {
    borderMode: padding,
    subsample: stride,
    filterDilation: dilation,
    numGroups: groups,
    filterFlip: false,
  };
}

function biased(b: Variable | undefined, maps: Variable): Variable {
  if (b === undefined) return maps;
  const pattern = maps.type.shape.map((_, axis) => axis === 1 ? 0 : "x" as const);
  return T.add(maps, T.dimshuffle(b, ...pattern));
}

function poolingOf<R extends Spatial>(
  size: number | EachAxis<number, R>,
  options: PoolLayerOptions<R> | undefined,
  mode: PoolMode,
): PoolOptions<R> {
  const { stride = size, padding = 0 } = checkOptions("Cannot pool", options, {
    stride: "any",
    padding: "any",
  });
  return { stride, pad: padding, mode, ignoreBorder: true };
}

/**
 * First parameters of a convolution: filters as drawn, biases of zero.
 *
 * @param streams Where filters are drawn from.
 * @param inputs The number of input channels, in one group.
 * @param outputs The number of output channels.
 * @param options Rows and columns of a filter, and how filters are drawn; as `heNormal` does, if missing.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv2d(new RandomStreams(1), 1, 20, { size: [5, 5] }));
 * ```
 */
export function initConv2d(
  streams: RandomStreams,
  inputs: number,
  outputs: number,
  options: ConvInitOptions,
): { W: Variable; b: Variable } {
  return drawn(streams, [inputs, outputs], options);
}

/**
 * A convolution layer. Filters (out, in, row, column) are not flipped, as in JAX and PyTorch; `T.conv2d` flips them, as Theano's.
 *
 * @param p Filters and biases.
 * @param x Images (image, channel, row, column).
 * @param options Padding, stride, dilation and groups.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv2d(new RandomStreams(1), 1, 20, { size: [5, 5] }));
 * const h = T.relu(nn.conv2d(p, T.tensor4("x"), { padding: "half" }));
 * ```
 */
export function conv2d(p: ConvParameters, x: TensorLike, options?: ConvLayerOptions): Variable {
  const { W, b } = weightsOf("Cannot convolve", p, ["W"], "b");
  return biased(b, T.conv2d(asVariable(x), W, settingsOf(options)));
}

/**
 * The maximum of windows of the last two axes. Partial windows at the end are left out, and padding never counts.
 *
 * @param x Images.
 * @param size Rows and columns of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.maxPool2d(T.tensor4("x"), [2, 2]);
 * ```
 */
export function maxPool2d(
  x: TensorLike,
  size: number | readonly [number, number],
  options?: PoolLayerOptions,
): Variable {
  return T.pool2d(asVariable(x), size, poolingOf(size, options, "max"));
}

/**
 * The average of windows of the last two axes. Partial windows at the end are left out, and padding counts as zeros.
 *
 * @param x Images.
 * @param size Rows and columns of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.averagePool2d(T.tensor4("x"), 3, { stride: 2 });
 * ```
 */
export function averagePool2d(
  x: TensorLike,
  size: number | readonly [number, number],
  options?: PoolLayerOptions,
): Variable {
  const all = poolingOf(size, options, "average_inc_pad");
  return T.pool2d(asVariable(x), size, all);
}

/**
 * First parameters of a convolution along one axis: filters as drawn, biases of zero.
 *
 * @param streams Where filters are drawn from.
 * @param inputs The number of input channels, in one group.
 * @param outputs The number of output channels.
 * @param options Elements of a filter, and how filters are drawn; as `heNormal` does, if missing.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv1d(new RandomStreams(1), 1, 20, { size: [5] }));
 * ```
 */
export function initConv1d(
  streams: RandomStreams,
  inputs: number,
  outputs: number,
  options: ConvInitOptions<1>,
): { W: Variable; b: Variable } {
  return drawn(streams, [inputs, outputs], options);
}

/**
 * A convolution layer along one axis. Filters (out, in, position) are not flipped, as in JAX and PyTorch; `T.conv1d` flips them, as Theano's.
 *
 * @param p Filters and biases.
 * @param x Sequences (sequence, channel, position).
 * @param options Padding, stride, dilation and groups.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv1d(new RandomStreams(1), 1, 20, { size: [5] }));
 * const h = T.relu(nn.conv1d(p, T.tensor3("x"), { padding: "half" }));
 * ```
 */
export function conv1d(p: ConvParameters, x: TensorLike, options?: ConvLayerOptions<1>): Variable {
  const { W, b } = weightsOf("Cannot convolve", p, ["W"], "b");
  return biased(b, T.conv1d(asVariable(x), W, settingsOf(options)));
}

/**
 * The maximum of windows of the last axis. Partial windows at the end are left out, and padding never counts.
 *
 * @param x Sequences.
 * @param size Elements of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.maxPool1d(T.tensor3("x"), 2);
 * ```
 */
export function maxPool1d(
  x: TensorLike,
  size: number | readonly [number],
  options?: PoolLayerOptions<1>,
): Variable {
  return T.pool1d(asVariable(x), size, poolingOf(size, options, "max"));
}

/**
 * The average of windows of the last axis. Partial windows at the end are left out, and padding counts as zeros.
 *
 * @param x Sequences.
 * @param size Elements of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.averagePool1d(T.tensor3("x"), 3, { stride: 2 });
 * ```
 */
export function averagePool1d(
  x: TensorLike,
  size: number | readonly [number],
  options?: PoolLayerOptions<1>,
): Variable {
  const all = poolingOf(size, options, "average_inc_pad");
  return T.pool1d(asVariable(x), size, all);
}

/**
 * First parameters of a convolution along three axes: filters as drawn, biases of zero.
 *
 * @param streams Where filters are drawn from.
 * @param inputs The number of input channels, in one group.
 * @param outputs The number of output channels.
 * @param options Planes, rows and columns of a filter, and how filters are drawn; as `heNormal` does, if missing.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv3d(new RandomStreams(1), 1, 20, { size: [3, 3, 3] }));
 * ```
 */
export function initConv3d(
  streams: RandomStreams,
  inputs: number,
  outputs: number,
  options: ConvInitOptions<3>,
): { W: Variable; b: Variable } {
  return drawn(streams, [inputs, outputs], options);
}

/**
 * A convolution layer along three axes. Filters (out, in, depth, row, column) are not flipped, as in JAX and PyTorch; `T.conv3d` flips them, as Theano's.
 *
 * @param p Filters and biases.
 * @param x Volumes (volume, channel, depth, row, column).
 * @param options Padding, stride, dilation and groups.
 *
 * @example
 * ```ts
 * import { nn, RandomStreams, T } from "@croton/croton";
 *
 * const p = await nn.init(nn.initConv3d(new RandomStreams(1), 1, 20, { size: [3, 3, 3] }));
 * const h = T.relu(nn.conv3d(p, T.tensor5("x"), { padding: "half" }));
 * ```
 */
export function conv3d(p: ConvParameters, x: TensorLike, options?: ConvLayerOptions<3>): Variable {
  const { W, b } = weightsOf("Cannot convolve", p, ["W"], "b");
  return biased(b, T.conv3d(asVariable(x), W, settingsOf(options)));
}

/**
 * The maximum of windows of the last three axes. Partial windows at the end are left out, and padding never counts.
 *
 * @param x Volumes.
 * @param size Planes, rows and columns of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.maxPool3d(T.tensor5("x"), 2);
 * ```
 */
export function maxPool3d(
  x: TensorLike,
  size: number | readonly [number, number, number],
  options?: PoolLayerOptions<3>,
): Variable {
  return T.pool3d(asVariable(x), size, poolingOf(size, options, "max"));
}

/**
 * The average of windows of the last three axes. Partial windows at the end are left out, and padding counts as zeros.
 *
 * @param x Volumes.
 * @param size Planes, rows and columns of a window.
 * @param options Stride and padding.
 *
 * @example
 * ```ts
 * import { nn, T } from "@croton/croton";
 *
 * const h = nn.averagePool3d(T.tensor5("x"), 3, { stride: 2 });
 * ```
 */
export function averagePool3d(
  x: TensorLike,
  size: number | readonly [number, number, number],
  options?: PoolLayerOptions<3>,
): Variable {
  const all = poolingOf(size, options, "average_inc_pad");
  return T.pool3d(asVariable(x), size, all);
}
