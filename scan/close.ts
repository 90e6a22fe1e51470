/**
 * Graphs of steps that are closed: with a place for all that they read from outside.
 *
 * @module
 */

import { type Apply, Constant, makeVariable, type Variable } from "../core/graph/graph.ts";
import { eagerInputs } from "../core/graph/op.ts";
import { graphInputs, replace, toposort } from "../core/graph/walk.ts";
import { expProductOf, isOpened } from "../core/rewrite/stability/exp_parts.ts";
import { reachedBy } from "./rewrites/rebuild.ts";

/** Whether a variable is computed from any of some places. */
export function reachesAny(variable: Variable, places: readonly Variable[]): boolean {
  const reached = reachedBy([variable]);
  return places.some((place) => reached.has(place));
}

/**
 * Cuts a step off from what is around it: the largest parts that do not depend on its placeholders
 * become values that are computed once, outside.
 */
export function close(
  outputs: readonly Variable[],
  own: readonly Variable[],
  fixed: ReadonlyMap<Variable, Variable>,
  lengths: ReadonlySet<Variable>,
): { outputs: Variable[]; places: Variable[]; values: Variable[] } {
  const inside = new Set<Variable>(own);
  for (const apply of toposort(outputs)) {
    if (apply.inputs.some((input) => inside.has(input))) {
      for (const output of apply.outputs) inside.add(output);
    }
  }
  for (const variable of exponentialsBelow(outputs, inside)) inside.add(variable);
  const original = new Map([...fixed].map(([variable, place]) => [place, variable] as const));
  const cuts = new Map<Variable, Variable>(), places = new Set<Variable>();
  const visit = (variable: Variable) => {
    if (inside.has(variable) || cuts.has(variable)) return;
    if (variable instanceof Constant && variable.value.data.length === 1) return;
    const place = makeVariable(variable.type);
    places.add(place);
    cuts.set(variable, place);
  };
  for (const output of outputs) visit(output);
  const outside = (variable: Variable) => !inside.has(variable);
  for (const apply of toposort(outputs, outside, eagerInputs)) eagerInputs(apply).forEach(visit);
  // What only a branch of an ifelse reads is computed in it, from what can be computed in any case.
  const cut = (variable: Variable) => cuts.has(variable);
  for (const apply of toposort(outputs, cut)) {
    if (apply.op.facts?.has("draws")) apply.outputs.forEach(visit);
    apply.outputs.filter((output) => lengths.has(output)).forEach(visit);
  }
  for (const leaf of graphInputs(replace(outputs, cuts))) if (!places.has(leaf)) visit(leaf);
  const back = [...cuts.keys()];
  return {
    outputs: replace(outputs, cuts),
    places: back.map((variable) => cuts.get(variable)!),
    values: replace(back, original),
  };
}

/**
 * What logarithms and quotients in a step read that is linear in exponentials and does not depend on the
 * step: by itself it may overflow. It moves out of the loop again when it is stable.
 */
function exponentialsBelow(
  outputs: readonly Variable[],
  inside: ReadonlySet<Variable>,
): ReadonlySet<Variable> {
  const seen = new Set<Variable>(), found = new Set<Variable>();
  const isRoot = ({ op, output }: Apply) =>
    inside.has(output) && (op.facts?.has("logarithm") || op.facts?.has("divides"));
  const order = toposort(outputs, (variable) => !inside.has(variable));
  const waiting = order.filter(isRoot).flatMap(({ inputs }) => inputs);
  while (waiting.length > 0) {
    const variable = waiting.pop()!, { owner } = variable;
    if (owner === null || seen.has(variable)) continue;
    seen.add(variable);
    if (!inside.has(variable)) {
      if (expProductOf(variable) === null) continue;
      found.add(variable);
    }
    if (isOpened(owner)) waiting.push(...owner.inputs);
  }
  return found;
}
