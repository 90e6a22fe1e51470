/**
 * What rules of loops are made with.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import { eagerInputs } from "../../core/graph/op.ts";
import { replace, toposort } from "../../core/graph/walk.ts";
import type { RewriteContext, Rule } from "../../core/rewrite/rule.ts";
import type { ScanParams } from "../node.ts";
import { rebuild, replacements, resultsOf, type ScanParts } from "./rebuild.ts";

/** What stands for the outputs of a node; null for those that stay, and where the rule does not apply. */
type Results = readonly (Variable | null)[] | null;

/** A rule of scan nodes. */
export function rule(
  name: string,
  law: string,
  rewrite: (apply: Apply<ScanParams>, context: RewriteContext) => Results,
  facts: Pick<Rule, "mayHideError" | "isInner"> = {},
): Rule {
  return {
    name,
    law,
    ops: ["scan"],
    ...facts,
    rewrite: (apply, context) => rewrite(apply as unknown as Apply<ScanParams>, context),
  };
}

/** What stands for the outputs of a node that is made of these parts. */
export function finish(apply: Apply<ScanParams>, parts: ScanParts): Results {
  return replacements(apply, parts, rebuild(parts, apply.params));
}

/** The parts, with variables of the step replaced. */
export function substituted(parts: ScanParts, known: ReadonlyMap<Variable, Variable>): ScanParts {
  const results = replace(resultsOf(parts), known);
  let next = 0;
  return {
    ...parts,
    states: parts.states.map((state) => ({ ...state, next: results[next++]! })),
    maps: parts.maps.map((map) => ({ ...map, value: results[next++]! })),
    carried: parts.carried.map((state) => ({ ...state, next: results[next++]! })),
    until: parts.until === null ? null : results[next]!,
  };
}

/**
 * The variables of a kind that are read by something of another kind, or are results. What only a branch of
 * an `ifelse` reads stays in it: it may be nothing that can be computed where another branch is taken.
 */
export function frontier(
  results: readonly Variable[],
  kind: (variable: Variable) => boolean,
): Variable[] {
  const found = new Set<Variable>();
  for (const result of results) if (kind(result)) found.add(result);
  for (const node of toposort(results, kind, eagerInputs)) {
    for (const input of eagerInputs(node)) if (kind(input)) found.add(input);
  }
  return [...found];
}
