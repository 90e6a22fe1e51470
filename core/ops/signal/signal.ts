/**
 * Functions of sampled functions: convolution, interpolation, integrals, polynomials.
 *
 * @module
 */

import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { settings } from "../../base/settings.ts";
import { type FloatDType, isDiscrete, promote } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating, Less1, PairDType, RankOf } from "../../graph/type_arithmetic.ts";
import { intConstant, normalizeAxis, shapeLabel } from "../common/arguments.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import {
  addDims,
  dimVariable,
  floorDivDims,
  maxDims,
  minDims,
  subDims,
} from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { zerosLike } from "../create/alloc.ts";
import { arange } from "../create/ranges.ts";
import { mod } from "../elementwise/arithmetic.ts";
import { conj } from "../elementwise/conversion.ts";
import { where } from "../elementwise/logic.ts";
import { take } from "../index/selecting.ts";
import { conv1d } from "../nn/conv.ts";
import { argsort, searchsorted } from "../order/order.ts";
import { sum } from "../reduce/reduce.ts";
import { between } from "../shape/between.ts";
import { concatenate, join } from "../shape/combine.ts";
import { ravel } from "../shape/reshape.ts";
import { dot } from "../linalg/linalg.ts";
import { expandDims, moveaxis, shapePadRight } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { flip } from "../shape/repeat.ts";
import { shapeOf, withShape } from "../shape/shape_ops.ts";

/** Which part of a convolution: all of it, as much as the longer one has, or where both overlap. */
export type ConvolveMode = "full" | "same" | "valid";

function overlaps(
  a: TensorLike,
  v: TensorLike,
  mode: ConvolveMode,
  isTurned: boolean,
): Variable {
  const [x, y] = asVariables([a, v]) as [Variable, Variable], action = "Cannot convolve";
  if (x.ndim !== 1 || y.ndim !== 1) {
    throw new TypeError(`${action}: expected vectors, got ${x.type} and ${y.type}`);
  }
  if (!["full", "same", "valid"].includes(mode)) {
    throw new RangeError(`${action}: expected mode "full", "same" or "valid", got ${shown(mode)}`);
  }
  const dtype = promote(x.dtype, y.dtype);
  const [image, filter] = [x, isTurned ? conj(flip(y)) as Variable : y].map((part) =>
    shuffled(castTo(part, dtype), ["x", "x", 0])
  ) as [Variable, Variable];
  const whole = shuffled(conv1d(image, filter, { borderMode: "full" }), [2]);
  if (mode === "full") return whole;
  const [n, k] = [shapeOf(x, 0), shapeOf(y, 0)], shorter = minDims(n, k), longer = maxDims(n, k);
  const beside = subDims(shorter, 1);
  if (mode === "valid") {
    return between(whole, 0, beside, addDims(beside, addDims(subDims(longer, shorter), 1)));
  }
  // NumPy swaps a shorter vector with the filter, and turns a correlation back.
  const isSwapped = isTurned ? minDims(maxDims(subDims(k, n), 0), 1) : 0;
  const start = floorDivDims(addDims(beside, isSwapped), 2);
  return between(whole, 0, start, addDims(start, longer));
}

/**
 * The discrete convolution of two vectors, sum_m a[m] v[n - m]: all of it ("full"), as much of its middle as
 * the longer vector has elements ("same"), or where both overlap wholly ("valid").
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.vector("a");
 * const f = await compile([a], T.convolve(a, [0, 1, 0.5]));
 * f([1, 2, 3]).arraySync(); // [0, 1, 2.5, 4, 1.5]
 * ```
 */
export function convolve<A extends TensorLike, B extends TensorLike>(
  a: A,
  v: B,
  mode: ConvolveMode = "full",
): Variable<PairDType<A, B>, 1> {
  return typed(overlaps(a, v, mode, false));
}

/**
 * The cross-correlation of two vectors, sum_n a[n + k] conj(v[n]) for each shift k, "valid" if no mode is
 * given; modes as for {@linkcode convolve}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const match = T.correlate(T.vector("signal"), T.vector("pattern"));
 * ```
 */
export function correlate<A extends TensorLike, B extends TensorLike>(
  a: A,
  v: B,
  mode: ConvolveMode = "valid",
): Variable<PairDType<A, B>, 1> {
  return typed(overlaps(a, v, mode, true));
}

