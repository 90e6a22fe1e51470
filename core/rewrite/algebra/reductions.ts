/**
 * Sums and extremes of what can be taken out of them.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { type Apply, outputOf, type Variable } from "../../graph/graph.ts";
import { moved, padded, reduced, reducedAs, withAxes, withoutAxes } from "../../ops/common/axes.ts";
import { staticInt } from "../../ops/common/arguments.ts";
import { castTo } from "../../ops/common/build.ts";
import { checkedLength } from "../../ops/common/checks.ts";
import type { PatternItem } from "../../ops/shape/dimshuffle.ts";
import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { lengthVariable } from "../../ops/common/length_rules.ts";
import {
  argreduceOp,
  type ArgReduceParams,
  type ReduceParams,
} from "../../ops/reduce/reduce_ops.ts";
import type { ReshapeParams } from "../../ops/shape/reshape_op.ts";
import { summedTo, type SumToParams } from "../../ops/reduce/sum_to.ts";
import { buildProduct, opensSingle, productOf, unpadded } from "./factors.ts";
import {
  applied,
  applyAgain,
  ew,
  inShape,
  instead,
  isExact,
  isOneFromEnd,
  isReal,
  mayBeOfNothing,
  number,
  sameShape,
  under,
} from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";

function paramsOf(apply: Apply): ReduceParams {
  return apply.params as ReduceParams;
}

const reduceOnes: Rule = {
  name: "reduce-ones",
  law: "a sum over an axis of length 1 -> the axis dropped",
  ops: ["reduce"],
  rewrite(apply): Rewritten {
    const params = paramsOf(apply), { kind, axes } = params, x = apply.inputs[0]!;
    const ones = axes.filter((axis) => x.type.shape[axis] === 1);
    if (ones.length === 0 || kind === "any" || kind === "all") return null;
    const left = axes.filter((axis) => !ones.includes(axis));
    const rest = left.map((axis) => axis - ones.filter((one) => one < axis).length);
    return reducedAs(params, withoutAxes(x, ones), rest);
  },
};

const reduceReduce: Rule = {
  name: "reduce-twice",
  law: "sum(sum(x, 1), 0) -> sum(x), and so for other reductions",
  ops: ["reduce"],
  rewrite(apply, context): Rewritten {
    const params = paramsOf(apply), x = apply.inputs[0]!;
    const inner = applied(x, "reduce");
    if (inner === null || context.uses(x) > 1) return null;
    const first = paramsOf(inner);
    const same = first.kind === params.kind && first.dtype === params.dtype &&
      first.empty === params.empty;
    if (!same) return null;
    // Extremes of no elements are an error on whichever axis they are taken.
    const left = Array.from({ length: inner.inputs[0]!.ndim }, (_, d) => d)
      .filter((axis) => !first.axes.includes(axis));
    const all = [...first.axes, ...params.axes.map((axis) => left[axis]!)].sort((a, b) => a - b);
    return reducedAs(params, inner.inputs[0]!, all);
  },
};

const reduceMoved: Rule = {
  name: "reduce-moved",
  law: "sum(transposed x) -> sum(x) over the axes as they were",
  ops: ["reduce"],
  rewrite(apply): Rewritten {
    const params = paramsOf(apply), { kind, axes } = params;
    const shuffle = applied(apply.inputs[0]!, "dimshuffle");
    if (shuffle === null || kind === "any" || kind === "all") return null;
    const { pattern } = shuffle.params as DimshuffleParams, x = shuffle.inputs[0]!;
    const from = axes.map((axis) => pattern[axis]!).filter((item) => item !== "x")
      .sort((a, b) => a - b);
    // Axes that the move left out have length 1; they are left out once more.
    const before = Array.from({ length: x.ndim }, (_, d) => d).filter((d) => !from.includes(d));
    const after = pattern.filter((_, d) => !axes.includes(d))
      .map((item): PatternItem => item === "x" ? "x" : before.indexOf(item));
    return moved(reducedAs(params, x, from), after);
  },
};

const sumOfReshaped: Rule = {
  name: "sum-of-reshaped",
  law: "sum of all elements of a reshaped x -> sum of all elements of x",
  ops: ["reduce"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const params = paramsOf(apply);
    const inner = applied(apply.inputs[0]!, "reshape");
    if (inner === null || params.axes.length !== (inner.params as ReshapeParams).ndim) return null;
    const x = inner.inputs[0]!;
    return x.ndim === 0 ? null : reducedAs(params, x, x.type.shape.map((_, d) => d));
  },
};

/** The number of elements along axes, in a dtype; null where a length is not known now. */
function countOf(x: Variable, axes: readonly number[], dtype: Variable["dtype"]): Variable {
  const lengths = lengthsOf(x);
  const factors = axes.map((axis) => lengths[axis]!);
  const known = factors.filter((n) => typeof n === "number").reduce((p, n) => p * n, 1);
  const open = factors.filter((n) => typeof n !== "number")
    // Numbers of the user's would wrap.
    .map((n) => castTo(isExact(dtype) ? checkedLength(n, "Cannot count elements") : n, dtype));
  const all = known === 1 && open.length > 0 ? open : [number(known, dtype), ...open];
  return all.reduce((p, n) => ew("mul", p, n));
}

