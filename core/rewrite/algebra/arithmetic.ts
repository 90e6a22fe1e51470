/**
 * Laws of arithmetic with one operation: neutral elements, zeros, signs.
 *
 * @module
 */

import { type DType, dtypeInfo } from "../../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import { elementwiseOps } from "../../ops/elementwise/table.ts";
import {
  applied,
  constantNumber,
  ew,
  instead,
  insteadNumber,
  isExact,
  isNumber,
  isReal,
  number,
  numberOf,
  under,
} from "../match.ts";
import { hasCheck } from "../indexing/in_range.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** The other argument of an op of two, if one of them is the number. */
function otherThan(apply: Apply, value: number): Variable | null {
  const [x, y] = apply.inputs as [Variable, Variable];
  if (isNumber(y, value)) return x;
  return isNumber(x, value) ? y : null;
}

/** `instead`, where there is something to put in. */
function insteadOf(apply: Apply, value: Variable | null): Variable | null {
  return value === null ? null : instead(apply.output, value);
}

const addZero: Rule = {
  name: "add-zero",
  law: "x + 0 -> x",
  ops: ["add"],
  rewrite: (apply) => insteadOf(apply, otherThan(apply, 0)),
};

const subZero: Rule = {
  name: "sub-zero",
  law: "x - 0 -> x, 0 - x -> -x",
  ops: ["sub"],
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (isNumber(y, 0)) return instead(apply.output, x);
    // An unsigned zero converts what is subtracted first.
    if (!isNumber(x, 0) || y.dtype !== apply.output.dtype) return null;
    return instead(apply.output, ew("neg", y));
  },
};

const mulOne: Rule = {
  name: "mul-one",
  law: "x * 1 -> x",
  ops: ["mul"],
  rewrite: (apply) => insteadOf(apply, otherThan(apply, 1)),
};

const mulMinusOne: Rule = {
  name: "mul-minus-one",
  law: "-1 * x -> -x",
  ops: ["mul"],
  rewrite(apply): Rewritten {
    const other = otherThan(apply, -1);
    if (other === null || other.dtype !== apply.output.dtype) return null;
    return instead(apply.output, ew("neg", other));
  },
};

const divOne: Rule = {
  name: "div-one",
  law: "x / 1 -> x, x / -1 -> -x",
  ops: ["div"],
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (isNumber(y, 1)) return instead(apply.output, x);
    if (!isNumber(y, -1) || x.dtype !== apply.output.dtype) return null;
    return instead(apply.output, ew("neg", x));
  },
};

const oneOver: Rule = {
  name: "one-over",
  law: "1 / x -> reciprocal(x)",
  ops: ["div"],
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (!isNumber(x, 1) || y.dtype !== apply.output.dtype) return null;
    return instead(apply.output, ew("reciprocal", y));
  },
};

const mulZero: Rule = {
  name: "mul-zero",
  law: "x * 0 -> 0",
  ops: ["mul"],
  assumesFinite: true,
  rewrite(apply): Rewritten {
    const other = otherThan(apply, 0);
    return other === null || hasCheck(other) ? null : insteadNumber(apply.output, 0);
  },
};

const zeroOver: Rule = {
  name: "zero-over",
  law: "0 / x -> 0",
  ops: ["div"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    return isNumber(x!, 0) && !hasCheck(y!) ? insteadNumber(output, 0) : null;
  },
};

const subSelf: Rule = {
  name: "sub-self",
  law: "x - x -> 0",
  ops: ["sub"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    return x === y && !hasCheck(x!) ? insteadNumber(output, 0) : null;
  },
};

const divSelf: Rule = {
  name: "div-self",
  law: "x / x -> 1",
  ops: ["div"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    return x === y && !hasCheck(x!) ? insteadNumber(output, 1) : null;
  },
};

const divSize: Rule = {
  name: "div-size",
  law: "x / |x| -> sign(x)",
  ops: ["div"],
  assumesFinite: true,
  rewrite({ inputs: [x, y], output }): Rewritten {
    const isSize = under(y!, "abs") === x && isReal(output.dtype);
    return isSize ? instead(output, ew("sign", x!)) : null;
  },
};

const intDivOne: Rule = {
  name: "int-div-one",
  law: "x // 1 -> x, for integers",
  ops: ["intDiv"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    return isExact(output.dtype) && isNumber(y!, 1) ? instead(output, x!) : null;
  },
};

const modOne: Rule = {
  name: "mod-one",
  law: "x % 1 -> 0, for integers",
  ops: ["mod"],
  rewrite({ inputs: [, y], output }): Rewritten {
    return isExact(output.dtype) && isNumber(y!, 1) ? insteadNumber(output, 0) : null;
  },
};

