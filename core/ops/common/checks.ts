/**
 * Integers that are checked: lengths that must not be negative, and positions that must be in range.
 *
 * @module
 */

import { dtypeInfo, isDiscrete } from "../../graph/dtype.ts";
import { IndexError, ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import { type ElementContext, NeedValue, type Op } from "../../graph/op.ts";
import { makeValue } from "../../graph/value.ts";
import { scalarTypeOf } from "../../ir/scalar.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { type Dim, expectIndexScalars, expectInputs, staticInt } from "./arguments.ts";
import { isNotNegative, likeFirst } from "./length_rules.ts";
import { dimVariable } from "./lengths.ts";
import { scalarOf } from "./moving.ts";
import { broadcastAxes } from "./row_rules.ts";

/** Params of {@linkcode lengthOp} and {@linkcode inRangeOp}. */
interface CheckParams {
  /** What the error says was tried, as in "Cannot make a tensor". */
  readonly action: string;
  /** What the error says that was expected, where the integer stands for something else that is wrong. */
  readonly expected?: string;
}

function negative(params: CheckParams, n: number): ShapeError {
  return new ShapeError(negativeText(params, n));
}

function negativeText(
  { action, expected }: CheckParams,
  n: number | bigint | string | null,
): string {
  if (expected !== undefined) return `${action}: ${expected}`;
  return `${action}: expected a length >= 0${n === null ? "" : `, got ${n}`}`;
}

/** A 0-d integer as a length: int64, and an error if it is negative. */
export const lengthOp: Op<CheckParams> = {
  name: "length",
  params: { action: "plain", expected: "plain" },
  holds: (inputs) => inputs,
  facts: new Set(["length", "arranges", "checks"]),
  indexFrom: 0,
  infer(inputs) {
    expectInputs("length", inputs, 1);
    expectIndexScalars("length", inputs, 0);
    return [TensorType.of("int64", [])];
  },
  shapes() {
    return [[]];
  },
  evaluate([x], params) {
    const n = scalarOf(x!);
    if (n < 0) throw negative(params, n);
    return [makeValue("int64", [], [n])];
  },
  integers(context, apply) {
    const n = context.integer(apply.inputs[0]!);
    if (context.guards.less(n, 0)) throw negative(apply.params, sizeValue(n));
    return [n];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context, apply) {
      const [x] = apply.inputs as [Variable], { b } = context;
      const type = scalarTypeOf(context.held("int64"));
      try {
        return b.size(context.integer(apply.output), type);
      } catch (error) {
        if (!(error instanceof NeedValue)) throw error;
        const n = b.cast(context.readReal(x, []), type);
        const failed = b.compare("lt", n, b.constant(type, 0));
        context.check(failed, (_, bad) => negativeText(apply.params, bad), ShapeError);
        return n;
      }
    },
  },
};

/** A length from outside the library, checked when the function is called unless it cannot be negative. */
export function checkedLength(dim: Dim, action: string): Variable {
  const n = dimVariable(dim), known = staticInt(n);
  if (known !== null && known < 0) throw negative({ action }, known);
  const unsigned = dtypeInfo(n.dtype).kind === "uint" || n.dtype === "bool";
  if (known !== null || unsigned || n.owner?.op === lengthOp || isNotNegative(n)) return n;
  return outputOf<CheckParams>(lengthOp, [n], { action });
}

/** An int64 length, or a ShapeError when the function is called if it is negative. */
export function lengthOr(n: Variable, params: CheckParams): Variable {
  return outputOf<CheckParams>(lengthOp, [n], params);
}

function outside(
  { action, expected }: CheckParams,
  bad: number | string | bigint | null,
  below: number | null,
  bounded = below !== null,
): string {
  if (expected !== undefined) return `${action}: ${expected}`;
  const range = below !== null
    ? `from 0 to ${below - 1}`
    : bounded
    ? "in the range that there is"
    : ">= 0";
  return `${action}: expected integers ${range}${bad === null ? "" : `, got ${bad}`}`;
}

/** Integers that must not be negative, and with a second input must be less than that 0-d integer. */
export const inRangeOp: Op<CheckParams> = {
  name: "inRange",
  params: { action: "plain", expected: "plain" },
  holds: (inputs) => inputs.slice(0, 1),
  facts: new Set(["arranges", "checks"]),
  indexFrom: 1,
  infer(inputs) {
    expectInputs("inRange", inputs, 1, 2);
    expectIndexScalars("inRange", inputs, 1);
    if (!isDiscrete(inputs[0]!.dtype)) {
      throw new TypeError(`Cannot apply "inRange": expected integers, got ${inputs[0]!.type}`);
    }
    return [inputs[0]!.type];
  },
  ...likeFirst,
  along: broadcastAxes,
  evaluate([x, limit], params) {
    const below = limit === undefined ? null : scalarOf(limit);
    for (const i of x!.data) {
      if (i < 0 || below !== null && i >= below) {
        throw new IndexError(outside(params, i, below));
      }
    }
    return [x!];
  },
  integers(context, apply) {
    const [x, limit] = apply.inputs as [Variable, Variable | undefined], { guards } = context;
    const below = limit === undefined ? null : context.integer(limit);
    const found = context.integers(x);
    for (const i of found) {
      if (!guards.less(i, 0) && (below === null || guards.less(i, below))) continue;
      const end = below === null ? null : sizeValue(below);
      throw new IndexError(outside(apply.params, sizeValue(i), end));
    }
    return found;
  },
  lowering: {
    kind: "virtual",
    cost: 1,
    element(context, apply, index) {
      const [x, limit] = apply.inputs as [Variable, Variable | undefined], { b } = context;
      const i = context.readReal(x, index);
      const n = limit === undefined ? null : sizeOrNull(context, limit);
      let failed = b.compare("lt", i, b.constant(i.type, 0));
      if (limit !== undefined) {
        const below = n === null ? b.cast(context.readReal(limit, []), i.type) : b.size(n, i.type);
        failed = b.binary("or", failed, b.compare("ge", i, below));
      }
      context.check(
        failed,
        (valueOf, bad) =>
          outside(apply.params, bad, n === null ? null : valueOf(n), limit !== undefined),
      );
      return i;
    },
  },
};

/** An integer that is known before the kernel runs, or null. */
function sizeOrNull(context: ElementContext, variable: Variable): Size | null {
  try {
    return context.integer(variable);
  } catch (error) {
    if (error instanceof NeedValue) return null;
    throw error;
  }
}

/**
 * Integers with an IndexError, when the function is called, unless they are in [0, below). `expected` is what
 * it says where the integers are not the user's.
 */
export function inRange(
  x: Variable,
  below: Dim | null,
  action: string,
  expected?: string,
): Variable {
  const limits = below === null ? [] : [dimVariable(below)];
  const params = expected === undefined ? { action } : { action, expected };
  return outputOf<CheckParams>(inRangeOp, [x, ...limits], params);
}
