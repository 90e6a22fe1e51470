/**
 * Reductions of the elements that are not NaN, as NumPy's `nansum` and its like.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating, RealOf, SumDType } from "../../graph/type_arithmetic.ts";
import { isComplex, isDiscrete } from "../../graph/dtype.ts";
import { abs, div, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { gt, where } from "../elementwise/logic.ts";
import {
  argmax,
  argmin,
  type AxesList,
  type AxesOf,
  max,
  min,
  prod,
  type Reduced,
  sum,
  type VarianceOptions,
} from "../reduce/reduce.ts";
import { planOf, reduceKinds, type ReduceOptions } from "../reduce/support.ts";

/** Whether elements are NaN; null for those that never are. */
function missing(x: Variable): Variable | null {
  if (isDiscrete(x.dtype)) return null;
  if (!isComplex(x.dtype)) return elementwise("isnan", [x]);
  const [re, im] = [elementwise("real", [x]), elementwise("imag", [x])];
  return elementwise("or", [elementwise("isnan", [re]), elementwise("isnan", [im])]);
}

/** x with another number in place of NaN. */
function filled(x: Variable, instead: number): Variable {
  const gone = missing(x);
  return gone === null ? x : where(gone, instead, x);
}

function asked(name: string, x: Variable, axes: readonly unknown[]): ReduceOptions {
  const plan = planOf<VarianceOptions>(name, x, axes, { ...reduceKinds, ddof: "number" });
  return { axis: plan.axes, keepdims: plan.keepdims };
}

function present(x: Variable, options: ReduceOptions): Variable {
  const gone = missing(x) ?? elementwise("neq", [x, x]);
  return sum(elementwise("invert", [gone]), options);
}

/**
 * The sum over axes of the elements that are not NaN; 0 for none.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], [T.nansum(x, 0), T.nanmean(x, 1)]);
 * f([[1, NaN], [3, 4]]).map((v) => v.arraySync()); // [[4, 4], [1, 3.5]]
 * ```
 */
export function nansum<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>> {
  return typed(sum(filled(asVariable(x), 0), ...axes as AxesList));
}

/** The product over axes of the elements that are not NaN; 1 for none. */
export function nanprod<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>> {
  return typed(prod(filled(asVariable(x), 1), ...axes as AxesList));
}

/** The mean over axes of the elements that are not NaN; NaN for none. */
export function nanmean<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>> {
  const v = asFloating(x), options = asked("nanmean", v, axes);
  const total: Variable = sum(filled(v, 0), options);
  return typed(div(total, castTo(present(v, options), total.dtype)));
}

function spread(x: TensorLike, axes: readonly unknown[]): Variable {
  const v = asFloating(x);
  const plan = planOf<VarianceOptions>("nanvar", v, axes, { ...reduceKinds, ddof: "number" });
  const options = { axis: plan.axes, keepdims: plan.keepdims }, { ddof = 0 } = plan.options;
  const centre: Variable = nanmean(v, { axis: plan.axes, keepdims: true });
  const off = filled(sub(v, centre), 0);
  const square: Variable = isComplex(off.dtype) ? sqr(abs(off)) : sqr(off);
  const free: Variable = sub(castTo(present(v, options), square.dtype), ddof);
  const some = gt(free, 0);
  // As in NumPy, nothing is said where there is no freedom.
  return where(some, div(sum(square, options), where(some, free, 1)), NaN);
}

/** The variance over axes of the elements that are not NaN; NaN where there are no more than `ddof`. */
export function nanvar<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(
  x: A,
  ...axes: X
): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>> {
  return typed(spread(x, axes));
}

/** The standard deviation over axes of the elements that are not NaN. */
export function nanstd<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(
  x: A,
  ...axes: X
): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>> {
  return typed(sqrt(spread(x, axes)));
}

function extreme(kind: "max" | "min", x: TensorLike, axes: readonly unknown[]): Variable {
  const v = asVariable(x), gone = missing(v);
  const reduce = kind === "max" ? max : min;
  if (gone === null) return reduce(v, ...axes as AxesList);
  const options = asked(`nan${kind}`, v, axes);
  const found: Variable = reduce(where(gone, kind === "max" ? -Infinity : Infinity, v), options);
  const none = elementwise("eq", [present(v, options), asVariable(0, "int64")]);
  return where(none, NaN, found);
}

/** The greatest element over axes that is not NaN; NaN where all are. */
export function nanmax<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<DTypeOf<A>, A, AxesOf<X>> {
  return typed(extreme("max", x, axes));
}

/** The least element over axes that is not NaN; NaN where all are. */
export function nanmin<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<DTypeOf<A>, A, AxesOf<X>> {
  return typed(extreme("min", x, axes));
}

/** The position of the greatest element that is not NaN, as `argmax` counts; 0 where all are NaN. */
export function nanargmax<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"int64", A, AxesOf<X>> {
  const v = filled(asVariable(x), -Infinity);
  return typed(argmax(v, ...axes as AxesList));
}

/** The position of the least element that is not NaN, as `argmin` counts; 0 where all are NaN. */
export function nanargmin<A extends TensorLike, const X extends AxesList = []>(
  x: A,
  ...axes: X
): Reduced<"int64", A, AxesOf<X>> {
  const v = filled(asVariable(x), Infinity);
  return typed(argmin(v, ...axes as AxesList));
}
