/**
 * Products and quotients with factors that cancel, and sums with terms that do.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import {
  buildProduct,
  type Factor,
  isInside,
  isProduct,
  opensAll,
  opensSingle,
  type Product,
  productCost,
  productOf,
  productOps,
  realProduct,
  wholeCost,
} from "./factors.ts";
import { ew, instead, isReal } from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import { scatterOf, valuesTimes } from "../indexing/scatter.ts";
import { tidied } from "../stability/sigmoid_factors.ts";
import { buildSum, isSum, sumCost, sumOf, sumOps, type Term } from "./terms.ts";

const cancelFactors: Rule = {
  name: "cancel-factors",
  law: "x * y / y -> x, (a / b) * (b / c) -> a / c, 2 * x * 3 -> 6 * x, x / (y / z) -> x * z / y",
  ops: productOps,
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    const { output } = apply;
    if (isInside(apply, productOps, context)) return null;
    const single = opensSingle(context), own = productOf(output, single);
    if (own !== null && productCost(own) < own.steps) return instead(output, buildProduct(own));
    if (own !== null && wholeCost(output) >= own.steps) return null;
    const whole = productOf(output, opensAll, single);
    const isWorth = whole !== null && productCost(whole) < whole.steps;
    return isWorth ? instead(output, buildProduct(whole)) : null;
  },
};

/** A sum among the factors of a product, and the product of the others. */
interface Split {
  readonly sum: Variable;
  readonly others: readonly Factor[];
}

function splits(product: Product, context: RewriteContext): Split[] {
  return product.factors.flatMap(({ base, power }, i) => {
    const splits = power === 1 && isSum(base) && context.uses(base) <= 1;
    return splits ? [{ sum: base, others: product.factors.filter((_, k) => k !== i) }] : [];
  });
}

/** Multiplies out a sum if factors cancel in one of the terms; null if it is not worth it. */
function multipliedOut(product: Product, { sum, others }: Split, context: RewriteContext) {
  const single = opensSingle(context);
  const parts = sumOf(sum, single);
  if (parts === null || parts.constant !== 0 || parts.terms.length < 2 || parts.terms.length > 8) {
    return null;
  }
  let cost = parts.terms.length - 1, before = product.steps + sumCost(parts), any = false;
  const terms: Term[] = [];
  for (const { base, scale } of parts.terms) {
    const part = productOf(base, opensAll, single);
    const own = part === null || !isProduct(base)
      ? { over: 1, below: 1, factors: [{ base, power: 1 }], steps: 0 }
      : part;
    before += own.steps;
    any ||= others.some(({ base: b, power }) =>
      own.factors.some((other) => other.base === b && other.power * power < 0)
    );
    const powers = new Map<Variable, number>();
    for (const { base, power } of [...own.factors, ...others]) {
      powers.set(base, (powers.get(base) ?? 0) + power);
    }
    const plain: Product = {
      dtype: product.dtype,
      over: own.over * product.over,
      below: own.below * product.below,
      factors: [...powers].flatMap(([base, power]) => power === 0 ? [] : [{ base, power }]),
      steps: 0,
    };
    const together = tidied(plain);
    const scattered = own.factors.some((factor) => {
      const scatter = factor.power === 1 ? scatterOf(factor.base) : null;
      const rest = together.factors.filter(({ base }) => base !== factor.base);
      return scatter !== null && valuesTimes(together, scatter, rest, false) !== null;
    });
    any ||= together !== plain || scattered;
    // What is zero but in few places costs next to nothing.
    if (!scattered) cost += productCost(together);
    terms.push({ base: buildProduct(together), scale });
  }
  if (!any || cost > before) return null;
  return buildSum({ dtype: product.dtype, constant: 0, terms, steps: 0 });
}

const distribute: Rule = {
  name: "distribute-to-cancel",
  law: "(a / x + b / y) * x * y -> a * y + b * x",
  ops: productOps,
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    const { output } = apply;
    if (!isReal(output.dtype) || isInside(apply, productOps, context)) return null;
    const product = realProduct(output, context);
    if (product === null || product.factors.length < 2) return null;
    for (const split of splits(product, context)) {
      const made = multipliedOut(product, split, context);
      if (made !== null) return instead(output, made);
    }
    return null;
  },
};

const collectTerms: Rule = {
  name: "collect-terms",
  law: "(x + y) - x -> y, (1 + x) + 2 -> 3 + x, 2 * x + 3 * x -> 5 * x",
  ops: sumOps,
  assumesFinite: true,
  rewrite(apply, context): Rewritten {
    const { output } = apply;
    if (isInside(apply, sumOps, context)) return null;
    const single = opensSingle(context);
    for (const opens of [single, opensAll]) {
      const sum = sumOf(output, opens, single);
      if (sum !== null && sumCost(sum) < sum.steps) return instead(output, buildSum(sum));
    }
    return null;
  },
};

const commonFactor: Rule = {
  name: "common-factor",
  law: "x * y + x * z -> x * (y + z)",
  ops: ["add", "sub"],
  rewrite({ op: { name }, inputs: [x, y], output }, context): Rewritten {
    const fits = (v: Variable) =>
      v.owner !== null && v.owner.op.name === "mul" && v.dtype === output.dtype &&
      context.uses(v) <= 1;
    if (!fits(x!) || !fits(y!) || x === y) return null;
    const [a, b] = x!.owner!.inputs as [Variable, Variable];
    const [c, d] = y!.owner!.inputs as [Variable, Variable];
    const pairs: [Variable, Variable, Variable][] = [[a, b, d], [a, b, c], [b, a, d], [b, a, c]];
    const others = [c, d, c, d];
    const found = pairs.findIndex(([common], i) => common === others[i]);
    if (found < 0) return null;
    const [common, p, q] = pairs[found]!;
    return instead(output, ew("mul", common, ew(name as "add" | "sub", p, q)));
  },
};

/** Rules that bring products and sums into one form. */
export const productRules: readonly Rule[] = [cancelFactors, distribute, collectTerms];

/** Rules that save operations in the end. */
export const cheaperProducts: readonly Rule[] = [commonFactor];
