/**
 * Which buffers steps read and write.
 *
 * @module
 */

import type { Nest, Step, Store } from "../kernel/program.ts";
import type { Address, LoadNode, SNode } from "../kernel/scalar.ts";

/** Visits the nodes that some nodes depend on, each once. */
export function visitNodes(roots: Iterable<SNode>, visit: (node: SNode) => void): void {
  const seen = new Set<SNode>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    visit(node);
    stack.push(...node.args);
    if (node.op === "load" && node.address.rest !== null) stack.push(node.address.rest);
  }
}

function addressNodes(address: Address): SNode[] {
  return address.rest === null ? [] : [address.rest];
}

function storeNodes(stores: readonly Store[]): SNode[] {
  return stores.flatMap((store) => [
    store.value,
    ...(store.guard === null ? [] : [store.guard]),
    ...addressNodes(store.address),
  ]);
}

/** The nodes that a nest evaluates. */
export function nestNodes(nest: Nest): SNode[] {
  return [
    ...nest.reductions.map((reduction) => reduction.value),
    ...storeNodes(nest.inner),
    ...storeNodes(nest.outer),
    ...nest.checks.map((check) => check.failed),
  ];
}

/** The loads among the nodes. */
export function loadsOf(nodes: Iterable<SNode>): LoadNode[] {
  const loads: LoadNode[] = [];
  visitNodes(nodes, (node) => {
    if (node.op === "load") loads.push(node);
  });
  return loads;
}

/** The nodes that a step evaluates itself (not those of steps inside it). */
export function stepNodes(step: Step): SNode[] {
  if (step.kind === "nest") return nestNodes(step);
  if (step.kind === "gemm") {
    return [
      ...storeNodes(step.stores),
      ...addressNodes(step.left.base),
      ...addressNodes(step.right.base),
    ];
  }
  return [];
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

function findAccess(step: Step): Access {
  const reads = new Set<number>(), writes = new Set<number>();
  for (const load of loadsOf(stepNodes(step))) reads.add(load.buffer);
  const inside = (steps: readonly Step[]) => {
    const access = accessOf(steps);
    for (const buffer of access.reads) reads.add(buffer);
    for (const buffer of access.writes) writes.add(buffer);
  };
  switch (step.kind) {
    case "nest":
      for (const store of [...step.inner, ...step.outer]) writes.add(store.buffer);
      break;
    case "gemm":
      reads.add(step.left.buffer).add(step.right.buffer);
      for (const store of step.stores) writes.add(store.buffer);
      break;
    case "sort":
      reads.add(step.source);
      if (step.values !== null) writes.add(step.values);
      if (step.positions !== null) writes.add(step.positions);
      break;
    case "nonzero":
      reads.add(step.source);
      writes.add(step.positions).add(step.count);
      break;
    case "loop":
      if (step.until !== null) reads.add(step.until);
      if (step.count !== null) writes.add(step.count);
      inside(step.body);
      break;
    case "branch":
      reads.add(step.condition);
      inside(step.then);
      inside(step.otherwise);
      break;
  }
  return { reads, writes };
}
