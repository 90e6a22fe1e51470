/**
 * Whether a graph can run on a device: whether it can hold the dtypes of all that kernels touch.
 *
 * @module
 */

import type { Backend } from "../backend.ts";
import { isIndexInput } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import { Constant, type Variable } from "../variable.ts";

/**
 * Finds, for a backend, the first variable that it cannot hold. Integers that only say where or how much
 * are known on the host and do not count.
 */
export function placementOf(
  outputs: readonly Variable[],
  inputs: readonly Variable[],
): (backend: Backend) => Variable | null {
  return (backend) => {
    const data = dataVariables(outputs, new Set(inputs));
    const culprits = data.filter((variable) => !backend.supports(variable.dtype));
    // What the user gave says most.
    return culprits.find((variable) =>
      variable.owner === null && !(variable instanceof Constant)
    ) ??
      culprits.find((variable) => variable.name !== null) ?? culprits[0] ?? null;
  };
}

/** Variables that kernels read or write, inputs first. */
function dataVariables(outputs: readonly Variable[], inputs: ReadonlySet<Variable>): Variable[] {
  const seen = new Set<Variable>();
  const needed = new Set<Variable>(outputs);
  const order = toposort(outputs, (variable) => inputs.has(variable));
  for (const apply of order.toReversed()) {
    if (!apply.outputs.some((output) => needed.has(output))) continue;
    if (apply.op.name === "shapeI") continue;
    apply.inputs.forEach((input, i) => {
      if (!isIndexInput(apply, i)) needed.add(input);
    });
  }
  for (const apply of order) {
    for (const variable of [...apply.inputs, ...apply.outputs]) {
      if (needed.has(variable)) seen.add(variable);
    }
  }
  for (const output of outputs) seen.add(output);
  return [...seen];
}
