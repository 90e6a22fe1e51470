/**
 * An expression of one step, for all steps at once, where that is worth it.
 *
 * @module
 */

import type { Batched } from "../../core/batch/batched.ts";
import { Batching } from "../../core/batch/batching.ts";
import type { Apply, Variable } from "../../core/graph/graph.ts";

/** Ops that other ops of a step read in place: over all steps they would be stored. */
const inPlace = ["windows", "foldWindows", "pad", "advIndex", "advInc", "incSubtensor"];
/** Ops of lengths and positions, of states of generators, or that do something else in each step. */
const ofSteps = [
  "makeVector",
  "jointLength",
  "length",
  "ceilSqrt",
  "arange",
  "inRange",
  "assert",
  "print",
  "nonzero",
  "derivedAs",
  "customVjp",
  "ifelse",
  "draw",
  "advance",
  "scan",
];

const inSteps: ReadonlySet<string> = new Set([...inPlace, ...ofSteps]);

/** What is not worth making for all steps, or means a loop over them. */
function stays({ op, output, params }: Apply, inputs: readonly Batched[]): boolean {
  const { name } = op;
  if (inSteps.has(name)) return true;
  const [x, ...others] = inputs;
  if (name === "subtensor" && others.some(({ stacked }) => stacked)) {
    // Elements or rows of something fixed, at places that change with the step.
    const { index } = params as { index: readonly { kind: string }[] };
    return x!.stacked || index.some(({ kind }) => kind !== "int");
  }
  return name === "matmul" && output.ndim !== 2 && inputs.some(({ stacked }) => !stacked);
}

/**
 * The outputs for all steps at once, from what the placeholders stand for; null for an output that
 * cannot be computed so, or had better not be.
 */
export function batch(
  outputs: readonly Variable[],
  leaves: ReadonlyMap<Variable, Batched>,
): (Batched | null)[] {
  return new Batching(leaves, { draws: "once", leave: stays }).some(outputs);
}
