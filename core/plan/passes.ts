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
import { scalarsFirst } from "./scalars.ts";
import type { StepGraph } from "./step_graph.ts";
import { dropUnread } from "./unread.ts";

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
