/**
 * Derivatives of running sums and products, and of sorting.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { moved, reduced } from "../core/ops/common/axes.ts";
import { intConstant } from "../core/ops/common/arguments.ts";
import { arangeOp, type ArangeParams } from "../core/ops/create/arange.ts";
import { castTo } from "../core/ops/common/build.ts";
import { cumulativeOp, type CumulativeParams } from "../core/ops/reduce/cumulative.ts";
import type { PatternItem } from "../core/ops/shape/dimshuffle.ts";
import { shuffled } from "../core/ops/shape/dimshuffle_op.ts";
import {
  add,
  and,
  conj,
  div,
  eq,
  exp,
  gt,
  invert,
  le,
  log,
  maximum,
  mul,
  neq,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { zerosLike } from "../core/ops/create/alloc.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { derivedAs } from "../core/ops/control/derived_as.ts";
import {
  advIncOp,
  type AdvIncParams,
  advIndexOp,
  type AdvIndexParams,
} from "../core/ops/index/adv_index.ts";
import { argsortOp, type SortParams } from "../core/ops/order/sort.ts";
import { type IndexEntry, subtensorOp, type SubtensorParams } from "../core/ops/index/subtensor.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { alwaysZero, type GradientRules, ruleOf } from "./rule.ts";
import { combined } from "./combined.ts";
import { asKink, selectedBy, support } from "./support.ts";

/** x with an axis in the other direction. */
function reversed(x: Variable, axis: number): Variable {
  const index = Array.from({ length: axis + 1 }, (_, d): IndexEntry => ({
    kind: "slice",
    start: false,
    stop: false,
    step: d === axis,
  }));
  return outputOf<SubtensorParams>(subtensorOp, [x, intConstant(-1)], { index });
}

function running(kind: CumulativeParams["kind"], x: Variable, axis: number): Variable {
  return outputOf<CumulativeParams>(cumulativeOp, [x], { kind, axis });
}

/** The sum of each element and those behind it. */
function sumFrom(x: Variable, axis: number): Variable {
  return reversed(running("sum", reversed(x, axis), axis), axis);
}

/** Of logarithms of running sums of exponentials: the sum of g exp(x - y), by sign, as exponentials. */
function expSumFrom(g: Variable, x: Variable, y: Variable, axis: number): Variable {
  const isNone: Variable = eq(y, -Infinity);
  const part = (sign: 1 | -1): Variable => {
    const size: Variable = mul(g, sign), counts: Variable = and(gt(size, 0), invert(isNone));
    const level: Variable = sub(log(where(counts, size, 1)), where(counts, y, 0));
    const levels: Variable = where(counts, level, -Infinity);
    return exp(add(x, reversed(running("logsumexp", reversed(levels, axis), axis), axis)));
  };
  return sub(part(1), part(-1));
}

/** Of logarithms of running sums of exponentials: the running sum of t exp(x - y). */
function expSumTangent(t: Variable, x: Variable, y: Variable, axis: number): Variable {
  const isNone: Variable = eq(y, -Infinity), level: Variable = where(isNone, 0, y);
  const part = (sign: 1 | -1): Variable => {
    const size: Variable = mul(t, sign), counts: Variable = gt(size, 0);
    const own: Variable = add(x, log(where(counts, size, 1)));
    const sum = running("logsumexp", where(counts, own, -Infinity), axis);
    return where(isNone, 0, exp(sub(sum, level)));
  };
  return sub(part(1), part(-1));
}

/** Where running extremes are from: the first of equal elements. */
function extremePlaces(y: Variable, axis: number): Variable {
  const own = numbered(knownDims(y)[axis]!, axis, y.ndim);
  const before: Variable = maximum(sub(own, 1), 0);
  const isNew: Variable = neq(y, takenAlong(y, before, axis));
  return running("max", where(isNew, own, 0), axis);
}

/** Of running extremes: each g goes to the element that the extreme is. */
function extremeFrom(g: Variable, y: Variable, axis: number): Variable {
  const indices = indicesAlong(y, extremePlaces(y, axis), axis), axes = indices.map((_, d) => d);
  return outputOf<AdvIncParams>(advIncOp, [zerosLike(g), g, ...indices], { axes, set: false });
}

/**
 * Of running products. Before the first zero the gradient is that of the quotient; at the first zero the
 * product of the others counts; behind it all products are 0.
 */
function runningProduct(g: Variable, x: Variable, y: Variable, axis: number): Variable {
  const isZero: Variable = eq(x, 0);
  const zeros = running("sum", castTo(isZero, "int32"), axis);
  const isFirst: Variable = and(isZero, eq(zeros, 1));
  const others = running("prod", where(isFirst, 1, x), axis);
  const times = (v: Variable) => sumFrom(selectedBy(g, mul(g, conj(v))), axis);
  const sums = times(y);
  const before: Variable = selectedBy(sums, div(sums, conj(where(isZero, 1, x))));
  return where(eq(zeros, 0), before, where(isFirst, times(others), 0));
}

