/**
 * The last element of a trace is the last value of the state.
 *
 * @module
 */

import { type Apply, applyOp, Constant, type Variable } from "../../core/graph/graph.ts";
import type { Rule } from "../../core/rewrite/rule.ts";
import { isScan, scanOutputs, type ScanParams } from "../node.ts";

/** The last element of a trace is the last value of the state: the trace need not be kept. */
export const lastValue: Rule = {
  name: "scan-last-value",
  law: "trace of a scan [-1] -> its last value",
  ops: ["subtensor"],
  mayHideError: true,
  rewrite: (apply) => {
    const entries = (apply.params as { index: readonly { kind: string }[] }).index;
    if (entries[0]?.kind !== "int") return null;
    const at = apply.inputs[1]!;
    if (!(at instanceof Constant) || Number(at.value.data[0]) !== -1) return null;
    const last = lastOfTrace(apply.inputs[0]!);
    if (last === null) return null;
    if (entries.length === 1) return last;
    const rest = applyOp(apply.op, [last, ...apply.inputs.slice(2)], {
      ...apply.params,
      index: entries.slice(1),
    });
    return rest.output;
  },
};

/** The last value of the state or result whose trace a variable is, or null if it is none. */
export function lastOfTrace(variable: Variable): Variable | null {
  const trace = executedRows(variable);
  if (trace === null) return null;
  const outputs = scanOutputs(trace.owner as unknown as Apply<ScanParams>);
  const place = outputs.traces.indexOf(trace);
  return place < 0 ? null : outputs.finals[place]!;
}

/** The trace that a variable is: whole, or cut to the executed steps. */
function executedRows(variable: Variable): Variable | null {
  if (isScan(variable.owner as Apply<ScanParams> | null)) return variable;
  const owner = variable.owner;
  // The last part of a checkpointed trace is never empty, unless there are no steps at all.
  if (owner?.op.name === "join" && (owner.params as { axis: number }).axis === 0) {
    return executedRows(owner.inputs.at(-1)!);
  }
  if (owner?.op.name !== "subtensor") return null;
  const source = owner.inputs[0]!;
  const scan = source.owner as Apply<ScanParams> | null;
  if (!isScan(scan)) return null;
  const entries = (owner.params as {
    index: readonly { kind: string; start?: boolean; stop?: boolean; step?: boolean }[];
  }).index;
  const [entry] = entries;
  const whole = entries.length === 1 && entry!.kind === "slice" && entry!.stop && !entry!.start &&
    !entry!.step && owner.inputs[1] === scanOutputs(scan).count;
  return whole ? source : null;
}
