/**
 * Options of solvers.
 *
 * @module
 */

import { checkOptions, type OptionKinds } from "../../core/base/options.ts";
import { shown } from "../../core/base/shown.ts";

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
