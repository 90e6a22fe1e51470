/**
 * A function of its inverse.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import type { ElementwiseName } from "../../ops/elementwise/table.ts";
import type { Variable } from "../../graph/graph.ts";
import { ew, isReal, number, under } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

type Pair = readonly [outer: ElementwiseName, inner: ElementwiseName];

/** f(g(x)) = x for all x that g is defined for. */
const everywhere: readonly Pair[] = [
  ["neg", "neg"],
  ["invert", "invert"],
  ["reciprocal", "reciprocal"],
  ["log", "exp"],
  ["log2", "exp2"],
  ["log1p", "expm1"],
  ["asinh", "sinh"],
  ["sinh", "asinh"],
  ["atanh", "tanh"],
  ["tan", "atan"],
  ["erfinv", "erf"],
  ["erfcinv", "erfc"],
];

/** f(g(x)) = x where g has values; elsewhere it is NaN. */
const somewhere: Readonly<Record<string, readonly [ElementwiseName, "ge" | "gt", number]>> = {
  exp: ["log", "ge", 0],
  exp2: ["log2", "ge", 0],
  expm1: ["log1p", "ge", -1],
  sqr: ["sqrt", "ge", 0],
  cosh: ["acosh", "ge", 1],
};

const inverse: Rule = {
  name: "inverse",
  law: "-(-x) -> x, 1 / (1 / x) -> x, log(exp(x)) -> x, asinh(sinh(x)) -> x and so on",
  ops: [...new Set(everywhere.map(([outer]) => outer))],
  assumesFinite: true,
  stabilises: true,
  rewrite({ op: { name }, inputs: [x] }): Rewritten {
    const exact = name === "neg" || name === "invert" || name === "reciprocal";
    if (!exact && isComplex(x!.dtype)) return null;
    for (const [outer, inner] of everywhere) {
      if (outer !== name) continue;
      const found = under(x!, inner);
      if (found !== null) return found;
    }
    return null;
  },
};

const inverseWhere: Rule = {
  name: "inverse-where",
  law: "exp(log(x)) -> switch(x >= 0, x, NaN), and so for sqr(sqrt(x)) and others",
  ops: Object.keys(somewhere),
  rewrite({ op: { name }, inputs: [x], output }, context): Rewritten {
    const [inner, compare, bound] = somewhere[name]!;
    const found = under(x!, inner);
    if (found === null || !isReal(found.dtype)) return null;
    // The outer one of log(exp(log(x))) goes first: it leaves a logarithm that may have a stable form.
    if (context.clients(output).some(({ op }) => op.name === inner)) return null;
    const { dtype } = found;
    return ew(
      "switch",
      ew(compare, found, number(bound, dtype)),
      found,
      number(NaN, dtype),
    );
  },
};

const rootOfSquare: Rule = {
  name: "root-of-square",
  law: "sqrt(x²) -> |x|, acosh(cosh(x)) -> |x|",
  ops: ["sqrt", "acosh"],
  stabilises: true,
  rewrite({ op: { name }, inputs: [x] }): Rewritten {
    const found = under(x!, name === "sqrt" ? "sqr" : "cosh");
    return found !== null && isReal(found.dtype) ? ew("abs", found) : null;
  },
};

const logOfRoot: Rule = {
  name: "log-of-root",
  law: "log(sqrt(x)) -> log(x) / 2, log(x²) -> 2 log|x|",
  ops: ["log"],
  stabilises: true,
  rewrite({ inputs: [x] }): Rewritten {
    if (!isReal(x!.dtype)) return null;
    const times = (value: number, inner: Variable) =>
      ew("mul", number(value, x!.dtype), ew("log", inner));
    const root = under(x!, "sqrt");
    if (root !== null) return times(0.5, root);
    const square = under(x!, "sqr");
    return square === null ? null : times(2, ew("abs", square));
  },
};

/** The rules of this file. */
export const inverseRules: readonly Rule[] = [inverse, inverseWhere, rootOfSquare];

/** Those that need the forms of the stabilising phase. */
export const stableRoots: readonly Rule[] = [logOfRoot];
