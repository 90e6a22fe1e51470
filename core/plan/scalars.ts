/**
 * Puts kernels of a single point before kernels over many points that have nothing to do with them. What is
 * the same for all elements, such as a learning rate, then does not stand between kernels that join.
 *
 * @module
 */

import type { Step } from "../ir/program.ts";
import { buffersOf } from "../ir/steps.ts";
import type { StepGraph } from "./step_graph.ts";

/** How far a kernel moves. */
const WINDOW = 40;

/** Moves the kernels of a single point of one level to the front, as far as what they read is there. */
export function scalarsFirst(graph: StepGraph): void {
  const { entries } = graph, order: Step[] = [];
  for (const { step } of entries) {
    order.splice(isScalar(step!) ? place(order, step!) : order.length, 0, step!);
  }
  entries.forEach((entry, i) => graph.replace(entry, order[i]!));
}

function isScalar(step: Step): boolean {
  return step.kind === "nest" && step.axes.length === 0 && step.loops.length === 0 &&
    step.reductions.length === 0 && step.checks.length === 0;
}

/** The first place that a step can have behind what it depends on and the other steps of a point. */
function place(order: readonly Step[], step: Step): number {
  const mine = buffersOf(step);
  let found = order.length;
  for (let at = order.length - 1; at >= 0 && at >= order.length - WINDOW; at--) {
    const earlier = order[at]!, { reads, writes } = buffersOf(earlier);
    const apart = [...writes].every((x) => !mine.reads.has(x) && !mine.writes.has(x)) &&
      [...reads].every((x) => !mine.writes.has(x));
    if (!apart) break;
    if (!isScalar(earlier)) found = at;
  }
  return found;
}
