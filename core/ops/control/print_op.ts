/**
 * The op that reports what it is given.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { likeFirst } from "../common/length_rules.ts";
import { linearIn } from "../common/row_rules.ts";

/** What is done with the values of one place in a graph. */
export interface Report {
  readonly label: string;
  /** Of how many evaluations one is reported. */
  readonly every: number;
  /** Whether the first input itself is not wanted. */
  readonly partsOnly?: boolean;
  /** Takes what is evaluated: the values of all inputs, and the step of each loop around. */
  take(values: readonly Tensor[], steps: readonly number[]): void;
  /** Reports a gradient, if that is asked for; `id` is that of the place. */
  ofGradient?(gradient: Variable, id: string): Variable;
}

/** Params of {@linkcode printOp}. */
export interface PrintParams {
  /** Tells the places apart. */
  readonly id: string;
  readonly report: Report;
  /** Whether it reports a gradient. */
  readonly isGradient: boolean;
}

/** The first input; the lengths of its axes and what else is reported of it follow. */
export const printOp: Op<PrintParams> = {
  name: "print",
  params: { id: "plain", report: "graph", isGradient: "plain" },
  key: ({ id }) => id,
  printing: { label: ({ params: { report } }) => `Print{${report.label}}` },
  facts: new Set(["moves"]),
  infer([x]) {
    return [x!.type];
  },
  ...likeFirst,
  along: (_apply, axis) => [axis],
  linear: linearIn(0),
  evaluate: ([x]) => [x!],
  lowering: {
    kind: "virtual",
    view: true,
    same: true,
    inOrder: true,
    cost: 0,
    element: (context, { inputs }, index) => context.read(inputs[0]!, index),
  },
};
