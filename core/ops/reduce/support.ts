/**
 * What the library builds of reductions, and how they keep their axes.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { reduceOp } from "./reduce_ops.ts";
import { checkOptions, type OptionKinds } from "../../base/options.ts";
import { checkedLength } from "../common/checks.ts";
import { axesOf, intConstant, normalizeAxes, staticInt } from "../common/arguments.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { shapeOf } from "../shape/shape_ops.ts";

/** Which axes to reduce, and how to leave the result. */
export interface ReduceOptions {
  /** An axis or several, from the end when negative; all axes when left out or null. */
  readonly axis?: number | readonly number[] | null;
  /** Whether reduced axes stay, with length 1. */
  readonly keepdims?: boolean;
}

/** The kinds of {@linkcode ReduceOptions}. */
export const reduceKinds: OptionKinds<ReduceOptions> = { axis: "any", keepdims: "boolean" };

/** A reduction as it was asked for. */
export interface ReductionPlan<O> {
  readonly axes: number[];
  readonly keepdims: boolean;
  readonly options: Partial<O>;
}

/** The reduction that arguments of axes and options stand for. */
export function planOf<O extends ReduceOptions = ReduceOptions>(
  name: string,
  x: Variable,
  given: readonly unknown[],
  kinds: OptionKinds<O> = reduceKinds as OptionKinds<O>,
): ReductionPlan<O> {
  const action = `Cannot take the ${name} of ${x.label}`;
  const last = given.at(-1);
  const isOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const options: Partial<O> = isOptions ? checkOptions(action, last as O, kinds) : {};
  const separate = axesOf(isOptions ? given.slice(0, -1) : given);
  const inOptions = axesOf([options.axis]);
  if (separate !== null && inOptions !== null) {
    throw new TypeError(`${action}: the axes are given twice, as arguments and as an option`);
  }
  const listed = separate ?? inOptions ?? x.type.shape.map((_, d) => d);
  const axes = normalizeAxes(listed, x.ndim, action).sort((a, b) => a - b);
  return { axes, keepdims: options.keepdims ?? false, options };
}

/** A reduced value with its axes back, of length 1, where the plan keeps them. */
export function finish<R>(value: Variable, ndim: number, plan: ReductionPlan<unknown>): R {
  if (!plan.keepdims || plan.axes.length === 0) return value as Variable & R;
  let next = 0;
  const pattern = Array.from({ length: ndim }, (_, d) => plan.axes.includes(d) ? "x" : next++);
  return shuffled(value, pattern) as Variable & R;
}

/** The greatest element along axes, which stay; -Infinity for none. For floats. */
export function topOf(x: Variable, axes: readonly number[]): Variable {
  if (axes.length === 0) return x;
  const top = outputOf(reduceOp, [x], { kind: "max", axes, dtype: x.dtype, empty: true });
  return finish(top, x.ndim, { axes: [...axes], keepdims: true, options: {} });
}

/** The number of elements along axes (all by default), as a 0-d int64 variable. */
export function countOf(x: Variable, axes?: readonly number[]): Variable {
  const counted = axes ?? x.type.shape.map((_, d) => d);
  const dims = counted.map((axis) => shapeOf(x, axis));
  const fixed = dims.map(staticInt);
  if (fixed.every((n) => n !== null)) return intConstant(fixed.reduce((n, m) => n * m!, 1)!);
  // Products of lengths are told from those of the user's integers, which wrap.
  const lengths = dims.map((n) =>
    dims.length === 1 ? n : checkedLength(n, "Cannot count elements")
  );
  return lengths.slice(1).reduce((n: Variable, m) => mul(n, m), lengths[0]!);
}
