/**
 * Sums, means, extremes and what is composed of them, over all axes, one or several.
 *
 * The axes are given as numbers, as a list, or in options: `sum(x)`, `sum(x, 0)`, `sum(x, [0, -1])`,
 * `sum(x, 0, -1)`, `sum(x, { axis: 0, keepdims: true })`, `sum(x, 0, { keepdims: true })`.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import {
  canCastLosslessly,
  type DType,
  isComplex,
  isDiscrete,
  isFloat,
} from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type {
  DTypeOf,
  Floating,
  RankOf,
  RealOf,
  ReducedRank,
  SumDType,
} from "../../graph/type_arithmetic.ts";
import type { OptionKinds } from "../../base/options.ts";
import { intConstant } from "../common/arguments.ts";
import { abs, add, div, pow, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { asFloating, castTo, typed } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import { disconnectedGrad } from "../elementwise/conversion.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { exp, log } from "../elementwise/functions.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { type CloseOptions, gt, isclose, isfinite, neq, where } from "../elementwise/logic.ts";
import { argreduceOp, reduceOp, type ReduceOpKind } from "./reduce_ops.ts";
import { shown } from "../../base/shown.ts";
import { countOf, finish, planOf, reduceKinds, type ReduceOptions, topOf } from "./support.ts";

export type { ReduceOptions } from "./support.ts";

/** Options of sums, products and means. */
export interface SumOptions extends ReduceOptions {
  /** dtype of the result. */
  readonly dtype?: DTypeOption;
  /** dtype in which values are added; must hold those of the argument. */
  readonly accDtype?: DTypeOption;
}

/** Options of variances. */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the number of elements before dividing; default 0. */
  readonly ddof?: number;
}

/** Axes, or options with axes. */
export type Axes<O extends ReduceOptions = ReduceOptions> =
  | number
  | readonly number[]
  | null
  | undefined
  | O;

/** Axes as arguments: one by one, or in a list, or in options, which may also come last. */
export type AxesList<O extends ReduceOptions = ReduceOptions> =
  | readonly []
  | readonly [axes: Axes<O>]
  | readonly [axes: number | readonly number[] | null | undefined, options: O | undefined]
  | readonly number[]
  | readonly [...number[], O];

/** Axes or options that a list of arguments stands for. */
export type AxesOf<X extends readonly unknown[]> = X extends readonly [] ? undefined
  : X extends readonly [infer A] ? A
  : X extends readonly number[] ? X
  : X extends readonly [...infer A extends readonly number[], infer O]
    ? Omit<O, "axis"> & { readonly axis: A }
  : X extends readonly [infer A, infer O] ? Omit<O, "axis"> & { readonly axis: A }
  : undefined;

/** A reduced variable: the dtype `D`, and the rank that is left of `A` over the axes `X`. */
export type Reduced<D extends DType, A, X> = Variable<
  D,
  ReducedRank<RankOf<A>, X> extends infer N extends number ? N : never
>;

const sumKinds: OptionKinds<SumOptions> = { ...reduceKinds, dtype: "any", accDtype: "any" };
const varianceKinds: OptionKinds<VarianceOptions> = { ...reduceKinds, ddof: "number" };

function reduced(
  kind: ReduceOpKind,
  x: Variable,
  axes: readonly number[],
  dtype: DType,
): Variable {
  if (axes.length > 0) return outputOf(reduceOp, [x], { kind, axes, dtype });
  if (dtype === "bool" && x.dtype !== "bool") return neq(x, 0);
  return castTo(x, dtype);
}

function sumDType(dtype: DType): DType {
  if (dtype === "bool" || dtype.startsWith("int")) return "int64";
  return dtype.startsWith("uint") ? "uint64" : dtype;
}

function total<R>(
  kind: "sum" | "prod",
  x: TensorLike,
  axes: readonly unknown[],
): R {
  const v = asVariable(x), plan = planOf(kind, v, axes, sumKinds);
  const { dtype, accDtype } = plan.options;
  const out = dtype === undefined ? sumDType(v.dtype) : resolveDType(dtype);
  const inner = accDtype === undefined ? out : resolveDType(accDtype);
  if (accDtype !== undefined && !canCastLosslessly(v.dtype, inner)) {
    throw new TypeError(
      `Cannot take the ${kind} of ${v.label}: expected an accDtype that holds ${v.dtype}, got ${inner}`,
    );
  }
  return finish(castTo(reduced(kind, v, plan.axes, inner), out), v.ndim, plan);
}

/**
 * The sum over axes. bool and signed integers give int64, unsigned ones uint64, floats their own
 * dtype; the sum of nothing is 0.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const [all, columns] = [T.sum(x), T.sum(x, 0)];
 * const kept = T.sum(x, { axis: 1, keepdims: true });
 * ```
 */
