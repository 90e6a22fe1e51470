/**
 * What convolutions along any axes are made of: windows and one matrix product.
 *
 * @module
 */

import { promote } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { WrongRank } from "../../graph/type_arithmetic.ts";
import { type Dim, shapeLabel, staticDim } from "../common/arguments.ts";
import { castTo } from "../common/build.ts";
import { lengthOr } from "../common/checks.ts";
import { between } from "../shape/between.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import {
  addDims,
  dimVariable,
  floorDivDims,
  maxDims,
  mulDims,
  productDims,
  subDims,
} from "../common/lengths.ts";
import { matmul } from "../linalg/linalg.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { flip } from "../shape/repeat.ts";
import { reshaped } from "../shape/reshape_op.ts";
import { specifyShape } from "../shape/shape.ts";
import { dimsOf, shapeOf, withShape } from "../shape/shape_ops.ts";
import { foldWindowsOp, padded, windowed, type WindowParams } from "./window.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions, type OptionKinds } from "../../base/options.ts";

/** What a convolution is given; checkers of types have seen to its rank. */
type Ranked = TensorLike | WrongRank<number>;

/** A number of axes along which there are convolutions and windows. */
export type Spatial = 1 | 2 | 3;

/** An item for each of them. */
export type EachAxis<X, R extends Spatial> = R extends 1 ? readonly [X]
  : R extends 2 ? readonly [X, X]
  : readonly [X, X, X];

/**
 * How far images are padded with zeros: not at all; so that every overlap counts ("full"); by half the
 * filter on both sides ("half"); so that there is an output for each stride of the image, with what is odd
 * behind ("same", as JAX and TensorFlow do); or by given numbers for all axes, each axis, or each side.
 */
export type BorderMode<R extends Spatial = 2> =
  | "valid"
  | "full"
  | "half"
  | "same"
  | number
  | EachAxis<number, R>
  | EachAxis<readonly [number, number], R>;

/** Options of {@linkcode conv2d}, and of the same along `R` axes. */
export interface ConvOptions<R extends Spatial = 2> {
  /** Padding; "valid" if missing. */
  readonly borderMode?: BorderMode<R>;
  /** Distance between output positions, on all axes or each; 1 if missing. */
  readonly subsample?: number | EachAxis<number, R>;
  /** Another name of `subsample`. */
  readonly strides?: number | EachAxis<number, R>;
  /** Whether filters are flipped, as the mathematical convolution does; true if missing. */
  readonly filterFlip?: boolean;
  /** Distance between the elements of a filter, on all axes or each; 1 if missing. */
  readonly filterDilation?: number | EachAxis<number, R>;
  /** Number of groups: block g of outputs sees block g of inputs only; 1 if missing. */
  readonly numGroups?: number;
  /** Lengths that the images are known to have; null where nothing is known. */
  readonly inputShape?: readonly (Dim | null)[] | null;
  /** Lengths that the filters are known to have; null where nothing is known. */
  readonly filterShape?: readonly (Dim | null)[] | null;
}

/** Options of {@linkcode conv2dTranspose}, and of the same along `R` axes. */
export interface ConvTransposeOptions<R extends Spatial = 2> extends ConvOptions<R> {
  /** Lengths of the axes of the result (height and width), where the stride leaves a choice. */
  readonly outputShape?: EachAxis<Dim, R> | null;
}

/** Options of {@linkcode separableConv2d}, and of the same along `R` axes: groups are channels. */
export type SeparableConvOptions<R extends Spatial = 2> = Omit<
  ConvOptions<R>,
  "numGroups" | "filterShape"
>;

/** Padding in front of an axis and behind it. */
type Sides = readonly [Dim, Dim];

/** Options as they are looked at, for any number of axes. */
type AnyOptions = { readonly [K in keyof ConvTransposeOptions]?: unknown };

function eachOf(value: unknown, rank: Spatial, what: string): readonly number[] {
  const all = value === undefined ? 1 : value;
  const list: unknown = typeof all === "number" ? new Array(rank).fill(all) : all;
  if (areFrom(list, rank, 1)) return list;
  throw new RangeError(
    `Cannot convolve: expected ${what} to be integers >= 1, got ${shown(value)}`,
  );
}

function areFrom(list: unknown, count: number, least: number): list is readonly number[] {
  return Array.isArray(list) && list.length === count &&
    list.every((n) => Number.isInteger(n) && n >= least);
}

/** How far filters reach beyond one of their elements; a ShapeError, maybe in a call, for those of none. */
function reachOf(extent: Dim): Dim {
  const known = staticDim(extent), expected = "expected filters that are not empty";
  if (known === null) {
    return lengthOr(dimVariable(subDims(extent, 1)), { action: "Cannot convolve", expected });
  }
  if (known < 1) throw new ShapeError(`Cannot convolve: ${expected}`);
  return known - 1;
}

