/**
 * A value whose gradients a function of one's own gives: a solution that was found in some way, say.
 *
 * @module
 */

import { applyOp, type Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { likeFirst } from "../common/length_rules.ts";

/** How gradients go back from a value to what it depends on. */
interface Derivation {
  /**
   * The gradients of `sources`, in order, null where there is none; only those for which `wanted` is true
   * are asked for. `value` has its own derivatives, so that what is made of it has them, too.
   */
  pullback(
    value: Variable,
    sources: readonly Variable[],
    gradient: Variable,
    wanted: readonly boolean[],
  ): readonly (Variable | null)[];
}

/** Static parameters of `customVjp`. */
export interface CustomVjpParams {
  readonly derivation: Derivation;
}

const numbers = new WeakMap<Derivation, number>();
let next = 1;

function numberOf(derivation: Derivation): number {
  let number = numbers.get(derivation);
  if (number === undefined) numbers.set(derivation, number = next++);
  return number;
}

/** The first input; its derivatives with respect to the others are those that the derivation gives. */
export const customVjpOp: Op<CustomVjpParams> = {
  name: "customVjp",
  params: { derivation: "graph" },
  infer: (inputs) => [inputs[0]!.type],
  ...likeFirst,
  facts: new Set(["wraps"]),
  key: ({ derivation }) => String(numberOf(derivation)),
  evaluate: ([value]) => [value!],
  lowering: {
    kind: "virtual",
    view: true,
    cost: 0,
    element: (context, { inputs }, index) => context.read(inputs[0]!, index),
  },
};

/** A value with derivatives with respect to `sources`, of which it is a function found in some way. */
export function customVjp(
  value: Variable,
  sources: readonly Variable[],
  derivation: Derivation,
): Variable {
  return applyOp(customVjpOp, [value, ...sources], { derivation }).output;
}
