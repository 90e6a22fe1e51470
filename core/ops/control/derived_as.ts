/**
 * A value that is computed in one way and differentiated in another.
 *
 * @module
 */

import { type Apply, applyOp, type Variable } from "../../graph/graph.ts";
import type { Element, ElementContext, Op, ShapeContext } from "../../graph/op.ts";
import type { Value } from "../../graph/value.ts";
import type { Ix } from "../../ir/builder.ts";
import type { Size } from "../../ir/size.ts";
import type { TensorType } from "../../graph/type.ts";
import { expectInputs } from "../common/arguments.ts";
import { sameLengths } from "../common/length_rules.ts";
import { broadcastAxes, linearIn } from "../common/row_rules.ts";

/** The first input; its derivatives are those of the second, which is never computed for its value. */
export const derivedAsOp: Op = {
  name: "derivedAs",
  infer(inputs: readonly Variable[]): readonly TensorType[] {
    expectInputs("derivedAs", inputs, 2);
    return [inputs[0]!.type];
  },
  shapes(context: ShapeContext, apply: Apply): readonly (readonly Size[])[] {
    return [context.shape(apply.inputs[0]!)];
  },
  lengths: sameLengths,
  along: broadcastAxes,
  // What is chosen in the other one is how it is computed.
  linear: linearIn(1),
  facts: new Set(["wraps"]),
  evaluate: ([value]: readonly Value[]): readonly Value[] => [value!],
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element: (context: ElementContext, { inputs }: Apply, index: readonly Ix[]): Element =>
      context.read(inputs[0]!, index),
  },
};

/**
 * A value with the derivatives of another expression that equals it: for where the cheap way to compute
 * it leaves out terms that are zero, but whose derivatives are not.
 */
export function derivedAs(value: Variable, form: Variable): Variable {
  return applyOp(derivedAsOp, [value, form], {}).output;
}
