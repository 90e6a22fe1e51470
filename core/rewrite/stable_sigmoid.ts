/**
 * The logistic function in all its spellings.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import type { Variable } from "../variable.ts";
import {
  buildProduct,
  type Factor,
  opensAll,
  opensSingle,
  type Product,
  productOf,
  productOps,
} from "./factors.ts";
import { areOpposite, ew, instead, isReal, negated, number, under } from "./match.ts";
import type { RewriteContext, Rewritten, Rule } from "./rule.ts";
import { buildSum, sumOf } from "./terms.ts";

/** Collects factors and their powers. */
class Factors {
  readonly #powers = new Map<Variable, number>();

  constructor(factors: readonly Factor[]) {
    for (const { base, power } of factors) this.add(base, power);
  }

  add(base: Variable, power: number): void {
    this.#powers.set(base, (this.#powers.get(base) ?? 0) + power);
  }

  get list(): Factor[] {
    return [...this.#powers].flatMap(([base, power]) => power === 0 ? [] : [{ base, power }]);
  }
}

/** c and a, for a variable that is c + c * exp(a). */
function onePlusExp(variable: Variable): { scale: number; exponent: Variable } | null {
  const sum = sumOf(variable, opensAll);
  if (sum === null || sum.terms.length !== 1 || sum.constant <= 0) return null;
  const { base, scale } = sum.terms[0]!, exponent = under(base, "exp");
  return exponent !== null && scale === sum.constant ? { scale, exponent } : null;
}

/** z, for a variable that is 1 - sigmoid(z). */
function oneMinusSigmoid(variable: Variable): Variable | null {
  const sum = sumOf(variable, opensAll);
  if (sum === null || sum.terms.length !== 1 || sum.constant !== 1) return null;
  const { base, scale } = sum.terms[0]!;
  return scale === -1 ? under(base, "sigmoid") : null;
}

function sigmoid(z: Variable): Variable {
  return ew("sigmoid", z);
}

/** 1 / (1 + exp(a)) and exp(a) / (1 + exp(a)) among factors; null if there are none. */
function withoutOnePlusExp(product: Product): Product | null {
  const factors = new Factors(product.factors);
  let { below } = product, found = false;
  for (const { base, power } of product.factors) {
    const plus = power < 0 ? onePlusExp(base) : null;
    if (plus === null) continue;
    found = true;
    const { exponent, scale } = plus;
    factors.add(base, -power);
    below *= scale ** -power;
    const e = ew("exp", exponent);
    const above = factors.list.find((factor) => factor.base === e)?.power ?? 0;
    const pairs = Math.max(0, Math.min(above, -power));
    factors.add(e, -pairs);
    if (pairs > 0) factors.add(sigmoid(exponent), pairs);
    if (-power > pairs) factors.add(sigmoid(negated(exponent)), -power - pairs);
  }
  return found ? { ...product, below, factors: factors.list } : null;
}

/** exp(a) * sigmoid(-a) and sigmoid(a) / exp(a) among factors; null if there are none. */
function withoutExpTimesSigmoid(product: Product): Product | null {
  for (const { base, power } of product.factors) {
    const z = power > 0 ? under(base, "sigmoid") : null;
    if (z === null) continue;
    for (const other of product.factors) {
      const exponent = under(other.base, "exp");
      if (exponent === null) continue;
      const sign = Math.sign(other.power);
      if (!(sign > 0 ? areOpposite(exponent, z) : exponent === z)) continue;
      const pairs = Math.min(power, Math.abs(other.power));
      const factors = new Factors(product.factors);
      factors.add(base, -pairs);
      factors.add(other.base, -sign * pairs);
      factors.add(sigmoid(sign > 0 ? exponent : negated(z)), pairs);
      return { ...product, factors: factors.list };
    }
  }
  return null;
}

/** 1 - sigmoid(z) below the fraction bar, where it must not vanish; null if there is none. */
function withoutComplement(product: Product): Product | null {
  const factors = new Factors(product.factors);
  let found = false;
  for (const { base, power } of product.factors) {
    const z = oneMinusSigmoid(base);
    if (z === null) continue;
    const opposite = sigmoid(negated(z));
    const meets = product.factors.some((other) =>
      other.base === opposite && other.power * power < 0
    );
    if (power > 0 && !meets) continue;
    found = true;
    factors.add(base, -power);
    factors.add(opposite, power);
  }
  return found ? { ...product, factors: factors.list } : null;
}

/** (1 + tanh(y)) / 2 among factors; null if there is none. */
function withoutTanh(product: Product): Product | null {
  for (const factor of product.factors) {
    const sum = factor.power === 1 ? sumOf(factor.base, opensAll) : null;
    if (sum === null || sum.terms.length !== 1 || sum.constant !== 1) continue;
    const { base, scale } = sum.terms[0]!, y = under(base, "tanh");
    const isHalf = product.over / product.below === 0.5;
    if (y === null || Math.abs(scale) !== 1 || !isHalf) continue;
    const twice = ew("mul", number(2 * scale, product.dtype), y);
    const factors = product.factors.filter((other) => other !== factor);
    return {
      ...product,
      over: 1,
      below: 1,
      factors: [...factors, { base: sigmoid(twice), power: 1 }],
    };
  }
  return null;
}

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
  belowComplement,
  tanhLogistic,
  complement,
  softplusDifference,
];
