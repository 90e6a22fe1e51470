/**
 * Drops stores that nothing reads.
 *
 * @module
 */

import type { Step, Store } from "../ir/program.ts";
import { buffersOf } from "../ir/steps.ts";
import type { StepGraph } from "./step_graph.ts";

/** Drops stores into scratch memory that no step reads, and steps that have nothing else to do. */
export function dropUnread(graph: StepGraph): void {
  const live = ({ buffer }: Store) => graph.isNeeded(buffer) || graph.readersOf(buffer).size > 0;
  // Backwards, since what a dropped store read was mostly written before it.
  const waiting = [...graph.entries];
  while (waiting.length > 0) {
    const entry = waiting.pop()!, { step } = entry;
    if (step === null) continue;
    const left = keepStores(step, live);
    if (left === step) continue;
    graph.replace(entry, left);
    for (const buffer of buffersOf(step).reads) {
      if (graph.readersOf(buffer).size === 0) waiting.push(...graph.writersOf(buffer));
    }
  }
}

/** A step without the stores that are not wanted; null where nothing is left to do. */
function keepStores(step: Step, wanted: (store: Store) => boolean): Step | null {
  if (step.kind === "nest") {
    const inner = step.inner.filter(wanted), outer = step.outer.filter(wanted);
    if (inner.length + outer.length + step.checks.length === 0) return null;
    if (inner.length === step.inner.length && outer.length === step.outer.length) return step;
    return { ...step, inner, outer };
  }
  if (step.kind === "gemm") {
    const stores = step.stores.filter(wanted);
    if (stores.length === step.stores.length) return step;
    return stores.length === 0 ? null : { ...step, stores };
  }
  return step;
}
