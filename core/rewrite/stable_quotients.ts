/**
 * Quotients of what is linear in exponentials, without overflow.
 *
 * @module
 */

import { expProductOf, powersOf } from "./exp_parts.ts";
import { type ExpProduct, sumOfTerms } from "./exp_sums.ts";
import { buildProduct, type Factor, productOps, realProduct } from "./factors.ts";
import { ew, instead } from "./match.ts";
import type { Rewritten, Rule } from "./rule.ts";
import type { Term } from "./terms.ts";

const quotientOfExps: Rule = {
  name: "quotient-of-exps",
  law: "sum(exp(x) * v) / sum(exp(x)) -> exp(m - n) * sum(exp(x - m) * v) / sum(exp(x - n)), " +
    "exp(x) / max(exp(x)) -> exp(x - max(x)), and so for products of matrices",
  roots: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const product = realProduct(output, context);
    if (product === null) return null;
    const below = product.factors.filter(({ power }) => power < 0);
    const found = new Map<Factor, ExpProduct>();
    for (const factors of [below, product.factors.filter(({ power }) => power > 0)]) {
      const size = found.size;
      for (const factor of factors) {
        const part = expProductOf(factor.base);
        if (part !== null) found.set(factor, part);
      }
      if (found.size === size) return null;
    }
    const terms = new Map<Term["base"], number>(), rest: Factor[] = [];
    for (const factor of product.factors) {
      const part = found.get(factor), { power } = factor;
      rest.push(...part === undefined ? [factor] : powersOf(part.rest, power));
      for (const { base, scale } of part?.exponent ?? []) {
        terms.set(base, (terms.get(base) ?? 0) + scale * power);
      }
    }
    const left = [...terms].flatMap(([base, scale]) => scale === 0 ? [] : [{ base, scale }]);
    if (left.length > 0) {
      rest.push({ base: ew("exp", sumOfTerms(left, output.dtype)), power: 1 });
    }
    return instead(output, buildProduct({ ...product, factors: rest }));
  },
};

/** The rules of this file. */
export const quotientRules: readonly Rule[] = [quotientOfExps];
