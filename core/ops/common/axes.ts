/**
 * Axes that gradients and rules move, put in, leave out and reduce.
 *
 * @module
 */

import type { DType } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import type { PatternItem } from "../shape/dimshuffle.ts";
import { type DimshuffleParams, shuffled } from "../shape/dimshuffle_op.ts";
import { castTo } from "./build.ts";

/** A variable with its axes moved by a pattern, in one move where it was moved before. */
export function moved(variable: Variable, pattern: readonly PatternItem[]): Variable {
  const { owner } = variable;
  if (owner?.op.name !== "dimshuffle") return shuffled(variable, pattern);
  const first = (owner.params as DimshuffleParams).pattern;
  return shuffled(owner.inputs[0]!, pattern.map((item) => item === "x" ? item : first[item]!));
}

/** Matrices with their two axes exchanged: a view, which products read in place. */
export function transposed(x: Variable): Variable {
  const rank = x.ndim, order = Array.from({ length: rank }, (_, d) => d);
  return moved(x, [...order.slice(0, -2), rank - 1, rank - 2]);
}

/** A variable with axes of length 1 put in at the given places of the result. */
export function withAxes(variable: Variable, axes: readonly number[]): Variable {
  let next = 0;
  const rank = variable.ndim + axes.length;
  return moved(
    variable,
    Array.from({ length: rank }, (_, d): PatternItem => axes.includes(d) ? "x" : next++),
  );
}

/** A variable without some axes, which have length 1. */
export function withoutAxes(variable: Variable, axes: readonly number[]): Variable {
  const all = Array.from({ length: variable.ndim }, (_, d) => d);
  return moved(variable, all.filter((d) => !axes.includes(d)));
}

/** A variable with axes of length 1 in front, up to a rank. */
export function padded(variable: Variable, rank: number): Variable {
  const skip = rank - variable.ndim;
  return skip <= 0 ? variable : withAxes(variable, Array.from({ length: skip }, (_, d) => d));
}

/** A reduction over axes of a variable; without axes the variable itself. */
export function reduced(
  kind: ReduceParams["kind"],
  x: Variable,
  axes: readonly number[],
  dtype: DType = x.dtype,
): Variable {
  return axes.length === 0 ? x : outputOf<ReduceParams>(reduceOp, [x], { kind, axes, dtype });
}

/** The same reduction of something else over other axes; without axes the variable itself. */
export function reducedAs(
  params: ReduceParams,
  x: Variable,
  axes: readonly number[],
): Variable {
  return axes.length === 0
    ? castTo(x, params.dtype)
    : outputOf<ReduceParams>(reduceOp, [x], { ...params, axes });
}
