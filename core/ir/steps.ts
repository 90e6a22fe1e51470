/**
 * What steps compute, and which memory they read and write.
 *
 * @module
 */

import { nodesOf } from "./nodes.ts";
import type { Branch, Loop, LoopNest, Program, Step, Store } from "./program.ts";
import type { Address, LoadNode, SNode } from "./scalar.ts";

/** Nodes that something computes; null where there is none. */
export type Outputs = (SNode | null)[];

/** What some stores need. */
export function storeOutputs(stores: readonly Store[]): Outputs {
  return stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]);
}

/** What is needed in each iteration of the loops of a nest. */
export function innerOutputs(nest: LoopNest): Outputs {
  return [
    ...nest.reductions.map((reduction) => reduction.value),
    ...checkOutputs(nest, true),
    ...storeOutputs(nest.inner),
  ];
}

/** What is needed after the loops of a nest. */
export function outerOutputs(nest: LoopNest): Outputs {
  return [...checkOutputs(nest, false), ...storeOutputs(nest.outer)];
}

/** The conditions of checks inside the loops of a nest, or after them. */
export function checkOutputs({ checks }: LoopNest, inner: boolean): SNode[] {
  return checks.filter((check) => check.inner === inner).map((check) => check.failed);
}

/** What a step computes itself; not what steps inside it do. */
export function stepOutputs(step: Step): Outputs {
  switch (step.kind) {
    case "nest":
      return [...innerOutputs(step), ...outerOutputs(step)];
    case "gemm":
      return [...storeOutputs(step.stores), step.left.base.rest, step.right.base.rest];
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
  for (const load of nodesOf(stepOutputs(step))) {
    if (load.op !== "load") continue;
    touches.push({ buffer: load.buffer, address: load.address, store: null, load });
  }
  for (const store of storesOf(step)) {
    touches.push({ buffer: store.buffer, address: store.address, store, load: null });
  }
  return touches;
}

/** The lists of steps inside a step. */
function insideOf(step: Step): readonly (readonly Step[])[] {
  if (step.kind === "loop") return [step.body];
  return step.kind === "branch" ? [step.then, step.otherwise] : [];
}

/** A step, and which one it is in. */
export interface NumberedStep {
  readonly step: Step;
  /** The number of the step around it; -1 where there is none. */
  readonly outer: number;
  /** The number of the first step of its list: they run one after the other. */
  readonly list: number;
}

/** All steps of a program by number, each before those inside it, commits last. */
export function allSteps({ steps, commit }: Pick<Program, "steps" | "commit">): NumberedStep[] {
  const found: NumberedStep[] = [];
  const visit = (list: readonly Step[], outer: number): void => {
    const first = found.length;
    for (const step of list) {
      const number = found.push({ step, outer, list: first }) - 1;
      for (const inside of insideOf(step)) visit(inside, number);
    }
  };
  visit([...steps, ...commit], -1);
  return found;
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
interface BuffersUsed {
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
}

const known = new WeakMap<Step, BuffersUsed>();

/** The buffers of one step; found once, since steps never change. */
export function buffersOf(step: Step): BuffersUsed {
  let used = known.get(step);
  if (used === undefined) known.set(step, used = findBuffers(step));
  return used;
}

/** The buffers of steps. */
function buffersOfAll(steps: readonly Step[]): BuffersUsed {
  const reads = new Set<number>(), writes = new Set<number>();
  for (const step of steps) {
    const used = buffersOf(step);
    for (const buffer of used.reads) reads.add(buffer);
    for (const buffer of used.writes) writes.add(buffer);
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

function findBuffers(step: Step): BuffersUsed {
  const own = ownBuffers(step), inside = buffersOfAll(insideOf(step).flat());
  const reads = new Set(inside.reads), writes = new Set(inside.writes);
  for (const buffer of own.reads) if (buffer !== null) reads.add(buffer);
  for (const buffer of own.writes) if (buffer !== null) writes.add(buffer);
  for (const { buffer, store } of touchesOf(step)) (store === null ? reads : writes).add(buffer);
  return { reads, writes };
}
