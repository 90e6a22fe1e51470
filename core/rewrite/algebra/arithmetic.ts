/**
 * Laws of arithmetic with one operation: neutral elements, zeros, signs.
 *
 * @module
 */

import { dtypeInfo } from "../../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../../graph/graph.ts";
import type { Fact } from "../../graph/op.ts";
import {
  type ElementwiseName,
  elementwiseNames,
  elementwiseOps,
} from "../../ops/elementwise/table.ts";
import { constantNumber, ew, instead, isExact, isReal, number, numberOf } from "../match.ts";
import { hasCheck } from "../indexing/in_range.ts";
import {
  asItIs,
  Calculated,
  m,
  type Match,
  minusN,
  n,
  noComplex,
  once,
  real,
  rule,
  size,
  terms,
} from "../pattern.ts";
import { u, v, Wildcard, x, y } from "../pattern.ts";
import type { Rewritten, Rule } from "../rule.ts";

const { abs, add, div, intDiv, maximum, minimum, mod, mul, neg, reciprocal } = terms;
const { sign, sqr, sub } = terms;

/** What computes without a check that must not get lost. */
const sure = new Wildcard("x", (variable) => !hasCheck(variable));
/** Anything but a number. */
const open = new Wildcard("y", (variable) => numberOf(variable) === null);

/** Whether the result has integers. */
const ofIntegers = ({ output }: Match) => isExact(output.dtype);

/** What can be negative. */
const signed = asItIs("x", ({ dtype }) => dtypeInfo(dtype).kind !== "uint");
/** Numbers of which no negative wraps: -(-128) is -128 in eight bits. */
const inexact = asItIs("x", ({ dtype }) => !isExact(dtype));
/** What is rounded. */
const rounded = asItIs("x", ({ owner }) => has(owner, "rounding"));

function has(apply: Apply | null, fact: Fact): boolean {
  return apply?.op.facts?.has(fact) === true;
}

/** The elementwise ops of which a fact is known. */
function opsWith(fact: Fact): ElementwiseName[] {
  return elementwiseNames.filter((name) => elementwiseOps[name].facts?.has(fact));
}

/** The functions for expressions with them. */
function functionsWith(fact: Fact) {
  return opsWith(fact).map((name) => terms[name]);
}

const isCommutative = (apply: Apply) => apply.op.facts?.has("commutative") === true;

const numberFirst: Rule = {
  name: "number-first",
  law: "x * 2 -> 2 * x, and the arguments of commutative ops in one order",
  ops: opsWith("commutative"),
  rewrite(apply): Rewritten {
    const [x, y] = apply.inputs as [Variable, Variable];
    if (!isCommutative(apply) || x === y) return null;
    const [p, q] = [x, y].map((v) => v instanceof Constant ? 0 : 1) as [number, number];
    const swapped = q < p || p === q && y.id < x.id;
    return swapped ? ew(apply.op.name as "add", y, x) : null;
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
  rule("add-zero", add(x, 0).to(x)),
  // An unsigned zero converts what is subtracted first.
  rule("sub-zero", sub(x, 0).to(x), sub(0, u).to(neg(u))),
  rule("mul-one", mul(x, 1).to(x)),
  rule({ name: "mul-zero", assumesFinite: true }, mul(sure, 0).to(0)),
  rule("mul-minus-one", mul(-1, u).to(neg(u))),
  rule("div-one", div(x, 1).to(x), div(u, -1).to(neg(u))),
  rule({ name: "zero-over", assumesFinite: true }, div(0, sure).to(0)),
  rule("one-over", div(1, u).to(reciprocal(u))),
  rule({ name: "sub-self", assumesFinite: true }, sub(sure, sure).to(0)),
  rule({ name: "div-self", assumesFinite: true }, div(sure, sure).to(1)),
  rule({ name: "div-size", assumesFinite: true }, div(real, abs(real)).to(sign(real))),
  rule("int-div-one", intDiv(x, 1).to(x, ofIntegers)),
  rule("mod-one", mod(x, 1).to(0, ofIntegers)),
  rule("add-neg", add(x, neg(y)).to(sub(x, y))),
  rule("sub-neg", sub(x, neg(y)).to(add(x, y))),
  rule("neg-sub", neg(once(sub(x, y))).to(sub(y, x))),
  rule("neg-together", sub(neg(x), open).to(neg(add(x, open)))),
  rule("neg-times-number", neg(once(mul(n, x))).to(mul(minusN, x))),
  rule(
    "mul-neg",
    ...[mul, div].flatMap((times) => [
      times(neg(u), neg(v)).to(times(u, v)),
      times(n, neg(v)).to(times(minusN, v)),
      times(neg(u), n).to(times(u, minusN)),
      times(neg(u), v).to(neg(times(u, v))),
      times(u, neg(v)).to(neg(times(u, v))),
    ]),
  ),
  rule(
    { name: "abs-of", law: "||x|| -> |x|, |-x| -> |x|, |x²| -> x², |exp(x)| -> exp(x)" },
    abs(abs(x)).to(abs(x)),
    abs(neg(signed)).to(abs(signed)),
    abs(size).to(size),
  ),
  rule("sqr-of", sqr(neg(x)).to(sqr(x)), sqr(abs(noComplex)).to(sqr(noComplex))),
  rule(
    { name: "sign-through", law: "cos(-x) -> cos(x), sin(-x) -> -sin(x)" },
    ...functionsWith("even").map((f) => f(neg(inexact)).to(f(inexact))),
    ...functionsWith("odd").map((f) => f(neg(inexact)).to(neg(f(inexact)))),
  ),
  rule(
    { name: "twice", law: "f(f(x)) -> f(x) for sign and roundings, floor(round(x)) -> round(x)" },
    sign(sign(x)).to(sign(x)),
    ...functionsWith("rounding").map((f) => f(rounded).to(rounded)),
  ),
  rule("same-twice", ...functionsWith("idempotent").map((f) => f(x, x).to(x))),
  rule(
    "numbers-together",
    ...([[maximum, Math.max], [minimum, Math.min]] as const).map(([op, best]) => {
      const both = new Calculated(
        "best of m and n",
        (match) => best(match.numberOf(m), match.numberOf(n)),
      );
      return op(m, op(n, open)).to(op(both, open));
    }),
  ),
  numberFirst,
];

/** Rules that make the simplified expression cheaper. */
export const cheaperArithmetic: readonly Rule[] = [
  rule("reciprocal-times", mul(x, once(reciprocal(y))).to(div(x, y))),
  numberPower,
  numberFirst,
];