const sumOfStretched: Rule = {
  name: "sum-of-stretched",
  law: "sum(x stretched) -> n * x, max(x stretched) -> x",
  ops: ["reduce"],
  rewrite(apply): Rewritten {
    const params = paramsOf(apply), { kind, axes, dtype } = params, x = apply.inputs[0]!;
    const inner = under(x, "broadcastTo");
    if (inner === null || kind !== "sum" && kind !== "max" && kind !== "min") return null;
    const wanted = axes.filter((axis) => isOneFromEnd(inner, x.ndim - axis));
    if (wanted.length === 0) return null;
    // Of nothing there is no extreme, and the sum is 0, not 0 times what a mean of nothing is.
    const some = wanted.every((axis) => (x.type.shape[axis] ?? 0) > 0);
    if (!some && (kind !== "sum" || mayBeOfNothing(inner))) return null;
    // Other axes may turn out to be stretched, too.
    const lengths = lengthsOf(x).filter((_, axis) => !wanted.includes(axis));
    const part = inShape(withoutAxes(padded(inner, x.ndim), wanted), lengths);
    const left = axes.filter((axis) => !wanted.includes(axis))
      .map((axis) => axis - wanted.filter((one) => one < axis).length);
    const plain = reducedAs(params, part, left);
    const value = kind === "sum" ? ew("mul", countOf(x, wanted, dtype), plain) : plain;
    return instead(apply.output, value);
  },
};

const sumOfProduct: Rule = {
  name: "sum-of-product",
  law:
    "sum(c * x) -> c * sum(x), sum(x / c) -> sum(x) / c, for c that does not vary along the axes",
  ops: ["reduce"],
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    const { kind, axes, dtype } = paramsOf(apply), x = apply.inputs[0]!;
    if (kind !== "sum" || dtype !== x.dtype || context.uses(x) > 1) return null;
    const product = productOf(x, opensSingle(context));
    if (product === null || product.steps === 0) return null;
    const isFixed = (v: Variable) => axes.every((axis) => isOneFromEnd(v, x.ndim - axis));
    const fixed = product.factors.filter(({ base }) => isFixed(base));
    const varying = product.factors.filter(({ base }) => !isFixed(base));
    const plain = product.over === 1 && product.below === 1;
    if (varying.length === 0 || fixed.length === 0 && plain) return null;
    const rest = padded(
      buildProduct({ ...product, over: 1, below: 1, factors: varying }),
      x.ndim,
    );
    // What stretched the axes may be gone.
    const lengths = lengthsOf(x), left = lengthsOf(rest);
    if (axes.some((axis) => left[axis] !== lengths[axis])) return null;
    const total = reduced("sum", rest, axes, dtype);
    // The sum of nothing is 0, and not 0 times what a mean or an extreme of nothing is.
    const mayBeEmpty = axes.some((axis) => (x.type.shape[axis] ?? 0) === 0);
    if (mayBeEmpty && fixed.some(({ base }) => mayBeOfNothing(base))) return null;
    const outer = (v: Variable) => unpadded(withoutAxes(padded(v, x.ndim), axes));
    if (fixed.length === 0) {
      return instead(
        apply.output,
        buildProduct({ ...product, factors: [{ base: total, power: 1 }] }),
      );
    }
    const factor = buildProduct({ ...product, factors: fixed });
    return instead(apply.output, ew("mul", outer(factor), total));
  },
};

