/**
 * The reference interpreter: evaluates graphs plainly, in float64, one node after the other. Slow and
 * obvious; it folds constants and is what everything else is compared with.
 *
 * @module
 */

import { MissingInputError } from "../base/errors.ts";
import { type Apply, Constant, type Variable } from "./graph.ts";
import { locate } from "./written.ts";
import { shapeText } from "../base/shown.ts";
import type { Value } from "./value.ts";

/**
 * Values of `outputs` for given values of variables (inputs, shared variables, or anything between).
 * Only what is needed is evaluated: of an `ifelse` one branch.
 *
 * Throws a MissingInputError for a variable that has no value and cannot be computed.
 */
export function evaluateGraph(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): Value[] {
  const values = new Map<Variable, Value>(inputs);
  const stack = outputs.toReversed();
  while (stack.length > 0) {
    const variable = stack[stack.length - 1]!;
    if (values.has(variable)) {
      stack.pop();
    } else if (variable instanceof Constant) {
      values.set(variable, variable.value);
    } else if (variable.owner === null) {
      throw new MissingInputError(`Cannot evaluate the graph: ${variable.label} has no value`);
    } else {
      const needed = neededInputs(variable.owner, values);
      const missing = needed.filter((input) => !values.has(input));
      if (missing.length > 0) stack.push(...missing.reverse());
      else evaluateApply(variable.owner, needed.map((input) => values.get(input)!), values);
    }
  }
  return outputs.map((output) => values.get(output)!);
}

/** The inputs to evaluate before a node: of an `ifelse` first the condition, then one branch. */
function neededInputs(apply: Apply, values: ReadonlyMap<Variable, Value>): readonly Variable[] {
  if (apply.op.name !== "ifelse") return apply.inputs;
  const condition = values.get(apply.inputs[0]!);
  if (condition === undefined) return apply.inputs.slice(0, 1);
  const branch = (apply.inputs.length - 1) / 2, holds = Number(condition.data[0]) !== 0;
  return holds ? apply.inputs.slice(1, 1 + branch) : apply.inputs.slice(1 + branch);
}

function evaluateApply(apply: Apply, args: Value[], values: Map<Variable, Value>): void {
  const results = apply.op.name === "ifelse" ? args : resultsOf(apply, args, values);
  apply.outputs.forEach((output, i) => {
    if (!values.has(output)) values.set(output, results[i]!);
  });
}

/** Evaluates one op; its errors say which one it is. */
function resultsOf(
  apply: Apply,
  args: Value[],
  values: ReadonlyMap<Variable, Value>,
): readonly Value[] {
  try {
    return apply.op.evaluate(args, apply.params, apply);
  } catch (error) {
    locate(error, apply, (variable) => {
      const value = values.get(variable);
      return value === undefined ? "" : ` of shape ${shapeText(value.shape)}`;
    });
    throw error;
  }
}
