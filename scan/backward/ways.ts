/**
 * Gradients on their way back from step to step.
 *
 * @module
 */

import { makeVariable, type Variable } from "../../core/graph/graph.ts";
import { zerosLike } from "../../core/ops/create/alloc.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { TensorType } from "../../core/graph/type.ts";
import { depthOf } from "../inner.ts";
import { differentiable, type ForwardLoop } from "./forward_loop.ts";

/** One gradient on its way: what it is behind the last step, and what stands for it in a step. */
export interface Way {
  readonly initial: Variable;
  readonly place: Variable;
}

/** All that come back. */
export interface Ways {
  /** For each state one for each row that it reads back: that of the last step first. */
  readonly states: readonly (readonly Way[])[];
  /** For each carried state its own; null where it has none. */
  readonly carried: readonly (Way | null)[];
}

/** The gradients that come back to the steps of a loop. */
export function waysOf(loop: ForwardLoop): Ways {
  const { step: { layout }, results, outer, outputs } = loop;
  return {
    states: layout.states.map((taps, i) => {
      const state = results.states[i]!;
      if (!differentiable(state)) return [];
      const row = index(outer.initials[i]!, [0]);
      return Array.from({ length: depthOf(taps) }, (_, j) => ({
        initial: (j === 0 ? loop.gradientOf(outputs.finals[i]!) : null) ?? zerosLike(row),
        place: placeFor(state),
      }));
    }),
    carried: results.carried.map((state, i) =>
      differentiable(state)
        ? {
          initial: loop.gradientOf(outputs.carried[i]!) ?? zerosLike(outer.carried[i]!),
          place: placeFor(state),
        }
        : null
    ),
  };
}

function placeFor({ dtype, type }: Variable): Variable {
  return makeVariable(TensorType.of(dtype, type.shape));
}