export function sum<A extends TensorLike, const X extends AxesList<SumOptions> = []>(
  x: A,
  ...axes: X
): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>> {
  return total("sum", x, axes);
}

/** The product over axes, with the dtypes of `sum`; the product of nothing is 1. */
export function prod<A extends TensorLike, const X extends AxesList<SumOptions> = []>(
  x: A,
  ...axes: X
): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>> {
  return total("prod", x, axes);
}

function meanOf<R>(x: TensorLike, axes: readonly unknown[]): R {
  const v = asVariable(x), plan = planOf("mean", v, axes, sumKinds);
  const { dtype, accDtype } = plan.options;
  const out = dtype !== undefined
    ? resolveDType(dtype)
    : isDiscrete(v.dtype)
    ? settings.floatX
    : v.dtype;
  if (isDiscrete(out)) {
    throw new TypeError(`Cannot take the mean of ${v.label} as ${out}: expected a float dtype`);
  }
  const inner = accDtype === undefined ? out : resolveDType(accDtype);
  const part = reduced("sum", v, plan.axes, inner);
  if (plan.axes.length === 0) return castTo(part, out) as Variable & R;
  const value = div(part, castTo(countOf(v, plan.axes), inner));
  return finish(castTo(value, out), v.ndim, plan);
}

/**
 * The mean over axes. Integers and bools give floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [p, y] = [T.ivector("p"), T.ivector("y")];
 * const errorRate = T.mean(T.neq(p, y));
 * ```
 */
export function mean<A extends TensorLike, const X extends AxesList<SumOptions> = []>(
  x: A,
  ...axes: X
): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>> {
  return meanOf(x, axes);
}

function spread(name: string, x: TensorLike, axes: readonly unknown[]): Variable {
  const plan = planOf(name, asVariable(x), axes, varianceKinds), v = asFloating(x);
  const centre = mean(v, { axis: plan.axes, keepdims: true });
  const off: Variable = sub(v, centre);
  const square: Variable = isComplex(off.dtype) ? sqr(abs(off)) : sqr(off);
  const { ddof = 0 } = plan.options;
  const count = plan.axes.length === 0 ? intConstant(1) : countOf(v, plan.axes);
  const total = reduced("sum", square, plan.axes, square.dtype);
  const free: Variable = sub(castTo(count, square.dtype), ddof);
  const value = ddof === 0 ? div(total, free) : perFreedom(total, free);
  return finish(value, v.ndim, plan);
}

/** total / free, and as in NumPy total / 0 where the degrees of freedom are negative. */
function perFreedom(total: Variable, free: Variable): Variable {
  const some: Variable = gt(free, 0);
  const none: Variable = where(gt(total, 0), Infinity, NaN);
  return where(some, div(total, where(some, free, 1)), none);
}

/**
 * The variance over axes, in two passes: the sum of squared distances from the mean, divided by the
 * number of reduced elements less `ddof`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const unbiased = T.var(T.matrix("x"), { axis: 0, ddof: 1 });
 * ```
 */
function variance<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(
  x: A,
  ...axes: X
): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>> {
  return typed(spread("variance", x, axes));
}

/** The standard deviation: the square root of the variance. */
export function std<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(
  x: A,
  ...axes: X
): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>> {
  return typed(sqrt(spread("standard deviation", x, axes)));
}

function extreme<R>(
  kind: "max" | "min",
  x: TensorLike,
  axes: readonly unknown[],
  label: string = kind,
): R {
  const v = asVariable(x), plan = planOf(label, v, axes);
  const isBool = v.dtype === "bool";
  const name: ReduceOpKind = isBool ? (kind === "max" ? "any" : "all") : kind;
  return finish(reduced(name, v, plan.axes, v.dtype), v.ndim, plan);
}

/**
 * The greatest element over axes; NaN if there is one. The gradient is shared among equals. Of no
 * elements it is an error when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const shifted = x.sub(T.max(x, { axis: 1, keepdims: true }));
 * ```
 */
export function max<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<DTypeOf<A>, A, AxesOf<X>> {
  return extreme("max", x, axes);
}

/** The least element over axes; NaN if there is one. The gradient is shared among equals. */
export function min<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<DTypeOf<A>, A, AxesOf<X>> {
  return extreme("min", x, axes);
}

/** max - min over axes. */
export function ptp<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<DTypeOf<A>, A, AxesOf<X>> {
  return typed(sub<Variable, Variable>(
    extreme("max", x, axes, "ptp"),
    extreme("min", x, axes, "ptp"),
  ));
}