/** Zeros in front of and behind each axis; `lengths` are those of the image. */
function paddingOf(
  mode: unknown,
  extent: readonly Dim[],
  lengths: readonly Dim[],
  stride: readonly number[],
): readonly Sides[] {
  switch (mode) {
    case "valid":
      return extent.map(() => [0, 0]);
    case "full":
      return extent.map((n) => {
        const reach = reachOf(n);
        return [reach, reach];
      });
    case "half":
      return extent.map((n) => [floorDivDims(n, 2), floorDivDims(n, 2)]);
    case "same":
      return extent.map((extent, i) => {
        const by = stride[i]!, last = floorDivDims(subDims(lengths[i]!, 1), by);
        const all = maxDims(subDims(addDims(mulDims(last, by), extent), lengths[i]!), 0);
        const before = floorDivDims(all, 2);
        return [before, subDims(all, before)];
      });
  }
  if (typeof mode === "string") {
    throw new RangeError(
      `Cannot convolve: expected borderMode "valid", "full", "half", "same" or numbers, got ${
        shown(mode)
      }`,
    );
  }
  const sides = typeof mode === "number" ? extent.map(() => mode) : mode;
  const pads = Array.isArray(sides)
    ? sides.map((side) => typeof side === "number" ? [side, side] : side)
    : [];
  if (pads.length === extent.length && pads.every((pad) => areFrom(pad, 2, 0))) {
    return pads as Sides[];
  }
  throw new RangeError(
    `Cannot convolve: expected paddings to be integers >= 0, got ${shown(mode)}`,
  );
}

