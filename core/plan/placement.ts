/**
 * Whether a graph can run on a device: whether it can hold the dtypes of all that kernels touch.
 *
 * @module
 */

import type { Backend } from "../runtime/backend.ts";
import { Constant, type Variable } from "../graph/graph.ts";
import { elementInputs } from "../graph/op.ts";
import { toTypedArray } from "../graph/value.ts";
import { toposort } from "../graph/walk.ts";

/**
 * Finds out, for a backend, why it cannot run a graph: in words the variable that it cannot hold, as the
 * user knows it. Null if it can.
 *
 * @param outputs The graph that is to run.
 * @param inputs The inputs of the function.
 * @param written The graph as the user wrote it.
 */
export function placementOf(
  outputs: readonly Variable[],
  inputs: readonly Variable[],
  written: readonly Variable[],
): (backend: Backend) => string | null {
  return (backend) => {
    const refused = (roots: readonly Variable[]) =>
      dataVariables(roots, new Set(inputs)).filter(({ dtype }) => !backend.supports(dtype));
    const culprits = refused(outputs);
    if (culprits.length === 0) return null;
    let culprit = mostTelling(culprits);
    if (culprit.owner !== null && culprit.name === null || culprit instanceof Constant) {
      // Rewrites keep the lines of the program.
      const lines = new Set(culprits.map(({ origin }) => origin));
      const theirs = refused(written), same = theirs.filter(({ origin }) => lines.has(origin));
      if (theirs.length > 0) culprit = mostTelling(same.length > 0 ? same : theirs);
    }
    return `${
      described(culprit)
    } is ${culprit.dtype}, which the ${backend.name.toUpperCase()} does not have`;
  };
}

/** What the user gave says most, then what has a name, then what comes first: the others follow from it. */
function mostTelling(variables: readonly Variable[]): Variable {
  return variables.find((variable) => variable.owner === null && !(variable instanceof Constant)) ??
    variables.find((variable) => variable.name !== null) ?? variables[0]!;
}

/** A variable in words that mean something to who wrote the program. */
function described(variable: Variable): string {
  if (variable.name !== null) return variable.label;
  const place = variable.origin === "" ? "" : ` at ${variable.origin}`;
  if (variable instanceof Constant) {
    const what = variable.ndim === 0
      ? `the constant ${toTypedArray(variable.value)[0]}`
      : `a constant of shape [${variable.type.shape}]`;
    return `${what} made${place}`;
  }
  if (variable.owner === null) return `${variable.label} made${place}`;
  const sources = toposort([variable], (v) => v !== variable && v.name !== null)
    .flatMap(({ inputs }) => inputs.filter(({ name }) => name !== null)).map(({ label }) => label);
  const from = sources.length === 0 ? "" : ` from ${[...new Set(sources)].slice(0, 4).join(", ")}`;
  return `the value computed${from}${place}`;
}

/** Variables that kernels read or write, also within loops; inputs first. */
function dataVariables(outputs: readonly Variable[], inputs: ReadonlySet<Variable>): Variable[] {
  const seen = new Set<Variable>(), needed = new Set<Variable>(outputs);
  const order = toposort(outputs, (variable) => inputs.has(variable));
  for (const apply of order.toReversed()) {
    if (!apply.outputs.some((output) => needed.has(output))) continue;
    // A length is known without the elements.
    for (const input of elementInputs(apply)) needed.add(input);
  }
  for (const apply of order) {
    for (const variable of [...apply.inputs, ...apply.outputs]) {
      if (needed.has(variable)) seen.add(variable);
    }
    const inner = apply.op.inner?.(apply).outputs ?? [];
    for (const variable of dataVariables(inner, inputs)) {
      // The placeholders of a step stand for what is seen outside.
      if (variable.owner !== null || variable instanceof Constant) seen.add(variable);
    }
  }
  for (const output of outputs) seen.add(output);
  return [...seen];
}