function position<R>(
  kind: "argmax" | "argmin",
  x: TensorLike,
  axes: readonly unknown[],
): R {
  const v = asVariable(x), plan = planOf(kind, v, axes);
  if (v.ndim === 0) return intConstant(0) as Variable & R;
  if (plan.axes.length === 0) {
    throw new RangeError(`Cannot take the ${kind} of ${v.label}: expected at least one axis`);
  }
  return finish(outputOf(argreduceOp, [v], { kind, axes: plan.axes }), v.ndim, plan);
}

/**
 * The position of the greatest element, the first one among equals, as int64; over several axes (or
 * all) the flat position within them. NaN counts as the greatest.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const prediction = T.argmax(T.matrix("scores"), 1);
 * ```
 */
export function argmax<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"int64", A, AxesOf<X>> {
  return position("argmax", x, axes);
}

/** The position of the least element; otherwise as `argmax`. */
export function argmin<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"int64", A, AxesOf<X>> {
  return position("argmin", x, axes);
}

/** The greatest element and its position. */
export function maxAndArgmax<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): [Reduced<DTypeOf<A>, A, AxesOf<X>>, Reduced<"int64", A, AxesOf<X>>] {
  return [max<A, X>(x, ...axes), argmax<A, X>(x, ...axes)];
}

function logic<R>(
  kind: "any" | "all",
  x: TensorLike,
  axes: readonly unknown[],
): R {
  const v = asVariable(x), plan = planOf(kind, v, axes);
  return finish(reduced(kind, v, plan.axes, "bool"), v.ndim, plan);
}

/** Whether any element over axes is not zero; false for none. */
export function any<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"bool", A, AxesOf<X>> {
  return logic("any", x, axes);
}

/** Whether all elements over axes are not zero; true for none. */
export function all<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"bool", A, AxesOf<X>> {
  return logic("all", x, axes);
}

/** Whether all elements of two tensors are close; see `isclose`. */
export function allclose(
  x: TensorLike,
  y: TensorLike,
  options: CloseOptions = {},
): Variable<"bool", 0> {
  return logic("all", isclose(x, y, options), []);
}

/**
 * The norm (sum |x|^order)^(1/order) over axes. Infinity and -Infinity give the greatest and the least
 * absolute value, 0 the number of elements that are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const lengths = T.norm(T.matrix("x"), 2, 1);
 * ```
 */
export function norm<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  order = 2,
  ...axes: X
): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>> {
  const v = asVariable(x);
  if (typeof order !== "number" || Number.isNaN(order)) {
    throw new TypeError(
      `Cannot take the norm of ${v.label}: expected a number as order, got ${shown(order)}`,
    );
  }
  const { axes: axis, keepdims } = planOf("norm", v, axes);
  return normOf(asFloating(v), order, [{ axis, keepdims }]) as Reduced<
    RealOf<Floating<DTypeOf<A>>>,
    A,
    AxesOf<X>
  >;
}

function normOf(x: Variable, order: number, axes: readonly [ReduceOptions]): Variable {
  const size: Variable = abs(x);
  if (order === Infinity) return max(size, ...axes);
  if (order === -Infinity) return min(size, ...axes);
  if (order === 0) return castTo(sum(neq(size, 0), ...axes), size.dtype);
  if (order === 1) return sum(size, ...axes);
  if (order === 2) return sqrt(sum(isComplex(x.dtype) ? sqr(size) : sqr(x), ...axes));
  return pow(sum(pow(size, order), ...axes), 1 / order);
}

/**
 * log(sum(exp(x))) over axes, without overflow; -Infinity for no elements. SciPy's and JAX's `logsumexp`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const logZ = T.logsumexp(T.matrix("scores"), 1);
 * ```
 */
export function logsumexp<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>> {
  const plan = planOf("logsumexp", asVariable(x), axes), v = asFloating(x);
  if (!isFloat(v.dtype)) {
    throw new TypeError(
      `Cannot take the logsumexp of ${v.label}: expected real numbers, got ${v.dtype}`,
    );
  }
  const kept = { axis: plan.axes, keepdims: true } as const;
  // The shift cancels, so gradients need not see it. It must not be infinite: Inf - Inf is NaN.
  const top: Variable = disconnectedGrad(topOf(v, plan.axes));
  const shift: Variable = where(isfinite(top), top, 0);
  const total: Variable = sum(exp(sub(v, shift)), kept);
  // Where all is infinite the sum is 0 or infinite, and gradients end.
  const guarded: Variable = where(isfinite(top), total, disconnectedGrad(total));
  const all: Variable = add(log(guarded), shift);
  return finish(plan.keepdims ? all : dropped(all, plan.axes), v.ndim, {
    ...plan,
    keepdims: false,
  });
}

function dropped(x: Variable, axes: readonly number[]): Variable {
  if (axes.length === 0) return x;
  return shuffled(x, x.type.shape.map((_, d) => d).filter((d) => !axes.includes(d)));
}

export { variance as var };
