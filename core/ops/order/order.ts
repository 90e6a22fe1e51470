/**
 * Sorting, running sums, differences and counting.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import { type DType, isComplex, isDiscrete, isFloat } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating, Like, RankOf } from "../../graph/type_arithmetic.ts";
import { shown } from "../../base/shown.ts";
import { advIncOp, type AdvIncParams } from "../index/adv_index.ts";
import { zeros } from "../create/alloc.ts";
import {
  type Dim,
  intConstant,
  normalizeAxis,
  shapeLabel,
  staticDim,
} from "../common/arguments.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import { checkedLength, inRange } from "../common/checks.ts";
import { join } from "../shape/combine.ts";
import { between } from "../shape/between.ts";
import { cumulative } from "../reduce/cumulative.ts";
import { expandDims, shapePadLeft, shapePadRight } from "../shape/dimshuffle.ts";
import { addDims, dimVariable, maxDims, subDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { arange } from "../create/ranges.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { ravel } from "../shape/reshape.ts";
import { flip } from "../shape/repeat.ts";
import { takeAlongAxis } from "../index/selecting.ts";
import type { AxisRank } from "../shape/shape.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { argsortOp, sortOp, type SortParams } from "./sort.ts";

/** x and the axis, with null as the only axis of the flattened x. */
function along(x: TensorLike, axis: number | null, action: string): [Variable, number] {
  const v = asVariable(x);
  if (axis === null) return [ravel(v), 0];
  return [v, normalizeAxis(axis, v.ndim, `${action} ${shapeLabel(v)}`)];
}

/**
 * Sums of the elements up to and including each one, along an axis or of the flattened x. The dtype is
 * kept, except that bools are counted in int64.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.cumsum(T.matrix("m"), 0);
 * ```
 */
export function cumsum<A extends TensorLike, const X extends number | null = null>(
  x: A,
  axis?: X,
): Variable<Counted<DTypeOf<A>>, AxisRank<A, X>>;
export function cumsum(x: TensorLike, axis: number | null = null): Variable {
  return cumulative("sum", counted(x), axis);
}

/**
 * Products of the elements up to and including each one, along an axis or of the flattened x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.cumprod(T.vector("v"));
 * ```
 */
export function cumprod<A extends TensorLike, const X extends number | null = null>(
  x: A,
  axis?: X,
): Variable<Counted<DTypeOf<A>>, AxisRank<A, X>>;
export function cumprod(x: TensorLike, axis: number | null = null): Variable {
  return cumulative("prod", counted(x), axis);
}

function runningExtreme(kind: "max" | "min", x: TensorLike, axis: number | null): Variable {
  const v = asVariable(x);
  if (v.dtype !== "bool") return cumulative(kind, v, axis);
  return castTo(cumulative(kind, castTo(v, "uint8"), axis), "bool");
}

/**
 * The greatest of the elements up to and including each one, along an axis or of the flattened x. NaN
 * stays from where it is met. The gradient goes to the first of the equal ones.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.cummax(x));
 * f([1, 3, 2, 5]).arraySync(); // [1, 3, 3, 5]
 * ```
 */
export function cummax<A extends TensorLike, const X extends number | null = null>(
  x: A,
  axis?: X,
): Variable<DTypeOf<A>, AxisRank<A, X>>;
export function cummax(x: TensorLike, axis: number | null = null): Variable {
  return runningExtreme("max", x, axis);
}

/** The least of the elements up to and including each one; otherwise as {@linkcode cummax}. */
export function cummin<A extends TensorLike, const X extends number | null = null>(
  x: A,
  axis?: X,
): Variable<DTypeOf<A>, AxisRank<A, X>>;
export function cummin(x: TensorLike, axis: number | null = null): Variable {
  return runningExtreme("min", x, axis);
}

/**
 * log(cumsum(exp(x))) along an axis or of the flattened x, without overflow.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.logcumsumexp(x));
 * f([1000, 1000]).arraySync(); // [1000, 1000.6931]
 * ```
 */
export function logcumsumexp<A extends TensorLike, const X extends number | null = null>(
  x: A,
  axis?: X,
): Variable<Floating<DTypeOf<A>>, AxisRank<A, X>>;
export function logcumsumexp(x: TensorLike, axis: number | null = null): Variable {
  return cumulative("logsumexp", asFloating(x), axis);
}

/** The dtype of running sums: bools are counted. */
export type Counted<D extends DType> = D extends "bool" ? "int64" : D;

function counted(x: TensorLike): Variable {
  const v = asVariable(x);
  return v.dtype === "bool" ? castTo(v, "int64") : v;
}

