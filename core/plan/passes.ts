/**
 * What is done to the steps of a level after they are made, in order:
 *
 * - `scalars` puts kernels of one point first, so that they part no others;
 * - `merge` joins nests that run over the same points;
 * - `unread` drops stores that nothing reads;
 * - `commit` (of the function only) has updates written in place, behind all checks;
 * - `rows` runs neighbouring nests row by row where that suits the device.
 *
 * @module
 */

import { type CommitRequest, commitUpdates } from "./commit.ts";
import { joinNests } from "./merge.ts";
import { fuseRows } from "./rows.ts";
import type { StepGraph } from "./step_graph.ts";
import type { Step, Store } from "../ir/program.ts";
import { buffersOf } from "../ir/steps.ts";

/** What comes before the strategy of a loop is chosen. */
export function simplify(graph: StepGraph): StepGraph {
  return graph.pass("scalars", scalarsFirst).pass("merge", joinNests).pass("unread", dropUnread);
}

/** What comes last. */
export function arrange(graph: StepGraph): StepGraph {
  return graph.pass("rows", fuseRows);
}

/** The passes of a whole function; gives the updates (by number) that are written in place. */
export function runPasses(graph: StepGraph, request: CommitRequest): ReadonlySet<number> {
  let inPlace: ReadonlySet<number> = new Set();
  simplify(graph).pass("commit", () => inPlace = commitUpdates(graph, request));
  arrange(graph);
  return inPlace;
}

/** How far a kernel moves. */
const WINDOW = 40;

/**
 * Moves the kernels of a single point of one level to the front, as far as what they read is there. What is
 * the same for all elements, such as a learning rate, then does not stand between kernels that join.
 */
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

/** Drops stores into scratch memory that no step reads, and steps that have nothing else to do. */
function dropUnread(graph: StepGraph): void {
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
