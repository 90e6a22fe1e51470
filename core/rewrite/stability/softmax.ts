/**
 * Exponentials divided by their sum, and exponentials multiplied.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import {
  buildProduct,
  type Factor,
  productOps,
  realProduct,
  unpadded,
} from "../algebra/factors.ts";
import { expSumOf } from "./exp_parts.ts";
import { shifted, sumOfTerms } from "./exp_sums.ts";
import { applied, ew, instead, under, withKeptAxes } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** What a factor is a sum of exponentials of, with its axes in the places they had before the sum. */
function expSumBelow(base: Variable) {
  const shuffle = applied(base, "dimshuffle");
  const sum = shuffle === null ? base : shuffle.inputs[0]!;
  const found = expSumOf(sum);
  if (found === null) return null;
  const kept = withKeptAxes(sum, found.summand.ndim, found.axes);
  return unpadded(kept) === base || sum.type.shape.every((n) => n === 1) ? found : null;
}

const softmax: Rule = {
  name: "softmax",
  law: "exp(x) / sum(exp(x)) -> exp(x - m) / sum(exp(x - m)) with m = max(x)",
  ops: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const product = realProduct(output, context);
    if (product === null) return null;
    for (const below of product.factors) {
      const found = below.power < 0 ? expSumBelow(below.base) : null;
      if (found === null) continue;
      const { axes, exponent } = found;
      const above = product.factors.find(({ base, power }) =>
        power > 0 && under(base, "exp") === exponent
      );
      if (above === undefined) continue;
      const { total, summand } = shifted(found), rank = found.summand.ndim;
      const pairs = Math.min(above.power, -below.power);
      const factors: Factor[] = [
        ...product.factors.filter((factor) => factor !== above && factor !== below),
        { base: above.base, power: above.power - pairs },
        { base: summand, power: pairs },
        { base: below.base, power: below.power + pairs },
        { base: unpadded(withKeptAxes(total, rank, axes)), power: -pairs },
      ];
      const left = factors.filter(({ power }) => power !== 0);
      return instead(output, buildProduct({ ...product, factors: left }));
    }
    return null;
  },
};

const expProduct: Rule = {
  name: "exp-product",
  law: "exp(x) * exp(y) -> exp(x + y), exp(x) / exp(y) -> exp(x - y), y / exp(x) -> y * exp(-x)",
  ops: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const product = realProduct(output, context);
    if (product === null) return null;
    const isOurs = ({ base }: Factor) => under(base, "exp") !== null && context.uses(base) <= 1;
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

/** Rules that keep quotients of exponentials finite. */
export const stableSoftmaxRules: readonly Rule[] = [softmax];

/** Rules that save exponentials. */
export const fewerExps: readonly Rule[] = [expProduct];