/** Options of {@linkcode interp}. */
export interface InterpOptions {
  /** The value below the first point; that of the first point if missing. */
  readonly left?: TensorLike;
  /** The value above the last point; that of the last point if missing. */
  readonly right?: TensorLike;
  /**
   * After which distance the line repeats itself, in which case the xp may come in any order, and there is
   * neither left nor right.
   */
  readonly period?: TensorLike;
}

/**
 * The values at x of the line through the points (xp, fp), of which the xp rise. The dtype is the one that
 * x and the points meet in.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.interp(x, [1, 2, 3], [3, 2, 0]));
 * f([0, 1.5, 2.5, 9]).arraySync(); // [3, 2.5, 1, 0]
 * ```
 */
export function interp<A extends TensorLike>(
  x: A,
  xp: TensorLike,
  fp: TensorLike,
  options: InterpOptions = {},
): Variable<FloatDType, RankOf<A>> {
  const action = "Cannot interpolate";
  const { left, right, period } = checkOptions(action, options, {
    left: "any",
    right: "any",
    period: "any",
  });
  const all = asVariables([x, xp, fp]);
  const together = all.map(({ dtype }) => dtype).reduce(promote);
  const dtype = isDiscrete(together) ? settings.floatX : together;
  let [v, places, given] = all.map((part) => castTo(part, dtype)) as [Variable, Variable, Variable];
  if (places.ndim !== 1 || given.ndim !== 1) {
    throw new TypeError(
      `${action}: expected vectors of points, got ${places.type}, ${given.type}`,
    );
  }
  if (period !== undefined) {
    if (left !== undefined || right !== undefined) {
      throw new TypeError(`${action}: a line with a period has neither left nor right`);
    }
    const length = castTo(asVariable(period, dtype), dtype), first = shapeOf(places, 0);
    if (length.ndim !== 0) {
      throw new TypeError(`${action}: expected a scalar as the period, got ${length.type}`);
    }
    const size = elementwise("abs", [length]);
    given = withShape(given, [first], { action });
    [v, places] = [v, places].map((part) => mod(part, size)) as [Variable, Variable];
    const order: Variable = argsort(places);
    // The last point once before the first, and the first after the last.
    const round = (part: Variable, by: Variable) => {
      const sorted: Variable = take(part, order), end = between(sorted, 0, -1, null);
      return join(
        0,
        elementwise("sub", [end, by]),
        sorted,
        elementwise("add", [between(sorted, 0, null, 1), by]),
      ) as Variable;
    };
    [places, given] = [round(places, size), round(given, asVariable(0, dtype))];
  }
  const values = withShape(given, [shapeOf(places, 0)], { action });
  const last = elementwise("sub", [dimVariable(shapeOf(places, 0)), intConstant(1)]);
  const one = intConstant(1), zero = intConstant(0);
  const above: Variable = searchsorted(places, v, "right");
  const low = elementwise("maximum", [
    elementwise("minimum", [elementwise("sub", [above, one]), elementwise("sub", [last, one])]),
    zero,
  ]);
  const high = elementwise("minimum", [elementwise("add", [low, one]), last]);
  const at = (of: Variable, i: Variable) => take(of, i) as Variable;
  const [x0, x1, y0, y1] = [at(places, low), at(places, high), at(values, low), at(values, high)];
  const width = elementwise("sub", [x1!, x0!]);
  const isWide = elementwise("gt", [width, asVariable(0, dtype)]);
  const part = elementwise("div", [elementwise("sub", [v, x0!]), where(isWide, width, 1)]);
  const inside = elementwise("add", [
    y0!,
    elementwise("mul", [elementwise("sub", [y1!, y0!]), part]),
  ]);
  const ends = [left, right].map((end, i) =>
    end === undefined ? at(values, i === 0 ? zero : last) : castTo(asVariable(end, dtype), dtype)
  );
  const isBelow = elementwise("lt", [v, at(places, zero)]);
  const isAbove = elementwise("gt", [v, at(places, last)]);
  const notBelow: Variable = where(isAbove, ends[1]!, inside);
  return typed(where(isBelow, ends[0]!, notBelow));
}

/** Options of {@linkcode trapezoid}. */
export interface TrapezoidOptions {
  /** Where the samples are: a vector along the axis, or a tensor that broadcasts with them. */
  readonly x?: TensorLike;
  /** The distance of samples where there is no x; 1 if missing. */
  readonly dx?: number;
  /** The axis of samples; the last one if missing. */
  readonly axis?: number;
}

/**
 * The integral of samples along an axis by the trapezoidal rule.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const y = T.vector("y");
 * const f = await compile([y], T.trapezoid(y, { x: [0, 1, 3] }));
 * f([0, 2, 4]).item(); // 7
 * ```
 */
