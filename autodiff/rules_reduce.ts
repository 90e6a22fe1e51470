/**
 * Derivatives of reductions.
 *
 * @module
 */

import { isComplex } from "../core/dtype.ts";
import type { Apply } from "../core/graph/graph.ts";
import { apply as applyOp } from "../core/graph/graph.ts";
import { castTo } from "../core/ops/build.ts";
import { cast, conj, div, eq, mul, real, sub, where } from "../core/ops/elementwise.ts";
import { reduceOp, type ReduceParams } from "../core/ops/reduce.ts";
import type { Variable } from "../core/variable.ts";
import type { Gradient } from "./gradient.ts";
import { alwaysZero, type GradientRule } from "./rule.ts";
import { spreadOver, sumOver, withAxes } from "./shapes.ts";

/** The rule of `reduce`: sums, products, extremes; `any` and `all` give bools. */
export const reduceGradient: GradientRule<ReduceParams> = {
  pullback(apply: Apply<ReduceParams>, [g]): Gradient[] {
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
};

/** Shared equally among the elements that are the extreme. */
function extreme(g: Variable, x: Variable, y: Variable, axes: readonly number[]): Variable {
  const wins: Variable = eq(x, withAxes(y, axes));
  const count = sumOver(castTo(wins, x.dtype), axes);
  return where(wins, withAxes(div(g, count), axes), 0);
}

/**
 * The product of the other elements, which is exact where elements are 0: the product of all that are
 * not, divided by the element, unless one of the others is 0.
 */
function product(g: Variable, x: Variable, axes: readonly number[]): Variable {
  const factors = castTo(x, g.dtype), flat = real(factors).dtype;
  const isZero: Variable = eq(x, 0), zero: Variable = cast(isZero, flat);
  const safe: Variable = where(isZero, 1, factors);
  const rest = applyOp<ReduceParams>(reduceOp, [safe], { kind: "prod", axes, dtype: g.dtype });
  const otherZeros: Variable = sub(withAxes(sumOver(zero, axes), axes), zero);
  const weighted: Variable = withAxes(mul(g, conj(rest)), axes);
  const slope: Variable = div(weighted, isComplex(g.dtype) ? conj(safe) : safe);
  return where(eq(otherZeros, 0), slope, 0);
}

/** The rule of `argreduce`: positions do not change gradually. */
export const argreduceGradient: GradientRule = alwaysZero;
