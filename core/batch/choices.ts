/**
 * What is computed for one side of a choice only.
 *
 * @module
 */

import type { Apply, Variable } from "../graph/graph.ts";
import { lazyInputs } from "../graph/op.ts";

/** A side of an `ifelse`: 0 where its condition is true. */
export interface BranchSide {
  readonly choice: Apply;
  readonly side: 0 | 1;
}

/** The sides that all readers of an application are in. `order` holds all of them, inputs first. */
export function choicesAround(
  order: readonly Apply[],
  outputs: readonly Variable[],
): ReadonlyMap<Apply, readonly BranchSide[]> {
  const found = new Map<Apply, readonly BranchSide[]>();
  if (!order.some((apply) => lazyInputs(apply).length > 0)) return found;
  const add = (apply: Apply, choices: readonly BranchSide[]) => {
    const have = found.get(apply);
    const isSame = (a: BranchSide, b: BranchSide) => a.choice === b.choice && a.side === b.side;
    found.set(
      apply,
      have === undefined ? choices : have.filter((one) => choices.some((o) => isSame(o, one))),
    );
  };
  for (const { owner } of outputs) if (owner !== null) add(owner, []);
  for (const apply of [...order].reverse()) {
    const around = found.get(apply) ?? [], lazy = lazyInputs(apply);
    apply.inputs.forEach(({ owner }, i) => {
      if (owner === null) return;
      const at = lazy.indexOf(i), side = at < lazy.length / 2 ? 0 : 1;
      add(owner, at < 0 ? around : [...around, { choice: apply, side }]);
    });
  }
  return found;
}