/** Of running products: the same forwards. */
function runningProductTangent(t: Variable, x: Variable, y: Variable, axis: number): Variable {
  const isZero: Variable = eq(x, 0);
  const zeros = running("sum", castTo(isZero, "int32"), axis);
  const isFirst: Variable = and(isZero, eq(zeros, 1));
  const others = running("prod", where(isFirst, 1, x), axis);
  const parts = combined(t, where(isZero, 1, x), (t, by) => div(t, by));
  const before: Variable = mul(y, running("sum", parts, axis));
  const at: Variable = mul(others, running("sum", where(isFirst, t, 0), axis));
  return where(eq(zeros, 0), before, where(eq(zeros, 1), at, 0));
}

/** The numbers of the elements along an axis, with as many axes as asked for. */
function numbered(length: Variable, axis: number, rank: number): Variable {
  const bounds = [intConstant(0), length, intConstant(1)];
  const range = outputOf<ArangeParams>(arangeOp, bounds, { dtype: "int64" });
  return shuffled(range, Array.from({ length: rank }, (_, d): PatternItem => d === axis ? 0 : "x"));
}

/** The same without quotients or tests for zero: a polynomial, of which all derivatives are right. */
function runningPolynomial(g: Variable, x: Variable, axis: number, isForward = false): Variable {
  const rank = x.ndim + 1, length = knownDims(x)[axis]!;
  const wide = (v: Variable): Variable => {
    let next = 0;
    return moved(v, Array.from({ length: rank }, (_, d) => d === axis ? "x" : next++));
  };
  // Row j has the products with 1 in the place of element j.
  const row = numbered(length, axis, rank), column = numbered(length, axis + 1, rank);
  const without = running("prod", where(eq(row, column), 1, wide(x)), axis + 1);
  // Changes go with rows, gradients with columns.
  const factor = isForward ? moved(wide(g), turnedAt(rank, axis)) : wide(g);
  const by: Variable = isForward ? without : conj(without);
  const terms: Variable = selectedBy(factor, mul(factor, by));
  return reduced("sum", where(asKink(le(row, column)), terms, 0), [isForward ? axis : axis + 1]);
}

/** Two axes exchanged, the given one and that behind it. */
function turnedAt(rank: number, axis: number): number[] {
  const order = Array.from({ length: rank }, (_, d) => d);
  return [...order.slice(0, axis), axis + 1, axis, ...order.slice(axis + 2)];
}

/** Where an element is in a product that counts; null for everywhere. */
function reaching(g: Variable, axis: number): Variable | null {
  const mask = support(g);
  if (mask === null) return null;
  const counts = castTo(stretched(mask, knownDims(g)), "int32");
  const reached: Variable = neq(sumFrom(counts, axis), 0);
  if (support(g, "explicit") !== null) return reached;
  return asKink(reached, support(g, "indexed") && reached);
}
/** The elements of x at positions along an axis: result[…, i, …] = x[…, positions[…, i, …], …]. */
function takenAlong(x: Variable, positions: Variable, axis: number): Variable {
  const indices = indicesAlong(x, positions, axis), axes = indices.map((_, d) => d);
  return outputOf<AdvIndexParams>(advIndexOp, [x, ...indices], { axes });
}

/** Positions on all axes, given those along one. */
function indicesAlong(x: Variable, positions: Variable, axis: number): Variable[] {
  const dims = knownDims(x);
  return dims.map((_, d) => d === axis ? positions : numbered(dims[d]!, d, dims.length));
}

/** The rules of running sums and products, and of sorting. */
export const orderGradients: GradientRules = {
  cumop: ruleOf<CumulativeParams>({
    pullback(apply, [g]) {
      const { kind, axis } = apply.params;
      if (kind === "sum") return [sumFrom(g!, axis)];
      if (kind === "logsumexp") return [expSumFrom(g!, apply.inputs[0]!, apply.output, axis)];
      if (kind !== "prod") return [extremeFrom(g!, apply.output, axis)];
      const reached = reaching(g!, axis);
      const chosen = (v: Variable, instead: number) =>
        reached === null ? v : where(reached, v, instead) as Variable;
      const x = chosen(apply.inputs[0]!, 1);
      return [
        derivedAs(
          chosen(runningProduct(g!, x, apply.output, axis), 0),
          chosen(runningPolynomial(g!, x, axis), 0),
        ),
      ];
    },
    pushforward(apply, [t]) {
      const { inputs: [x], output: y, params: { kind, axis } } = apply;
      if (kind === "sum") return [running(kind, t!, axis)];
      if (kind === "logsumexp") return [expSumTangent(t!, x!, y, axis)];
      if (kind !== "prod") return [takenAlong(t!, extremePlaces(y, axis), axis)];
      return [
        derivedAs(
          runningProductTangent(t!, x!, y, axis),
          runningPolynomial(t!, x!, axis, true),
        ),
      ];
    },
  }),
  // The gradient goes back to where each element came from.
  sort: ruleOf<SortParams>({
    pullback(apply, [g]) {
      const { axis } = apply.params;
      const order = outputOf<SortParams>(argsortOp, [apply.inputs[0]!], { axis });
      // Sorting an order gives its inverse.
      const places = outputOf<SortParams>(argsortOp, [order], { axis });
      return [takenAlong(g!, places, axis)];
    },
    pushforward(apply, [t]) {
      const { axis } = apply.params;
      const order = outputOf<SortParams>(argsortOp, [apply.inputs[0]!], { axis });
      return [takenAlong(t!, order, axis)];
    },
  }),
  // Positions do not change gradually.
  argsort: alwaysZero,
  inRange: alwaysZero,
};
