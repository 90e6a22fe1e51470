/**
 * Pooling: one number for each window along one, two or three axes.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, isDiscrete } from "../../graph/dtype.ts";
import { makeConstant, outputOf, type Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating, MatrixRank, OfRank, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, shapeLabel } from "../common/arguments.ts";
import { ones } from "../create/alloc.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { addDims, floorDivDims, maxDims, mulDims, subDims } from "../common/lengths.ts";
import { asVariable, type TensorLike, valueOf } from "../common/literal.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import type { EachAxis, Spatial } from "./convolve.ts";
import { padded, windowed } from "./window.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions } from "../../base/options.ts";

/** What is taken of a window; averages count the padding or leave it out. */
export type PoolMode = "max" | "sum" | "average_inc_pad" | "average_exc_pad";

/** Options of {@linkcode pool2d}, and of the same along `R` axes. */
export interface PoolOptions<R extends Spatial = 2> {
  /** Whether windows that reach over the border are left out; false if missing. */
  readonly ignoreBorder?: boolean;
  /** Distance between windows; the size of a window if missing. */
  readonly stride?: number | EachAxis<number, R> | null;
  /** Padding on both sides of all axes, or of each; only with `ignoreBorder`. */
  readonly pad?: number | EachAxis<number, R>;
  /** "max" if missing. */
  readonly mode?: PoolMode;
}

const modes: readonly PoolMode[] = ["max", "sum", "average_inc_pad", "average_exc_pad"];

function eachOf(value: unknown, rank: Spatial, least: number, what: string): number[] {
  const list: unknown = typeof value === "number" ? new Array(rank).fill(value) : value;
  if (
    !Array.isArray(list) || list.length !== rank ||
    list.some((n) => !Number.isInteger(n) || n < least)
  ) {
    throw new RangeError(
      `Cannot pool: expected ${what} to be integers >= ${least}, got ${shown(list)}`,
    );
  }
  return list;
}

/** The least value of a dtype, which no maximum notices. */
function least(dtype: DType): number | bigint {
  const { kind, bytes } = dtypeInfo(dtype);
  if (kind === "int") return -(2n ** BigInt(8 * bytes - 1));
  return isDiscrete(dtype) ? 0 : -Infinity;
}

/** How windows lie on one axis. */
interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly before: Dim;
  readonly after: Dim;
}

/** The windows of an axis; partial windows at the end are made whole by padding behind. */
function axisOf(
  length: Dim,
  size: number,
  stride: number,
  pad: number,
  ignoreBorder: boolean,
): Axis {
  if (ignoreBorder) return { size, stride, before: pad, after: pad };
  // One less than the number of windows.
  const last = stride >= size
    ? floorDivDims(subDims(length, 1), stride)
    : maxDims(floorDivDims(addDims(subDims(length, size + 1), stride), stride), 0);
  const missing = subDims(addDims(mulDims(last, stride), size), length);
  return { size, stride, before: 0, after: maxDims(missing, 0) };
}

function windowsOf(x: Variable, axes: readonly Axis[], fill: number | bigint): Variable {
  const first = x.ndim - axes.length, positions = axes.map((_, i) => first + i);
  const value = makeConstant(valueOf(fill, x.dtype));
  const wide = padded(
    x,
    value,
    positions,
    axes.map((axis) => axis.before),
    axes.map((axis) => axis.after),
  );
  return windowed(
    wide,
    positions,
    axes.map((axis) => axis.size),
    axes.map((axis) => axis.stride),
    axes.map(() => 1),
  );
}

function reduceLast(x: Variable, count: number, kind: "sum" | "max"): Variable {
  const axes = Array.from({ length: count }, (_, i) => x.ndim - count + i);
  if (x.dtype === "bool") {
    return outputOf<ReduceParams>(reduceOp, [x], { kind: "any", axes, dtype: "bool" });
  }
  return outputOf<ReduceParams>(reduceOp, [x], { kind, axes, dtype: x.dtype });
}

/** How many elements of an axis each window holds, padding left out. */
function countsOf(x: Variable, axis: Axis, position: number, dtype: DType): Variable {
  const counted = ones([shapeOf(x, position)], dtype);
  return reduceLast(windowsOf(counted, [axis], 0), 1, "sum");
}

/** Options as they are looked at, for any number of axes. */
type AnyOptions = { readonly [K in keyof PoolOptions]?: unknown };

const words = { 1: "one axis", 2: "two axes", 3: "three axes" } as const;

