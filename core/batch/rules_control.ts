/**
 * Batching of choices, and of values with derivatives of their own.
 *
 * @module
 */

import { applyOp, type Variable } from "../graph/graph.ts";
import type { IfElseParams } from "../ops/control/ifelse_op.ts";
import { invert, or, where } from "../ops/elementwise/elementwise.ts";
import { all } from "../ops/reduce/reduce.ts";
import { aligned, type BatchRule, spread, stacked } from "./batched.ts";

export const controlRules: Readonly<Record<string, BatchRule>> = {
  ifelse: (apply, [condition, ...values], rows) => {
    const { n } = apply.params as IfElseParams;
    if (!condition!.stacked) {
      const isStacked = (i: number) => values[i]!.stacked || values[n + i]!.stacked;
      const all = values.map((value, i) => isStacked(i % n) ? spread(value, rows) : value.value);
      const made = applyOp(apply.op, [condition!.value, ...all], apply.params);
      return made.outputs.map((value, i) => ({ value, stacked: isStacked(i) }));
    }
    return apply.outputs.map((output, i) => {
      const pick = (at: number): Variable => spread(values[at]!, rows);
      const value = where(aligned(condition!, output.ndim), pick(i), pick(n + i));
      return { value, stacked: true };
    });
  },

  // A row that does not count need not hold.
  assert: (apply, [x, condition], rows) => {
    const { value, stacked: isOfRows } = condition!, { counting } = rows;
    const holds = isOfRows && counting !== null ? or(value, invert(counting)) : value;
    const whole = isOfRows ? all(holds) : holds;
    return stacked(applyOp(apply.op, [spread(x!, rows), whole], apply.params).output);
  },

  derivedAs: (apply, inputs, rows) => {
    const all = inputs.map((input) => spread(input, rows));
    return stacked(applyOp(apply.op, all, apply.params).output);
  },
};
