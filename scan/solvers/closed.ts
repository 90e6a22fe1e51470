/**
 * Functions that solvers call again and again, as graphs with a place for all that they read, and the loop
 * that does so.
 *
 * @module
 */

import type { Variable } from "../../core/graph/graph.ts";
import { replace } from "../../core/graph/walk.ts";
import { disconnectedGrad } from "../../core/ops/elementwise/elementwise.ts";
import { index } from "../../core/ops/index/indexing.ts";
import { close } from "../close.ts";
import { positionalScan } from "../scan.ts";
import { until } from "../until.ts";

/** A function of its places, and of what else it reads, which has places, too. */
export class Closed {
  readonly outputs: readonly Variable[];
  /** Places for what it reads from outside. */
  readonly others: readonly Variable[];
  /** What stands outside for each of them. */
  readonly values: readonly Variable[];

  constructor(readonly places: readonly Variable[], outputs: readonly Variable[]) {
    const closed = close(outputs, places, new Map(), new Set());
    this.outputs = closed.outputs;
    this.others = closed.places;
    this.values = closed.values;
  }

  /** Results of any graph of the places, or, by default, those of the function. */
  at(
    args: readonly Variable[],
    { graph = this.outputs, values = this.values, more = new Map() }: {
      readonly graph?: readonly Variable[];
      readonly values?: readonly Variable[];
      readonly more?: ReadonlyMap<Variable, Variable>;
    } = {},
  ): Variable[] {
    return replace(
      graph,
      new Map([
        ...this.places.map((place, i) => [place, args[i]!] as const),
        ...this.others.map((place, i) => [place, values[i]!] as const),
        ...more,
      ]),
    );
  }
}

/** What a step of a loop gives. */
interface LoopStep {
  readonly states: readonly Variable[];
  /** Whether the loop ends with this step. */
  readonly done: Variable;
}

/**
 * The states after the last step of a loop, which is the first one that is done, or number `most`. No
 * gradient goes through the loop.
 */
export function runUntil(
  { name, states, most, fixed }: {
    readonly name: string;
    readonly states: readonly Variable[];
    readonly most: number | Variable;
    /** What is the same in each step, and drawn once. */
    readonly fixed: readonly Variable[];
  },
  step: (states: readonly Variable[]) => LoopStep,
): Variable[] {
  const count = states.length;
  const [traces] = positionalScan((...args) => {
    const made = step(args.slice(0, count));
    return [...made.states, until(made.done)];
  }, {
    outputsInfo: [...states],
    nonSequences: [...fixed],
    nSteps: most,
    returnList: true,
    name,
  });
  return (traces as Variable[]).map((trace) => disconnectedGrad(index(trace, [-1])));
}
