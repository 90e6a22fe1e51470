/**
 * Comparisons, logic and choices whose result, or a part of it, is known.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import { isNotNegative } from "../../ops/common/length_rules.ts";
import { ew, instead, insteadNumber, isExact, isNumber, numberOf, under } from "../match.ts";
import { asItIs, b, c, Calculated, i, j, type Match, once, rule, terms } from "../pattern.ts";
import { u, v, Wildcard, x, y, z } from "../pattern.ts";
import type { Rewritten, Rule } from "../rule.ts";

const { add, and, div, eq, ge, gt, invert, isfinite, isinf, isnan, le, lt, maximum } = terms;
const { minimum, mul, neg, neq, or, switch: choose, xor } = terms;

const compareLength: Rule = {
  name: "compare-length",
  law: "length < 0 -> false, length >= 0 -> true, max(length, 0) -> length",
  ops: ["lt", "ge", "gt", "le", "maximum", "minimum"],
  rewrite({ op: { name }, inputs: [x, y], output }): Rewritten {
    const isLength = (v: Variable) => v.ndim === 0 && isExact(v.dtype) && isNotNegative(v);
    const [left, right] = [isLength(x!) && isNumber(y!, 0), isLength(y!) && isNumber(x!, 0)];
    const known = numberOf(x!) !== null && numberOf(y!) !== null;
    if (known || !left && !right) return null;
    if (name === "maximum") return instead(output, left ? x! : y!);
    if (name === "minimum") return insteadNumber(output, 0);
    if (left ? name === "lt" : name === "gt") return insteadNumber(output, 0);
    if (left ? name === "ge" : name === "le") return insteadNumber(output, 1);
    return null;
  },
};

/** All bits, or true. */
const all = asItIs("all", (variable, { dtype }) => isNumber(variable, dtype === "bool" ? 1 : -1));
const allBits = new Calculated("all", (match) => match.numberOf(all));

const yes = new Wildcard("true", (variable) => (numberOf(variable) ?? 0) !== 0);

/** What is not zero. */
const p = asItIs("p", (variable) => !isNumber(variable, 0));
const q = asItIs("q", (variable) => !isNumber(variable, 0));

/** Whether what is chosen where it is finite is the p that is tested. */
function testsItself(match: Match): boolean {
  return under(match.of(c), "isfinite") === match.of(p);
}

const isOrdered = ({ output: { dtype } }: Match) => !isComplex(dtype) && dtype !== "bool";

const ifelseKnown: Rule = {
  name: "ifelse-known",
  law: "ifelse(true, x, y) -> x, ifelse(c, x, x) -> x",
  ops: ["ifelse"],
  rewrite(apply): Rewritten {
    const { n } = apply.params as { n: number };
    const condition = apply.inputs[0]!, value = numberOf(condition);
    return apply.outputs.map((_, i) => {
      const then = apply.inputs[1 + i]!, otherwise = apply.inputs[1 + n + i]!;
      if (value !== null) return value !== 0 ? then : otherwise;
      return then === otherwise ? then : null;
    });
  },
};

const switchCast: Rule = {
  name: "switch-condition",
  law: "switch(cast(b), x, y) -> switch(b, x, y)",
  ops: ["switch"],
  rewrite({ inputs: [c, x, y], output }): Rewritten {
    const inner = under(c!, "cast");
    return inner?.dtype === "bool" ? instead(output, ew("switch", inner, x!, y!)) : null;
  },
};

/** The rules of this file. */
export const comparisonRules: readonly Rule[] = [
  rule(
    "compare-self",
    lt(x, x).to(0),
    gt(x, x).to(0),
    // A float may be NaN, which is not equal to itself.
    le(i, i).to(1),
    ge(i, i).to(1),
    eq(i, i).to(1),
    neq(i, i).to(0),
  ),
  compareLength,
  rule(
    "logic-with-constant",
    and(u, 0).to(0),
    and(u, all).to(u),
    or(u, 0).to(u),
    or(u, all).to(allBits),
    xor(u, 0).to(u),
    xor(u, all).to(invert(u)),
  ),
  rule("xor-self", xor(x, x).to(0)),
  rule(
    "not-compare",
    invert(eq(x, y)).to(neq(x, y)),
    invert(neq(x, y)).to(eq(x, y)),
    // With NaN only equality and its contrary are so.
    ...([[lt, ge], [ge, lt], [gt, le], [le, gt]] as const).map(([op, contrary]) =>
      invert(op(i, j)).to(contrary(i, j))
    ),
  ),
  rule(
    "compare-bool",
    eq(b, 1).to(b),
    eq(b, 0).to(invert(b)),
    neq(b, 1).to(invert(b)),
    neq(b, 0).to(b),
  ),
  rule("test-integers", isnan(i).to(0), isinf(i).to(0), isfinite(i).to(1)),
  rule(
    "switch-known",
    choose(c, x, x).to(x),
    choose(yes, x, y).to(x),
    choose(0, x, y).to(y),
  ),
  rule("switch-not", choose(invert(b), x, y).to(choose(b, y, x))),
  rule(
    "switch-nested",
    choose(c, choose(c, x, y), z).to(choose(c, x, z)),
    choose(c, x, choose(c, y, z)).to(choose(c, x, z)),
  ),
  rule(
    "switch-to-condition",
    choose(b, 1, 0).to(b, ({ output }) => !isComplex(output.dtype)),
    choose(b, 0, 1).to(invert(b), ({ output }) => !isComplex(output.dtype)),
  ),
  switchCast,
  rule(
    "switch-sum",
    add(choose(c, p, 0), choose(c, 0, q)).to(choose(c, p, q)),
    add(choose(c, p, 0), choose(c, q, 0)).to(choose(c, add(p, q), 0)),
    add(choose(c, 0, p), choose(c, 0, q)).to(choose(c, 0, add(p, q))),
  ),
  rule(
    "switch-neg",
    neg(once(choose(c, 0, p))).to(choose(c, 0, neg(p))),
    // What is taken off exponents keeps the form that it is known by.
    neg(once(choose(c, p, 0))).to(choose(c, neg(p), 0), (found) => !testsItself(found)),
  ),
  rule(
    { name: "switch-sink", assumesFinite: true },
    ...[mul, div].flatMap((op) => [
      op(once(choose(c, 0, p)), x).to(choose(c, 0, op(p, x))),
      op(once(choose(c, p, 0)), x).to(choose(c, op(p, x), 0)),
    ]),
  ),
  ifelseKnown,
];

/** Rules that take the cheaper of two operations. */
export const cheaperComparisons: readonly Rule[] = [rule(
  {
    name: "switch-to-maximum",
    law: "switch(x <= 0, 0, x) -> max(0, x), switch(x > 0, x, 0) -> max(0, x) except for NaN",
    assumesFinite: true,
  },
  ...([[lt, minimum, maximum], [le, minimum, maximum], [gt, maximum, minimum], [
    ge,
    maximum,
    minimum,
  ]] as const).flatMap(([compare, straight, crossed]) => [
    choose(compare(u, v), u, v).to(straight(u, v), isOrdered),
    choose(compare(v, u), u, v).to(crossed(u, v), isOrdered),
  ]),
)];
