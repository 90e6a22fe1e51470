/**
 * Convolution along one, two or three axes.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import type { DType } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { OfRank, PairDType } from "../../graph/type_arithmetic.ts";
import type { TensorLike } from "../common/literal.ts";
import {
  convolve,
  convolveBack,
  type ConvOptions,
  type ConvTransposeOptions,
  separable,
  type SeparableConvOptions,
  setUp,
} from "./convolve.ts";

export type {
  BorderMode,
  ConvOptions,
  ConvTransposeOptions,
  EachAxis,
  SeparableConvOptions,
  Spatial,
} from "./convolve.ts";

/**
 * The convolution of images (image, channel, row, column) with filters (output channel, input channel,
 * row, column). With padding p and filters of k rows, dilated to k' = (k-1)*d + 1, there are
 * floor((rows + p_top + p_bottom - k') / stride) + 1 output rows; "half" pads by floor(k'/2) on both
 * sides. Filters are flipped unless `filterFlip` is false.
 *
 * Throws a TypeError for other ranks, a RangeError for negative paddings, and a ShapeError when the
 * numbers of channels do not agree.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv2d(T.tensor4("images"), T.tensor4("filters"), { borderMode: "half", subsample: [2, 2] });
 * ```
 */
export function conv2d<A extends TensorLike, B extends TensorLike>(
  images: OfRank<A, 4>,
  filters: OfRank<B, 4>,
  options: ConvOptions = {},
): Variable<PairDType<A, B>, 4> {
  return typed(convolve(setUp(images, filters, options, 2)));
}

/**
 * The transpose of a convolution: what {@linkcode conv2d} with the same options does to the gradient of
 * its images. Images are (image, channel in, row, column), filters (channel in, channel out, row,
 * column), and there are (rows - 1) * stride + k' - p_top - p_bottom output rows, rows * stride with
 * padding "same", unless `outputShape` says otherwise.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv2dTranspose(T.tensor4("small"), T.tensor4("filters"), { subsample: [2, 2] });
 * ```
 */
export function conv2dTranspose<A extends TensorLike, B extends TensorLike>(
  images: OfRank<A, 4>,
  filters: OfRank<B, 4>,
  options: ConvTransposeOptions = {},
): Variable<PairDType<A, B>, 4> {
  return typed(
    convolveBack(
      setUp(images, filters, options, 2),
      options.outputShape,
    ),
  );
}

/**
 * A convolution by separable filters: `depthwise` ones (channel times multiplier, 1, row, column) for each
 * channel by itself, with the options, then `pointwise` ones (output channel, channel times multiplier, 1,
 * 1) for all channels at each place.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.tensor4("x"), depthwise = T.tensor4("depthwise"), pointwise = T.tensor4("pointwise");
 * T.separableConv2d(x, depthwise, pointwise, { borderMode: "same" });
 * ```
 */
export function separableConv2d<
  A extends TensorLike,
  B extends TensorLike,
  C extends TensorLike,
>(
  images: OfRank<A, 4>,
  depthwise: OfRank<B, 4>,
  pointwise: OfRank<C, 4>,
  options: SeparableConvOptions = {},
): Variable<DType, 4> {
  return typed(separable(images, depthwise, pointwise, options, 2));
}

/**
 * {@linkcode conv2d} along one axis: of sequences (sequence, channel, position)
 * with filters (output channel, input channel, position). All else is as there.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv1d(T.tensor3("sequences"), T.tensor3("filters"), { borderMode: "same" });
 * ```
 */
export function conv1d<A extends TensorLike, B extends TensorLike>(
  sequences: OfRank<A, 3>,
  filters: OfRank<B, 3>,
  options: ConvOptions<1> = {},
): Variable<PairDType<A, B>, 3> {
  return typed(convolve(setUp(sequences, filters, options, 1)));
}

/**
 * {@linkcode conv2dTranspose} along one axis: of sequences (sequence, channel, position).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv1dTranspose(T.tensor3("small"), T.tensor3("filters"), { strides: 2 });
 * ```
 */
export function conv1dTranspose<A extends TensorLike, B extends TensorLike>(
  sequences: OfRank<A, 3>,
  filters: OfRank<B, 3>,
  options: ConvTransposeOptions<1> = {},
): Variable<PairDType<A, B>, 3> {
  return typed(
    convolveBack(
      setUp(sequences, filters, options, 1),
      options.outputShape,
    ),
  );
}

/**
 * {@linkcode separableConv2d} along one axis: of sequences (sequence, channel, position).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.tensor3("x"), depthwise = T.tensor3("depthwise"), pointwise = T.tensor3("pointwise");
 * T.separableConv1d(x, depthwise, pointwise, { borderMode: "same" });
 * ```
 */
export function separableConv1d<
  A extends TensorLike,
  B extends TensorLike,
  C extends TensorLike,
>(
  sequences: OfRank<A, 3>,
  depthwise: OfRank<B, 3>,
  pointwise: OfRank<C, 3>,
  options: SeparableConvOptions<1> = {},
): Variable<DType, 3> {
  return typed(separable(sequences, depthwise, pointwise, options, 1));
}

/**
 * {@linkcode conv2d} along three axes: of volumes (volume, channel, depth, row, column)
 * with filters (output channel, input
 * channel, depth, row, column). All else is as there.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv3d(T.tensor5("volumes"), T.tensor5("filters"), { strides: [1, 2, 2] });
 * ```
 */
export function conv3d<A extends TensorLike, B extends TensorLike>(
  volumes: OfRank<A, 5>,
  filters: OfRank<B, 5>,
  options: ConvOptions<3> = {},
): Variable<PairDType<A, B>, 5> {
  return typed(convolve(setUp(volumes, filters, options, 3)));
}

/**
 * {@linkcode conv2dTranspose} along three axes: of volumes (volume, channel, depth, row, column).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.conv3dTranspose(T.tensor5("small"), T.tensor5("filters"), { strides: 2 });
 * ```
 */
export function conv3dTranspose<A extends TensorLike, B extends TensorLike>(
  volumes: OfRank<A, 5>,
  filters: OfRank<B, 5>,
  options: ConvTransposeOptions<3> = {},
): Variable<PairDType<A, B>, 5> {
  return typed(
    convolveBack(
      setUp(volumes, filters, options, 3),
      options.outputShape,
    ),
  );
}

/**
 * {@linkcode separableConv2d} along three axes: of volumes (volume, channel, depth, row, column).
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.tensor5("x"), depthwise = T.tensor5("depthwise"), pointwise = T.tensor5("pointwise");
 * T.separableConv3d(x, depthwise, pointwise, { borderMode: "same" });
 * ```
 */
export function separableConv3d<
  A extends TensorLike,
  B extends TensorLike,
  C extends TensorLike,
>(
  volumes: OfRank<A, 5>,
  depthwise: OfRank<B, 5>,
  pointwise: OfRank<C, 5>,
  options: SeparableConvOptions<3> = {},
): Variable<DType, 5> {
  return typed(separable(volumes, depthwise, pointwise, options, 3));
}
