/**
 * What steps compute, and which memory they read and write.
 *
 * @module
 */

import { nodesOf } from "./nodes.ts";
import type { Branch, Loop, Nest, Step, Store } from "./program.ts";
import type { Address, LoadNode, SNode } from "./scalar.ts";

/** Nodes that something computes; null where there is none. */
export type Roots = (SNode | null)[];

/** What some stores need. */
export function storeRoots(stores: readonly Store[]): Roots {
  return stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]);
}

/** What is needed in each iteration of the loops of a nest. */
export function innerRoots(nest: Nest): Roots {
  return [
    ...nest.reductions.map((reduction) => reduction.value),
    ...checkRoots(nest, true),
    ...storeRoots(nest.inner),
  ];
}

/** What is needed after the loops of a nest. */
export function outerRoots(nest: Nest): Roots {
  return [...checkRoots(nest, false), ...storeRoots(nest.outer)];
}

/** The conditions of checks inside the loops of a nest, or after them. */
export function checkRoots({ checks }: Nest, inner: boolean): SNode[] {
  return checks.filter((check) => check.inner === inner).map((check) => check.failed);
}

/** What a step computes itself; not what steps inside it do. */
export function stepRoots(step: Step): Roots {
  switch (step.kind) {
    case "nest":
      return [...innerRoots(step), ...outerRoots(step)];
    case "gemm":
      return [...storeRoots(step.stores), step.left.base.rest, step.right.base.rest];
    default:
      return [];
  }
}

/** What a step stores itself. */
export function storesOf(step: Step): readonly Store[] {
  if (step.kind === "gemm") return step.stores;
  return step.kind === "nest" ? [...step.inner, ...step.outer] : [];
}

/** A place in memory that a nest or a product reads or writes. */
export interface Touch {
  readonly buffer: number;
  /** Of an operand of a product: its first element. */
  readonly address: Address;
  /** What is stored, or null where it is read. */
  readonly store: Store | null;
  /** The load; null for stores and operands of products. */
  readonly load: LoadNode | null;
}

/** The places in memory that a step touches itself: loads in the order of computation, then stores. */
export function touchesOf(step: Step): Touch[] {
  const touches: Touch[] = [];
  if (step.kind === "gemm") {
    for (const { buffer, base } of [step.left, step.right]) {
      touches.push({ buffer, address: base, store: null, load: null });
    }
  }
  for (const load of nodesOf(stepRoots(step))) {
    if (load.op !== "load") continue;
    touches.push({ buffer: load.buffer, address: load.address, store: null, load });
  }
  for (const store of storesOf(step)) {
    touches.push({ buffer: store.buffer, address: store.address, store, load: null });
  }
  return touches;
}

/** The lists of steps inside a step. */
export function insideOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "loop") return [step.body];
  return step.kind === "branch" ? [step.then, step.otherwise] : [];
}

/** A step with no steps inside. */
export type Leaf = Exclude<Step, Loop | Branch>;

/** Visits every nest, product, sort and search in steps, also inside loops and branches. */
export function eachLeaf(steps: readonly Step[], visit: (step: Leaf) => void): void {
  for (const step of steps) {
    if (step.kind === "loop" || step.kind === "branch") {
      for (const list of insideOf(step)) eachLeaf(list, visit);
    } else visit(step);
  }
}

/** Buffers that a step reads and writes, with everything inside it. */
export interface Access {
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
}

const known = new WeakMap<Step, Access>();

/** The buffers of one step; found once, since steps never change. */
export function stepAccess(step: Step): Access {
  let access = known.get(step);
  if (access === undefined) known.set(step, access = findAccess(step));
  return access;
}

/** The buffers of steps. */
export function accessOf(steps: readonly Step[]): Access {
  const reads = new Set<number>(), writes = new Set<number>();
  for (const step of steps) {
    const access = stepAccess(step);
    for (const buffer of access.reads) reads.add(buffer);
    for (const buffer of access.writes) writes.add(buffer);
  }
  return { reads, writes };
}

/** The buffers that a step reads and writes itself, beside loads and stores: null where none is. */
function ownBuffers(step: Step): { reads: (number | null)[]; writes: (number | null)[] } {
  switch (step.kind) {
    case "sort":
      return { reads: [step.source], writes: [step.values, step.positions] };
    case "nonzero":
      return { reads: [step.source], writes: [step.positions, step.count] };
    case "loop":
      return { reads: [step.until], writes: [step.count] };
    case "branch":
      return { reads: [step.condition], writes: [] };
    default:
      return { reads: [], writes: [] };
  }
}

function findAccess(step: Step): Access {
  const own = ownBuffers(step), inside = accessOf(insideOf(step).flat());
  const reads = new Set(inside.reads), writes = new Set(inside.writes);
  for (const buffer of own.reads) if (buffer !== null) reads.add(buffer);
  for (const buffer of own.writes) if (buffer !== null) writes.add(buffer);
  for (const { buffer, store } of touchesOf(step)) (store === null ? reads : writes).add(buffer);
  return { reads, writes };
}