const extremeOfNeg: Rule = {
  name: "extreme-of-neg",
  law: "max(-x) -> -min(x)",
  ops: ["reduce"],
  rewrite(apply, context): Rewritten {
    const params = paramsOf(apply), { kind, axes } = params, x = apply.inputs[0]!;
    const inner = under(x, "neg");
    if (inner === null || context.uses(x) > 1 || kind !== "max" && kind !== "min") return null;
    if (!isReal(inner.dtype)) return null;
    return ew("neg", reducedAs({ ...params, kind: kind === "max" ? "min" : "max" }, inner, axes));
  },
};

/** A number that takes the place of what does not vary along the axes. */
function isFixedAlong(v: Variable, axes: readonly number[], rank: number): boolean {
  return axes.every((axis) => isOneFromEnd(v, rank - axis));
}

/** What an extreme is taken of, without functions that keep its place. */
function sameOrder(x: Variable, axes: readonly number[]): Variable | null {
  const apply = x.owner;
  if (apply === null) return null;
  const [a, b] = apply.inputs as [Variable, Variable];
  const { name } = apply.op;
  if (apply.op.facts?.has("rising") && isReal(x.dtype)) return a;
  const fits = (v: Variable) => v.dtype === x.dtype && sameShape(v, x);
  if ((name === "add" || name === "sub") && isReal(x.dtype)) {
    if (fits(a) && isFixedAlong(b, axes, x.ndim)) return a;
    if (name === "add" && fits(b) && isFixedAlong(a, axes, x.ndim)) return b;
  }
  // The denominator of a softmax.
  if (name === "div" && fits(a) && isSumOfExp(b) && isFixedAlong(b, axes, x.ndim)) return a;
  return null;
}

function isSumOfExp(v: Variable): boolean {
  const inner = under(v, "dimshuffle") ?? v;
  const sum = applied(inner, "reduce");
  return sum !== null && paramsOf(sum).kind === "sum" && under(sum.inputs[0]!, "exp") !== null;
}

const placeOfExtreme: Rule = {
  name: "place-of-extreme",
  law: "argmax(softmax(x)) -> argmax(x), argmax(exp(x)) -> argmax(x)",
  ops: ["argreduce"],
  assumesFinite: true,
  stabilises: true,
  rewrite(apply): Rewritten {
    const { axes } = apply.params as ArgReduceParams;
    const inner = sameOrder(apply.inputs[0]!, axes);
    return inner === null
      ? null
      : outputOf<ArgReduceParams>(argreduceOp, [inner], apply.params as ArgReduceParams);
  },
};

const sumToKnown: Rule = {
  name: "sum-to-known",
  law: "x summed to the shape that it has -> x, to an axis of length 1 -> a sum",
  ops: ["sumTo"],
  rewrite(apply): Rewritten {
    const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
    const { axes } = apply.params as SumToParams;
    const lengths = lengthsOf(x);
    const state = axes.map((axis, i) => {
      const dim = dims[i]!, wanted = staticInt(dim) ?? dim, have = lengths[axis]!;
      if (wanted === have || sameLength(dim, have)) return "same";
      return wanted === 1 ? "one" : "open";
    });
    if (state.every((s) => s === "open")) return null;
    const ones = axes.filter((_, i) => state[i] === "one");
    const part = ones.length === 0 ? x : withAxes(reduced("sum", x, ones), ones);
    const open = axes.flatMap((_, i) => state[i] === "open" ? [i] : []);
    return instead(
      apply.output,
      summedTo(part, open.map((i) => axes[i]!), open.map((i) => dims[i]!)),
    );
  },
};

