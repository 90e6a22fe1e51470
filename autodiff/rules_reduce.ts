/**
 * Derivatives of reductions.
 *
 * @module
 */

import { isComplex } from "../core/graph/dtype.ts";
import { outputOf, type Variable } from "../core/graph/graph.ts";
import { moved, reduced, withAxes } from "../core/ops/common/axes.ts";
import { intConstant } from "../core/ops/common/arguments.ts";
import { castTo } from "../core/ops/common/build.ts";
import { cumulativeOp, type CumulativeParams } from "../core/ops/reduce/cumulative.ts";
import { derivedAs } from "../core/ops/control/derived_as.ts";
import { cast, conj, div, eq, mul, real, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { joinOp, type JoinParams } from "../core/ops/shape/join.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce/reduce_ops.ts";
import { reshaped } from "../core/ops/shape/reshape_op.ts";
import {
  type IndexEntry,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "../core/ops/index/subtensor.ts";
import { alwaysZero, type GradientRules, ruleOf } from "./rule.ts";
import { filledLike, numberLike, spreadLike, spreadOver } from "./shapes.ts";
import { combined } from "./combined.ts";
import { kinkBetween, partsOf } from "./kinks.ts";
import { selectedBy } from "./support.ts";
/** Where the elements are that are the extreme, and how many there are. */
function winners(x: Variable, y: Variable, axes: readonly number[]): [Variable, Variable] {
  const wins: Variable = kinkBetween(eq(x, withAxes(y, axes)), partsOf(x));
  return [wins, reduced("sum", castTo(wins, x.dtype), axes)];
}

/** Shared equally among the elements that are the extreme. */
function extreme(g: Variable, x: Variable, y: Variable, axes: readonly number[]): Variable {
  const [wins, count] = winners(x, y, axes);
  return where(wins, withAxes(div(g, count), axes), 0);
}

/** The mean of the changes of the elements that are the extreme. */
function extremeTangent(t: Variable, x: Variable, y: Variable, axes: readonly number[]): Variable {
  const [wins, count] = winners(x, y, axes);
  return div(reduced("sum", where(wins, t, 0), axes), count);
}

/** Each change times the product of the other elements. */
function productTangent(t: Variable, x: Variable, y: Variable, axes: readonly number[]): Variable {
  const changes = castTo(t, y.dtype);
  const others: Variable = conj(product(filledLike(y, 1), x, axes));
  return reduced("sum", combined(changes, others, (t, by) => mul(t, by)), axes);
}

/**
 * The product of the other elements, which is exact where elements are 0: the product of all that are
 * not, divided by the element, unless one of the others is 0.
 */
function product(g: Variable, x: Variable, axes: readonly number[]): Variable {
  if (axes.length === 0) return g;
  const factors = castTo(x, g.dtype), flat = real(factors).dtype;
  const isZero: Variable = eq(x, 0), zero: Variable = cast(isZero, flat);
  const safe: Variable = where(isZero, 1, factors);
  const rest = outputOf<ReduceParams>(reduceOp, [safe], { kind: "prod", axes, dtype: g.dtype });
  const otherZeros: Variable = sub(withAxes(reduced("sum", zero, axes), axes), zero);
  const weighted: Variable = withAxes(mul(g, conj(rest)), axes);
  const slope: Variable = div(weighted, isComplex(g.dtype) ? conj(safe) : safe);
  const all = withAxes(g, axes), counted = selectedBy(all, factors, "all", 1);
  const others: Variable = mul(all, conj(productOfOthers(counted, axes)));
  const value: Variable = where(eq(otherZeros, 0), slope, 0);
  return derivedAs(selectedBy(all, value), selectedBy(all, others));
}

/**
 * The product of the other elements along axes, without quotients or tests for zero: a polynomial, of
 * which all derivatives are right.
 */
function productOfOthers(x: Variable, axes: readonly number[]): Variable {
  const kept = x.type.shape.flatMap((_, axis) => axes.includes(axis) ? [] : [axis]);
  const order = [...kept, ...axes], rank = kept.length;
  const turned = moved(x, order), dims = knownDims(turned);
  const length = dims.slice(rank).reduce((a, b) => mul(a, b));
  const row = reshaped(turned, [...dims.slice(0, rank), length]);
  const slice = (v: Variable, part: Partial<IndexEntry>, ...bounds: number[]): Variable =>
    outputOf<SubtensorParams>(subtensorOp, [v, ...bounds.map(intConstant)], {
      index: [...kept.map(() => wholeEntry), { ...wholeEntry, ...part } as IndexEntry],
    });
  const reversed = (v: Variable) => slice(v, { step: true }, -1);
  // The product of the elements in front of each.
  const before = (v: Variable): Variable => {
    const one = spreadLike(numberLike(v, 1), slice(v, { stop: true }, 1));
    const parts = [one, slice(v, { stop: true }, -1)];
    const shifted = outputOf<JoinParams>(joinOp, parts, { axis: rank });
    return outputOf<CumulativeParams>(cumulativeOp, [shifted], { kind: "prod", axis: rank });
  };
  const others: Variable = mul(before(row), reversed(before(reversed(row))));
  return moved(reshaped(others, dims), x.type.shape.map((_, axis) => order.indexOf(axis)));
}

/** The rules of reductions. */
export const reduceGradients: GradientRules = {
  // Sums, products, extremes; `any` and `all` give bools.
  reduce: ruleOf<ReduceParams>({
    pullback(apply, [g]) {
      const x = apply.inputs[0]!, { kind, axes } = apply.params;
      switch (kind) {
        case "sum":
          return [spreadOver(g!, axes, x)];
        case "prod":
          return [product(g!, x, axes)];
        case "max":
        case "min":
          return [extreme(g!, x, apply.output, axes)];
        default:
          return [];
      }
    },
    pushforward(apply, [t]) {
      const x = apply.inputs[0]!, { output: y, params: { kind, axes } } = apply;
      switch (kind) {
        case "sum":
          return [outputOf(apply.op, [t!], apply.params)];
        case "prod":
          return [productTangent(t!, x, y, axes)];
        case "max":
        case "min":
          return [extremeTangent(t!, x, y, axes)];
        default:
          return [];
      }
    },
  }),
  // Positions do not change gradually.
  argreduce: alwaysZero,
};
