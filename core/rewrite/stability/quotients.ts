/**
 * Quotients of what is linear in exponentials, without overflow.
 *
 * @module
 */

import { expPartUnderLog, expProductOf, powersOf } from "./exp_parts.ts";
import { boundedExp, type ExpProduct, isAtMost, isOpenExp, sumOfTerms } from "./exp_sums.ts";
import { additionIn, timesExp } from "./exp_scaled.ts";
import {
  buildProduct,
  type Factor,
  isInside,
  opensAll,
  type Product,
  productOf,
  productOps,
  realProduct,
  unpadded,
} from "../algebra/factors.ts";
import { ew, instead, under } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Term } from "../algebra/terms.ts";

const quotientOfExps: Rule = {
  name: "quotient-of-exps",
  law: "sum(exp(x) * v) / sum(exp(x)) -> sum(exp(x - m) * v) / sum(exp(x - m)), " +
    "exp(x) / max(exp(x)) -> exp(x - max(x)), sum(exp(x)) * sigmoid(-y) -> sum(exp(x - softplus(y))), " +
    "and so for products of matrices",
  ops: productOps,
  stabilises: true,
  rewrite(apply, context): Rewritten {
    const { output } = apply, product = realProduct(output, context);
    // What is above may be beside a part with the sum below.
    if (product === null || isInside(apply, productOps, context)) return null;
    const found = new Map<Factor, ExpProduct>();
    const find = (sign: 1 | -1, partOf: (base: Variable) => ExpProduct | null) => {
      const before = found.size;
      for (const factor of product.factors) {
        const part = factor.power * sign > 0 ? partOf(factor.base) : null;
        if (part !== null) found.set(factor, part);
      }
      return found.size - before;
    };
    const isBelow = find(-1, expProductOf) > 0, count = find(1, expProductOf);
    // 1 / (1 + exp(x)) is a logistic function by now.
    const isLogistic = [...found.keys()].some(isSumAbove) && find(1, logisticPart) > 0;
    const isFound = isBelow || isLogistic;
    const above = count || (isFound ? 0 : find(1, expPartUnderLog));
    // What can do no more than underflow matters where both sides do.
    if (!isFound && (above === 0 || find(-1, expPartUnderLog) === 0)) return null;
    // The square of a sum that is alone overflows in derivatives.
    const isSum = ({ base, power }: Factor) => power < 0 && additionIn(base) !== null;
    if (above === 0 && ![...found.keys()].some(isSum)) return null;
    return instead(output, buildProduct(scaledDown(product, found)));
  },
};

/** Whether a factor is a sum of exponentials above the fraction bar. */
function isSumAbove({ base, power }: Factor): boolean {
  return power > 0 && additionIn(base) !== null;
}

/** A logistic function as an exponential; null for anything else. */
function logisticPart(variable: Variable): ExpProduct | null {
  return under(variable, "sigmoid") === null ? null : expProductOf(variable, true);
}

const expTimesShift: Rule = {
  name: "exp-times-shift",
  law: "exp(x) * exp(y - m) -> exp(x + y - m), sum(exp(x)) * exp(-m) -> sum(exp(x - m)), " +
    "where m was taken off so that nothing overflows",
  ops: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const exponentOf = ({ base }: Factor) =>
      expProductOf(base) === null ? null : under(base, "exp");
    const isOpen = (factor: Factor) => {
      const exponent = exponentOf(factor);
      if (exponent !== null) return isOpenExp(factor.base);
      return additionIn(factor.base) !== null && expProductOf(factor.base) !== null;
    };
    if (realProduct(output, context)?.factors.some(isOpen) !== true) return null;
    // What has other uses is bounded by itself, but not beside the other.
    const product = productOf(output, opensAll), { factors } = product ?? { factors: [] };
    const open = factors.filter(isOpen);
    const taken = factors.filter((factor) => exponentOf(factor) !== null && !isOpen(factor));
    if (product === null || open.length === 0 || taken.length === 0) return null;
    const found = new Map([...open, ...taken].map((of) => [of, expProductOf(of.base)!]));
    return instead(output, buildProduct(scaledDown(product, found)));
  },
};

