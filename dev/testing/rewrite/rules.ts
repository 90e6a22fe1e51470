/**
 * Checks of rewrite rules: that a rule fires where it should, that it does not where it must not, and
 * that values stay the same, also for special numbers.
 *
 * @module
 */

import { Constant, type Variable } from "../../../core/graph/graph.ts";
import { paramsKey } from "../../../core/graph/sessions.ts";
import { type DType, dtypeInfo, isComplex, isDiscrete } from "../../../core/graph/dtype.ts";
import { VerificationError } from "../../../core/base/errors.ts";
import { makeValue, rounded, sizeOf, type Value } from "../../../core/graph/value.ts";
import { graphInputs } from "../../../core/graph/walk.ts";
import { evaluateGraph } from "../../../core/graph/reference.ts";
import { difference } from "../../../core/runtime/difference.ts";
import { runPhase } from "../../../core/rewrite/driver.ts";
import type { Rule } from "../../../core/rewrite/rule.ts";

/** An expression before a rewrite, and what the rule must make of it. */
export type Firing = readonly [before: Variable, after: Variable];

/** What is known of a rule. */
export interface RuleCases {
  /** Where it fires, with the result. Each is built anew when the check runs. */
  readonly fires: readonly (() => Firing)[];
  /** Where it must not fire. */
  readonly not: readonly (() => Variable)[];
  /** Numbers to put in for floats, in place of the special ones. */
  readonly numbers?: readonly number[];
  /** Lengths of axes that the types leave open; default 3. */
  readonly length?: number;
  /** Relative tolerance; default by dtype. */
  readonly tolerance?: number;
}

/** Numbers at which functions change their ways. */
const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2,
  3.25,
  1e-8,
  -1e-20,
  20,
  -40,
  1e3,
  1e8,
  NaN,
  Infinity,
  -Infinity,
];

/** Numbers of everyday size, at which no formula overflows. */
const tame = [0.25, -0.75, 1.5, 2, -3, 0.1, 1, -1.25, 4, 0.6];

/** Checks a rule. Throws a VerificationError that says what went wrong, and with which values. */
export function checkRule(rule: Rule, cases: RuleCases): void {
  if (cases.fires.length === 0 || cases.not.length === 0) {
    throw new VerificationError(
      `The rule "${rule.name}" needs a case in which it fires and one in which it must not`,
    );
  }
  cases.fires.forEach((build, i) => {
    const [before, after] = build(), what = `Case ${i} of "${rule.name}"`;
    const made = rewriteWith(rule, before);
    if (made === before) throw new VerificationError(`${what}: the rule did not fire on ${before}`);
    if (made !== after) {
      throw new VerificationError(
        `${what}: expected ${graphText(after)}, got ${graphText(made)}`,
      );
    }
    checkValues(rule, before, made, cases, what);
  });
  cases.not.forEach((build, i) => {
    const before = build(), made = rewriteWith(rule, before);
    if (made !== before) {
      throw new VerificationError(
        `Case ${i} of "${rule.name}" in which it must not fire: got ${graphText(made)}`,
      );
    }
  });
}

/** What a rule alone makes of an expression. */
export function rewriteWith(rule: Rule, before: Variable): Variable {
  return runPhase({ name: "test", rules: [rule] }, [before], new Map())[0]!;
}

