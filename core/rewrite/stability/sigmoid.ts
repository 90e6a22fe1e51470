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
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";
import {
  sigmoid,
  withoutComplement,
  withoutExpSums,
  withoutExpTimesSigmoid,
  withoutOnePlusExp,
  withoutTanh,
} from "./sigmoid_factors.ts";
import { buildSum, fewTerms } from "../algebra/terms.ts";

function rewriteProduct(
  apply: Apply,
  context: RewriteContext,
  change: (product: Product) => Product | null,
): Rewritten {
  const { output } = apply;
  const product = realProduct(output, context);
  if (product === null) return null;
  const better = change(product);
  return better === null ? null : instead(output, buildProduct(better));
}

const logistic: Rule = {
  name: "logistic",
  law:
    "1 / (1 + exp(-x)) -> sigmoid(x), exp(x) / (1 + exp(x)) -> sigmoid(x), y / (1 + exp(x)) -> " +
    "y * sigmoid(-x)",
  ops: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutOnePlusExp),
};

const expTimesSigmoid: Rule = {
  name: "exp-times-sigmoid",
  law: "exp(x) * sigmoid(-x) -> sigmoid(x), sigmoid(x) / exp(x) -> sigmoid(-x)",
  ops: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutExpTimesSigmoid),
};

const expOverSum: Rule = {
  name: "exp-over-exp-sum",
  law: "exp(x) / (exp(x) + exp(y)) -> sigmoid(x - y)",
  ops: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutExpSums),
};

const belowComplement: Rule = {
  name: "divide-by-one-minus-sigmoid",
  law: "y / (1 - sigmoid(x)) -> y / sigmoid(-x)",
  ops: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutComplement),
};

const tanhLogistic: Rule = {
  name: "tanh-logistic",
  law: "(1 + tanh(x / 2)) / 2 -> sigmoid(x)",
  ops: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutTanh),
};

/** Whether all that reads a difference are products with the logistic function: its derivative. */
function isInDerivative(difference: Apply, sigmoid: Variable, context: RewriteContext): boolean {
  const clients = context.clients(difference.output);
  return clients.length > 0 && clients.every(({ op, output }) =>
    productOps.includes(op.name) &&
    productOf(output, isProduct)?.factors.some(({ base }) => base === sigmoid) === true
  );
}

const complement: Rule = {
  name: "one-minus-sigmoid",
  law: "1 - sigmoid(x) -> sigmoid(-x), but not in the derivative sigmoid(x) * (1 - sigmoid(x))",
  ops: ["sub", "add"],
  stabilises: true,
  rewrite(apply, context): Rewritten {
    const { output } = apply;
    const sum = fewTerms(output, context);
    if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
    const { base, scale } = sum.terms[0]!, z = under(base, "sigmoid");
    if (z === null || scale !== -sum.constant) return null;
    if (isInDerivative(apply, base, context)) return null;
    const terms = [{ base: sigmoid(negated(z)), scale: sum.constant }];
    return instead(output, buildSum({ ...sum, constant: 0, terms }));
  },
};

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

const onePlusTanh: Rule = {
  name: "one-plus-tanh",
  law: "1 + tanh(x) -> 2 * sigmoid(2 * x), where tanh(x) has no other use",
  ops: ["add", "sub"],
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const sum = fewTerms(output, context);
    if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
    const { base, scale } = sum.terms[0]!, x = under(base, "tanh");
    const ratio = scale / sum.constant;
    if (x === null || Math.abs(ratio) !== 1 || context.uses(base) > 1) return null;
    const twice = ew("mul", number(2 * ratio, output.dtype), x);
    const terms = [{ base: sigmoid(twice), scale: 2 * sum.constant }];
    return instead(output, buildSum({ ...sum, constant: 0, terms }));
  },
};

const softplusDifference: Rule = {
  name: "softplus-difference",
  law: "softplus(x) - x -> softplus(-x), x - softplus(x) -> -softplus(-x)",
  ops: ["sub"],
  stabilises: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    if (under(x!, "softplus") === y) return instead(output, ew("softplus", negated(y!)));
    if (under(y!, "softplus") !== x) return null;
    return instead(output, ew("neg", ew("softplus", negated(x!))));
  },
};

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
