/**
 * The logistic function in all its spellings.
 *
 * @module
 */

import type { Apply, Variable } from "../../graph/graph.ts";
import {
  buildProduct,
  isProduct,
  opensAll,
  type Product,
  productOf,
  productOps,
  realProduct,
} from "../algebra/factors.ts";
import { ew, instead, negated, number, under } from "../match.ts";
import { rule, terms, x } from "../pattern.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import {
  sigmoid,
  withoutComplement,
  withoutExpSums,
  withoutExpTimesSigmoid,
  withoutOnePlusExp,
  withoutTanh,
} from "./sigmoid_factors.ts";
import { buildSum, fewTerms, oneTermRule } from "../algebra/terms.ts";

const { softplus, sub } = terms;

/** Rules that find the logistic function among the factors of products. */
function inProducts(
  name: string,
  law: string,
  change: (product: Product) => Product | null,
): Rule {
  return {
    name,
    law,
    ops: productOps,
    stabilises: true,
    rewrite({ output }, context): Rewritten {
      const product = realProduct(output, context), better = product && change(product);
      return better && instead(output, buildProduct(better));
    },
  };
}

const logistic = inProducts(
  "logistic",
  "1 / (1 + exp(-x)) -> sigmoid(x), exp(x) / (1 + exp(x)) -> sigmoid(x), y / (1 + exp(x)) -> " +
    "y * sigmoid(-x), (exp(x) - 1) / (exp(x) + 1) -> tanh(x / 2)",
  withoutOnePlusExp,
);
const expTimesSigmoid = inProducts(
  "exp-times-sigmoid",
  "exp(x) * sigmoid(-x) -> sigmoid(x), sigmoid(x) / exp(x) -> sigmoid(-x)",
  withoutExpTimesSigmoid,
);
const expOverSum = inProducts(
  "exp-over-exp-sum",
  "exp(x) / (exp(x) + exp(y)) -> sigmoid(x - y)",
  withoutExpSums,
);
const belowComplement = inProducts(
  "divide-by-one-minus-sigmoid",
  "y / (1 - sigmoid(x)) -> y / sigmoid(-x)",
  withoutComplement,
);
const tanhLogistic = inProducts(
  "tanh-logistic",
  "(1 + tanh(x / 2)) / 2 -> sigmoid(x)",
  withoutTanh,
);

/** Whether all that reads a difference are products with the logistic function: its derivative. */
function isInDerivative(difference: Apply, sigmoid: Variable, context: RewriteContext): boolean {
  const clients = context.clients(difference.output);
  // What is an output is used once more.
  const isRead = clients.length > 0 && context.uses(difference.output) === clients.length;
  return isRead && clients.every(({ op, output }) =>
    productOps.includes(op.name) &&
    productOf(output, isProduct)?.factors.some(({ base }) => base === sigmoid) === true
  );
}

const complement = oneTermRule(
  "one-minus-sigmoid",
  "1 - sigmoid(x) -> sigmoid(-x), but not in the derivative sigmoid(x) * (1 - sigmoid(x))",
  ({ base, scale }, context, apply) => {
    const z = scale === -1 ? under(base, "sigmoid") : null;
    if (z === null || isInDerivative(apply, base, context)) return null;
    return { base: sigmoid(negated(z)), scale: 1 };
  },
);

/** z and the factors without sigmoid(z), if they are then those of another product. */
function sigmoidBeside(more: Product, less: Product): Variable | null {
  for (const { base, power } of more.factors) {
    const z = power > 0 ? under(base, "sigmoid") : null;
    if (z === null) continue;
    const rest = more.factors.flatMap((factor) =>
      factor.base !== base ? [factor] : power === 1 ? [] : [{ base, power: power - 1 }]
    );
    const same = rest.length === less.factors.length &&
      rest.every((factor) =>
        less.factors.some((other) => other.base === factor.base && other.power === factor.power)
      );
    if (same) return z;
  }
  return null;
}

const commonComplement: Rule = {
  name: "common-complement",
  law: "x - x * sigmoid(z) -> x * sigmoid(-z)",
  ops: ["add", "sub"],
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const sum = fewTerms(output, context, MOST_TERMS);
    if (sum === null || sum.terms.length < 2) return null;
    const products = sum.terms.map(({ base }) => productOf(base, opensAll));
    for (const [i, less] of products.entries()) {
      for (const [k, more] of products.entries()) {
        const [p, q] = [sum.terms[i]!, sum.terms[k]!];
        if (i === k || less === null || more === null) continue;
        const sizes = [p, q].map(({ scale }, n) => {
          const { over, below } = n === 0 ? less : more;
          return scale * over / below;
        });
        const z = sizes[0] === -sizes[1]! ? sigmoidBeside(more, less) : null;
        if (z === null) continue;
        const factors = [...less.factors, { base: sigmoid(negated(z)), power: 1 }];
        const merged = buildProduct({ ...less, over: 1, below: 1, factors });
        const terms = sum.terms.filter((_, n) => n !== i && n !== k);
        const all = [...terms, { base: merged, scale: sizes[0]! }];
        return instead(output, buildSum({ ...sum, terms: all }));
      }
    }
    return null;
  },
};

/** Longer sums are not searched for pairs. */
const MOST_TERMS = 12;

const onePlusTanh = oneTermRule(
  "one-plus-tanh",
  "1 + tanh(x) -> 2 * sigmoid(2 * x), where tanh(x) has no other use",
  ({ base, scale }, context) => {
    const y = Math.abs(scale) === 1 ? under(base, "tanh") : null;
    if (y === null || context.uses(base) > 1) return null;
    return { base: sigmoid(ew("mul", number(2 * scale, y.dtype), y)), scale: 2 };
  },
);

const softplusDifference = rule(
  {
    name: "softplus-difference",
    law: "softplus(x) - x -> softplus(-x), x - softplus(x) -> -softplus(-x)",
    stabilises: true,
  },
  sub(softplus(x), x).to((match) => ew("softplus", negated(match.of(x)))),
  sub(x, softplus(x)).to((match) => ew("neg", ew("softplus", negated(match.of(x))))),
);

/** What has to be known as the logistic function before terms are collected. */
export const logisticForms: readonly Rule[] = [tanhLogistic];

/** The rules that stabilise. */
export const stableSigmoidRules: readonly Rule[] = [
  logistic,
  expTimesSigmoid,
  expOverSum,
  belowComplement,
  complement,
  commonComplement,
  onePlusTanh,
  softplusDifference,
];
