/**
 * The op that checks what a graph says of its values.
 *
 * @module
 */

import { AssertionError } from "../../base/errors.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import type { Element, ElementContext, Op, ShapeContext } from "../../graph/op.ts";
import type { TensorType } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import type { Ix } from "../../ir/builder.ts";
import type { Size } from "../../ir/size.ts";
import { expectInputs } from "../common/arguments.ts";
import { sameLengths } from "../common/length_rules.ts";
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
  holds: (inputs: readonly Variable[]) => inputs.slice(0, 1),
  infer(inputs: readonly Variable[]): readonly TensorType[] {
    expectInputs("assert", inputs, 2);
    const [x, condition] = inputs as [Variable, Variable];
    if (condition.ndim !== 0 || condition.dtype !== "bool") {
      throw new TypeError(`Cannot apply "assert": expected a bool scalar, got ${condition.type}`);
    }
    return [x.type];
  },
  shapes(context: ShapeContext, apply: Apply<AssertParams>): readonly (readonly Size[])[] {
    return [context.shape(apply.inputs[0]!)];
  },
  lengths: sameLengths,
  along: (_apply: Apply<AssertParams>, axis: number) => [axis, null],
  linear: linearIn(0),
  evaluate([x, condition]: readonly Value[], { message }: AssertParams): readonly Value[] {
    if (Number(condition!.data[0]) === 0) throw new AssertionError(message);
    return [x!];
  },
  lowering: {
    kind: "virtual",
    cost: 0,
    materialise: [1],
    element(context: ElementContext, apply: Apply<AssertParams>, index: readonly Ix[]): Element {
      const [x, condition] = apply.inputs as [Variable, Variable], { b } = context;
      const holds = b.cast(context.readReal(condition, []), "bool");
      context.check(b.unary("not", holds), apply.params.message, AssertionError);
      return context.read(x, index);
    },
  },
};
