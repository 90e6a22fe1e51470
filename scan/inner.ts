/**
 * The graph of one step of a scan: closed, with a placeholder for everything it reads from outside.
 *
 * @module
 */

import { replace } from "../core/graph/walk.ts";
import type { Variable } from "../core/graph/graph.ts";

let next = 1;

/** How many placeholders and results of each kind a step has. */
interface StepLayout {
  /** For each sequence, the places it is read at: element t + tap, all taps >= 0. */
  readonly sequences: readonly (readonly number[])[];
  /** For each traced state, the earlier steps it reads: -1 is the step before. */
  readonly states: readonly (readonly number[])[];
  /** Number of results that are traced and not fed back. */
  readonly maps: number;
  /** Number of states that are fed back and of which only the last value is kept. */
  readonly carried: number;
  /** Number of values that are the same at each step. */
  readonly others: number;
  /** Whether the last result is a condition that ends the loop. */
  readonly until: boolean;
  /** Whether the last input of the node is how many of the steps are executed at most. */
  readonly limited?: boolean;
}

/** One step: `inputs` are placeholders, `outputs` functions of them alone. */
export class StepGraph {
  readonly id: number;

  constructor(
    readonly layout: StepLayout,
    /** Sequence taps (sequence by sequence), state taps (state by state), carried states, others. */
    readonly inputs: readonly Variable[],
    /** New states, mapped results, new carried states, and the condition of `until`. */
    readonly outputs: readonly Variable[],
  ) {
    this.id = next++;
  }

  /** The placeholders by kind. */
  get placeholders(): {
    readonly sequences: readonly (readonly Variable[])[];
    readonly states: readonly (readonly Variable[])[];
    readonly carried: readonly Variable[];
    readonly others: readonly Variable[];
  } {
    let at = 0;
    const take = (n: number) => this.inputs.slice(at, at += n);
    return {
      sequences: this.layout.sequences.map((taps) => take(taps.length)),
      states: this.layout.states.map((taps) => take(taps.length)),
      carried: take(this.layout.carried),
      others: take(this.layout.others),
    };
  }

  /** The results by kind. */
  get results(): {
    readonly states: readonly Variable[];
    readonly maps: readonly Variable[];
    readonly carried: readonly Variable[];
    readonly until: Variable | null;
  } {
    const { states, maps, carried, until } = this.layout;
    let at = 0;
    const take = (n: number) => this.outputs.slice(at, at += n);
    return {
      states: take(states.length),
      maps: take(maps),
      carried: take(carried),
      until: until ? this.outputs[at]! : null,
    };
  }

  /** The step with values in the place of its placeholders. */
  substitute(values: readonly Variable[]): Variable[] {
    return replace(
      this.outputs,
      new Map(this.inputs.map((input, i) => [input, values[i]!] as const)),
    );
  }
}

/** Whether a loop may execute fewer steps than it has rows. */
export function endsEarly(layout: StepLayout): boolean {
  return layout.until || layout.limited === true;
}

/** Number of earlier rows that a state reads: its largest tap. */
export function depthOf(taps: readonly number[]): number {
  return Math.max(...taps.map((tap) => -tap));
}
