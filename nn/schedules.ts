/**
 * Learning rates that change with the number of steps, computed on the device.
 *
 * @module
 */

import { checkOptions } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";
import type { Variable } from "../core/graph/graph.ts";
import { asVariable, type TensorLike } from "../core/ops/common/literal.ts";
import * as T from "../core/api/functions.ts";

/** A learning rate as a function of the number of steps done so far, a floating scalar. */
export type Schedule = (step: Variable) => TensorLike;

/** A learning rate: a number, a shared or other scalar, or a schedule. */
export type LearningRate = TensorLike | Schedule;

/** The rate after `step` steps; numbers get the dtype given. */
export function rateAt(
  action: string,
  rate: LearningRate,
  step: Variable,
): Variable {
  const value = asVariable(typeof rate === "function" ? rate(step) : rate, step.dtype);
  if (value.ndim !== 0) {
    throw new TypeError(`${action}: expected a scalar as its learning rate, got ${value.label}`);
  }
  return value;
}

function checkSteps(action: string, steps: number): void {
  if (Number.isFinite(steps) && steps > 0) return;
  throw new RangeError(`${action}: expected a positive number of steps, got ${shown(steps)}`);
}

/** Options of {@linkcode stepDecay}. */
export interface StepDecayOptions {
  /** Steps between two changes. */
  readonly every: number;
  /** What the rate is multiplied with then; 0.1 if missing. */
  readonly factor?: number;
}

/**
 * A rate that is multiplied with a factor every so many steps.
 *
 * @param rate The rate at first.
 * @param options How often, and by how much.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const learningRate = nn.stepDecay(0.1, { every: 1000, factor: 0.5 });
 * ```
 */
export function stepDecay(rate: TensorLike, options: StepDecayOptions): Schedule {
  const action = "Cannot make a schedule";
  const { every, factor = 0.1 } = checkOptions(action, options, {
    every: "number",
    factor: "number",
  });
  checkSteps(action, every);
  return (step) => T.mul(rate, T.pow(factor, T.floor(T.div(step, every))));
}

/** Options of {@linkcode exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** Steps in which the rate is multiplied with the factor once. */
  readonly steps: number;
  /** That factor. */
  readonly factor: number;
}

/**
 * A rate that falls exponentially: rate * factor^(step / steps).
 *
 * @param rate The rate at first.
 * @param options How fast.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const learningRate = nn.exponentialDecay(0.1, { steps: 1000, factor: 0.5 });
 * ```
 */
export function exponentialDecay(rate: TensorLike, options: ExponentialDecayOptions): Schedule {
  const action = "Cannot make a schedule";
  const { steps, factor } = checkOptions(action, options, { steps: "number", factor: "number" });
  checkSteps(action, steps);
  return (step) => T.mul(rate, T.pow(factor, T.div(step, steps)));
}

/** Options of {@linkcode cosineDecay}. */
export interface CosineDecayOptions {
  /** Steps until the rate is at its lowest, where it stays. */
  readonly steps: number;
  /** The lowest rate as a part of the first one; 0 if missing. */
  readonly last?: number;
}

/**
 * A rate that falls along half a cosine: from the rate given to a part of it.
 *
 * @param rate The rate at first.
 * @param options In how many steps, and down to what.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const learningRate = nn.cosineDecay(0.1, { steps: 10_000 });
 * ```
 */
export function cosineDecay(rate: TensorLike, options: CosineDecayOptions): Schedule {
  const action = "Cannot make a schedule";
  const { steps, last = 0 } = checkOptions(action, options, { steps: "number", last: "number" });
  checkSteps(action, steps);
  return (step) => {
    const done = T.minimum(T.div(step, steps), 1);
    const fall = T.mul(0.5, T.add(1, T.cos(T.mul(done, Math.PI))));
    return T.mul(rate, T.add(T.mul(1 - last, fall), last));
  };
}

/**
 * A rate that grows evenly from 0 to that of a schedule at its start, which is followed from then on.
 *
 * @param steps Steps in which it grows.
 * @param then A rate or a schedule, whose steps are counted from the end of the warm-up.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const learningRate = nn.warmUp(500, nn.cosineDecay(0.1, { steps: 9500 }));
 * ```
 */
export function warmUp(steps: number, then: LearningRate): Schedule {
  checkSteps("Cannot make a schedule", steps);
  return (step) => {
    const rate = rateAt("Cannot warm up", then, T.maximum(T.sub(step, steps), 0));
    return T.mul(rate, T.minimum(T.div(step, steps), 1));
  };
}
