/**
 * Sums and differences taken apart into terms with numeric factors, and put together again.
 *
 * @module
 */

import { type DType, isComplex, isDiscrete } from "../../graph/dtype.ts";
import { castTo } from "../../ops/common/build.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import { ew, instead, isReal, number, numberOf } from "../match.ts";
import { type Opened, opensSingle, unpadded } from "./factors.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";

/** A term with its numeric factor. */
export interface Term {
  readonly base: Variable;
  readonly scale: number;
}

/** constant + sum of scale * base. */
export interface Sum {
  readonly dtype: DType;
  readonly constant: number;
  readonly terms: readonly Term[];
  /** How many operations were taken apart that nothing else needs. */
  readonly steps: number;
}

/** More terms than this are left as they are. */
const MOST = 200;

/** Ops that sums are made with. */
export const sumOps: readonly string[] = ["add", "sub", "neg"];

/** Whether a node is made by one of the ops of sums. */
export function isSum(variable: Variable): boolean {
  return variable.owner !== null && sumOps.includes(variable.owner.op.name);
}

interface Item {
  readonly variable: Variable;
  readonly scale: number;
  readonly single: boolean;
}

/**
 * Takes a sum apart. Null for dtypes without sums, where constants are not plain numbers, and for more
 * than `most` terms.
 */
export function sumOf(
  root: Variable,
  opens: Opened,
  isSingle: Opened = opens,
  most = Infinity,
): Sum | null {
  const { dtype } = root;
  if (dtype === "bool" || isComplex(dtype)) return null;
  const scales = new Map<Variable, number>();
  const stack: Item[] = [{ variable: root, scale: 1, single: true }];
  let constant = 0, steps = 0;
  while (stack.length > 0) {
    // Nearly all that waits will be a term.
    if (stack.length > 2 * most + 4) return null;
    const item = stack.pop()!, { variable, scale } = item;
    const value = variable.dtype === dtype ? numberOf(variable) : null;
    if (value !== null) {
      constant += scale * value;
      continue;
    }
    const parts = stack.length + scales.size > MOST ? null : openTerm(root, variable, opens);
    if (parts === null) {
      const base = unpadded(castTo(variable, dtype));
      scales.set(base, (scales.get(base) ?? 0) + scale);
      if (scales.size > most) return null;
      continue;
    }
    const single = item.single && (variable === root || isSingle(variable));
    if (single && variable.owner!.op.name !== "broadcastTo") steps++;
    for (const [part, factor] of parts.reverse()) {
      stack.push({ variable: part, scale: scale * factor, single });
    }
  }
  const plain = [constant, ...scales.values()].every((x) =>
    Number.isFinite(x) && (!isDiscrete(dtype) || Number.isSafeInteger(x))
  );
  if (!plain) return null;
  const terms = [...scales].flatMap(([base, scale]) => scale === 0 ? [] : [{ base, scale }]);
  return { dtype, constant, terms, steps };
}

function openTerm(
  root: Variable,
  variable: Variable,
  opens: Opened,
): [Variable, number][] | null {
  const apply = variable.owner;
  if (apply === null || variable.dtype !== root.dtype) return null;
  const [x, y] = apply.inputs as [Variable, Variable];
  if (apply.op.name === "broadcastTo" && variable !== root) return [[x, 1]];
  if (variable !== root && !opens(variable)) return null;
  switch (apply.op.name) {
    case "add":
      return [[x, 1], [y, 1]];
    case "sub":
      return [[x, 1], [y, -1]];
    case "neg":
      return [[x, -1]];
    case "mul": {
      const a = numberOf(x), b = numberOf(y);
      if (a !== null && x.dtype === root.dtype) return [[y, a]];
      return b !== null && y.dtype === root.dtype ? [[x, b]] : null;
    }
    default:
      return null;
  }
}

/** How many operations it takes to compute a sum from its terms. */
export function sumCost({ constant, terms }: Sum): number {
  const scaled = terms.filter(({ scale }) => Math.abs(scale) !== 1).length;
  const parts = terms.length + (constant === 0 ? 0 : 1);
  const starts = constant !== 0 || terms.some(({ scale }) => scale !== -1) || terms.length === 0;
  return scaled + Math.max(0, parts - 1) + (starts ? 0 : 1);
}

/** Computes a sum from its terms. The result may have fewer axes. */
export function buildSum({ dtype, constant, terms }: Sum): Variable {
  if (terms.length === 0) return number(constant, dtype);
  const scaled = ({ base, scale }: Term): Variable =>
    Math.abs(scale) === 1 ? base : ew("mul", number(Math.abs(scale), dtype), base);
  const positive = terms.filter(({ scale }) => scale > 0);
  const negative = terms.filter(({ scale }) => scale < 0);
  const add = (a: Variable | null, b: Variable) => a === null ? b : ew("add", a, b);
  let result: Variable | null = constant > 0 || constant < 0 && positive.length === 0
    ? number(constant, dtype)
    : null;
  for (const term of positive) result = add(result, scaled(term));
  if (result === null) {
    // Only negative terms: one of them with a factor takes the sign, else the whole.
    const first = negative.findIndex(({ scale }) => scale !== -1);
    if (first < 0) {
      return ew(
        "neg",
        negative.reduce<Variable | null>((a, t) => add(a, t.base), null)!,
      );
    }
    const { base, scale } = negative.splice(first, 1)[0]!;
    result = ew("mul", number(scale, dtype), base);
  }
  for (const term of negative) result = ew("sub", result, scaled(term));
  return constant < 0 && positive.length > 0 ? ew("sub", result, number(-constant, dtype)) : result;
}

/** Whether a sum with numeric factors is zero whatever its terms are, as x + y - (y + x). */
function vanishes(a: Variable, b: Variable, sign: 1 | -1): boolean {
  const p = sumOf(a, () => true), q = sumOf(b, () => true);
  if (p === null || q === null || p.constant + sign * q.constant !== 0) return false;
  return p.terms.length === q.terms.length &&
    p.terms.every(({ base, scale }) =>
      q.terms.some((other) => other.base === base && scale + sign * other.scale === 0)
    );
}

/** Whether one variable is certainly the negative of the other. */
export function areOpposite(a: Variable, b: Variable): boolean {
  return vanishes(a, b, 1);
}

/** Whether two variables certainly have the same value, also where they are written differently. */
export function areEqual(a: Variable, b: Variable): boolean {
  return a === b || vanishes(a, b, -1);
}

/** The sum that a variable is, with what has no other use taken apart; null for more terms. */
export function fewTerms(
  variable: Variable,
  context: RewriteContext,
  most = 1,
): Sum | null {
  const single = opensSingle(context);
  return isReal(variable.dtype) ? sumOf(variable, single, single, most) : null;
}

/**
 * A stabilising rule for sums 1 + scale * base and their multiples: what `change` makes of the term
 * takes the place of the sum.
 */
export function oneTermRule(
  name: string,
  law: string,
  change: (term: Term, context: RewriteContext, apply: Apply) => Term | null,
): Rule {
  return {
    name,
    law,
    ops: ["add", "sub"],
    stabilises: true,
    rewrite(apply, context): Rewritten {
      const { output } = apply, sum = fewTerms(output, context);
      if (sum === null || sum.terms.length !== 1 || sum.constant === 0) return null;
      const { constant } = sum, { base, scale } = sum.terms[0]!;
      const changed = change({ base, scale: scale / constant }, context, apply);
      if (changed === null) return null;
      const terms = [{ base: changed.base, scale: constant * changed.scale }];
      return instead(output, buildSum({ ...sum, constant: 0, terms }));
    },
  };
}
