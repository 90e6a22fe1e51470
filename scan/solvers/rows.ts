/**
 * Batching of solutions: the gradients of one row, for all rows at once.
 *
 * @module
 */

import {
  type Batched,
  type BatchRows,
  type BatchRule,
  spread,
  stacked,
} from "../../core/batch/batched.ts";
import { Batching } from "../../core/batch/batching.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { customVjp, type CustomVjpParams } from "../../core/ops/control/custom_vjp.ts";
import { shapeOf } from "../../core/ops/shape/shape_ops.ts";
import { placesLike } from "./states.ts";

/** A value that says its derivatives, for all rows. */
export const batchDerived: BatchRule = (apply, inputs, rows) => {
  const { derivation } = apply.params as CustomVjpParams;
  const [value, ...sources] = inputs.map((input) => spread(input, rows));
  const [seed, row, ...own] = placesLike([apply.output, ...apply.inputs]);
  const pullback = (
    value: Variable,
    sources: readonly Variable[],
    gradient: Variable,
    wanted: readonly boolean[],
  ) => {
    const found = derivation.pullback(row!, own, seed!, wanted);
    const all: BatchRows = { count: shapeOf(value, 0), draws: "once", counting: null };
    const leaves = new Map<Variable, Batched>(
      [seed!, row!, ...own].map((place, i) =>
        [place, { value: [gradient, value, ...sources][i]!, stacked: true }] as const
      ),
    );
    const made = new Batching(leaves, all).all(found.filter((one) => one !== null));
    return found.map((one) => one === null ? null : spread(made.shift()!, all));
  };
  return stacked(customVjp(value!, sources, { pullback }));
};