/** One number for each window of the last axes. */
function pool(x: TensorLike, size: unknown, given: AnyOptions, rank: Spatial): Variable {
  const options = checkOptions("Cannot pool", given as PoolOptions, {
    ignoreBorder: "boolean",
    stride: "any",
    pad: "any",
    mode: "any",
  });
  const value = asVariable(x);
  if (value.ndim < rank || isComplex(value.dtype)) {
    throw new TypeError(
      `Cannot pool ${shapeLabel(value)}: expected real numbers with at least ${words[rank]}`,
    );
  }
  const mode = options.mode ?? "max", ignoreBorder = options.ignoreBorder ?? false;
  const ws = eachOf(size, rank, 1, "window sizes");
  const stride = options.stride === undefined || options.stride === null
    ? ws
    : eachOf(options.stride, rank, 1, "strides");
  const pad = eachOf(options.pad ?? 0, rank, 0, "paddings");
  if (pad.some((n, i) => n >= ws[i]!)) {
    throw new RangeError(
      `Cannot pool: expected paddings below the window sizes [${ws.join(", ")}], got [${
        pad.join(", ")
      }]`,
    );
  }
  if (!ignoreBorder && pad.some((n) => n > 0)) {
    throw new RangeError("Cannot pool: expected ignoreBorder to be true together with padding");
  }
  if (!modes.includes(mode)) {
    throw new RangeError(
      `Cannot pool: expected mode ${modes.map((name) => `"${name}"`).join(" or ")}, got ${
        shown(mode)
      }`,
    );
  }
  const v = mode.startsWith("average") ? asFloating(value) : value, first = v.ndim - rank;
  const axes = ws.map((size, i) =>
    axisOf(shapeOf(v, first + i), size, stride[i]!, pad[i]!, ignoreBorder)
  );
  switch (mode) {
    case "max":
      return reduceLast(windowsOf(v, axes, least(v.dtype)), rank, "max");
    case "sum":
      return reduceLast(windowsOf(v, axes, 0), rank, "sum");
    default: {
      const total = reduceLast(windowsOf(v, axes, 0), rank, "sum");
      if (ignoreBorder && (mode === "average_inc_pad" || pad.every((n) => n === 0))) {
        const all = ws.reduce((product, n) => product * n, 1);
        return elementwise("div", [total, castTo(asVariable(all), v.dtype)]);
      }
      const counts = axes
        .map((axis, i) => {
          const pattern = axes.map((_, d) => d === i ? 0 : "x" as const);
          return shuffled(countsOf(v, axis, first + i, v.dtype), pattern);
        })
        .reduce((product, count) => elementwise("mul", [product, count]));
      return elementwise("div", [total, counts]);
    }
  }
}

/**
 * The maximum, sum or average of the windows of the last two axes of x. Windows of `size` elements
 * follow each other at `stride` (the size if missing). Padding never counts for a maximum.
 *
 * With `ignoreBorder` there are floor((n + 2*pad - size) / stride) + 1 windows; without it partial
 * windows at the end are kept, which gives floor((n - 1) / stride) + 1 windows if the stride is at least
 * the size, else max(0, floor((n - 1 - size + stride) / stride)) + 1.
 *
 * Throws a TypeError for fewer than two axes, and a RangeError for padding of at least the size or
 * together with partial windows.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool2d(T.tensor4("images"), [2, 2], { ignoreBorder: true });
 * ```
 */
export function pool2d<A extends TensorLike>(
  x: OfRank<A, MatrixRank>,
  size: number | readonly [number, number],
  options: PoolOptions = {},
): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>> {
  return typed(pool(x as TensorLike, size, options, 2));
}

/**
 * {@linkcode pool2d} along the last axis.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool1d(T.tensor3("sequences"), 2, { mode: "average_inc_pad", ignoreBorder: true });
 * ```
 */
export function pool1d<A extends TensorLike>(
  x: OfRank<A, 1 | MatrixRank>,
  size: number | readonly [number],
  options: PoolOptions<1> = {},
): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>> {
  return typed(pool(x as TensorLike, size, options, 1));
}

/**
 * {@linkcode pool2d} along the last three axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool3d(T.tensor5("volumes"), [1, 2, 2], { ignoreBorder: true });
 * ```
 */
export function pool3d<A extends TensorLike>(
  x: OfRank<A, Exclude<MatrixRank, 2>>,
  size: number | readonly [number, number, number],
  options: PoolOptions<3> = {},
): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>> {
  return typed(pool(x as TensorLike, size, options, 3));
}
