/**
 * Roots of sums of squares, and differences that are squares.
 *
 * @module
 */

import type { Apply, Variable } from "../../graph/graph.ts";
import { hypot } from "../../ops/elementwise/hypot.ts";
import { opensAll } from "../algebra/factors.ts";
import { oneTermRule, type Sum, sumOf } from "../algebra/terms.ts";
import { applied, ew, instead, isReal, number, under } from "../match.ts";
import type { Rewritten, Rule } from "../rule.ts";

/** x and y, for a variable that is x² + y², or that with a number for y; null for anything else. */
function sidesOf(variable: Variable): readonly [Variable, Variable] | null {
  const sum = isReal(variable.dtype) ? sumOf(variable, opensAll, opensAll, 2) : null;
  const sides = sum === null ? [] : squaresIn(sum);
  return sides.length === 2 ? sides as [Variable, Variable] : null;
}

function squaresIn({ constant, terms, dtype }: Sum): Variable[] {
  const scaled = (x: Variable, scale: number) =>
    scale === 1 ? x : ew("mul", number(Math.sqrt(scale), dtype), x);
  const sides = terms.flatMap(({ base, scale }) => {
    const x = under(base, "sqr");
    return x === null || !(scale > 0) || isRatio(x) ? [] : [scaled(x, scale)];
  });
  if (sides.length < terms.length) return [];
  return constant > 0 ? [...sides, number(Math.sqrt(constant), dtype)] : sides;
}

/** Whether something was divided by what is greater: its square is at most 1. */
function isRatio(x: Variable): boolean {
  const above = applied(x, "div")?.inputs[0];
  return above !== undefined && applied(above, "minimum") !== null;
}

/** Whether an application is the root of a sum of two squares. */
export function isRootOfSquares({ op, inputs: [x] }: Apply): boolean {
  return op.name === "sqrt" && sidesOf(x!) !== null;
}

const rootOfSquares: Rule = {
  name: "root-of-squares",
  law: "sqrt(x² + y²) -> hypot(x, y), also with a number for y²",
  ops: ["sqrt"],
  stabilises: true,
  rewrite({ inputs: [x], output }): Rewritten {
    const sides = sidesOf(x!);
    return sides && instead(output, hypot(...sides));
  },
};

const oneMinusCos = oneTermRule(
  "one-minus-cos",
  "1 - cos(x) -> 2 * sin(x / 2)², 1 + cos(x) -> 2 * cos(x / 2)², and so with cosh",
  ({ base, scale }) => {
    const x = under(base, "cos"), y = under(base, "cosh");
    const half = (of: Variable) => ew("mul", number(0.5, of.dtype), of);
    const square = (name: "sin" | "cos" | "sinh", of: Variable) => ew("sqr", ew(name, half(of)));
    if (x !== null && scale === -1) return { base: square("sin", x), scale: 2 };
    if (x !== null && scale === 1) return { base: square("cos", x), scale: 2 };
    return y !== null && scale === -1 ? { base: square("sinh", y), scale: -2 } : null;
  },
);

/** The rules of this file. */
export const squareRules: readonly Rule[] = [rootOfSquares, oneMinusCos];
