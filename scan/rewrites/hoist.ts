/**
 * What does not depend on a loop moves out of it.
 *
 * @module
 */

import { Constant, makeVariable, type Variable } from "../../core/graph/graph.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { partsOf } from "./rebuild.ts";
import { finish, frontier, rule, substituted } from "./loop_rule.ts";

/** Values of the step that depend on nothing that changes are computed once, in front. */
export const hoistInvariants: Rule = rule(
  "scan-hoist-invariants",
  "scan(f(g(other))) -> scan(f(h), other: h = g(other))",
  (apply) => {
    const parts = partsOf(apply);
    const { step } = apply.params;
    const fixed = new Map(parts.others.map(({ outer, place }) => [place, outer] as const));
    const invariant = new Set<Variable>(fixed.keys());
    const order = toposort(step.outputs);
    for (const node of order) {
      const all = node.inputs.every((input) => invariant.has(input) || input instanceof Constant);
      if (all && node.op.pure !== false && !node.op.facts?.has("draws")) {
        for (const output of node.outputs) invariant.add(output);
      }
    }
    const cuts = frontier(
      step.outputs,
      (variable) => variable.owner !== null && invariant.has(variable),
    );
    if (cuts.length === 0) return null;
    const known = new Map<Variable, Variable>();
    const outside = replace(cuts, fixed);
    const others = [...parts.others];
    cuts.forEach((cut, i) => {
      const place = makeVariable(cut.type);
      known.set(cut, place);
      others.push({ outer: outside[i]!, place });
    });
    return finish(apply, { ...substituted(parts, known), others });
  },
);
