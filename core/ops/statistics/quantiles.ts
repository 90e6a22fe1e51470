/**
 * Order statistics: medians, quantiles and percentiles.
 *
 * @module
 */

import type { OptionKinds } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { isFloat, promote } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating } from "../../graph/type_arithmetic.ts";
import { intConstant } from "../common/arguments.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import { inRange } from "../common/checks.ts";
import { dimVariable, productDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { take, takeAlongAxis } from "../index/selecting.ts";
import { where } from "../elementwise/logic.ts";
import { sort } from "../order/order.ts";
import { type AxesList, type AxesOf, type Reduced, sum } from "../reduce/reduce.ts";
import { planOf, reduceKinds, type ReduceOptions, type ReductionPlan } from "../reduce/support.ts";
import { expandDims, shapePadRight } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { reshape } from "../shape/reshape.ts";
import { dimsOf, shapeOf } from "../shape/shape_ops.ts";

/** What a quantile between two elements is. */
export type QuantileMethod = "linear" | "lower" | "higher" | "nearest" | "midpoint";

/** Options of quantiles. */
export interface QuantileOptions extends ReduceOptions {
  /** What a quantile between two elements is: on the line between them if missing. */
  readonly method?: QuantileMethod;
}

const methods = ["linear", "lower", "higher", "nearest", "midpoint"] as const;
const kinds: OptionKinds<QuantileOptions> = { ...reduceKinds, method: methods };

/** The rank of quantiles: that of a reduction for one of them; not known for several. */
export type QuantilesOf<A, Q, X> = Q extends number ? Reduced<Floating<DTypeOf<A>>, A, X>
  : Variable<Floating<DTypeOf<A>>>;

/** The reduced axes as one, which is the last. */
function linesOf(x: Variable, axes: readonly number[]): Variable {
  if (axes.length === 0) return expandDims(x, x.ndim);
  const others = x.type.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const turned = shuffled(x, [...others, ...axes]), dims = dimsOf(turned), { length } = others;
  if (axes.length === 1) return turned;
  return reshape(turned, [...dims.slice(0, length), productDims(dims.slice(length))]);
}

/** What the error says of places that there are not. */
const EXPECTED = "expected elements, and parts of them from 0 to 1";

/** q * (n - 1), and a whole number where rounding alone makes it none. */
function placeOf(q: Variable, last: Variable): Variable {
  const place = elementwise("mul", [q, castTo(last, q.dtype)]);
  const whole = elementwise("round", [place]);
  const off = elementwise("abs", [elementwise("sub", [place, whole])]);
  const rounding = elementwise("mul", [
    place,
    asVariable(q.dtype === "float64" ? 2 ** -51 : 2 ** -22, q.dtype),
  ]);
  return where(elementwise("le", [off, rounding]), whole, place);
}

interface Between {
  readonly lower: Variable;
  readonly upper: Variable;
  /** From 0 at the lower one to 1. */
  readonly part: Variable;
}

function valueBetween({ lower, upper, part }: Between, method: QuantileMethod): Variable {
  if (method === "lower") return lower;
  if (method === "higher") return upper;
  const half = asVariable(0.5, part.dtype);
  const middle = method === "midpoint"
    ? where(elementwise("gt", [part, zeroOf(part)]), half, 0)
    : part;
  const span = elementwise("sub", [upper, lower]);
  const along = elementwise("add", [
    lower,
    castTo(elementwise("mul", [span, castTo(middle, span.dtype)]), lower.dtype),
  ]);
  // Between two infinities there is nothing to go along.
  return where(elementwise("eq", [lower, upper]), lower, along);
}

function zeroOf({ dtype }: Variable): Variable {
  return asVariable(0, dtype);
}

interface Request {
  readonly action: string;
  readonly q: Variable;
  readonly plan: ReductionPlan<QuantileOptions>;
  readonly ignoresNaN: boolean;
}

function quantilesOf(given: Variable, { action, q, plan, ignoresNaN }: Request): Variable {
  const x = asFloating(given), { method = "linear" } = plan.options;
  if (!isFloat(x.dtype)) {
    throw new TypeError(`${action}: expected real numbers, got ${x.dtype}`);
  }
  if (q.ndim > 1) {
    throw new TypeError(`${action}: expected a number or a vector of them, got ${q.type}`);
  }
  const sorted: Variable = sort(linesOf(x, plan.axes)), rank = sorted.ndim - 1;
  const fraction = castTo(q, promote(x.dtype, "float32"));
  const counted = ignoresNaN
    ? sum(elementwise("invert", [elementwise("isnan", [sorted])]), rank) as Variable
    : shapeOf(sorted, rank);
  const last = elementwise("sub", [counted, intConstant(1)]);
  // Places of all quantiles in each line, which are the same in all if all elements count.
  const places = placeOf(fraction, ignoresNaN && q.ndim > 0 ? shapePadRight(last) : last);
  const isPart = elementwise("and", [
    elementwise("ge", [fraction, zeroOf(fraction)]),
    elementwise("le", [fraction, asVariable(1, fraction.dtype)]),
  ]);
  const at = (rounding: "floor" | "ceil" | "round"): Variable => {
    const rounded = elementwise(rounding, [places]);
    // Lines of NaN alone have no element that counts, and give the first.
    const inside = ignoresNaN ? elementwise("maximum", [rounded, zeroOf(rounded)]) : rounded;
    const place = castTo(where(isPart, inside, -1), "int64");
    const safe = inRange(place, dimVariable(shapeOf(sorted, rank)), action, EXPECTED);
    if (!ignoresNaN) return take(sorted, safe, rank);
    const index = q.ndim === 0 ? shapePadRight(safe) : safe;
    const found: Variable = takeAlongAxis(sorted, index, rank);
    return q.ndim === 0 ? lastAlong(found, rank) : found;
  };
  const value = method === "nearest" ? at("round") : valueBetween({
    lower: at("floor"),
    upper: at("ceil"),
    part: elementwise("sub", [places, elementwise("floor", [places])]),
  }, method);
  return arranged(ignoresNaN ? value : withNaN(value, sorted, q.ndim), x.ndim, plan);
}

/** What is at the only place of an axis, without it. */
function lastAlong(x: Variable, axis: number): Variable {
  return shuffled(x, x.type.shape.map((_, d) => d).filter((d) => d !== axis));
}

/** NaN, which comes last, makes the quantiles of its line NaN. */
function withNaN(value: Variable, sorted: Variable, more: number): Variable {
  const rank = sorted.ndim - 1, end = elementwise("sub", [shapeOf(sorted, rank), intConstant(1)]);
  const greatest: Variable = take(sorted, end, rank);
  const isNaN = elementwise("isnan", [more === 0 ? greatest : shapePadRight(greatest)]);
  return where(isNaN, NaN, value);
}

/** Quantiles come first, then the axes that are left. */
function arranged(
  value: Variable,
  ndim: number,
  { axes, keepdims }: ReductionPlan<unknown>,
): Variable {
  const left = ndim - axes.length;
  const first = Array.from({ length: value.ndim - left }, (_, i) => left + i);
  let next = 0;
  const rest = Array.from({ length: ndim }, (_, d) => axes.includes(d) ? "x" as const : next++);
  return shuffled(value, [...first, ...rest.filter((d) => keepdims || d !== "x")]);
}

function quantilesFor(
  name: string,
  x: TensorLike,
  q: TensorLike,
  axes: readonly unknown[],
  ignoresNaN: boolean,
): Variable {
  const v = asVariable(x), action = `Cannot take the ${name} of ${v.label}`;
  const plan = planOf<QuantileOptions>(name, v, axes, kinds);
  if (typeof q === "number" && !(q >= 0 && q <= 1)) {
    throw new RangeError(`${action}: expected a part from 0 to 1, got ${shown(q)}`);
  }
  return quantilesOf(v, { action, q: asVariable(q, "float64"), plan, ignoresNaN });
}

/**
 * Quantiles over axes (all by default): for q from 0 to 1 the value below which that part of the elements
 * lies, on the line between the two elements around it or as `method` says. For a vector q the quantiles
 * come along a first axis. NaN among the elements gives NaN.
 *
 * A q that is not from 0 to 1, and no elements, are errors: of a number when this is called, else an
 * IndexError when the function is.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.quantile(x, [0.25, 0.75], { axis: 1 }));
 * f([[1, 2, 3, 4, 5], [0, 0, 10, 20, 0]]).arraySync(); // [[2, 0], [4, 10]]
 * ```
 */
export function quantile<
  A extends TensorLike,
  const Q extends TensorLike,
  const X extends AxesList<QuantileOptions> = [],
>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>> {
  return typed(quantilesFor("quantiles", x, q, axes, false));
}

/** As {@linkcode quantile}, of the elements that are not NaN; NaN where all are. */
export function nanquantile<
  A extends TensorLike,
  const Q extends TensorLike,
  const X extends AxesList<QuantileOptions> = [],
>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>> {
  return typed(quantilesFor("quantiles", x, q, axes, true));
}

function hundredth(q: Variable): Variable {
  const dtype = isFloat(q.dtype) ? q.dtype : "float32";
  return elementwise("div", [castTo(q, dtype), asVariable(100, dtype)]);
}

/**
 * Percentiles: {@linkcode quantile} of q / 100.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const limits = T.percentile(T.vector("x"), [5, 95]);
 * ```
 */
export function percentile<
  A extends TensorLike,
  const Q extends TensorLike,
  const X extends AxesList<QuantileOptions> = [],
>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>> {
  if (typeof q === "number" && !(q >= 0 && q <= 100)) {
    throw new RangeError(`Cannot take percentiles: expected q from 0 to 100, got ${shown(q)}`);
  }
  const part = typeof q === "number" ? q / 100 : hundredth(asVariable(q, "float64"));
  return typed(quantilesFor("percentiles", x, part, axes, false));
}

/**
 * The median over axes (all by default): the element in the middle of the sorted ones, or the mean of the
 * two in the middle. NaN among the elements gives NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.median(x));
 * f([3, 1, 10, 2]).item(); // 2.5
 * ```
 */
export function median<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>> {
  return typed(quantilesFor("median", x, 0.5, axes, false));
}

/** As {@linkcode median}, of the elements that are not NaN; NaN where all are. */
export function nanmedian<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>> {
  return typed(quantilesFor("median", x, 0.5, axes, true));
}
