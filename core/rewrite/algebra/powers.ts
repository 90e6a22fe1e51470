/**
 * Powers with a known exponent or base.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import {
  applied,
  ew,
  instead,
  insteadNumber,
  isExact,
  isReal,
  number,
  numberOf,
} from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** Larger exponents stay: the error of a chain of products grows with the exponent. */
const LARGEST = 64;

const powerTrivial: Rule = {
  name: "power-trivial",
  law: "x ** 0 -> 1, x ** 1 -> x, 1 ** x -> 1",
  ops: ["pow"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const exponent = numberOf(y!);
    if (exponent === 0 || numberOf(x!) === 1 && !isComplex(output.dtype)) {
      return insteadNumber(output, 1);
    }
    return exponent === 1 ? instead(output, x!) : null;
  },
};

const powerOfPower: Rule = {
  name: "power-of-power",
  law: "(x ** a) ** b -> x ** (a * b) for positive integers a and b",
  ops: ["pow", "sqr"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    const inner = applied(x!, "pow");
    if (inner === null || x!.dtype !== output.dtype || isComplex(output.dtype)) return null;
    const a = numberOf(inner.inputs[1]!), b = name === "sqr" ? 2 : numberOf(y!);
    if (a === null || b === null || ![a, b].every((n) => Number.isInteger(n) && n > 0)) return null;
    if (inner.inputs[0]!.dtype !== output.dtype || a * b > 1e6) return null;
    return instead(output, ew("pow", inner.inputs[0]!, number(a * b, output.dtype)));
  },
};

const powerSpecial: Rule = {
  name: "power-special",
  law: "x ** 2 -> x², x ** 0.5 -> sqrt(x), x ** -1 -> 1 / x, x ** -2 -> 1 / x²",
  ops: ["pow"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    const { dtype } = output, exponent = numberOf(y!);
    if (exponent === null || x!.dtype !== dtype) return null;
    if (exponent === 2) return instead(output, ew("sqr", x!));
    if (isExact(dtype)) return null;
    if (exponent === 0.5) return instead(output, ew("sqrt", x!));
    const below: Record<number, () => Variable> = {
      [-1]: () => x!,
      [-2]: () => ew("sqr", x!),
      [-0.5]: () => ew("sqrt", x!),
    };
    return below[exponent] === undefined
      ? null
      : instead(output, ew("reciprocal", below[exponent]()));
  },
};

const powerChain: Rule = {
  name: "power-chain",
  law: "x ** 10 -> (x² · ((x²)²)²), by repeated squaring",
  ops: ["pow"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    const { dtype } = output, exponent = numberOf(y!);
    if (exponent === null || !Number.isInteger(exponent) || x!.dtype !== dtype) return null;
    const size = Math.abs(exponent);
    if (size < 3 || size > LARGEST || exponent < 0 && isExact(dtype)) return null;
    const chain = chained(x!, size);
    return instead(output, exponent < 0 ? ew("reciprocal", chain) : chain);
  },
};

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

const powerOfTwo: Rule = {
  name: "power-of-two",
  law: "2 ** x -> exp2(x)",
  ops: ["pow"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    if (numberOf(x!) !== 2 || !isReal(output.dtype) || y!.dtype !== output.dtype) return null;
    return instead(output, ew("exp2", y!));
  },
};

const mulSelf: Rule = {
  name: "mul-self",
  law: "x * x -> x²",
  ops: ["mul"],
  rewrite: ({ inputs: [x, y], output }) => x === y ? instead(output, ew("sqr", x!)) : null,
};

/** Rules that bring powers into one form. */
export const powerRules: readonly Rule[] = [powerTrivial, powerOfPower, mulSelf];

/** Rules that compute powers by cheaper functions. */
export const cheaperPowers: readonly Rule[] = [powerSpecial, powerChain, powerOfTwo];
