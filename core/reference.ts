/**
 * The reference interpreter: evaluates graphs plainly, in float64, one node after the other. Slow and
 * obvious; it folds constants and is what everything else is compared with.
 *
 * @module
 */

import { MissingInputError } from "./errors.ts";
import { toposort } from "./graph/walk.ts";
import type { Value } from "./graph/value.ts";
import { Constant, type Variable } from "./variable.ts";

/**
 * Values of `outputs` for given values of variables (inputs, shared variables, or anything between).
 *
 * Throws a MissingInputError for a variable that has no value and cannot be computed.
 */
export function evaluateGraph(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): Value[] {
  const values = new Map<Variable, Value>(inputs);
  const valueOf = (variable: Variable): Value => {
    const known = values.get(variable);
    if (known !== undefined) return known;
    if (variable instanceof Constant) return variable.value;
    throw new MissingInputError(`Cannot evaluate the graph: ${variable.label} has no value`);
  };
  for (const apply of toposort(outputs, (variable) => inputs.has(variable))) {
    const results = apply.op.evaluate(apply.inputs.map(valueOf), apply.params, apply);
    apply.outputs.forEach((output, i) => {
      if (!inputs.has(output)) values.set(output, results[i]!);
    });
  }
  return outputs.map(valueOf);
}