const addNeg: Rule = {
  name: "add-neg",
  law: "x + (-y) -> x - y",
  ops: ["add"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const b = under(y!, "neg"), a = under(x!, "neg");
    if (b !== null && y!.dtype === output.dtype) return instead(output, ew("sub", x!, b));
    return a !== null && x!.dtype === output.dtype ? instead(output, ew("sub", y!, a)) : null;
  },
};

const subNeg: Rule = {
  name: "sub-neg",
  law: "x - (-y) -> x + y",
  ops: ["sub"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const b = under(y!, "neg");
    return b !== null && y!.dtype === output.dtype ? instead(output, ew("add", x!, b)) : null;
  },
};

const negSub: Rule = {
  name: "neg-sub",
  law: "-(x - y) -> y - x",
  ops: ["neg"],
  rewrite({ inputs: [x], output }, context): Rewritten {
    const inner = applied(x!, "sub");
    if (inner === null || context.uses(x!) > 1) return null;
    return instead(output, ew("sub", inner.inputs[1]!, inner.inputs[0]!));
  },
};

const negTogether: Rule = {
  name: "neg-together",
  law: "-x - y -> -(x + y)",
  ops: ["sub"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const inner = under(x!, "neg");
    if (inner === null || x!.dtype !== output.dtype || numberOf(y!) !== null) return null;
    return instead(output, ew("neg", ew("add", inner, y!)));
  },
};

const negTimesNumber: Rule = {
  name: "neg-times-number",
  law: "-(2 * x) -> -2 * x",
  ops: ["neg"],
  rewrite({ inputs: [x], output }, context): Rewritten {
    const inner = applied(x!, "mul");
    if (inner === null || context.uses(x!) > 1) return null;
    const [a, b] = inner.inputs as [Variable, Variable];
    const [factor, other] = numberOf(a) !== null ? [a, b] : [b, a];
    const value = numberOf(factor);
    if (value === null || factor.dtype !== output.dtype) return null;
    return instead(output, ew("mul", number(-value, output.dtype), other));
  },
};

const mulNeg: Rule = {
  name: "mul-neg",
  law: "-x * -y -> x * y, 2 * -x -> -2 * x, -x * y -> -(x * y), and so for quotients",
  ops: ["mul", "div"],
  rewrite({ op, inputs: [x, y], output }): Rewritten {
    const { dtype } = output;
    if (x!.dtype !== dtype || y!.dtype !== dtype) return null;
    const a = under(x!, "neg"), b = under(y!, "neg");
    if (a === null && b === null) return null;
    const make = (p: Variable, q: Variable) => ew(op.name as "mul" | "div", p, q);
    if (a !== null && b !== null) return instead(output, make(a, b));
    const value = numberOf(a === null ? x! : y!);
    if (value !== null) {
      const minus = number(-value, dtype);
      return instead(output, a === null ? make(minus, b!) : make(a, minus));
    }
    return instead(output, ew("neg", a === null ? make(x!, b!) : make(a, y!)));
  },
};

const absOf: Rule = {
  name: "abs-of",
  law: "||x|| -> |x|, |-x| -> |x|, |x²| -> x², |exp(x)| -> exp(x)",
  ops: ["abs"],
  rewrite({ inputs: [x], output }): Rewritten {
    if (x!.dtype !== output.dtype) return null;
    const negative = under(x!, "neg");
    if (negative !== null) return isSigned(output.dtype) ? ew("abs", negative) : null;
    const name = x!.owner?.op.name ?? "";
    // The square of an integer may wrap to a negative number.
    return name === "abs" || isReal(output.dtype) && notNegative.has(name) ? x! : null;
  },
};

function isSigned(dtype: DType): boolean {
  return dtypeInfo(dtype).kind !== "uint";
}

/** Functions that are never negative. */
const notNegative = new Set([
  "abs",
  "sqr",
  "sqrt",
  "exp",
  "exp2",
  "sigmoid",
  "softplus",
  "erfc",
  "cosh",
]);

const sqrOf: Rule = {
  name: "sqr-of",
  law: "(-x)² -> x², |x|² -> x²",
  ops: ["sqr"],
  rewrite({ inputs: [x], output }): Rewritten {
    const inner = under(x!, "neg") ?? under(x!, "abs");
    return inner !== null && inner.dtype === output.dtype ? ew("sqr", inner) : null;
  },
};

/** Functions with f(-x) = f(x), and those with f(-x) = -f(x). */
const even = new Set(["cos", "cosh"]);
const odd = new Set([
  "sin",
  "tan",
  "asin",
  "atan",
  "sinh",
  "tanh",
  "asinh",
  "atanh",
  "erf",
  "sign",
]);

const signThrough: Rule = {
  name: "sign-through",
  law: "cos(-x) -> cos(x), sin(-x) -> -sin(x)",
  ops: [...even, ...odd],
  rewrite({ op, inputs: [x] }): Rewritten {
    const inner = under(x!, "neg");
    if (inner === null || !isSigned(inner.dtype)) return null;
    const value = ew(op.name as "sin", inner);
    return even.has(op.name) ? value : ew("neg", value);
  },
};

