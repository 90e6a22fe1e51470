/**
 * Zeros with values put in at positions, as gradients of indexing are: what is done to all elements need
 * be done only to the values.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { reduced } from "../../ops/common/axes.ts";
import { type AdvIncParams, advIndexOp } from "../../ops/index/adv_index.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import type { ReduceParams } from "../../ops/reduce/reduce_ops.ts";
import { type IncSubtensorParams, subtensorOp } from "../../ops/index/subtensor.ts";
import { isFullRange } from "./indexing_rules.ts";
import {
  buildProduct,
  type Factor,
  isProduct,
  opensAll,
  type Product,
  productOf,
  productOps,
  realProduct,
  unpadded,
} from "../algebra/factors.ts";
import {
  applyAgain,
  ew,
  inShape,
  instead,
  insteadNumber,
  isNumber,
  number,
  sameLengths,
  sameShape,
  under,
} from "../match.ts";
import { losesCheck, positionsIn } from "./in_range.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import { isPartOf, viewThrough } from "./views.ts";

/** Values put into zeros. */
interface Scatter {
  readonly apply: Apply;
  readonly values: Variable;
  /** The place where the values are, in any variable of the shape. */
  at(whole: Variable): Apply;
}

/** The values and places, for a variable that is zero elsewhere. */
export function scatterOf(variable: Variable): Scatter | null {
  const apply = variable.owner;
  if (apply === null || !["advInc", "incSubtensor"].includes(apply.op.name)) return null;
  const [base, values, ...where] = apply.inputs as [Variable, Variable, ...Variable[]];
  if (!isNumber(base, 0)) return null;
  const at = (whole: Variable): Apply => {
    const part = apply.op.name === "advInc"
      ? outputOf(advIndexOp, [whole, ...where], { axes: (apply.params as AdvIncParams).axes })
      : outputOf(subtensorOp, [whole, ...where], {
        index: (apply.params as IncSubtensorParams).index,
      });
    return part.owner!;
  };
  return { apply, values, at };
}

/** Whether a factor has all the elements of the whole, along the axes that are picked from. */
function isFull(whole: Variable, factor: Variable): boolean {
  return sameLengths(lengthsOf(whole), lengthsOf(factor));
}

/** Whether a node is a product itself, not a view of one. */
function isPlainProduct(variable: Variable): boolean {
  return isProduct(variable);
}

/**
 * Values times some factors, picked where the values are put: those that cancel there and, with `all`,
 * those that have as many elements as the whole. Null if there is none.
 */
export function valuesTimes(
  product: Product,
  scatter: Scatter,
  others: readonly Factor[],
  all: boolean,
): { values: Variable; left: Factor[] } | null {
  const whole = scatter.apply.output;
  const view = viewThrough(scatter.at(whole));
  if (view === null) return null;
  const picks = others.map((factor) => ({
    factor,
    picked: isPartOf(whole, factor.base) ? view(factor.base) : null,
  }));
  const meets = (own: readonly Factor[]) =>
    picks.filter(({ factor, picked }) =>
      picked !== null &&
      own.some(({ base, power }) => base === unpadded(picked) && power * factor.power < 0)
    );
  // What is there as it is comes first; its own factors cancel later.
  const near = meets(productOf(scatter.values, isPlainProduct)?.factors ?? []);
  const cancelling = near.length > 0
    ? near
    : meets(productOf(scatter.values, opensAll)?.factors ?? []);
  const inside: Factor[] = [], left: Factor[] = [];
  for (const pick of picks) {
    const { factor, picked } = pick;
    const wanted = cancelling.includes(pick) || all && isFull(whole, factor.base);
    if (picked !== null && wanted) inside.push({ base: picked, power: factor.power });
    else left.push(factor);
  }
  const plain = product.over === 1 && product.below === 1;
  if (inside.length === 0 && plain) return null;
  const values = { base: scatter.values, power: 1 };
  return { values: buildProduct({ ...product, factors: [values, ...inside] }), left };
}

function timesScatter(output: Variable, context: RewriteContext, all: boolean): Rewritten {
  const product = realProduct(output, context);
  if (product === null) return null;
  for (const factor of product.factors) {
    const scatter = factor.power === 1 ? scatterOf(factor.base) : null;
    if (scatter === null) continue;
    const others = product.factors.filter((other) => other !== factor);
    const made = valuesTimes(product, scatter, others, all);
    if (made === null) continue;
    const [zeros, , ...where] = scatter.apply.inputs as [Variable, Variable, ...Variable[]];
    const base = applyAgain(scatter.apply, [zeros, made.values, ...where]);
    const factors = [{ base, power: 1 }, ...made.left];
    return instead(output, buildProduct({ ...product, over: 1, below: 1, factors }));
  }
  return null;
}

const scatterCancel: Rule = {
  name: "scatter-cancel",
  law: "inc(zeros[i], y / x[i]) * x -> inc(zeros[i], y)",
  ops: productOps,
  assumesFinite: true,
  rewrite: ({ output }, context) => timesScatter(output, context, false),
};

const scatterTimes: Rule = {
  name: "scatter-times",
  law: "inc(zeros[i], y) * x -> inc(zeros[i], y * x[i])",
  ops: productOps,
  assumesFinite: true,
  rewrite: ({ output }, context) => timesScatter(output, context, true),
};

const stretchedValues: Rule = {
  name: "stretched-values",
  law: "inc(x[i], y stretched) -> inc(x[i], y)",
  ops: ["advInc", "incSubtensor"],
  rewrite(apply): Rewritten {
    const [x, y, ...where] = apply.inputs as [Variable, Variable, ...Variable[]];
    const inner = under(y, "broadcastTo");
    if (inner === null) return null;
    const { op, params } = apply;
    const part = op.name === "advInc"
      ? outputOf(advIndexOp, [x, ...where], { axes: (params as AdvIncParams).axes })
      : outputOf(subtensorOp, [x, ...where], { index: (params as IncSubtensorParams).index });
    return sameShape(part, y) ? applyAgain(apply, [x, inner, ...where]) : null;
  },
};

const sumOfScatter: Rule = {
  name: "sum-of-scatter",
  law: "sum(inc(zeros[i, j], y), 1) -> inc(zeros[i], y), sum of all -> sum(y)",
  ops: ["reduce"],
  rewrite(apply, context): Rewritten {
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
    const lost = positionsIn(scatter.apply).filter(({ axis }) => gone.includes(axis));
    if (context.uses(x) <= 1 && losesCheck(lost, context)) return null;
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
    return outputOf(scatter.apply.op, [zeros, part, ...left.map((i) => indices[i]!)], {
      axes: left.map((_, i) => start + i),
      set: false,
    });
  },
};

const changeEverywhere: Rule = {
  name: "change-everywhere",
  law: "inc(x[arange(n)], y) -> x + y where x has n rows",
  ops: ["advInc"],
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
  ops: ["advInc", "incSubtensor"],
  rewrite(apply, context): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (!isNumber(x, 0) || !isNumber(y, 0)) return null;
    return losesCheck(positionsIn(apply), context) ? null : insteadNumber(apply.output, 0);
  },
};

/** Rules that bring scattered values into one form. */
export const scatterRules: readonly Rule[] = [
  scatterOfZero,
  stretchedValues,
  scatterCancel,
  sumOfScatter,
  changeEverywhere,
];

/** Rules that compute with the values only. */
export const cheaperScatters: readonly Rule[] = [scatterTimes];