/** Compares values before and after a rewrite on several assignments of shapes and numbers. */
function checkValues(
  rule: Rule,
  before: Variable,
  after: Variable,
  cases: RuleCases,
  what: string,
): void {
  const leaves = graphInputs([before]).filter((leaf) => !(leaf instanceof Constant));
  // Products of complex infinities are NaN before and after, but not always at the same places.
  const usual = rule.stabilises === true || leaves.some((leaf) => isComplex(leaf.dtype));
  const finite = special.filter(Number.isFinite);
  const numbers = cases.numbers ?? (usual ? tame : rule.assumesFinite === true ? finite : special);
  let compared = 0;
  for (const lengths of lengthChoices(leaves, cases.length ?? 3)) {
    for (let round = 0; round < 2 * numbers.length; round++) {
      const inputs = new Map(
        leaves.map((leaf, i) => [leaf, leafValue(leaf, numbers, round, i, lengths[i]!)]),
      );
      const given = () =>
        leaves.map((leaf) => `${leaf} = ${valueText(inputs.get(leaf)!)}`).join("; ");
      const [want] = tried(() => evaluateGraph([before], inputs)) ?? [];
      if (want === undefined) {
        if (rule.mayHideError === true || tried(() => evaluateGraph([after], inputs)) === null) {
          continue;
        }
        throw new VerificationError(`${what}: an error is gone for ${given()}`);
      }
      const [have] = evaluateGraph([after], inputs);
      compared++;
      const wrong = difference(want, have!, {
        ...cases.tolerance !== undefined && { tolerance: cases.tolerance },
        onlyFinite: rule.assumesFinite === true || rule.stabilises === true,
      });
      if (wrong === null) continue;
      throw new VerificationError(`${what}: ${wrong} for ${given()}`);
    }
  }
  if (compared === 0) throw new VerificationError(`${what}: there are no values to compare`);
}

function tried<R>(compute: () => R): R | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Lengths for the open axes of each leaf: all the same, one leaf of ones, one too long, none at all. */
function lengthChoices(leaves: readonly Variable[], length: number): number[][] {
  const all = leaves.map(() => length);
  const stretched = leaves.map((_, i) => all.map((n, k) => k === i ? 1 : n));
  const other = leaves.map((_, i) => all.map((n, k) => k === i ? n + 1 : n));
  return [all, ...stretched, ...other, leaves.map(() => 0)];
}

/** A value for a leaf; every number meets every other one in some round. */
function leafValue(
  leaf: Variable,
  numbers: readonly number[],
  round: number,
  place: number,
  length: number,
): Value {
  const shape = leaf.type.shape.map((n) => n ?? length), count = numbers.length;
  const step = 2 * place + 1, turn = Math.floor(round / count);
  return fillValue(
    leaf.dtype,
    shape,
    (i) => numbers[(i + round * step + place * (1 + turn)) % count]!,
  );
}

/** A value of a dtype and shape from numbers, brought into the range of the dtype. */
export function fillValue(
  dtype: DType,
  shape: readonly number[],
  at: (i: number) => number,
): Value {
  const parts = isComplex(dtype) ? 2 : 1;
  const elements = Array.from({ length: sizeOf(shape) * parts }, (_, i) => {
    const x = at(i);
    if (dtype === "bool") return x > 0 ? 1 : 0;
    if (!isDiscrete(dtype)) return x;
    const whole = Number.isFinite(x) ? Math.trunc(x) % 1000 : 0;
    return dtypeInfo(dtype).kind === "uint" ? Math.abs(whole) : whole;
  });
  return rounded(makeValue(dtype, shape, elements));
}

function valueText({ shape, data }: Value): string {
  return `[${
    Array.from(data as ArrayLike<number | bigint>, exactText).join(", ")
  }] of shape (${shape})`;
}

function exactText(x: number | bigint): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** An expression as nested applications, for messages. */
export function graphText(variable: Variable, depth = 12): string {
  if (variable instanceof Constant && variable.value.data.length <= 4) {
    return `${Array.from(variable.value.data as ArrayLike<number | bigint>, exactText)}`;
  }
  const apply = variable.owner;
  if (apply === null) return `${variable}`;
  if (depth === 0) return "…";
  const params = paramsKey(apply.op, apply.params);
  const inputs = apply.inputs.map((input) => graphText(input, depth - 1));
  const output = apply.outputs.length > 1 ? `.${variable.index}` : "";
  return `${apply.op.name}${output}${params === "{}" ? "" : params}(${inputs.join(", ")})`;
}
