/**
 * Batching of random draws. For each row, the numbers are those that one draw of all rows gives, so that
 * the state of the generator stays one for all.
 *
 * @module
 */

import { applyOp, type Variable } from "../graph/graph.ts";
import { castTo } from "../ops/common/build.ts";
import { add, mul } from "../ops/elementwise/elementwise.ts";
import { intConstant } from "../ops/common/arguments.ts";
import { aligned, type BatchRule, lengthsIn, rowNumbers, stacked } from "./batched.ts";
import { elementwise } from "./rules_rows.ts";

export const randomRules: Readonly<Record<string, BatchRule>> = {
  draw: (apply, [state, ...dims], rows) => {
    if ([state!, ...dims].some((input) => input.stacked)) return null;
    const all = [state!.value, rows.count, ...dims.map(({ value }) => value)];
    return stacked(applyOp(apply.op, all, apply.params).output);
  },

  drawEach: (apply, inputs, rows) => {
    const [position, ...others] = inputs;
    const isShared = others.slice(1).every((word) => !word.stacked);
    if (rows.draws === "once" || !isShared || position!.stacked) {
      return elementwise(apply, inputs, rows);
    }
    const rank = apply.output.ndim, at = position!.value;
    // As many positions as a row has are between those of two rows.
    const count = lengthsIn(at).reduce<Variable>((a, b) => mul(a, b), intConstant(1));
    const first = castTo(mul(rowNumbers(rows, at.ndim), count), "uint32");
    const all = { value: add(first, at), stacked: true };
    const args = [all, ...others].map((input) => aligned(input, rank));
    return stacked(applyOp(apply.op, args, apply.params).output);
  },
};
