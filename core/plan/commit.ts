/**
 * Puts new values of shared variables in place: straight into their memory where the old value is not
 * needed any more, as the last thing a program does, so that a failed check leaves them alone.
 *
 * @module
 */

import { addressKey } from "../kernel/builder.ts";
import type { Gemm, Nest, Step, Store } from "../kernel/program.ts";
import { sizeKey } from "../kernel/size.ts";
import { accessOf, loadsOf, stepNodes } from "./access.ts";
import { Kernel } from "./kernel.ts";
import { dropUnread } from "./merge.ts";
import { loadPlace, type Place } from "./place.ts";
import type { Planner } from "./planner.ts";
import { Scope } from "./scope.ts";
import { Shapes } from "./shapes.ts";

/** What `commitUpdates` needs to know. */
export interface CommitRequest {
  /** Where a shared variable is, by slot. */
  shared(slot: number): Place;
  readonly updates: readonly {
    readonly shared: number;
    readonly place: Place;
    readonly output: number;
  }[];
}

/** The steps of a program, with those that write shared variables at the end. */
export interface Committed {
  readonly steps: Step[];
  readonly commit: Step[];
  /** Updates (by number) that are written in place. */
  readonly inPlace: ReadonlySet<number>;
}

/** Decides which updates are written in place, and how. */
export function commitUpdates(
  planner: Planner,
  merged: readonly Step[],
  request: CommitRequest,
): Committed {
  let steps = dropUnread(planner, merged);
  const commit: Step[] = [];
  const inPlace = new Set<number>();

  // Backwards, so that a step is moved only when nothing after it stays behind and reads it.
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!;
    if (step.kind !== "nest" && step.kind !== "gemm") continue;
    const mine = writtenUpdates(step, request);
    if (mine.length === 0) continue;
    const moved = movable(planner, [...steps, ...commit], at, step, request, mine);
    if (moved === null) continue;
    for (const i of mine) {
      inPlace.add(i);
      // Nothing uses the buffer any more.
      planner.buffers.rebind(request.updates[i]!.place.buffer, { kind: "temp" });
    }
    commit.unshift(moved);
    steps = [...steps.slice(0, at), ...steps.slice(at + 1)];
  }

  if (planner.checks.length > 0) {
    request.updates.forEach((update, i) => {
      if (inPlace.has(i)) return;
      const target = request.shared(update.shared);
      if (!sameShape(target, update.place)) return;
      // The old value may be read by other commits: those run first.
      planner.buffers.rebind(update.place.buffer, { kind: "temp" });
      commit.push(copyStep(planner, update.place, target));
      inPlace.add(i);
    });
  }
  return { steps, commit, inPlace };
}

function sameShape(a: Place, b: Place): boolean {
  return a.shape.map(sizeKey).join() === b.shape.map(sizeKey).join();
}

function writtenUpdates(step: Nest | Gemm, request: CommitRequest): number[] {
  const { writes } = accessOf([step]);
  return request.updates.flatMap((update, i) => writes.has(update.place.buffer) ? [i] : []);
}

/** The step with its stores sent to the shared variables, or null if it must stay as it is. */
function movable(
  planner: Planner,
  steps: readonly Step[],
  at: number,
  step: Nest | Gemm,
  request: CommitRequest,
  mine: readonly number[],
): Step | null {
  if (step.kind === "nest" && step.inner.length > 0) return null;
  const after = accessOf(steps.slice(at + 1));
  const { writes } = accessOf([step]);
  // Everything it writes must be something that no later step reads or overwrites.
  for (const buffer of writes) {
    if (after.reads.has(buffer) || after.writes.has(buffer)) return null;
    if (planner.buffers.all[buffer]!.role.kind === "temp") return null;
  }
  const stores = step.kind === "gemm" ? step.stores : step.outer;
  const targets = new Map<number, Place>();
  const claimed = new Set<number>();
  for (const i of mine) {
    const update = request.updates[i]!, target = request.shared(update.shared);
    if (!sameShape(target, update.place) || claimed.has(target.buffer)) return null;
    claimed.add(target.buffer);
    targets.set(update.place.buffer, target);
    // Steps before it are done by then; steps after it still need the old value if they read it.
    if (after.reads.has(target.buffer)) return null;
    const writers = steps.filter((other) => accessOf([other]).writes.has(update.place.buffer));
    if (writers.length > 1) return null;
    if (!readsAtPoint(step, stores, update.place.buffer, target.buffer)) return null;
    // A store that comes later would read the new value.
    const writer = stores.findLastIndex((store) => store.buffer === update.place.buffer);
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

/** Whether the step reads `old` only where it writes the new value. */
function readsAtPoint(
  step: Nest | Gemm,
  stores: readonly Store[],
  written: number,
  old: number,
): boolean {
  if (step.kind === "gemm" && (step.left.buffer === old || step.right.buffer === old)) return false;
  const addresses = new Set(
    stores.filter((store) => store.buffer === written).map((store) => addressKey(store.address)),
  );
  const loops = step.kind === "nest" && step.loops.length > 0;
  return loadsOf(stepNodes(step)).every((load) =>
    load.buffer !== old || !loops && addresses.has(addressKey(load.address)) ||
    loops && readsOnlyAfter(step as Nest, load.id, addresses.has(addressKey(load.address)))
  );
}

/** With loops, the old value may only be read by the stores that follow them. */
function readsOnlyAfter(nest: Nest, load: number, atPoint: boolean): boolean {
  if (!atPoint) return false;
  return nest.reductions.every((reduction) =>
    loadsOf([reduction.value]).every((other) => other.id !== load)
  );
}

function copyStep(planner: Planner, from: Place, to: Place): Step {
  const scope = new Scope(planner, new Shapes(planner.guards, new Map()));
  const kernel = new Kernel(scope, from.shape, [], false);
  kernel.storePlace(to, kernel.axes, loadPlace(planner.b, planner.storage, from, kernel.axes));
  scope.finish("commit", kernel);
  return scope.steps[0]!;
}