/**
 * The elements of x in ascending order along an axis (the last one if missing; null flattens). NaN comes
 * last. Complex numbers are in the order of their real parts, then of their imaginary parts.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.sort(T.matrix("m"), 0);
 * ```
 */
export function sort<A extends TensorLike, const X extends number | null = number>(
  x: A,
  axis?: X,
): Variable<DTypeOf<A>, AxisRank<A, X>>;
export function sort(x: TensorLike, axis: number | null = -1): Variable {
  const [v, d] = along(x, axis, "Cannot sort");
  if (isComplex(v.dtype)) return takeAlongAxis(v, complexOrder(v, d), d);
  return outputOf<SortParams>(sortOp, [v], { axis: d });
}

/**
 * The int64 positions along an axis (the last one if missing; null flattens) that sort x. Equal elements
 * keep their order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.argsort(T.vector("v"));
 * ```
 */
export function argsort<A extends TensorLike, const X extends number | null = number>(
  x: A,
  axis?: X,
): Variable<"int64", AxisRank<A, X>>;
export function argsort(x: TensorLike, axis: number | null = -1): Variable {
  const [v, d] = along(x, axis, "Cannot sort");
  return isComplex(v.dtype) ? complexOrder(v, d) : orderOf(v, d);
}

function orderOf(x: Variable, axis: number): Variable {
  return outputOf<SortParams>(argsortOp, [x], { axis });
}

/** Positions that sort complex numbers: by the least of the keys first, since equal ones keep their order. */
function complexOrder(x: Variable, axis: number): Variable {
  const re = elementwise("real", [x]), im = elementwise("imag", [x]);
  const stray = (part: Variable, n: number) =>
    elementwise("switch", [elementwise("isnan", [part]), intConstant(n), intConstant(0)]);
  // NaN in the imaginary part comes behind all without, NaN in the real part behind that.
  const keys = [re, elementwise("add", [stray(re, 2), stray(im, 1)])];
  return keys.reduce((order, key) => {
    const next = orderOf(takeAlongAxis(key, order, axis), axis);
    return takeAlongAxis(order, next, axis);
  }, orderOf(im, axis));
}

/** The last k of sorted lines, largest first; for negative k the first -k, smallest first. */
function best(sorted: Variable, k: Dim, axis: number): Variable {
  const known = staticDim(k), action = "Cannot take the top elements";
  if (known === 0) throw new RangeError(`${action}: expected a count other than 0`);
  const n = shapeOf(sorted, axis), length = staticDim(n);
  const count = known === null ? k : Math.abs(known);
  if (known !== null && length !== null && Math.abs(known) > length) {
    throw new RangeError(`${action}: expected a count up to ${length}, got ${known}`);
  }
  const fits = known !== null && length !== null;
  const taken = fits ? count : inRange(dimVariable(count), addDims(n, 1), action);
  if (known !== null && known < 0) return between(sorted, axis, null, taken);
  return flip(between(sorted, axis, subDims(n, taken), null), axis);
}

/**
 * The k largest elements along an axis, largest first; for negative k the -k smallest, smallest first.
 * null as the axis flattens. A symbolic k counts as positive. More than there are is an error.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.topk(T.vector("scores"), 5);
 * ```
 */
export function topk<A extends TensorLike, const X extends number | null = number>(
  x: A,
  k: Dim,
  axis?: X,
): Variable<DTypeOf<A>, AxisRank<A, X>>;
export function topk(x: TensorLike, k: Dim, axis: number | null = -1): Variable {
  const [v, d] = along(x, axis, "Cannot take the top elements of");
  return best(sort(v, d), k, d);
}

/**
 * The int64 positions of what {@linkcode topk} gives.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.argtopk(T.vector("scores"), 5);
 * ```
 */
export function argtopk<A extends TensorLike, const X extends number | null = number>(
  x: A,
  k: Dim,
  axis?: X,
): Variable<"int64", AxisRank<A, X>>;
export function argtopk(x: TensorLike, k: Dim, axis: number | null = -1): Variable {
  const [v, d] = along(x, axis, "Cannot take the top elements of");
  return best(argsort(v, d), k, d);
}

/** The results of {@linkcode topk} and {@linkcode argtopk}. */
export function topkAndArgtopk(
  x: TensorLike,
  k: Dim,
  axis: number | null = -1,
): [values: Variable, positions: Variable] {
  return [topk(x, k, axis), argtopk(x, k, axis)];
}

/**
 * The n-th differences of neighbours along an axis; of bools, whether they differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diff(T.vector("v"));
 * ```
 */