const sumOfSumTo: Rule = {
  name: "sum-of-sum-to",
  law: "sum(x summed to a shape) -> sum(x)",
  ops: ["reduce"],
  mayHideError: true,
  rewrite(apply): Rewritten {
    const { kind, axes, dtype } = paramsOf(apply);
    const inner = applied(apply.inputs[0]!, "sumTo");
    if (kind !== "sum" || inner === null || dtype !== inner.output.dtype) return null;
    const [x, ...dims] = inner.inputs as [Variable, ...Variable[]];
    const own = (inner.params as SumToParams).axes;
    const open = own.flatMap((axis, i) => axes.includes(axis) ? [] : [i]);
    if (open.length === own.length) return null;
    return reduced("sum", summedTo(x, open.map((i) => own[i]!), open.map((i) => dims[i]!)), axes);
  },
};

/** Whether a factor does not vary along the axes that are summed, if they are. */
function staysOutside(factor: Variable, sum: Apply): boolean {
  const [x, ...dims] = sum.inputs as [Variable, ...Variable[]];
  const lengths = lengthsOf(factor);
  return factor.ndim <= x.ndim && (sum.params as SumToParams).axes.every((axis, i) => {
    const own = lengths[axis - x.ndim + factor.ndim];
    return own === undefined || own === 1 || sameLength(dims[i]!, own);
  });
}

/** The same sum of something else. */
function sumAgain(sum: Apply, x: Variable): Variable {
  return applyAgain(sum, [x, ...sum.inputs.slice(1)]);
}

const sumToOutside: Rule = {
  name: "sum-to-outside",
  law: "(x summed to a shape) * y -> (x * y) summed to the shape, and so for quotients and -x",
  ops: ["mul", "div", "neg"],
  assumesFinite: true,
  mayHideError: true,
  rewrite({ op: { name }, inputs, output }): Rewritten {
    const out = (i: number): Variable | null => {
      const sum = applied(inputs[i]!, "sumTo"), other = inputs[1 - i];
      if (sum === null || inputs[i]!.dtype !== output.dtype) return null;
      if (other !== undefined && !staysOutside(other, sum)) return null;
      const args = inputs.map((input, k) => k === i ? sum.inputs[0]! : input);
      return instead(output, sumAgain(sum, ew(name as "mul", ...args)));
    };
    return out(0) ?? (name === "mul" ? out(1) : null);
  },
};

const sumToTogether: Rule = {
  name: "sum-to-together",
  law: "x summed + y summed to the same shape -> (x + y) summed",
  ops: ["add", "sub"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    const p = applied(x!, "sumTo"), q = applied(y!, "sumTo");
    if (p === null || q === null || x!.dtype !== y!.dtype) return null;
    const same = p.inputs.slice(1).every((dim, i) => dim === q.inputs[1 + i]) &&
      (p.params as SumToParams).axes.join() === (q.params as SumToParams).axes.join() &&
      sameShape(p.inputs[0]!, q.inputs[0]!);
    if (!same) return null;
    return instead(output, sumAgain(p, ew(name as "add", p.inputs[0]!, q.inputs[0]!)));
  },
};

/** Whether a dim names a length, which may be written in a roundabout way. */
function sameLength(dim: Variable, length: number | Variable): boolean {
  const apply = applied(dim, "shapeI");
  if (apply === null) return lengthVariable(length) === dim;
  return lengthsOf(apply.inputs[0]!)[(apply.params as { axis: number }).axis] === length;
}

const prodOfExp: Rule = {
  name: "prod-of-exp",
  law: "prod(exp(x)) -> exp(sum(x))",
  ops: ["reduce"],
  stabilises: true,
  rewrite(apply, context: RewriteContext): Rewritten {
    const { kind, axes, dtype } = paramsOf(apply), x = apply.inputs[0]!;
    const inner = under(x, "exp");
    if (kind !== "prod" || inner === null || dtype !== x.dtype || isComplex(dtype)) return null;
    if (context.uses(x) > 1) return null;
    return ew("exp", reduced("sum", inner, axes));
  },
};

/** Rules that bring reductions into one form. */
export const reductionRules: readonly Rule[] = [
  reduceOnes,
  reduceReduce,
  reduceMoved,
  sumOfReshaped,
  sumOfStretched,
  sumToKnown,
  sumOfSumTo,
  sumToOutside,
  sumToTogether,
  sumOfProduct,
];

/** Rules that take work out of reductions. */
export const cheaperReductions: readonly Rule[] = [
  extremeOfNeg,
  placeOfExtreme,
  prodOfExp,
];