export function trapezoid<A extends TensorLike>(
  y: A,
  options: TrapezoidOptions = {},
): Variable<Floating<DTypeOf<A>>, Less1<RankOf<A>>> {
  const v = asFloating(y), action = `Cannot integrate ${shapeLabel(v)}`;
  const { x, dx = 1, axis = -1 } = checkOptions(action, options, {
    x: "any",
    dx: "number",
    axis: "number",
  });
  const d = normalizeAxis(axis, v.ndim, action);
  const sides = (of: Variable, along: number) => [
    between(of, along, 1, null),
    between(of, along, null, -1),
  ];
  const means = elementwise("mul", [
    elementwise("add", sides(v, d)),
    asVariable(0.5, v.dtype),
  ]);
  if (x === undefined) {
    return typed(sum(elementwise("mul", [means, asVariable(dx, v.dtype)]), d));
  }
  const places = castTo(asVariable(x, v.dtype), v.dtype);
  const widths = elementwise("sub", sides(places, places.ndim === 1 ? 0 : d));
  const along = places.ndim === 1 && d < v.ndim - 1
    ? shapePadRight(widths, v.ndim - 1 - d) as Variable
    : widths;
  return typed(sum(elementwise("mul", [means, along]), d));
}

/**
 * The polynomial with the coefficients p, that of the highest power first, at x, by Horner's rule where the
 * number of coefficients is known, else as a sum of powers.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.polyval([3, 0, 1], x));
 * f([0, 1, 2]).arraySync(); // [1, 4, 13]
 * ```
 */
export function polyval<P extends TensorLike, A extends TensorLike>(
  p: P,
  x: A,
): Variable<PairDType<P, A>, RankOf<A>> {
  const [c, v] = asVariables([p, x]) as [Variable, Variable], count = c.type.shape[0];
  if (c.ndim !== 1) {
    throw new TypeError(`Cannot evaluate a polynomial: expected a vector, got ${c.type}`);
  }
  const dtype = promote(c.dtype, v.dtype), [a, b] = [castTo(c, dtype), castTo(v, dtype)];
  if (typeof count === "number" && count <= MOST_COEFFICIENTS) {
    return typed(
      Array.from({ length: count }, (_, i) => take(a, i)).reduce(
        (value, coefficient) => elementwise("add", [elementwise("mul", [value, b]), coefficient]),
        zerosLike(b),
      ),
    );
  }
  const powers: Variable = flip(arange(shapeOf(c, 0)));
  const terms = elementwise("mul", [
    elementwise("pow", [expandDims(b, b.ndim), castTo(powers, dtype)]),
    a,
  ]);
  return typed(castTo(sum(terms, b.ndim), dtype));
}

/** Horner's rule is written out for up to as many coefficients. */
const MOST_COEFFICIENTS = 256;

/**
 * The cross product of vectors of three elements along an axis, the last one if missing.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.vector("a"), b = T.vector("b");
 * const f = await compile([a, b], T.cross(a, b));
 * f([1, 0, 0], [0, 1, 0]).arraySync(); // [0, 0, 1]
 * ```
 */
export function cross<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
  axis = -1,
): Variable<PairDType<A, B>> {
  const [x, y] = asVariables([a, b]) as [Variable, Variable],
    action = "Cannot take a cross product";
  const parts = (v: Variable): Variable[] => {
    const d = normalizeAxis(axis, v.ndim, action), n = v.type.shape[d];
    if (n !== null && n !== undefined && n !== 3) {
      throw new RangeError(`${action} of ${shapeLabel(v)}: expected 3 elements along axis ${axis}`);
    }
    const last: Variable = moveaxis(v, d, -1);
    return [0, 1, 2].map((i) => between(last, last.ndim - 1, i, i + 1));
  };
  const [p, q] = [parts(x), parts(y)];
  const minor = (i: number, j: number) =>
    elementwise("sub", [
      elementwise("mul", [p[i]!, q[j]!]),
      elementwise("mul", [p[j]!, q[i]!]),
    ]);
  const all = [minor(1, 2), minor(2, 0), minor(0, 1)], rank = all[0]!.ndim;
  return typed(moveaxis(concatenate(all, rank - 1), -1, axis));
}

/** The sum of conj(a) * b over all elements. */
export function vdot<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
): Variable<PairDType<A, B>, 0> {
  const [x, y] = asVariables([a, b]) as [Variable, Variable];
  return typed(dot(conj(ravel(x)), ravel(y)));
}
