/**
 * Facts about steps that are needed before they are printed.
 *
 * @module
 */

import { axisKey } from "../../core/ir/builder.ts";
import { nodesOf } from "../../core/ir/nodes.ts";
import type { Step } from "../../core/ir/program.ts";
import type { AxisRef } from "../../core/ir/scalar.ts";
import { eachLeaf, stepOutputs, touchesOf } from "../../core/ir/steps.ts";

/** A reference to the counter of a loop. */
type LoopRef = AxisRef & { kind: "loop" };

/** Whether a check may fail in the steps. */
export function canFail(steps: readonly Step[]): boolean {
  let found = false;
  eachLeaf(steps, (step) => {
    if (step.kind === "nest" && step.checks.length > 0) found = true;
  });
  return found;
}

/** The distinct counters with a modulus of a loop that steps refer to. */
export function modularRefs(steps: readonly Step[], loop: number): LoopRef[] {
  const refs = new Map<string, LoopRef>();
  const note = (ref: AxisRef) => {
    if (ref.kind === "loop" && ref.loop === loop && ref.modulus !== 0) refs.set(axisKey(ref), ref);
  };
  eachLeaf(steps, (step) => {
    for (const { address } of touchesOf(step)) for (const { axis } of address.terms) note(axis);
    for (const node of nodesOf(stepOutputs(step))) if (node.op === "index") note(node.axis);
  });
  return [...refs.values()];
}
