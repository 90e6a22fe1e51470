/**
 * The logistic function in all its spellings.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import { buildProduct, opensSingle, type Product, productOf, productOps } from "./factors.ts";
import { ew, instead, isReal, negated, under } from "./match.ts";
import type { RewriteContext, Rewritten, Rule } from "./rule.ts";
import {
  sigmoid,
  withoutComplement,
  withoutExpSums,
  withoutExpTimesSigmoid,
  withoutOnePlusExp,
  withoutTanh,
} from "./sigmoid_factors.ts";
import { buildSum, sumOf } from "./terms.ts";

function rewriteProduct(
  apply: Apply,
  context: RewriteContext,
  change: (product: Product) => Product | null,
): Rewritten {
  const { output } = apply;
  const product = isReal(output.dtype) ? productOf(output, opensSingle(context)) : null;
  if (product === null || product.steps === 0) return null;
  const better = change(product);
  return better === null ? null : instead(output, buildProduct(better));
}

const logistic: Rule = {
  name: "logistic",
  law:
    "1 / (1 + exp(-x)) -> sigmoid(x), exp(x) / (1 + exp(x)) -> sigmoid(x), y / (1 + exp(x)) -> " +
    "y * sigmoid(-x)",
  roots: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutOnePlusExp),
};

const expTimesSigmoid: Rule = {
  name: "exp-times-sigmoid",
  law: "exp(x) * sigmoid(-x) -> sigmoid(x), sigmoid(x) / exp(x) -> sigmoid(-x)",
  roots: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutExpTimesSigmoid),
};

const expOverSum: Rule = {
  name: "exp-over-exp-sum",
  law: "exp(x) / (exp(x) + exp(y)) -> sigmoid(x - y)",
  roots: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutExpSums),
};

const belowComplement: Rule = {
  name: "divide-by-one-minus-sigmoid",
  law: "y / (1 - sigmoid(x)) -> y / sigmoid(-x)",
  roots: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutComplement),
};

const tanhLogistic: Rule = {
  name: "tanh-logistic",
  law: "(1 + tanh(x / 2)) / 2 -> sigmoid(x)",
  roots: productOps,
  stabilises: true,
  rewrite: (apply, context) => rewriteProduct(apply, context, withoutTanh),
};

const complement: Rule = {
  name: "one-minus-sigmoid",
  law: "1 - sigmoid(x) -> sigmoid(-x), where sigmoid(x) has no other use",
  roots: ["sub", "add"],
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const sum = isReal(output.dtype) ? sumOf(output, opensSingle(context)) : null;
    if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
    const { base, scale } = sum.terms[0]!, z = under(base, "sigmoid");
    if (z === null || scale !== -sum.constant || context.uses(base) > 1) return null;
    const terms = [{ base: sigmoid(negated(z)), scale: sum.constant }];
    return instead(output, buildSum({ ...sum, constant: 0, terms }));
  },
};

const softplusDifference: Rule = {
  name: "softplus-difference",
  law: "softplus(x) - x -> softplus(-x), x - softplus(x) -> -softplus(-x)",
  roots: ["sub"],
  stabilises: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    if (under(x!, "softplus") === y) return instead(output, ew("softplus", negated(y!)));
    if (under(y!, "softplus") !== x) return null;
    return instead(output, ew("neg", ew("softplus", negated(x!))));
  },
};

/** The rules of this file. */
export const stableSigmoidRules: readonly Rule[] = [
  logistic,
  expTimesSigmoid,
  expOverSum,
  belowComplement,
  tanhLogistic,
  complement,
  softplusDifference,
];
