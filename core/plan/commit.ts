/**
 * Puts new values of shared variables in place: straight into their memory where the old value is not
 * needed any more, as the last thing a program does, so that a failed check leaves them alone.
 *
 * @module
 */

import { addressKey } from "../ir/builder.ts";
import type { Gemm, LoopNest, Step, Store } from "../ir/program.ts";
import { sizeKey } from "../ir/size.ts";
import { loadsOf, nodesOf } from "../ir/nodes.ts";
import { buffersOf, stepOutputs } from "../ir/steps.ts";
import { KernelBuilder } from "./kernel.ts";
import { type BufferView, loadView } from "./buffer_view.ts";
import type { Planner } from "./planner.ts";
import { Scope } from "./scope.ts";
import { Shapes } from "./shapes.ts";
import type { StepGraph } from "./step_graph.ts";

/** What `commitUpdates` needs to know. */
export interface CommitRequest {
  /** Where a shared variable is, by slot. */
  shared(slot: number): BufferView;
  readonly updates: readonly {
    readonly shared: number;
    readonly view: BufferView;
    readonly output: number;
  }[];
}

/** Decides which updates are written in place, and how; gives their numbers. */
export function commitUpdates(graph: StepGraph, request: CommitRequest): ReadonlySet<number> {
  const { planner } = graph;
  const moved: Step[] = [];
  const inPlace = new Set<number>();
  const updates = new Map(request.updates.map((update, i) => [update.view.buffer, i]));
  const behind: Behind = { reads: new Set(), writes: new Set() };
  const note = (step: Step) => {
    const { reads, writes } = buffersOf(step);
    for (const buffer of reads) behind.reads.add(buffer);
    for (const buffer of writes) behind.writes.add(buffer);
  };

  // Backwards, so that a step is moved only when nothing after it stays behind and reads it.
  for (const entry of graph.entries.toReversed()) {
    const step = entry.step!;
    const mine = [...buffersOf(step).writes].flatMap((buffer) => updates.get(buffer) ?? []);
    const sent = mine.length === 0 ? null : inPlaceStep(graph, behind, step, request, mine);
    if (sent === null) {
      note(step);
      continue;
    }
    for (const i of mine) {
      inPlace.add(i);
      // Nothing uses the buffer any more.
      planner.buffers.change(request.updates[i]!.view.buffer, { role: { kind: "temp" } });
    }
    // All that can fail comes before the first commit.
    const checks = sent.kind === "nest" && sent.checks.length > 0 ? checksOf(sent) : null;
    const last = checks === null ? sent : { ...sent, checks: [] };
    moved.push(last);
    note(last);
    graph.replace(entry, checks);
    if (checks !== null) note(checks);
  }
  for (const step of moved.toReversed()) graph.addCommit(step);

  if (planner.checks.length > 0) {
    request.updates.forEach((update, i) => {
      if (inPlace.has(i)) return;
      const target = request.shared(update.shared);
      if (!sameShape(target, update.view)) return;
      // The old value may be read by other commits: those run first.
      planner.buffers.change(update.view.buffer, { role: { kind: "temp" } });
      graph.addCommit(copyStep(planner, update.view, target));
      inPlace.add(i);
    });
  }
  return inPlace;
}

function sameShape(a: BufferView, b: BufferView): boolean {
  return a.shape.map(sizeKey).join() === b.shape.map(sizeKey).join();
}

/** What the steps behind a step read and write. */
interface Behind {
  readonly reads: Set<number>;
  readonly writes: Set<number>;
}

/** The step with its stores sent to the shared variables, or null if it must stay as it is. */
function inPlaceStep(
  graph: StepGraph,
  behind: Behind,
  step: Step,
  request: CommitRequest,
  mine: readonly number[],
): LoopNest | Gemm | null {
  if (step.kind !== "nest" && step.kind !== "gemm") return null;
  if (step.kind === "nest" && step.inner.length > 0) return null;
  // Everything it writes must be something that no later step reads or overwrites.
  for (const buffer of buffersOf(step).writes) {
    if (behind.reads.has(buffer) || behind.writes.has(buffer)) return null;
    if (graph.planner.buffers.all[buffer]!.role.kind === "temp") return null;
  }
  const stores = step.kind === "gemm" ? step.stores : step.outer;
  const targets = new Map<number, BufferView>();
  const claimed = new Set<number>();
  for (const i of mine) {
    const update = request.updates[i]!, target = request.shared(update.shared);
    if (!sameShape(target, update.view) || claimed.has(target.buffer)) return null;
    claimed.add(target.buffer);
    targets.set(update.view.buffer, target);
    // Steps before it are done by then; steps after it still need the old value if they read it.
    if (behind.reads.has(target.buffer)) return null;
    if (graph.writersOf(update.view.buffer).size > 1) return null;
    if (!readsAtPoint(step, stores, update.view.buffer, target.buffer)) return null;
    // A store that comes later would read the new value.
    const writer = stores.findLastIndex((store) => store.buffer === update.view.buffer);
    const later = stores.slice(writer + 1).map((store) => store.value);
    if (loadsOf(later).some((load) => load.buffer === target.buffer)) return null;
  }
  const send = (store: Store): Store => {
    const target = targets.get(store.buffer);
    return target === undefined ? store : { ...store, buffer: target.buffer };
  };
  return step.kind === "gemm"
    ? { ...step, stores: step.stores.map(send) }
    : { ...step, outer: step.outer.map(send) };
}

/** The checks of a nest as a nest of their own. */
function checksOf(nest: LoopNest): LoopNest {
  const reduces = nodesOf(nest.checks.map(({ failed }) => failed))
    .some(({ op }) => op === "reduced" || op === "running");
  return {
    ...nest,
    name: `${nest.name} checks`,
    inner: [],
    outer: [],
    ...reduces ? {} : { reductions: [] },
  };
}

/** Whether the step reads `old` only where it writes the new value. */
function readsAtPoint(
  step: LoopNest | Gemm,
  stores: readonly Store[],
  written: number,
  old: number,
): boolean {
  if (step.kind === "gemm" && (step.left.buffer === old || step.right.buffer === old)) return false;
  const addresses = new Set(
    stores.filter((store) => store.buffer === written).map((store) => addressKey(store.address)),
  );
  const loops = step.kind === "nest" && step.loops.length > 0;
  return loadsOf(stepOutputs(step)).every((load) =>
    load.buffer !== old || !loops && addresses.has(addressKey(load.address)) ||
    loops && readsOnlyAfter(step as LoopNest, load.id, addresses.has(addressKey(load.address)))
  );
}

/** With loops, the old value may only be read by the stores that follow them. */
function readsOnlyAfter(nest: LoopNest, load: number, atPoint: boolean): boolean {
  if (!atPoint) return false;
  return nest.reductions.every((reduction) =>
    loadsOf([reduction.value]).every((other) => other.id !== load)
  );
}

function copyStep(planner: Planner, from: BufferView, to: BufferView): Step {
  const scope = new Scope(planner, new Shapes(planner.guards, new Map()));
  const kernel = new KernelBuilder(scope, from.shape, [], false);
  kernel.storeView(to, kernel.axes, loadView(planner.b, planner.storage, from, kernel.axes));
  scope.finish("commit", kernel);
  return scope.steps[0]!;
}
