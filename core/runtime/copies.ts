/**
 * Copies of functions: other shared variables in the place of some, updates left out.
 *
 * @module
 */

import type { Variable } from "../graph/graph.ts";
import { replace } from "../graph/walk.ts";
import { shown } from "../base/shown.ts";
import { SharedVariable } from "./shared.ts";
import type { CopyOptions } from "./types.ts";
import { replacementPairs } from "./updates.ts";

/** The graphs of a function. */
export interface Graphs {
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  /** New values of the inputs that have an update, in the order of those inputs, then what is reported. */
  readonly states: readonly Variable[];
}

/** Which shared variable stands in the place of which of those that a function uses. */
export function checkSwaps(
  swaps: CopyOptions["swap"],
  shared: readonly SharedVariable[],
  action: string,
): Map<Variable, SharedVariable> {
  const swap = new Map<Variable, SharedVariable>();
  const pairs = replacementPairs(swaps === undefined ? [] : swaps, `${action}: swaps`);
  for (const [old, fresh] of pairs) {
    if (!shared.includes(old as SharedVariable)) {
      throw new TypeError(`${action}: it does not use ${old.label}`);
    }
    if (!(fresh instanceof SharedVariable)) {
      throw new TypeError(
        `${action}: ${old.label} can be swapped for a shared variable only, got ${shown(fresh)}`,
      );
    }
    if (fresh.dtype !== old.dtype || fresh.ndim !== old.ndim) {
      throw new TypeError(
        `${action}: ${old.label} has type ${old.type}, its replacement ${fresh.type}`,
      );
    }
    if (swap.has(old)) throw new TypeError(`${action}: ${old.label} is swapped twice`);
    swap.set(old, fresh);
  }
  return swap;
}

/** The graphs with shared variables swapped, and with the first `kept` of the updates. */
export function swapped(
  { outputs, updates, states }: Graphs,
  kept: number,
  swap: ReadonlyMap<Variable, SharedVariable>,
  action: string,
): Graphs {
  const targets = updates.slice(0, kept).map(([target]) => swap.get(target) ?? target);
  const twice = targets.find((target, i) => targets.indexOf(target) !== i);
  if (twice !== undefined) throw new TypeError(`${action}: ${twice.label} would have two updates`);
  const values = updates.slice(0, kept).map(([, value]) => value);
  const all = replace([...outputs, ...values, ...states], swap);
  return {
    outputs: all.slice(0, outputs.length),
    updates: targets.map((target, i) => [target, all[outputs.length + i]!]),
    states: all.slice(outputs.length + kept),
  };
}