export function diff<A extends TensorLike>(x: A, n = 1, axis = -1): Like<A> {
  const v = asVariable(x), action = `Cannot take differences of ${shapeLabel(v)}`;
  if (!Number.isInteger(n) || n < 0 || n > 1000) {
    throw new RangeError(
      `${action}: expected how often as an integer from 0 to 1000, got ${shown(n)}`,
    );
  }
  const d = normalizeAxis(axis, v.ndim, action);
  let result = v;
  for (let i = 0; i < n; i++) {
    const pair = [between(result, d, 1, null), between(result, d, null, -1)];
    result = elementwise(v.dtype === "bool" ? "xor" : "sub", pair);
  }
  return typed(result);
}

/**
 * How often each integer from 0 to the largest one occurs in x, as int64; with weights the sums of their
 * elements. There are at least `minlength` counts.
 *
 * Throws a TypeError for floats, and an IndexError for negative numbers when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.bincount(T.ivector("labels"), null, 10);
 * ```
 */
export function bincount(
  x: TensorLike,
  weights: TensorLike | null = null,
  minlength: Dim = 0,
): Variable {
  const v = asVariable(x, "int64");
  if (v.ndim !== 1 || !isDiscrete(v.dtype)) {
    throw new TypeError(
      `Cannot count: expected an integer vector, got ${v.label} of type ${v.type}`,
    );
  }
  // Negative ones would count from the end.
  const places = inRange(castTo(v, "int64"), null, "Cannot count");
  // The -1 makes the largest of no numbers that; then there are no counts.
  const least = checkedLength(minlength, "Cannot count");
  const largest = outputOf<ReduceParams>(reduceOp, [join(0, places, [-1n])], {
    kind: "max",
    axes: [0],
    dtype: "int64",
  });
  const length = maxDims(addDims(largest, 1), least);
  const amounts = weights === null ? intConstant(1) : asVariable(weights);
  return outputOf<AdvIncParams>(advIncOp, [zeros([length], amounts.dtype), amounts, places], {
    axes: [0],
    set: false,
  });
}

/**
 * Ones where a last axis, of length `count`, has the position that x holds, and zeros elsewhere; `dtype`
 * defaults to floatX.
 *
 * Throws a TypeError for floats. A position below 0 or from `count` on is an IndexError when the function
 * is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.toOneHot(T.ivector("labels"), 10);
 * ```
 */
export function toOneHot(x: TensorLike, count: Dim, dtype?: DTypeOption): Variable {
  const v = asVariable(x, "int64");
  if (!isDiscrete(v.dtype)) {
    throw new TypeError(
      `Cannot make one-hot rows: expected integers, got ${v.label} of type ${v.type}`,
    );
  }
  const action = "Cannot make one-hot rows", length = checkedLength(count, action);
  const columns = shapePadLeft(arange(length), v.ndim);
  const places = inRange(castTo(v, "int64"), length, action);
  const hot = elementwise("eq", [shapePadRight(places), columns]);
  return castTo(hot, dtype === undefined ? settings.floatX : resolveDType(dtype));
}

/**
 * For each element of v the int64 position in the sorted vector x where it would be put in: before equal
 * elements ("left") or after them ("right"). Work and memory traffic grow with the product of both sizes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.searchsorted(T.vector("edges"), T.vector("values"), "right");
 * ```
 */
export function searchsorted<V extends TensorLike>(
  x: TensorLike,
  v: V,
  side: "left" | "right" = "left",
): Variable<"int64", RankOf<V>> {
  const edges = asVariable(x), values = asVariable(v, edges.dtype);
  if (edges.ndim !== 1) {
    throw new TypeError(`Cannot search in ${edges.label}: expected a vector, got ${edges.type}`);
  }
  if (side !== "left" && side !== "right") {
    throw new RangeError(`Cannot search: expected side "left" or "right", got ${shown(side)}`);
  }
  const before = isBefore(
    shapePadLeft(edges, values.ndim),
    expandDims(values, values.ndim),
    side === "left",
  );
  return typed(outputOf<ReduceParams>(reduceOp, [before], {
    kind: "sum",
    axes: [values.ndim],
    dtype: "int64",
  }));
}

/** Whether a is less than b, or else not greater, where NaN is greater than all numbers. */
function isBefore(a: Variable, b: Variable, strictly: boolean): Variable {
  const before = elementwise(strictly ? "lt" : "le", [a, b]);
  if (!isFloat(b.dtype)) return before;
  const last = elementwise("isnan", [b]);
  const after = strictly
    ? elementwise("and", [last, elementwise("invert", [elementwise("isnan", [a])])])
    : last;
  return elementwise("or", [before, after]);
}
