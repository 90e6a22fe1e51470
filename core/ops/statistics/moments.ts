/**
 * Weighted means, covariances and correlations.
 *
 * @module
 */

import { checkOptions } from "../../base/options.ts";
import { isFloat } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { DTypeOf, Floating } from "../../graph/type_arithmetic.ts";
import { shapeLabel } from "../common/arguments.ts";
import { asFloating, castTo, typed } from "../common/build.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { clip, div, maximum, mul, sqr, sqrt, sub } from "../elementwise/arithmetic.ts";
import { conj, real } from "../elementwise/conversion.ts";
import { onesLike } from "../create/alloc.ts";
import { diagonal } from "../linalg/matrices.ts";
import { dot } from "../linalg/linalg.ts";
import { mean, type Reduced, sum } from "../reduce/reduce.ts";
import { countOf, planOf, reduceKinds, type ReduceOptions } from "../reduce/support.ts";
import { expandDims, shapePadRight, transpose } from "../shape/dimshuffle.ts";

/** Options of {@linkcode average}. */
export interface AverageOptions extends ReduceOptions {
  /** How much elements count: a tensor that broadcasts with x, or a vector along the one reduced axis. */
  readonly weights?: TensorLike;
}

/** Axes that options name. */
type AxisIn<O> = O extends { readonly keepdims: true } ? O
  : O extends { readonly axis: infer X } ? X
  : undefined;

/**
 * The mean over axes (all by default) of elements that count as much as their weights say: the sum of their
 * products, divided by the sum of the weights.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.average(x, { axis: 1, weights: [3, 1] }));
 * f([[1, 5], [0, 4]]).arraySync(); // [2, 1]
 * ```
 */
export function average<A extends TensorLike, const O extends AverageOptions = AverageOptions>(
  x: A,
  options?: O,
): Reduced<Floating<DTypeOf<A>>, A, AxisIn<O>>;
export function average(x: TensorLike, options: AverageOptions = {}): Variable {
  const v = asFloating(x), action = `Cannot take the average of ${shapeLabel(v)}`;
  checkOptions(action, options, { ...reduceKinds, weights: "any" });
  const { weights, ...left } = options, plan = planOf("average", v, [left]);
  const over = { axis: plan.axes, keepdims: plan.keepdims };
  if (weights === undefined) return mean(v, over);
  let w = castTo(asVariable(weights, v.dtype), v.dtype);
  if (w.ndim === 1 && v.ndim > 1) {
    const [axis, ...more] = plan.axes;
    if (axis === undefined || more.length > 0) {
      throw new TypeError(`${action}: a vector of weights needs one axis that it goes along`);
    }
    w = shapePadRight(w, v.ndim - axis - 1);
  }
  // Each weight counts as often as it is stretched.
  const counted: Variable = mul(w, onesLike(v));
  return div(sum(mul(v, w), over), sum(counted, over));
}

/** Options of {@linkcode cov}. */
export interface CovarianceOptions {
  /** Whether each row is a variable and each column an observation, or the other way round; default true. */
  readonly rowvar?: boolean;
  /** What is taken from the number of observations before dividing; default 1. */
  readonly ddof?: number;
  /** How much each observation counts: a vector of numbers that are not negative. */
  readonly weights?: TensorLike;
}

/** Rows of variables. */
function variablesOf(m: TensorLike, rowvar: boolean, action: string): Variable {
  const v = asFloating(m);
  if (v.ndim < 1 || v.ndim > 2) {
    throw new TypeError(`${action}: expected a vector or a matrix, got ${v.type}`);
  }
  if (v.ndim === 1) return expandDims(v, 0);
  return rowvar ? v : transpose(v);
}

function covariance(m: TensorLike, options: CovarianceOptions, action: string): Variable {
  const { rowvar = true, ddof = 1, weights } = checkOptions(action, options, {
    rowvar: "boolean",
    ddof: "number",
    weights: "any",
  });
  const x = variablesOf(m, rowvar, action);
  const w = weights === undefined ? null : castTo(asVariable(weights, x.dtype), x.dtype);
  if (w !== null && w.ndim !== 1) {
    throw new TypeError(`${action}: expected a vector of weights, got ${w.type}`);
  }
  const total = w === null ? castTo(countOf(x, [1]), x.dtype) : sum(w) as Variable;
  const weighted = (of: Variable) => w === null ? of : mul(of, w) as Variable;
  const centre: Variable = div(sum(weighted(x), { axis: 1, keepdims: true }), total);
  const off: Variable = sub(x, centre);
  const taken = w === null
    ? asVariable(ddof, x.dtype)
    : div(mul(sum(sqr(w)), ddof), total) as Variable;
  const free: Variable = maximum(sub(total, taken), 0);
  return div(dot(weighted(off), conj(transpose(off))), free);
}

/**
 * The covariance matrix of variables, by default the rows of m: the products of their distances from their
 * means, averaged over the observations. Of a vector it is a matrix of one element.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.cov(x));
 * f([[0, 1, 2], [2, 1, 0]]).arraySync(); // [[1, -1], [-1, 1]]
 * ```
 */
export function cov<A extends TensorLike>(
  m: A,
  options: CovarianceOptions = {},
): Variable<Floating<DTypeOf<A>>, 2> {
  return typed(covariance(m, options, "Cannot take the covariance"));
}

/**
 * The correlation coefficients of variables, by default the rows of m: their covariances divided by their
 * standard deviations, from -1 to 1. NaN where a variable doesn't vary.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const correlations = T.corrcoef(T.matrix("x"), { rowvar: false });
 * ```
 */
export function corrcoef<A extends TensorLike>(
  m: A,
  options: Pick<CovarianceOptions, "rowvar"> = {},
): Variable<Floating<DTypeOf<A>>, 2> {
  const action = "Cannot take correlations";
  checkOptions(action, options, { rowvar: "boolean" });
  const c = covariance(m, { ...options, ddof: 0 }, action);
  const variances: Variable = diagonal(c);
  const deviations: Variable = sqrt(isFloat(c.dtype) ? variances : real(variances));
  const ratio: Variable = div(div(c, expandDims(deviations, 1)), expandDims(deviations, 0));
  return typed(isFloat(c.dtype) ? clip(ratio, -1, 1) : ratio);
}
