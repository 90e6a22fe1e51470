/**
 * Convolution of images, as windows and one matrix product.
 *
 * @module
 */

import { promote } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { OfRank, PairDType } from "../../graph/type_arithmetic.ts";
import { type Dim, shapeLabel, staticDim } from "../common/arguments.ts";
import { castTo } from "../common/build.ts";
import { between } from "../shape/between.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import {
  addDims,
  dimVariable,
  floorDivDims,
  mulDims,
  productDims,
  subDims,
} from "../common/lengths.ts";
import { matmul } from "../linalg/linalg.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { flip } from "../shape/repeat.ts";
import { reshaped } from "../shape/reshape_op.ts";
import { specifyShape } from "../shape/shape.ts";
import { dimsOf, withShape } from "../shape/shape_ops.ts";
import { foldWindowsOp, padded, windowed, type WindowParams } from "./window.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions, type OptionKinds } from "../../base/options.ts";

/**
 * How far images are padded with zeros: not at all; so that every overlap counts ("full"); by half the
 * filter on both sides ("half"); or by given numbers for both axes, each axis, or each side.
 */
export type BorderMode =
  | "valid"
  | "full"
  | "half"
  | number
  | readonly [number, number]
  | readonly [readonly [number, number], readonly [number, number]];

/** Options of {@linkcode conv2d}. */
export interface ConvOptions {
  /** Padding; "valid" if missing. */
  readonly borderMode?: BorderMode;
  /** Distance between output positions on both axes; [1, 1] if missing. */
  readonly subsample?: number | readonly [number, number];
  /** Another name of `subsample`. */
  readonly strides?: number | readonly [number, number];
  /** Whether filters are flipped, as the mathematical convolution does; true if missing. */
  readonly filterFlip?: boolean;
  /** Distance between the elements of a filter; [1, 1] if missing. */
  readonly filterDilation?: number | readonly [number, number];
  /** Number of groups: block g of outputs sees block g of inputs only; 1 if missing. */
  readonly numGroups?: number;
  /** Lengths that the images are known to have; null where nothing is known. */
  readonly inputShape?: readonly (Dim | null)[] | null;
  /** Lengths that the filters are known to have; null where nothing is known. */
  readonly filterShape?: readonly (Dim | null)[] | null;
}

/** Options of {@linkcode conv2dTranspose}. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Height and width of the result, where the stride leaves a choice. */
  readonly outputShape?: readonly [Dim, Dim] | null;
}

type Pair<T> = readonly [T, T];

function pairOf(
  value: number | Pair<number> | undefined,
  least: number,
  what: string,
): Pair<number> {
  const pair = value === undefined ? [1, 1] : typeof value === "number" ? [value, value] : value;
  if (isPairFrom(pair, least)) return pair;
  throw new RangeError(
    `Cannot convolve: expected ${what} to be integers >= ${least}, got ${shown(value)}`,
  );
}

function isPairFrom(pair: unknown, least: number): pair is Pair<number> {
  return Array.isArray(pair) && pair.length === 2 &&
    pair.every((n) => Number.isInteger(n) && n >= least);
}

/** Zeros in front of and behind both axes. */
function paddingOf(mode: BorderMode, extent: Pair<Dim>): Pair<Pair<Dim>> {
  const both = (n: Dim): Pair<Dim> => [n, n];
  if (mode === "valid") return [both(0), both(0)];
  if (mode === "full") return [both(subDims(extent[0], 1)), both(subDims(extent[1], 1))];
  if (mode === "half") return [both(floorDivDims(extent[0], 2)), both(floorDivDims(extent[1], 2))];
  if (typeof mode === "string") {
    throw new RangeError(
      `Cannot convolve: expected borderMode "valid", "full", "half" or numbers, got ${shown(mode)}`,
    );
  }
  const sides: unknown = typeof mode === "number" ? [mode, mode] : mode;
  const pads = Array.isArray(sides)
    ? sides.map((side) => typeof side === "number" ? [side, side] : side)
    : [];
  if (pads.length === 2 && pads.every((pad) => isPairFrom(pad, 0))) {
    return pads as unknown as Pair<Pair<Dim>>;
  }
  throw new RangeError(
    `Cannot convolve: expected paddings to be integers >= 0, got ${shown(mode)}`,
  );
}

