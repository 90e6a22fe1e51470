/**
 * The error function and its complement where differences and logarithms lose digits.
 *
 * @module
 */

import { constantNumber, ew, instead, negated, number, under } from "../match.ts";
import {
  buildProduct,
  type Factor,
  opensAll,
  productOf,
  productOps,
  realProduct,
} from "../algebra/factors.ts";
import { asItIs, rule, terms } from "../pattern.ts";
import type { Rewritten, Rule } from "../rule.ts";
import { oneTermRule } from "../algebra/terms.ts";
import type { Variable } from "../../graph/graph.ts";

const { erfc, log } = terms;

const complement = oneTermRule(
  "one-minus-erf",
  "1 - erf(x) -> erfc(x), 1 + erf(x) -> erfc(-x), erf(x) - 1 -> -erfc(x), 1 - erfc(x) -> erf(x), " +
    "2 - erfc(x) -> erfc(-x)",
  ({ base, scale }) => {
    const x = under(base, "erf"), y = under(base, "erfc");
    if (x !== null && scale === -1) return { base: ew("erfc", x), scale: 1 };
    if (x !== null && scale === 1) return { base: ew("erfc", negated(x)), scale: 1 };
    if (y !== null && scale === -1) return { base: ew("erf", y), scale: 1 };
    return y !== null && scale === -0.5 ? { base: ew("erfc", negated(y)), scale: 0.5 } : null;
  },
);

/** From here on erfc is computed from its asymptotic series. */
const FAR = 8;

/** Terms of the series: the last one is below 1e-11 at x = 8. */
const TERMS = 9;

/** Whether a variable is kept below FAR already. */
function isNear(x: Variable): boolean {
  const apply = x.owner;
  return apply !== null && apply.op.name === "minimum" &&
    apply.inputs.some((input) => (constantNumber(input) ?? Infinity) <= FAR);
}

function hasSeries(x: Variable): boolean {
  return (x.dtype === "float32" || x.dtype === "float64") && !isNear(x);
}

/** erfc(x) * x * sqrt(π) * exp(x²) for large x. DLMF 7.12.1. */
function series(x: Variable): Variable {
  const scalar = (value: number) => number(value, x.dtype);
  const t = ew("reciprocal", ew("mul", scalar(2), ew("sqr", x)));
  let sum = scalar(1);
  for (let k = TERMS; k > 0; k--) {
    sum = ew("sub", scalar(1), ew("mul", ew("mul", scalar(2 * k - 1), t), sum));
  }
  return sum;
}

/** Two forms, one for each side of FAR. */
function bySize(
  x: Variable,
  near: (x: Variable) => Variable,
  far: (x: Variable) => Variable,
): Variable {
  const limit = number(FAR, x.dtype);
  return ew(
    "switch",
    ew("lt", x, limit),
    near(ew("minimum", limit, x)),
    far(ew("maximum", limit, x)),
  );
}

const far = asItIs("x", hasSeries);

const logErfc = rule(
  {
    name: "log-erfc",
    law: "log(erfc(x)) -> -x² - log(x sqrt(π)) + log(series) for large x",
    stabilises: true,
  },
  log(erfc(far)).to((match) => {
    const x = match.of(far), root = number(Math.sqrt(Math.PI), x.dtype);
    return bySize(x, (small) => ew("log", ew("erfc", small)), (large) =>
      ew(
        "sub",
        ew("log", ew("div", series(large), ew("mul", root, large))),
        ew("sqr", large),
      ));
  }),
);

/** x, for an exponential of -x². */
function gaussOf(base: Variable): Variable | null {
  const exponent = under(base, "exp");
  if (exponent === null) return null;
  const product = productOf(exponent, opensAll);
  const plain = product !== null && product.over === -1 && product.below === 1 &&
    product.factors.length === 1 && product.factors[0]!.power === 2;
  return plain ? product.factors[0]!.base : null;
}

const gaussOverErfc: Rule = {
  name: "gauss-over-erfc",
  law: "exp(-x²) / erfc(x) -> x sqrt(π) / series for large x",
  ops: productOps,
  stabilises: true,
  rewrite({ output }, context): Rewritten {
    const product = realProduct(output, context);
    if (product === null) return null;
    for (const below of product.factors) {
      const x = below.power === -1 ? under(below.base, "erfc") : null;
      if (x === null || !hasSeries(x)) continue;
      const above = product.factors.find(({ base, power }) => power === 1 && gaussOf(base) === x);
      if (above === undefined) continue;
      const root = number(Math.sqrt(Math.PI), x.dtype);
      const ratio = bySize(
        x,
        (small) => ew("div", ew("exp", ew("neg", ew("sqr", small))), ew("erfc", small)),
        (large) => ew("div", ew("mul", root, large), series(large)),
      );
      const others: Factor[] = product.factors.filter((f) => f !== above && f !== below);
      const factors = [...others, { base: ratio, power: 1 }];
      return instead(output, buildProduct({ ...product, factors }));
    }
    return null;
  },
};

/** The rules of this file. */
export const stableErfRules: readonly Rule[] = [complement, logErfc, gaussOverErfc];
