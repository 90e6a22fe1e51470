/**
 * Powers with a known exponent or base.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import { ew, isExact, numberOf } from "../match.ts";
import { Calculated, type Match, rule, terms, u, Wildcard, x } from "../pattern.ts";
import type { Rule } from "../rule.ts";

const { exp2, mul, pow, reciprocal, sqr, sqrt } = terms;

/** Larger exponents stay: the error of a chain of products grows with the exponent. */
const LARGEST = 64;

const isReal = ({ output }: Match) => !isComplex(output.dtype);
const isFraction = ({ output }: Match) => !isExact(output.dtype);

const isWhole = (variable: Variable) => {
  const exponent = numberOf(variable);
  return exponent !== null && Number.isInteger(exponent) && exponent > 0;
};
const m = new Wildcard("m", isWhole), n = new Wildcard("n", isWhole);
const product = new Calculated("m * n", (match) => match.numberOf(m) * match.numberOf(n));
const twice = new Calculated("2 * n", (match) => 2 * match.numberOf(n));

const k = new Wildcard("n", (variable) => {
  const exponent = numberOf(variable), size = Math.abs(exponent ?? 0);
  return Number.isInteger(exponent) && size >= 3 && size <= LARGEST;
});

/** x to a positive integer power; the squares are those of other powers of x, too. */
function chained(x: Variable, power: number): Variable {
  let result: Variable | null = null, square = x;
  for (let rest = power;;) {
    if (rest % 2 === 1) result = result === null ? square : ew("mul", result, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result!;
    square = ew("sqr", square);
  }
}

/** Rules that bring powers into one form. */
export const powerRules: readonly Rule[] = [
  rule(
    "power-trivial",
    pow(x, 0).to(1),
    pow(1, x).to(1, isReal),
    pow(x, 1).to(x),
  ),
  rule(
    "power-of-power",
    pow(pow(u, m), n).to(
      pow(u, product),
      (match) => isReal(match) && product.valueIn(match) <= 1e6,
    ),
    sqr(pow(u, n)).to(pow(u, twice), (match) => isReal(match) && twice.valueIn(match) <= 1e6),
  ),
  rule("mul-self", mul(x, x).to(sqr(x))),
];

/** Rules that compute powers by cheaper functions. */
export const cheaperPowers: readonly Rule[] = [
  rule(
    { name: "power-special", assumesFinite: true },
    pow(u, 2).to(sqr(u)),
    pow(u, 0.5).to(sqrt(u), isFraction),
    pow(u, -1).to(reciprocal(u), isFraction),
    pow(u, -2).to(reciprocal(sqr(u)), isFraction),
    pow(u, -0.5).to(reciprocal(sqrt(u)), isFraction),
  ),
  rule(
    {
      name: "power-chain",
      law: "x ** 10 -> (x² · ((x²)²)²), by repeated squaring",
      assumesFinite: true,
    },
    pow(u, k).to((match) => {
      const exponent = match.numberOf(k), chain = chained(match.of(u), Math.abs(exponent));
      return exponent < 0 ? ew("reciprocal", chain) : chain;
    }, (match) => match.numberOf(k) > 0 || isFraction(match)),
  ),
  rule(
    "power-of-two",
    pow(2, u).to(exp2(u), (match) => isReal(match) && isFraction(match)),
  ),
];