/** What is common to the convolution and its transpose. */
interface Setup {
  readonly x: Variable;
  readonly w: Variable;
  readonly groups: number;
  readonly stride: Pair<number>;
  readonly dilation: Pair<number>;
  readonly pads: Pair<Pair<Dim>>;
  /** Elements from the first to the last of a filter, both included. */
  readonly extent: Pair<Dim>;
}

const convKinds: OptionKinds<ConvTransposeOptions> = {
  borderMode: "any",
  subsample: "any",
  strides: "any",
  filterFlip: "boolean",
  filterDilation: "any",
  numGroups: "number",
  inputShape: "any",
  filterShape: "any",
  outputShape: "any",
};

function setUp(images: TensorLike, filters: TensorLike, options: ConvTransposeOptions): Setup {
  checkOptions("Cannot convolve", options, convKinds);
  const [a, b] = asVariables([images, filters]) as [Variable, Variable];
  for (
    const [v, layout] of [[a, "(image, channel, row, column)"], [
      b,
      "(out, in, row, column)",
    ]] as const
  ) {
    if (v.ndim !== 4) {
      throw new TypeError(
        `Cannot convolve: expected 4 axes ${layout}, got ${v.label} of type ${v.type}`,
      );
    }
  }
  const dtype = promote(a.dtype, b.dtype);
  const known = (v: Variable, shape: readonly (Dim | null)[] | null | undefined) =>
    castTo(shape === null || shape === undefined ? v : specifyShape(v, shape), dtype);
  const x = known(a, options.inputShape);
  const w = known(b, options.filterShape);
  const stride = pairOf(options.subsample ?? options.strides, 1, "strides");
  const dilation = pairOf(options.filterDilation, 1, "dilations");
  const groups = options.numGroups ?? 1;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new RangeError(`Cannot convolve: expected a number of groups >= 1, got ${shown(groups)}`);
  }
  const size = dimsOf(w);
  const extent = [0, 1].map((i) =>
    addDims(mulDims(subDims(size[2 + i]!, 1), dilation[i]!), 1)
  ) as unknown as Pair<Dim>;
  const pads = paddingOf(options.borderMode === undefined ? "valid" : options.borderMode, extent);
  const turned = options.filterFlip === false ? w : flip(w, [2, 3]);
  return { x, w: turned, groups, stride, dilation, pads, extent };
}

function expectMultiple(n: Dim, groups: number, what: string): void {
  const known = staticDim(n);
  if (known === null || known % groups === 0) return;
  throw new ShapeError(
    `Cannot convolve: expected ${what} to be a multiple of ${groups} groups, got ${shown(known)}`,
  );
}

function reshapeTo(x: Variable, dims: readonly Dim[]): Variable {
  return reshaped(x, dims.map(dimVariable));
}

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
  options?: ConvOptions,
): Variable<PairDType<A, B>, 4>;
export function conv2d(
  images: TensorLike,
  filters: TensorLike,
  options: ConvOptions = {},
): Variable {
  const { x: given, w, groups, stride, dilation, pads } = setUp(images, filters, options);
  const [out, into, rows, columns] = dimsOf(w) as [Variable, Variable, Variable, Variable];
  const x = withChannels(given, into, out, groups);
  const zero = castTo(asVariable(0), x.dtype);
  const wide = padded(x, zero, [2, 3], [pads[0][0], pads[1][0]], [pads[0][1], pads[1][1]]);
  const patches = windowed(wide, [2, 3], [rows, columns], stride, dilation);
  const [n, , high, across] = dimsOf(patches) as [Variable, Variable, Variable, Variable];
  const inner = productDims([into, rows, columns]), places = productDims([n, high, across]);
  let product: Variable;
  if (groups === 1) {
    // Columns are all places of all images, so that one large product does everything.
    const columnsOf = reshapeTo(shuffled(patches, [1, 4, 5, 0, 2, 3]), [inner, places]);
    product = matmul(reshapeTo(w, [out, inner]), columnsOf);
  } else {
    const grouped = reshapeTo(patches, [n, groups, into, high, across, rows, columns]);
    const columnsOf = reshapeTo(shuffled(grouped, [1, 2, 5, 6, 0, 3, 4]), [groups, inner, places]);
    product = matmul(reshapeTo(w, [groups, floorDivDims(out, groups), inner]), columnsOf);
  }
  return shuffled(reshapeTo(product, [out, n, high, across]), [1, 0, 2, 3]);
}