/** What is common to the convolution and its transpose. */
interface Setup {
  readonly x: Variable;
  readonly w: Variable;
  readonly groups: Dim;
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly mode: unknown;
  /** Elements from the first to the last of a filter, both included. */
  readonly extent: readonly Dim[];
  /** The axes that are convolved, of images and filters. */
  readonly axes: readonly number[];
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

const layouts = { 1: "position", 2: "row, column", 3: "depth, row, column" } as const;

/** Images and filters of `rank` axes behind two others, and options, checked. */
export function setUp(
  images: Ranked,
  filters: Ranked,
  given: AnyOptions,
  rank: Spatial,
  channels: Dim | null = null,
): Setup {
  const options = checkOptions("Cannot convolve", given as ConvTransposeOptions, convKinds);
  const [a, b] = asVariables([images, filters] as TensorLike[]) as [Variable, Variable];
  for (const [v, first] of [[a, "image, channel"], [b, "out, in"]] as const) {
    if (v.ndim === rank + 2) continue;
    throw new TypeError(
      `Cannot convolve: expected ${rank + 2} axes (${first}, ${
        layouts[rank]
      }), got ${v.label} of type ${v.type}`,
    );
  }
  const dtype = promote(a.dtype, b.dtype);
  const known = (v: Variable, shape: readonly (Dim | null)[] | null | undefined) =>
    castTo(shape === null || shape === undefined ? v : specifyShape(v, shape), dtype);
  const x = known(a, options.inputShape);
  const w = known(b, options.filterShape);
  const stride = eachOf(options.subsample ?? options.strides, rank, "strides");
  const dilation = eachOf(options.filterDilation, rank, "dilations");
  const groups = channels ?? options.numGroups ?? 1;
  if (typeof groups === "number" && (!Number.isInteger(groups) || groups < 1)) {
    throw new RangeError(`Cannot convolve: expected a number of groups >= 1, got ${shown(groups)}`);
  }
  const size = dimsOf(w), axes = stride.map((_, i) => 2 + i);
  const extent = axes.map((axis, i) => addDims(mulDims(subDims(size[axis]!, 1), dilation[i]!), 1));
  const mode = options.borderMode === undefined ? "valid" : options.borderMode;
  const turned = options.filterFlip === false ? w : flip(w, axes);
  return { x, w: turned, groups, stride, dilation, mode, extent, axes };
}

function expectMultiple(n: Dim, groups: Dim, what: string): void {
  const known = staticDim(n), by = staticDim(groups);
  if (known === null || by === null || known % by === 0) return;
  throw new ShapeError(
    `Cannot convolve: expected ${what} to be a multiple of ${by} groups, got ${shown(known)}`,
  );
}

function reshapeTo(x: Variable, dims: readonly Dim[]): Variable {
  return reshaped(x, dims.map(dimVariable));
}

/** The convolution along the axes behind the first two. */
export function convolve(
  { x: given, w, groups, stride, dilation, mode, extent, axes }: Setup,
): Variable {
  const [out, into, ...size] = dimsOf(w) as [Variable, Variable, ...Variable[]], rank = axes.length;
  const x = withChannels(given, into, out, groups);
  const zero = castTo(asVariable(0), x.dtype);
  const pads = paddingOf(mode, extent, dimsOf(x).slice(2), stride);
  const wide = padded(
    x,
    zero,
    axes,
    pads.map(([before]) => before),
    pads.map(([, after]) => after),
  );
  const patches = windowed(wide, axes, size, stride, dilation);
  const [n, , ...all] = dimsOf(patches) as [Variable, Variable, ...Variable[]];
  const places = all.slice(0, rank), inside = axes.map((axis) => axis + rank);
  const inner = productDims([into, ...size]), points = productDims([n, ...places]);
  let product: Variable;
  if (groups === 1) {
    // Columns are all places of all images, so that one large product does everything.
    const columnsOf = reshapeTo(shuffled(patches, [1, ...inside, 0, ...axes]), [inner, points]);
    product = matmul(reshapeTo(w, [out, inner]), columnsOf);
  } else {
    const grouped = reshapeTo(patches, [n, groups, into, ...places, ...size]);
    const order = [1, 2, ...inside.map((axis) => axis + 1), 0, ...axes.map((axis) => axis + 1)];
    const columnsOf = reshapeTo(shuffled(grouped, order), [groups, inner, points]);
    product = matmul(reshapeTo(w, [groups, floorDivDims(out, groups), inner]), columnsOf);
  }
  return shuffled(reshapeTo(product, [out, n, ...places]), [1, 0, ...axes]);
}

/** The images, whose channels are checked to be those of the filters. */
function withChannels(x: Variable, into: Dim, out: Dim, groups: Dim): Variable {
  expectMultiple(out, groups, "the number of output channels");
  const have = x.type.shape[1]!, each = staticDim(into), by = staticDim(groups);
  if (have === null || each === null || by === null || have === each * by) {
    return expectChannels(x, mulDims(into, groups));
  }
  throw new ShapeError(
    `Cannot convolve ${
      shapeLabel(x)
    } with filters of ${each} input channels in ${by} groups: expected ${each * by} channels, got ${
      shown(have)
    }`,
  );
}

function expectChannels(x: Variable, channels: Dim): Variable {
  return withShape(x, x.type.shape.map((_, axis) => axis === 1 ? channels : null), {
    action: `Cannot convolve ${x.label}: the channels of images and filters must agree`,
  });
}

/** The adjoint of the convolution, in its images. */
export function convolveBack(
  setup: Setup,
  outputShape: readonly Dim[] | null | undefined,
): Variable {
  const { x: given, w, groups, stride, dilation, mode, extent, axes } = setup, rank = axes.length;
  const [into, each, ...own] = dimsOf(w) as [Variable, Variable, ...Variable[]];
  const x = expectChannels(given, into);
  const [n, , ...small] = dimsOf(x) as [Variable, Variable, ...Variable[]];
  const share = floorDivDims(into, groups), out = mulDims(each, groups);
  const places = productDims([n, ...small]), inner = productDims([each, ...own]);
  expectMultiple(into, groups, "the number of input channels");
  const weights = shuffled(reshapeTo(w, [groups, share, inner]), [0, 2, 1]);
  const order = [1, 0, ...axes];
  const pixels = reshapeTo(shuffled(x, order), [groups, share, places]);
  const spread = reshapeTo(matmul(weights, pixels), [out, ...own, n, ...small]);
  const inside = axes.map((axis) => axis - 1), around = axes.map((axis) => axis + rank);
  const patches = shuffled(spread, [1 + rank, 0, ...around, ...inside]);
  const whole = small.map((length, i) =>
    outputShape?.[i] ?? (mode === "same" ? mulDims(length, stride[i]!) : null)
  );
  const pads = paddingOf(mode, extent, whole.map((length) => length ?? 0), stride);
  const lengths = small.map((length, i) => {
    const wanted = whole[i];
    return wanted === null || wanted === undefined
      ? addDims(mulDims(subDims(length, 1), stride[i]!), extent[i]!)
      : addDims(addDims(wanted, pads[i]![0]), pads[i]![1]);
  });
  const wide = outputOf<WindowParams>(
    foldWindowsOp,
    [patches, n, dimVariable(out), ...lengths.map(dimVariable)],
    { axes: [...axes], size: own.map(staticDim), stride: [...stride], dilation: [...dilation] },
  );
  return axes.reduce((image, axis, i) => {
    const [before, after] = pads[i]!;
    if (staticDim(before) === 0 && staticDim(after) === 0) return image;
    return between(image, axis, before, subDims(lengths[i]!, after));
  }, wide);
}

/** A convolution of each channel by itself, then one of all channels at each place. */
export function separable(
  images: Ranked,
  depthwise: Ranked,
  pointwise: Ranked,
  options: AnyOptions,
  rank: Spatial,
): Variable {
  for (const name of ["numGroups", "filterShape", "outputShape"] as const) {
    if (options[name] === undefined) continue;
    throw new TypeError(`Cannot convolve: "${name}" is no option where filters are separable`);
  }
  const x = asVariable(images as TensorLike),
    channels = x.type.shape[1] ?? (x.ndim > 1 ? shapeOf(x, 1) : 1);
  const each = convolve(setUp(x, depthwise, options, rank, channels));
  return convolve(setUp(each, pointwise, { filterFlip: false }, rank));
}
