/**
 * Values that a plan needs as numbers, and what is computed on the way to them.
 *
 * @module
 */

import { eagerInputs, elementInputs, NeedValue } from "../graph/op.ts";
import { toposort } from "../graph/walk.ts";
import type { Shapes } from "../plan/shapes.ts";
import type { Apply, Variable } from "../graph/graph.ts";

/** Whether a variable is in memory already. */
type Given = (variable: Variable) => boolean;

/** The values that shapes depend on and that the host does not know, without those that wait for others. */
export function missingValues(
  shapes: Shapes,
  wanted: readonly Variable[],
  given: Given,
): ReadonlySet<Variable> {
  const missing = new Set<Variable>(), unknown = new Set<Variable>();
  for (const { inputs, outputs } of toposort(wanted, given, eagerInputs)) {
    const waits = inputs.some((input) => unknown.has(input));
    for (const output of outputs) {
      try {
        if (!waits) {
          shapes.shape(output);
          continue;
        }
      } catch (error) {
        // Any other error is for who plans the whole, or for nobody.
        if (!(error instanceof NeedValue)) continue;
        missing.add(error.variable);
      }
      unknown.add(output);
    }
  }
  return missing;
}

/** What an element costs, in additions, that is not computed again where it is read. */
const EXPENSIVE = 8;

/** What an element of a result costs by itself; infinitely much where it is not computed where it is read. */
function costOf({ op: { lowering } }: Apply): number {
  if (lowering.kind === "elementwise" || lowering.kind === "virtual") return lowering.cost;
  return lowering.kind === "byShape" ? 0 : Infinity;
}

/**
 * What a stage gives: the values that are asked for, and what is expensive of that which it has to compute
 * for them, where the rest of the function reads it as well.
 */
export function stageOutputs(
  asked: readonly Variable[],
  outputs: readonly Variable[],
  given: Given,
): Variable[] {
  const own = toposort(asked, given), mine = new Set(own);
  const costs = new Map<Variable, number>();
  for (const apply of own) {
    const cost = apply.inputs.reduce((sum, x) => sum + (costs.get(x) ?? 0), costOf(apply));
    for (const output of apply.outputs) costs.set(output, cost);
  }
  const found = new Set(asked);
  const rest = toposort(outputs, (variable) => given(variable) || found.has(variable))
    .filter((apply) => !mine.has(apply));
  for (const variable of [...outputs, ...rest.flatMap(elementInputs)]) {
    if ((costs.get(variable) ?? 0) >= EXPENSIVE && !given(variable)) found.add(variable);
  }
  return [...found];
}