/** exp(exponent) * rest of each factor, with the exponents below inside of the sums above. */
function scaledDown(product: Product, found: ReadonlyMap<Factor, ExpProduct>): Product {
  const left = new Map<Variable, number>(), rest: Factor[] = [], sums: Factor[] = [];
  const add = ({ exponent }: ExpProduct, power: number) => {
    for (const { base, scale } of exponent) {
      const inner = under(base, "neg"), own = inner ?? base, sign = inner === null ? 1 : -1;
      left.set(own, (left.get(own) ?? 0) + sign * scale * power);
    }
  };
  for (const factor of product.factors) {
    const part = found.get(factor), { base, power } = factor;
    if (part === undefined) rest.push(factor);
    else if (power > 0 && additionIn(base) !== null) sums.push(factor);
    else {
      add(part, power);
      rest.push(...powersOf(part.rest, power));
    }
  }
  const isLong = ({ base }: Factor) => additionIn(base) === "axes";
  for (const factor of [...sums.filter(isLong), ...sums.filter((f) => !isLong(f))]) {
    const { power } = factor, value = goesInto(factor, left, sums.length === 1);
    if (value !== null) rest.push({ base: unpadded(value), power });
    else {
      const part = found.get(factor)!;
      add(part, power);
      rest.push(...powersOf(part.rest, power));
    }
  }
  const terms = termsOf(left);
  const beside = { ...product, factors: rest };
  if (terms.length === 0) return beside;
  return { ...beside, factors: [...rest, { base: expOf(terms, beside), power: 1 }] };
}

/** The exponential of a sum beside other factors, marked where the greatest was taken off. */
function expOf(terms: readonly Term[], rest: Product): Variable {
  const exponent = sumOfTerms(terms, rest.dtype);
  const within = terms.map(({ base, scale }) => {
    const others = terms.filter((term) => term.base !== base);
    return scale === -1 ? isAtMost({ exponent: others, rest }, base) : null;
  });
  if (within.includes("all")) return boundedExp(exponent, null);
  return within.includes("counting") ? boundedExp(exponent, rest) : ew("exp", exponent);
}

function termsOf(exponents: ReadonlyMap<Variable, number>): Term[] {
  return [...exponents].flatMap(([base, scale]) => scale === 0 ? [] : [{ base, scale }]);
}

/** A sum of exponentials with what was taken off another taken off, too, which leaves the exponents. */
function goesInto(
  { base, power }: Factor,
  left: Map<Variable, number>,
  isOnly: boolean,
): Variable | null {
  for (const [shift, scale] of left) {
    if (scale > -power) continue;
    const value = timesExp(base, [{ base: shift, scale: -1 }], "bounds");
    if (value === null) continue;
    left.set(shift, scale + power);
    return value;
  }
  if (!isOnly) return null;
  const by = termsOf(left).map(({ base, scale }) => ({ base, scale: scale / power }));
  const value = by.length === 0 ? null : timesExp(base, by, "any");
  if (value !== null) left.clear();
  return value;
}

const expProduct: Rule = {
  name: "exp-product",
  law: "exp(x) * exp(y) -> exp(x + y), exp(x) / exp(y) -> exp(x - y), y / exp(x) -> y * exp(-x)",
  ops: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const product = realProduct(output, context);
    if (product === null) return null;
    const isOurs = ({ base }: Factor) =>
      expProductOf(base) !== null && under(base, "exp") !== null && context.uses(base) <= 1;
    const exps = product.factors.filter(isOurs);
    const [first] = exps;
    const worth = exps.length > 1 || first !== undefined && first.power < 0;
    if (!worth || first === undefined) return null;
    const terms = exps.map(({ base, power }) => ({ base: under(base, "exp")!, scale: power }));
    const e = ew("exp", sumOfTerms(terms, output.dtype));
    const others = product.factors.filter((factor) => !isOurs(factor));
    return instead(
      output,
      buildProduct({ ...product, factors: [...others, { base: e, power: 1 }] }),
    );
  },
};

/** Rules that keep quotients of exponentials in range. */
export const quotientRules: readonly Rule[] = [quotientOfExps, expTimesShift];

/** Rules that save exponentials. */
export const fewerExps: readonly Rule[] = [expProduct];
