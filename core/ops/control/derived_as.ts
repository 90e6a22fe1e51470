/**
 * A value that is computed in one way and differentiated in another.
 *
 * @module
 */

import { type Apply, applyOp, Variable } from "../../graph/graph.ts";
import type { Op, Params } from "../../graph/op.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { expectInputs } from "../common/arguments.ts";
import { likeFirst } from "../common/length_rules.ts";
import { broadcastAxes } from "../common/row_rules.ts";

/** How a value is derived. */
interface DerivedAsParams extends Params {
  /** Whether the second input says only what the value depends on, with no derivative. */
  readonly isWritten?: true;
}

/**
 * The first input. Of two inputs, its derivatives are those of the second, which is never computed for its
 * value; of more, these are n variables, and then the n derivatives with respect to them.
 */
export const derivedAsOp: Op<DerivedAsParams> = {
  name: "derivedAs",
  params: { isWritten: "plain" },
  infer(inputs) {
    if (inputs.length % 2 === 0) expectInputs("derivedAs", inputs, 2);
    return [inputs[0]!.type];
  },
  ...likeFirst,
  along: broadcastAxes,
  // What is chosen in the other one is how it is computed.
  linear: ({ inputs, params }) => params.isWritten ? [[0]] : inputs.length === 2 ? [[1]] : [],
  facts: new Set(["wraps"]),
  evaluate: ([value]) => [value!],
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element: (context, { inputs }, index) => context.read(inputs[0]!, index),
  },
};

/**
 * A value with other derivatives than how it is computed has: those of an expression that equals it, for
 * where the cheap way to compute it leaves out terms that are zero, but whose derivatives are not; or
 * given ones, with the variables with respect to which they are, for where differentiating would lose
 * digits. Given derivatives are differentiated as they are.
 */
export function derivedAs(
  value: Variable,
  form: Variable | readonly (readonly [variable: Variable, derivative: Variable])[],
): Variable {
  if (form instanceof Variable) return applyOp(derivedAsOp, [value, form], {}).output;
  // With as many axes each, so that an axis may come before all of them.
  const padded = (v: Variable) => {
    const axes = Array.from({ length: v.ndim }, (_, axis) => axis), more = value.ndim - v.ndim;
    return more > 0 ? shuffled(v, [...new Array<"x">(more).fill("x"), ...axes]) : v;
  };
  const inputs = [value, ...form.map(([v]) => padded(v)), ...form.map(([, d]) => padded(d))];
  return applyOp(derivedAsOp, inputs, {}).output;
}

/** A value that also depends on what `written` does, of which it is a simpler form, with derivatives of 0. */
export function writtenAs(value: Variable, written: Variable): Variable {
  return applyOp(derivedAsOp, [value, written], { isWritten: true }).output;
}

/** Whether an application gives a value that depends on what another form of it does. */
export function isWrittenAs({ op, params }: Apply): boolean {
  return op.name === derivedAsOp.name && (params as DerivedAsParams).isWritten === true;
}

/** The variables of which a value is a function, and not how it is computed or its derivatives are. */
export function derivedInputs(apply: Apply): readonly Variable[] {
  const { inputs } = apply;
  if (isWrittenAs(apply)) return inputs;
  return inputs.slice(1, inputs.length === 2 ? 2 : 1 + (inputs.length - 1) / 2);
}
