/**
 * A loop as one node of the graph: what its inputs and outputs are.
 *
 * Inputs: the number of steps (int64 scalar); the sequences; the first rows of the states (oldest first,
 * as many as the state reads back); the first values of the carried states; the values that stay the
 * same; and for a limited loop how many of the steps are executed, a number that the device may have
 * computed. Outputs: the traces of states and mapped results (one row for each step); their last rows; the
 * last values of the carried states; the histories of the carried states (their value before each step);
 * the number of steps executed. What nothing reads is not computed.
 *
 * @module
 */

import type { Apply, Variable } from "../core/graph/graph.ts";
import type { LoopStrategy } from "../core/ir/program.ts";
import type { SharedVariable } from "../core/runtime/shared.ts";
import { cut } from "../core/base/shown.ts";
import type { StepGraph } from "./inner.ts";

/** What a scan node is made of, beside its inputs. */
export interface ScanParams {
  readonly step: StepGraph;
  /** Label in profiles and messages. */
  readonly name: string | null;
  /** Steps that the gradient goes back, or -1 for all. */
  readonly truncateGradient: number;
  /** The strategy asked for, or null to let the planner choose. */
  readonly strategy: LoopStrategy | null;
  /** States kept for the gradient: all, or every n-th with recomputation between. */
  readonly checkpoint: number | "sqrt" | null;
  /** Shared variables whose new value is a carried state, by number of the carried state. */
  readonly shared: ReadonlyMap<number, SharedVariable>;
  /** Carried states that advance by a default update: functions apply them unasked. */
  readonly implicit: ReadonlySet<number>;
}

/** The inputs of a scan node by kind. */
export interface ScanInputs<V = Variable> {
  readonly steps: V;
  readonly sequences: readonly V[];
  readonly initials: readonly V[];
  readonly carried: readonly V[];
  readonly others: readonly V[];
  /** How many of the steps are executed, if that is another number (int64 scalar). */
  readonly limit: V | null;
}

/** Splits the inputs of a scan node, or their values. */
export function scanInputs<V>(params: ScanParams, inputs: readonly V[]): ScanInputs<V> {
  const { layout } = params.step;
  let at = 1;
  const take = (n: number) => inputs.slice(at, at += n);
  return {
    steps: inputs[0]!,
    sequences: take(layout.sequences.length),
    initials: take(layout.states.length),
    carried: take(layout.carried),
    others: take(layout.others),
    limit: layout.limited ? inputs[at]! : null,
  };
}

/** The number of the first input that stays the same. */
export function firstOther({ step: { layout } }: ScanParams): number {
  return 1 + layout.sequences.length + layout.states.length + layout.carried;
}

/** The outputs of a scan node by kind. */
export interface ScanOutputs {
  /** One row for each step, states first, then mapped results. */
  readonly traces: readonly Variable[];
  /** The last rows of the traces. */
  readonly finals: readonly Variable[];
  readonly carried: readonly Variable[];
  /** The carried states before each step: one row for each step. */
  readonly histories: readonly Variable[];
  /** Steps executed (int64 scalar). */
  readonly count: Variable;
}

/** Splits the outputs of a scan node. */
export function scanOutputs(apply: Apply<ScanParams>): ScanOutputs {
  const { layout } = apply.params.step;
  const traced = layout.states.length + layout.maps;
  return {
    traces: apply.outputs.slice(0, traced),
    finals: apply.outputs.slice(traced, 2 * traced),
    carried: apply.outputs.slice(2 * traced, 2 * traced + layout.carried),
    histories: apply.outputs.slice(2 * traced + layout.carried, 2 * (traced + layout.carried)),
    count: apply.outputs.at(-1)!,
  };
}

/** Whether a node is a scan. */
export function isScan(apply: Apply | null): apply is Apply<ScanParams> {
  return apply !== null && apply.op.name === "scan";
}

/** How messages call a scan. */
export function scanLabel(params: ScanParams): string {
  return params.name === null ? "scan" : `scan "${cut(params.name)}"`;
}
