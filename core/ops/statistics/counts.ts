/**
 * Counting elements: in bins, by segments and by value.
 *
 * @module
 */

import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { type DType, isComplex, isDiscrete } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, intConstant } from "../common/arguments.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import { checkedLength, inRange } from "../common/checks.ts";
import { addDims, dimVariable, minDims, subDims } from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { ones, zeros, zerosLike } from "../create/alloc.ts";
import { linspace } from "../create/ranges.ts";
import { and, where } from "../elementwise/logic.ts";
import { advIncOp, type AdvIncParams } from "../index/adv_index.ts";
import { setIndex } from "../index/indexing.ts";
import { flatnonzero, nonzero, take } from "../index/selecting.ts";
import { argsort, cumsum, diff, searchsorted } from "../order/order.ts";
import { sum } from "../reduce/reduce.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { between } from "../shape/between.ts";
import { join, stack } from "../shape/combine.ts";
import { ravel, reshape } from "../shape/reshape.ts";
import { dimsOf, shapeOf } from "../shape/shape_ops.ts";

/** Sums of values at positions of a first axis of a length. */
function addedAt(values: Variable, places: Variable, length: Dim): Variable {
  const shape = [length, ...dimsOf(values).slice(places.ndim)];
  return outputOf<AdvIncParams>(advIncOp, [zeros(shape, values.dtype), values, places], {
    axes: [0],
    set: false,
  });
}

/**
 * The sums of the values that have the same id: element i of the result is the sum of those whose id is i,
 * 0 where there are none. `values` has the axes of `ids` first; what is behind them is summed by itself.
 *
 * Throws a TypeError for ids that are no integers. An id below 0 or from `count` on is an IndexError when
 * the function is called.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x"), ids = T.ivector("ids");
 * const f = await compile([x, ids], T.segmentSum(x, ids, 3));
 * f([1, 2, 3, 4], [0, 2, 0, 2]).arraySync(); // [4, 0, 6]
 * ```
 */
export function segmentSum<A extends TensorLike, I extends TensorLike>(
  values: A,
  ids: I,
  count: Dim,
): RankOf<I> extends 1 ? Variable<DTypeOf<A>, RankOf<A>> : Variable<DTypeOf<A>> {
  const v = asVariable(values), places = asVariable(ids, "int64"), action = "Cannot sum segments";
  if (!isDiscrete(places.dtype) || places.dtype === "bool") {
    throw new TypeError(`${action}: expected integers as ids, got ${places.type}`);
  }
  if (places.ndim > v.ndim) {
    throw new TypeError(`${action}: expected ids for axes of the values, got ${places.type}`);
  }
  const length = checkedLength(count, action);
  return typed(addedAt(v, inRange(castTo(places, "int64"), length, action), length));
}

/** Options of {@linkcode histogram}. */
export interface HistogramOptions {
  /** The least and the greatest number that are counted, where bins are a number; those of x if missing. */
  readonly range?: readonly [TensorLike, TensorLike];
  /** What each element counts; 1 if missing. */
  readonly weights?: TensorLike;
  /** Whether the counts are divided by their sum and the widths of bins; default false. */
  readonly density?: boolean;
}

/** Edges of bins of the same width. */
function edgesOf(x: Variable, bins: number, range: HistogramOptions["range"]): Variable {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(
      `Cannot count in bins: expected how many as a positive integer, got ${shown(bins)}`,
    );
  }
  const isNone = elementwise("eq", [shapeOf(x, 0), intConstant(0)]);
  // Of no numbers, NumPy counts between 0 and 1, and a point is widened to that.
  const endOf = (kind: "min" | "max") =>
    where(
      isNone,
      0.5,
      outputOf<ReduceParams>(reduceOp, [x], {
        kind,
        axes: [0],
        dtype: x.dtype,
        empty: true,
      }),
    );
  const [low, high] = range === undefined
    ? [endOf("min"), endOf("max")]
    : range.map((end) => castTo(asVariable(end, x.dtype), x.dtype));
  const isPoint = elementwise("eq", [low as Variable, high as Variable]);
  const half = (by: number) => where(isPoint, by, 0) as Variable;
  const start = elementwise("add", [low as Variable, castTo(half(-0.5), x.dtype)]);
  const stop = elementwise("add", [high as Variable, castTo(half(0.5), x.dtype)]);
  return castTo(linspace(start, stop, bins + 1), x.dtype);
}

/**
 * How many elements of x lie in each bin, and the edges of the bins. Bins are a number of equally wide ones,
 * 10 if missing, or a vector of edges that rise. A bin holds its lower edge, the last one both; elements
 * outside, and NaN, are not counted. Counts are int64, or sums of weights. Where there are no elements, bins
 * are those between 0 and 1.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const [counts, edges] = T.histogram(x, 2);
 * const f = await compile([x], [counts, edges]);
 * f([0, 1, 2, 4]).map((v) => v.arraySync()); // [[2n, 2n], [0, 2, 4]]
 * ```
 */
