/**
 * What depends on what, as gradients count it.
 *
 * @module
 */

import type { Variable } from "../core/graph/graph.ts";
import { toposort } from "../core/graph/walk.ts";
import { alwaysZero, isConnected } from "./rule.ts";
import { gradientRule } from "./rules.ts";

/** The variables whose values can change those of `outputs`, and these themselves. */
export function connectedTo(outputs: readonly Variable[]): Set<Variable> {
  const reached = new Set(outputs);
  for (const apply of toposort(outputs).toReversed()) {
    const rule = gradientRule(apply.op.name) ?? alwaysZero;
    apply.outputs.forEach((output, o) => {
      if (!reached.has(output)) return;
      apply.inputs.forEach((input, i) => {
        if (isConnected(rule, apply, i, o)) reached.add(input);
      });
    });
  }
  return reached;
}
