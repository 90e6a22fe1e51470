/**
 * The op that checks what a graph says of its values.
 *
 * @module
 */

import { AssertionError } from "../../base/errors.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { expectInputs } from "../common/arguments.ts";
import { likeFirst } from "../common/length_rules.ts";
import { linearIn } from "../common/row_rules.ts";

/** Params of {@linkcode assertOp}. */
export interface AssertParams {
  /** What the error says. */
  readonly message: string;
}

/** The first input; an error where the second, a bool scalar, is false. */
export const assertOp: Op<AssertParams> = {
  name: "assert",
  params: { message: "plain" },
  holds: (inputs) => inputs.slice(0, 1),
  infer(inputs) {
    expectInputs("assert", inputs, 2);
    const [x, condition] = inputs as [Variable, Variable];
    if (condition.ndim !== 0 || condition.dtype !== "bool") {
      throw new TypeError(`Cannot apply "assert": expected a bool scalar, got ${condition.type}`);
    }
    return [x.type];
  },
  ...likeFirst,
  along: (_apply, axis) => [axis, null],
  linear: linearIn(0),
  evaluate([x, condition], { message }) {
    if (Number(condition!.data[0]) === 0) throw new AssertionError(message);
    return [x!];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    materialise: [1],
    element(context, apply, index) {
      const [x, condition] = apply.inputs as [Variable, Variable], { b } = context;
      const holds = b.cast(context.readReal(condition, []), "bool");
      context.check(b.unary("not", holds), apply.params.message, AssertionError);
      return context.read(x, index);
    },
  },
};
