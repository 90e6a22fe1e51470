/**
 * What the library builds of reductions, and how they keep their axes.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { reduceOp } from "./reduce_ops.ts";
import { intConstant, staticInt } from "../common/arguments.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { shapeOf } from "../shape/shape_ops.ts";

/** A reduction as it was asked for. */
export interface Plan<O> {
  readonly axes: number[];
  readonly keepdims: boolean;
  readonly options: Partial<O>;
}

/** A reduced value with its axes back, of length 1, where the plan keeps them. */
export function finish<R>(value: Variable, ndim: number, plan: Plan<unknown>): R {
  if (!plan.keepdims || plan.axes.length === 0) return value as Variable & R;
  let next = 0;
  const pattern = Array.from({ length: ndim }, (_, d) => plan.axes.includes(d) ? "x" : next++);
  return shuffled(value, pattern as (number | "x")[]) as Variable & R;
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
  return dims.slice(1).reduce((n: Variable, m) => mul(n, m), dims[0]!);
}
