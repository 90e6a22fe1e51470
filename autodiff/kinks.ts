/**
 * Kinks, as `maximum` has one, that choose between results of loops.
 *
 * What is left out at a kink is rarely infinite, and what it would cost to keep it out of loops, every
 * network with a rectifier would pay. But one of two loops may well overflow where the other one is chosen.
 *
 * @module
 */

import type { Variable } from "../core/graph/graph.ts";
import { heldInputs } from "../core/graph/op.ts";
import { toposort } from "../core/graph/walk.ts";
import { asKink } from "./support.ts";

const known = new WeakMap<Variable, boolean>();

/** Whether there is a loop in what a variable is computed from. */
function comesFromLoop(variable: Variable): boolean {
  for (const { op, inputs, outputs } of toposort([variable], (v) => known.has(v))) {
    const isLoop = op.inner !== undefined || inputs.some((input) => known.get(input) === true);
    for (const output of outputs) known.set(output, isLoop);
  }
  return known.get(variable) ?? false;
}

/** A condition as that of a kink, unless it chooses between results of loops. */
export function kinkBetween(condition: Variable, candidates: readonly Variable[]): Variable {
  return candidates.filter(comesFromLoop).length > 1 ? condition : asKink(condition);
}

/** What was put together to one variable: the rows of a stack, seen through views of it. */
export function partsOf(variable: Variable): readonly Variable[] {
  let parts: readonly Variable[] = [variable];
  while (parts.length === 1) {
    const { owner } = parts[0]!;
    const held = owner && heldInputs(owner);
    if (!held || held.length === 0) break;
    parts = held;
  }
  return parts;
}