export function histogram(
  x: TensorLike,
  bins: number | TensorLike = 10,
  options: HistogramOptions = {},
): [counts: Variable, edges: Variable] {
  const action = "Cannot count in bins";
  const { range, weights, density = false } = checkOptions(action, options, {
    range: "any",
    weights: "any",
    density: "boolean",
  });
  const v = asFloating(ravel(asVariable(x)));
  const edges = typeof bins === "number" ? edgesOf(v, bins, range) : asVariable(bins, v.dtype);
  if (edges.ndim !== 1 || isComplex(v.dtype)) {
    throw new TypeError(
      `${action}: expected real numbers and a vector of edges, got ${edges.type}`,
    );
  }
  const count = subDims(shapeOf(edges, 0), 1), last = dimVariable(count);
  const place = elementwise("sub", [searchsorted(edges, v, "right"), intConstant(1)]);
  const inner = elementwise("minimum", [place, elementwise("sub", [last, intConstant(1)])]);
  const inside = and(
    elementwise("ge", [v, take(edges, 0)]),
    elementwise("le", [v, take(edges, last)]),
  );
  const amounts = weights === undefined ? null : ravel(asVariable(weights)) as Variable;
  const each = amounts ?? elementwise("add", [zerosLike(place), intConstant(1)]);
  // What is outside is counted in a bin of its own, which is cut off.
  const all = addedAt(each, where(inside, inner, last), addDims(count, 1));
  const counts = between(all, 0, null, -1);
  if (!density) return [counts, edges];
  const widths = elementwise("sub", [between(edges, 0, 1, null), between(edges, 0, null, -1)]);
  const parts = castTo(counts, edges.dtype);
  const whole = elementwise("mul", [sum(parts), widths]);
  return [elementwise("div", [parts, whole]), edges];
}

/**
 * For each element of x the int64 number of the bin that it lies in, given edges that rise: 0 below the
 * first edge, i where bins[i - 1] <= x < bins[i], and the number of edges from the last one on. With
 * `right` a bin holds its upper edge instead of its lower one. Edges may fall, too: then it is i where
 * bins[i - 1] > x >= bins[i], or with `right` bins[i - 1] >= x > bins[i].
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const grades = T.digitize(T.vector("scores"), [50, 70, 90]);
 * ```
 */
export function digitize<A extends TensorLike>(
  x: A,
  bins: TensorLike,
  options: { readonly right?: boolean } = {},
): Variable<"int64", RankOf<A>> {
  const { right = false } = checkOptions("Cannot find bins", options, { right: "boolean" });
  const [v, edges] = asVariables([x, bins]) as [Variable, Variable];
  const below: Variable = searchsorted(edges, v, right ? "left" : "right");
  // Sums, as there may be no edge at all.
  const end = (from: number | null, to: number | null) => sum(between(edges, 0, from, to));
  const isFalling = elementwise("gt", [end(null, 1), end(-1, null)]);
  return typed(where(isFalling, elementwise("sub", [shapeOf(edges, 0), below]), below));
}

/**
 * The positions of the elements that are not zero, a row each.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const places = T.argwhere(T.gt(T.matrix("m"), 0));
 * ```
 */
export function argwhere(x: TensorLike): Variable<"int64", 2> {
  return stack(nonzero(x), 1) as Variable as Variable<"int64", 2>;
}

/** The distinct elements of a tensor and where they are. */
export interface Unique<D extends DType = DType> {
  /** The distinct elements, in ascending order; NaN, if there is one, comes last and once. */
  readonly values: Variable<D, 1>;
  /** The row-major position of the first of each. */
  readonly indices: Variable<"int64", 1>;
  /** For each element of x, in its shape, the position of its like among the values. */
  readonly inverse: Variable<"int64">;
  /** How often each one occurs. */
  readonly counts: Variable<"int64", 1>;
}

/**
 * The distinct elements of x in ascending order with their first positions, counts, and what maps them back.
 * What isn't used costs nothing.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.ivector("x"), { values, counts } = T.uniqueAll(x);
 * const f = await compile([x], [values, counts]);
 * f([3, 1, 3, 3]).map((v) => v.arraySync()); // [[1, 3], [1n, 3n]]
 * ```
 */
export function uniqueAll<A extends TensorLike>(x: A): Unique<DTypeOf<A>> {
  const v = asVariable(x), flat: Variable = ravel(v), n = shapeOf(flat, 0);
  const order: Variable = argsort(flat), sorted: Variable = take(flat, order);
  const pair = [between(sorted, 0, 1, null), between(sorted, 0, null, -1)];
  const differs = elementwise("neq", pair);
  const isNew = isDiscrete(v.dtype) ? differs : and(
    differs,
    elementwise("invert", [and(...pair.map((part) => elementwise("neq", [part, part])) as [
      Variable,
      Variable,
    ])]),
  ) as Variable;
  const first: Variable = join(0, ones([minDims(n, 1)], "bool"), isNew);
  const starts = flatnonzero(first);
  const ranks = elementwise("sub", [cumsum(first), intConstant(1)]);
  const inverse: Variable = setIndex(zerosLike(order), [order], ranks);
  return typed({
    values: take(sorted, starts) as Variable as Variable<DType, 1>,
    indices: take(order, starts) as Variable as Variable<"int64", 1>,
    inverse: reshape(inverse, dimsOf(v)) as Variable as Variable<"int64">,
    counts: diff(join(0, starts, reshape(n, [1]))) as Variable<"int64", 1>,
  });
}

/**
 * The distinct elements of x as a vector in ascending order.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.unique(x));
 * f([2, 0.5, 2]).arraySync(); // [0.5, 2]
 * ```
 */
export function unique<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1> {
  return uniqueAll(x).values;
}
