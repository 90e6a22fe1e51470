/**
 * The logistic function in all its spellings.
 *
 * @module
 */

import type { Apply, Variable } from "../../graph/graph.ts";
import {
  buildProduct,
  type Factor,
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
import { areOpposite, buildSum, fewTerms, oneTermRule } from "../algebra/terms.ts";

const { cosh, div, sinh, softplus, sub, tanh } = terms;

/**
 * Rules that find the logistic function among the factors of products; those with exponentials also among
 * what has other uses, where infinity may meet 0.
 */
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
      const product = realProduct(output, context);
      if (product === null) return null;
      const isExp = ({ base }: Factor) => under(base, "exp") !== null;
      const whole = product.factors.some(isExp) ? productOf(output, opensAll) : null;
      const better = change(product) ?? (whole && change(whole));
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
  "exp(x) / (exp(x) + exp(y)) -> sigmoid(x - y), (exp(x) - exp(y)) / (exp(x) + exp(y)) -> " +
    "tanh((x - y) / 2)",
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

/** The factors without one sigmoid(z), for each of those that there are. */
function withoutOne({ factors }: Product): { z: Variable; rest: readonly Factor[] }[] {
  return factors.flatMap(({ base, power }) => {
    const z = power > 0 ? under(base, "sigmoid") : null;
    const rest = factors.flatMap((factor) =>
      factor.base !== base ? [factor] : power === 1 ? [] : [{ base, power: power - 1 }]
    );
    return z === null ? [] : [{ z, rest }];
  });
}

function areSame(a: readonly Factor[], b: readonly Factor[]): boolean {
  return a.length === b.length &&
    a.every(({ base, power }) => b.some((other) => other.base === base && other.power === power));
}

/** What the difference of two products is, beside the numbers in front of them; null if it stays. */
function difference(less: Product, more: Product): readonly Factor[] | null {
  for (const { z, rest } of withoutOne(more)) {
    if (areSame(rest, less.factors)) return [...rest, { base: sigmoid(negated(z)), power: 1 }];
    for (const { z: other, rest: beside } of withoutOne(less)) {
      if (!areOpposite(z, other) || !areSame(rest, beside)) continue;
      const half = ew("mul", number(0.5, other.dtype), other);
      return [...rest, { base: ew("tanh", half), power: 1 }];
    }
  }
  return null;
}

const commonComplement: Rule = {
  name: "common-complement",
  law: "x - x * sigmoid(z) -> x * sigmoid(-z), x * sigmoid(z) - x * sigmoid(-z) -> x * tanh(z / 2)",
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
        const factors = sizes[0] === -sizes[1]! ? difference(less, more) : null;
        if (factors === null) continue;
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
  "1 + tanh(x) -> 2 * sigmoid(2 * x)",
  ({ base, scale }) => {
    const y = Math.abs(scale) === 1 ? under(base, "tanh") : null;
    return y && { base: sigmoid(ew("mul", number(2 * scale, y.dtype), y)), scale: 2 };
  },
);

const differenceOverSum = rule(
  { name: "sinh-over-cosh", stabilises: true },
  div(sinh(x), cosh(x)).to(tanh(x)),
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
  differenceOverSum,
  softplusDifference,
];
