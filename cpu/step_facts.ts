/**
 * Facts about steps that are needed before they are printed.
 *
 * @module
 */

import { axisKey } from "../core/kernel/builder.ts";
import type { Step, Store } from "../core/kernel/program.ts";
import type { Address, AxisRef, SNode } from "../core/kernel/scalar.ts";
import { visitNodes } from "./nodes.ts";

/** A reference to the counter of a loop. */
export type LoopRef = AxisRef & { kind: "loop" };

/** Visits every nest, product, sort and search in steps, also inside loops and branches. */
export function eachLeaf(
  steps: readonly Step[],
  visit: (step: Exclude<Step, { kind: "loop" | "branch" }>) => void,
): void {
  for (const step of steps) {
    if (step.kind === "loop") eachLeaf(step.body, visit);
    else if (step.kind === "branch") {
      eachLeaf(step.then, visit);
      eachLeaf(step.otherwise, visit);
    } else visit(step);
  }
}

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
  const roots: SNode[] = [];
  const address = (one: Address) => {
    for (const term of one.terms) note(term.axis);
    if (one.rest !== null) roots.push(one.rest);
  };
  const store = (one: Store) => {
    address(one.address);
    roots.push(one.value);
    if (one.guard !== null) roots.push(one.guard);
  };
  eachLeaf(steps, (step) => {
    if (step.kind === "nest") {
      for (const { value } of step.reductions) roots.push(value);
      for (const { failed } of step.checks) roots.push(failed);
      [...step.inner, ...step.outer].forEach(store);
    } else if (step.kind === "gemm") {
      address(step.left.base);
      address(step.right.base);
      step.stores.forEach(store);
    }
  });
  visitNodes(roots, (node) => {
    if (node.op === "index") note(node.axis);
    if (node.op === "load") { for (const term of node.address.terms) note(term.axis); }
  });
  return [...refs.values()];
}
