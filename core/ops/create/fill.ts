/**
 * One value in the shape of another variable.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { expectInputs } from "../common/arguments.ts";
import { likeFirst } from "../common/length_rules.ts";
import { gather } from "../common/moving.ts";
import { linearIn } from "../common/row_rules.ts";

/** A scalar spread over the shape of a tensor: the tensor, of which only the shape matters, then the scalar. */
export const fillOp: Op<Params> = {
  name: "fill",
  holds: (inputs) => inputs.slice(1),
  facts: new Set(["gathers", "symbolic", "made"]),
  printing: { label: () => "fill" },
  dataFrom: 1,
  infer(inputs) {
    expectInputs("fill", inputs, 2);
    const [like, value] = inputs as [Variable, Variable];
    if (value.ndim !== 0) {
      throw new TypeError(
        `Cannot apply "fill": expected a scalar to fill with, got ${value.label} of type ${value.type}`,
      );
    }
    return [TensorType.of(value.dtype, like.type.shape)];
  },
  ...likeFirst,
  linear: linearIn(1),
  evaluate([like, value]) {
    return [gather(value!, like!.shape, () => 0)];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    element(context, apply, _index) {
      return context.read(apply.inputs[1]!, []);
    },
  },
};

/** A scalar spread over the shape of a variable, as a node that names that variable. */
export function filledLike(like: Variable, value: Variable): Variable {
  return outputOf(fillOp, [like, value], {});
}
