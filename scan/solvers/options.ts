/**
 * Options of solvers, and how exact solutions are.
 *
 * @module
 */

import { checkOptions, type OptionKinds } from "../../core/base/options.ts";
import { shown } from "../../core/base/shown.ts";
import type { DType } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";

/** Options that solvers share. */
export interface SolverOptions {
  /** How exact the solution is to be; each solver says what it measures. */
  readonly tolerance?: number;
  /** The most steps. */
  readonly maxSteps?: number;
}

/** The options, checked. */
export function checkedOptions<O extends SolverOptions = SolverOptions>(
  action: string,
  options: O | undefined,
  kinds?: Omit<OptionKinds<O>, keyof SolverOptions>,
): O {
  const all = { tolerance: "number", maxSteps: "number", ...kinds } as unknown as OptionKinds<O>;
  const checked = checkOptions(action, options, all);
  const { tolerance, maxSteps } = checked;
  if (tolerance !== undefined && !(tolerance >= 0)) {
    throw new RangeError(`${action}: expected a tolerance from 0 on, got ${shown(tolerance)}`);
  }
  if (maxSteps !== undefined) checkCount(action, "maxSteps", maxSteps);
  return checked;
}

/** Throws a RangeError for what is no positive integer. */
export function checkCount(action: string, name: string, count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new RangeError(`${action}: expected ${name} to be a positive integer, got ${shown(count)}`);
}

import * as T from "../../core/api/functions.ts";

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