/** The images, whose channels are checked to be those of the filters. */
function withChannels(x: Variable, into: Dim, out: Dim, groups: number): Variable {
  expectMultiple(out, groups, "the number of output channels");
  const have = x.type.shape[1]!, each = staticDim(into);
  if (have === null || each === null || have === each * groups) {
    return expectChannels(x, mulDims(into, groups));
  }
  throw new ShapeError(
    `Cannot convolve ${
      shapeLabel(x)
    } with filters of ${each} input channels in ${groups} groups: expected ${
      each * groups
    } channels, got ${shown(have)}`,
  );
}

function expectChannels(x: Variable, channels: Dim): Variable {
  return withShape(x, [null, channels, null, null], {
    action: `Cannot convolve ${x.label}: the channels of images and filters must agree`,
  });
}

/**
 * The transpose of a convolution: what {@linkcode conv2d} with the same options does to the gradient of
 * its images. Images are (image, channel in, row, column), filters (channel in, channel out, row,
 * column), and there are (rows - 1) * stride + k' - p_top - p_bottom output rows unless `outputShape`
 * says otherwise.
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
  options?: ConvTransposeOptions,
): Variable<PairDType<A, B>, 4>;
export function conv2dTranspose(
  images: TensorLike,
  filters: TensorLike,
  options: ConvTransposeOptions = {},
): Variable {
  const { x: given, w, groups, stride, dilation, pads, extent } = setUp(images, filters, options);
  const [into, each, rows, columns] = dimsOf(w) as [Variable, Variable, Variable, Variable];
  const x = expectChannels(given, into);
  const [n, , high, across] = dimsOf(x) as [Variable, Variable, Variable, Variable];
  const share = floorDivDims(into, groups), out = mulDims(each, groups);
  const places = productDims([n, high, across]), inner = productDims([each, rows, columns]);
  expectMultiple(into, groups, "the number of input channels");
  const weights = shuffled(reshapeTo(w, [groups, share, inner]), [0, 2, 1]);
  const pixels = reshapeTo(shuffled(x, [1, 0, 2, 3]), [groups, share, places]);
  const spread = reshapeTo(matmul(weights, pixels), [out, rows, columns, n, high, across]);
  const patches = shuffled(spread, [3, 0, 4, 5, 1, 2]);
  const lengths = [high, across].map((length, i) => {
    const given = options.outputShape?.[i];
    return given === undefined
      ? addDims(mulDims(subDims(length, 1), stride[i]!), extent[i]!)
      : addDims(addDims(given, pads[i]![0]), pads[i]![1]);
  });
  const size = [rows, columns].map(staticDim);
  const wide = outputOf<WindowParams>(
    foldWindowsOp,
    [patches, n, dimVariable(out), ...lengths.map(dimVariable)],
    { axes: [2, 3], size, stride: [...stride], dilation: [...dilation] },
  );
  return [0, 1].reduce((image, i) => {
    const [before, after] = pads[i]!;
    if (staticDim(before) === 0 && staticDim(after) === 0) return image;
    return between(image, 2 + i, before, subDims(lengths[i]!, after));
  }, wide);
}