const idempotent = Object.entries(elementwiseOps)
  .filter(([name, op]) => op.arity === 1 && op.facts?.has("idempotent") && name !== "abs")
  .map(([name]) => name);
const roundings = new Set(["floor", "ceil", "trunc", "round", "roundHalfAway"]);

const twice: Rule = {
  name: "twice",
  law: "f(f(x)) -> f(x) for sign and roundings, floor(round(x)) -> round(x)",
  ops: idempotent.filter((name) => name === "sign" || roundings.has(name)),
  rewrite({ op, inputs: [x] }): Rewritten {
    const inner = x!.owner?.op.name;
    if (inner === undefined) return null;
    return inner === op.name || roundings.has(op.name) && roundings.has(inner) ? x! : null;
  },
};

const sameTwice: Rule = {
  name: "same-twice",
  law: "maximum(x, x) -> x, and(x, x) -> x",
  ops: ["maximum", "minimum", "and", "or"],
  rewrite: ({ inputs: [x, y] }) => x === y ? x! : null,
};

const numbersTogether: Rule = {
  name: "numbers-together",
  law: "max(1, max(2, x)) -> max(2, x)",
  ops: ["maximum", "minimum"],
  rewrite({ op, inputs: [x, y], output }): Rewritten {
    const split = (v: Variable, w: Variable): [number, Variable] | null => {
      const value = v.dtype === output.dtype ? numberOf(v) : null;
      return value === null ? null : [value, w];
    };
    const outer = split(x!, y!) ?? split(y!, x!);
    const inner = outer === null ? null : applied(outer[1], op.name);
    if (outer === null || inner === null || outer[1].dtype !== output.dtype) return null;
    const [a, b] = inner.inputs as [Variable, Variable];
    const nested = split(a, b) ?? split(b, a);
    if (nested === null || numberOf(nested[1]) !== null) return null;
    const best = op.name === "maximum" ? Math.max : Math.min;
    const together = number(best(outer[0], nested[0]), output.dtype);
    return instead(output, ew(op.name as "maximum", together, nested[1]));
  },
};

const isCommutative = (apply: Apply) => apply.op.facts?.has("commutative") === true;

const numberFirst: Rule = {
  name: "number-first",
  law: "x * 2 -> 2 * x, and the arguments of commutative ops in one order",
  ops: Object.values(elementwiseOps)
    .filter((op) => op.arity === 2 && op.facts?.has("commutative"))
    .map(({ name }) => name),
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (!isCommutative(apply) || x === y) return null;
    const [p, q] = [x, y].map((v) => v instanceof Constant ? 0 : 1) as [number, number];
    const swapped = q < p || p === q && y.id < x.id;
    return swapped ? ew(apply.op.name as "add", y, x) : null;
  },
};

const reciprocalOfNumber: Rule = {
  name: "reciprocal-times",
  law: "x * reciprocal(y) -> x / y",
  ops: ["mul"],
  rewrite({ inputs: [x, y], output }, context): Rewritten {
    const over = (a: Variable, b: Variable): Variable | null => {
      const inner = under(b, "reciprocal");
      const fits = inner !== null && b.dtype === output.dtype && context.uses(b) <= 1;
      return fits ? instead(output, ew("div", a, inner)) : null;
    };
    return over(x!, y!) ?? over(y!, x!);
  },
};

const numberPower: Rule = {
  name: "div-by-power-of-two",
  law: "x / 4 -> 0.25 * x, where that is exact",
  ops: ["div"],
  rewrite({ inputs: [x, y], output }): Rewritten {
    const value = constantNumber(y!);
    if (value === null || !isReal(output.dtype) || y!.dtype !== output.dtype) return null;
    const exponent = Math.log2(Math.abs(value));
    if (!Number.isInteger(exponent) || Math.abs(exponent) > 20) return null;
    return instead(output, ew("mul", number(1 / value, output.dtype), x!));
  },
};

/** Rules that bring expressions into one form. */
export const arithmeticRules: readonly Rule[] = [
  addZero,
  subZero,
  mulOne,
  mulZero,
  mulMinusOne,
  divOne,
  zeroOver,
  oneOver,
  subSelf,
  divSelf,
  divSize,
  intDivOne,
  modOne,
  addNeg,
  subNeg,
  negSub,
  negTogether,
  negTimesNumber,
  mulNeg,
  absOf,
  sqrOf,
  signThrough,
  twice,
  sameTwice,
  numbersTogether,
  numberFirst,
];

/** Rules that make the simplified expression cheaper. */
export const cheaperArithmetic: readonly Rule[] = [reciprocalOfNumber, numberPower, numberFirst];
