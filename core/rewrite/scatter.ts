/**
 * Zeros with values put in at positions, as gradients of indexing are: what is done to all elements need
 * be done only to the values.
 *
 * @module
 */

import { type Apply, apply as applyOp } from "../graph/graph.ts";
import { type AdvIncParams, advIndexOp } from "../ops/adv_index.ts";
import { lengthsOf } from "../ops/known_lengths.ts";
import type { ReduceParams } from "../ops/reduce_ops.ts";
import { type IncSubtensorParams, subtensorOp } from "../ops/subtensor.ts";
import type { Variable } from "../variable.ts";
import { isFullRange } from "./indexing_rules.ts";
import { buildProduct, opensSingle, productOf, productOps } from "./factors.ts";
import {
  applyAgain,
  ew,
  inShape,
  instead,
  insteadNumber,
  isNumber,
  number,
  reduced,
  sameLengths,
} from "./match.ts";
import type { Rewritten, Rule } from "./rule.ts";
import { isPartOf, viewThrough } from "./views.ts";

/** Values put into zeros. */
interface Scatter {
  readonly apply: Apply;
  readonly values: Variable;
  /** The place where the values are, in any variable of the shape. */
  at(whole: Variable): Apply;
}

function scatterOf(variable: Variable): Scatter | null {
  const apply = variable.owner;
  if (apply === null || !["advInc", "incSubtensor"].includes(apply.op.name)) return null;
  const [base, values, ...where] = apply.inputs as [Variable, Variable, ...Variable[]];
  if (!isNumber(base, 0)) return null;
  const at = (whole: Variable): Apply => {
    const part = apply.op.name === "advInc"
      ? applyOp(advIndexOp, [whole, ...where], { axes: (apply.params as AdvIncParams).axes })
      : applyOp(subtensorOp, [whole, ...where], {
        index: (apply.params as IncSubtensorParams).index,
      });
    return part.owner!;
  };
  return { apply, values, at };
}

const scatterTimes: Rule = {
  name: "scatter-times",
  law: "inc(zeros[i], y) * x -> inc(zeros[i], y * x[i])",
  roots: productOps,
  assumesFinite: true,
  rewrite({ output }, context): Rewritten {
    const product = productOf(output, opensSingle(context));
    if (product === null || product.steps === 0) return null;
    for (const factor of product.factors) {
      const scatter = factor.power === 1 ? scatterOf(factor.base) : null;
      if (scatter === null) continue;
      const others = product.factors.filter((other) => other !== factor);
      if (!others.every(({ base }) => isPartOf(factor.base, base))) continue;
      const view = viewThrough(scatter.at(factor.base));
      if (view === null) continue;
      const picked = others.map(({ base, power }) => ({ base: view(base), power }));
      if (!picked.every((one): one is { base: Variable; power: number } => one.base !== null)) {
        continue;
      }
      const values = buildProduct({
        ...product,
        factors: [{ base: scatter.values, power: 1 }, ...picked],
      });
      const [zeros, , ...where] = scatter.apply.inputs as [Variable, Variable, ...Variable[]];
      return instead(output, applyAgain(scatter.apply, [zeros, values, ...where]));
    }
    return null;
  },
};

const sumOfScatter: Rule = {
  name: "sum-of-scatter",
  law: "sum(inc(zeros[i, j], y), 1) -> inc(zeros[i], y), sum of all -> sum(y)",
  roots: ["reduce"],
  rewrite(apply): Rewritten {
    const { kind, axes: gone, dtype } = apply.params as ReduceParams, x = apply.inputs[0]!;
    const scatter = scatterOf(x);
    if (kind !== "sum" || dtype !== x.dtype || scatter?.apply.op.name !== "advInc") return null;
    const { axes, set } = scatter.apply.params as AdvIncParams;
    // What was set twice counts once only.
    if (set || axes.some((axis, i) => axis !== axes[0]! + i)) return null;
    const indices = scatter.apply.inputs.slice(2), first = axes[0]!;
    const lengths = lengthsOf(scatter.at(x).output), rank = lengths.length - x.ndim + axes.length;
    const values = inShape(scatter.values, lengths);
    const keptAxes = Array.from({ length: x.ndim }, (_, d) => d).filter((d) => !axes.includes(d));
    const place = (axis: number) => {
      const at = keptAxes.indexOf(axis);
      return at < first ? at : at + rank;
    };
    const outside = gone.filter((axis) => !axes.includes(axis)).map(place);
    const left = axes.flatMap((axis, i) => gone.includes(axis) ? [] : [i]);
    if (left.length === 0) {
      const places = Array.from({ length: rank }, (_, d) => first + d);
      return reduced("sum", values, [...outside, ...places].sort((a, b) => a - b));
    }
    // The positions that are left must count every value.
    const places = lengths.slice(first, first + rank);
    if (left.some((i) => !sameLengths(lengthsOf(indices[i]!), places))) return null;
    const start = first - gone.filter((axis) => axis < first).length;
    const part = reduced("sum", values, [...outside].sort((a, b) => a - b));
    const whole = lengthsOf(x).filter((_, axis) => !gone.includes(axis));
    const zeros = inShape(number(0, x.dtype), whole);
    return applyOp(scatter.apply.op, [zeros, part, ...left.map((i) => indices[i]!)], {
      axes: left.map((_, i) => start + i),
      set: false,
    });
  },
};

const changeEverywhere: Rule = {
  name: "change-everywhere",
  law: "inc(x[arange(n)], y) -> x + y where x has n rows",
  roots: ["advInc"],
  rewrite(apply): Rewritten {
    const [x, y, ...indices] = apply.inputs as [Variable, Variable, ...Variable[]];
    const { axes, set } = apply.params as AdvIncParams;
    const isAll = indices.length === 1 && isFullRange(indices[0]!, lengthsOf(x)[axes[0]!]!);
    if (!isAll) return null;
    if (set) return instead(x, y);
    return instead(x, ew(x.dtype === "bool" ? "or" : "add", x, y));
  },
};

const scatterOfZero: Rule = {
  name: "scatter-of-nothing",
  law: "inc(zeros[i], 0) -> zeros",
  roots: ["advInc", "incSubtensor"],
  mayHideError: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    return isNumber(x!, 0) && isNumber(y!, 0) ? insteadNumber(output, 0) : null;
  },
};

/** The rules of this file. */
export const scatterRules: readonly Rule[] = [
  scatterOfZero,
  scatterTimes,
  sumOfScatter,
  changeEverywhere,
];
