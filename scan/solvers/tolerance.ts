/**
 * How exact solutions are, and how that is measured.
 *
 * @module
 */

import * as T from "../../core/api/functions.ts";
import type { DType } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";

/** The distance from 1 to the next number. */
export function epsilonOf(dtype: DType): number {
  return dtype === "float64" ? 2 ** -52 : dtype === "float16" ? 2 ** -10 : 2 ** -23;
}

/** The tolerance where none is given. */
export function defaultTolerance(dtype: DType): number {
  return dtype === "float64" ? 1e-10 : dtype === "float16" ? 1e-2 : 1e-5;
}

/** The largest absolute value; 0 of an empty vector. */
export function largest(x: Variable): Variable {
  return T.max(T.concatenate([T.cast([0], x.dtype), T.abs(x)])) as Variable;
}

/** Whether a number is neither infinite nor NaN. */
export function isFinite(x: Variable): Variable {
  return T.and(T.eq(x, x), T.neq(T.abs(x), Infinity)) as Variable;
}
