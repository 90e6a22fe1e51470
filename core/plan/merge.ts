/**
 * Joins kernels that run over the same points: what one stores and the next reads at the same point
 * stays in a register.
 *
 * @module
 */

import { addressKey, type ScalarBuilder } from "../ir/builder.ts";
import type { Gemm, LoopNest, LoopNestCheck, Step, StepPart, Store } from "../ir/program.ts";
import type { Prim, SNode } from "../ir/scalar.ts";
import { type Size, sizeKey } from "../ir/size.ts";
import { sizeOfNodes } from "../ir/functions.ts";
import { loadsOf, nodesOf } from "../ir/nodes.ts";
import { buffersOf, stepOutputs } from "../ir/steps.ts";
import type { Planner } from "./planner.ts";
import type { StepEntry, StepGraph } from "./step_graph.ts";

/** How far back a kernel looks for one to join. */
const WINDOW = 40;

/** Kernels with more nodes than this take in no more. */
const MOST_NODES = 1500;

/** Joins nests of one level with earlier steps. */
export function joinNests(graph: StepGraph): void {
  const groups: Group[] = [];
  for (const entry of graph.entries) {
    const step = entry.step!;
    const at = step.kind === "nest" ? partner(groups, step) : -1;
    if (at < 0) groups.push(new Group(graph.planner, entry));
    else {
      groups[at]!.add(step as LoopNest);
      graph.replace(entry, null);
    }
  }
  for (const group of groups) graph.replace(group.entry, group.step);
}

/** A step, with the nests that have joined it. */
class Group {
  readonly #planner: Planner;
  readonly #first: Step;
  readonly #stores: Store[] = [];
  readonly #parts: StepPart[] = [];
  readonly #checks: LoopNestCheck[] = [];
  readonly #substitute: (node: SNode) => SNode;
  /** What is stored after the loops, by where. */
  readonly #written = new Map<string, Store>();
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  /** Buffers that one of the steps both reads and writes. */
  readonly #inPlace = new Set<number>();
  /** The points that it runs over, as text; null if nothing can join it. */
  readonly points: string | null;
  #name: string;
  #nodes: number;

  constructor(planner: Planner, readonly entry: StepEntry) {
    const step = entry.step!;
    this.#planner = planner;
    this.#first = step;
    this.#name = step.name;
    this.#noteAccess(step);
    this.points = pointsOf(step)?.map(sizeKey).join() ?? null;
    this.#nodes = step.kind === "nest" ? sizeOfNest(step) : 0;
    if (step.kind === "nest" || step.kind === "gemm") this.#note(storesOf(step));
    this.#substitute = substitution(
      planner.b,
      (node) =>
        node.op === "load" && node.args.length === 0
          ? this.#written.get(`${node.buffer}@${addressKey(node.address)}`)?.value ?? null
          : null,
    );
  }

  #note(stores: readonly Store[]): void {
    for (const store of stores) {
      this.#written.set(`${store.buffer}@${addressKey(store.address)}`, store);
    }
  }

  #noteAccess(step: Step): void {
    const { reads, writes } = buffersOf(step);
    for (const buffer of reads) this.reads.add(buffer);
    for (const buffer of writes) {
      this.writes.add(buffer);
      if (reads.has(buffer)) this.#inPlace.add(buffer);
    }
  }

  /** Whether a nest over the same points may join. */
  takes(nest: LoopNest): boolean {
    const step = this.#first, mine = buffersOf(nest);
    if (step.kind === "gemm" && nest.checks.length > 0) return false;
    const related = [...mine.reads].some((x) => this.reads.has(x) || this.writes.has(x));
    if (!related) return false;
    if ([...mine.writes].some((x) => this.reads.has(x) || this.writes.has(x))) return false;
    const { buffers, nodes } = this.#planner.kernelLimits;
    if (this.#nodes > MOST_NODES || this.#nodes + sizeOfNest(nest) > nodes) return false;
    if (buffers < Infinity) {
      const all = new Set([...this.reads, ...this.writes, ...mine.reads, ...mine.writes]);
      if (all.size > buffers) return false;
    }
    const inner = step.kind === "nest" ? new Set(step.inner.map((store) => store.buffer)) : null;
    return loadsOf(stepOutputs(nest)).every((load) => {
      if (!this.writes.has(load.buffer)) return true;
      if (inner?.has(load.buffer) || load.args.length > 0) return false;
      const store = this.#written.get(`${load.buffer}@${addressKey(load.address)}`);
      return store !== undefined && store.guard === null && !this.#changesItself(store);
    });
  }

  /** Whether a stored value is computed from what a store of this has overwritten by then. */
  #changesItself({ value }: Store): boolean {
    return this.#inPlace.size > 0 &&
      loadsOf([value]).some((load) => this.#inPlace.has(load.buffer));
  }

  /** Whether a nest must stay behind this. */
  precedes(nest: LoopNest): boolean {
    const mine = buffersOf(nest);
    return [...mine.reads].some((x) => this.writes.has(x)) ||
      [...mine.writes].some((x) => this.writes.has(x) || this.reads.has(x));
  }

  /** Lets a nest join; its checks, too, come after the loops. */
  add(nest: LoopNest): void {
    const substitute = this.#substitute;
    const stores = nest.outer.map((store) => replacedStore(store, substitute));
    for (const check of nest.checks) {
      this.#checks.push({ ...check, failed: substitute(check.failed) });
    }
    this.#stores.push(...stores);
    this.#parts.push(...nest.parts ?? []);
    this.#note(stores);
    this.#nodes += sizeOfNest(nest);
    this.#noteAccess(nest);
    if (this.#name !== nest.name && this.#name.length <= 60) this.#name += `+${nest.name}`;
  }

  /** All in one step. */
  get step(): Step {
    const step = this.#first, name = this.#name;
    if (this.#stores.length + this.#checks.length === 0) return step;
    const made = step.parts === undefined
      ? { name }
      : { name, parts: [...step.parts, ...this.#parts] };
    if (step.kind === "gemm") {
      return { ...step, ...made, stores: [...step.stores, ...this.#stores] };
    }
    const nest = step as LoopNest;
    return {
      ...nest,
      ...made,
      outer: [...nest.outer, ...this.#stores],
      checks: [...nest.checks, ...this.#checks],
    };
  }
}

/** The points that a step runs over, or null if nothing can join it. */
function pointsOf(step: Step): readonly Size[] | null {
  if (step.kind === "gemm") return [...step.batch, step.m, step.n];
  return step.kind === "nest" ? step.axes : null;
}

function storesOf(step: LoopNest | Gemm): readonly Store[] {
  return step.kind === "gemm" ? step.stores : step.outer;
}

/** Index of an earlier group that `nest` can join, or -1. */
function partner(groups: readonly Group[], nest: LoopNest): number {
  const simple = nest.loops.length === 0 && nest.reductions.length === 0 &&
    nest.inner.length === 0;
  if (!simple || nest.axes.length === 0 && nest.checks.length > 0) return -1;
  const points = nest.axes.map(sizeKey).join();
  for (let at = groups.length - 1; at >= 0 && at >= groups.length - WINDOW; at--) {
    const group = groups[at]!;
    if (group.points === points && group.takes(nest)) return at;
    if (group.precedes(nest)) return -1;
  }
  return -1;
}

/** A store of what nodes are replaced by. */
export function replacedStore(store: Store, replace: (node: SNode) => SNode): Store {
  return {
    ...store,
    value: replace(store.value),
    guard: store.guard === null ? null : replace(store.guard),
    address: store.address.rest === null
      ? store.address
      : { ...store.address, rest: replace(store.address.rest) },
  };
}

/** Rebuilds nodes with some replaced. */
export function substitution(
  b: ScalarBuilder,
  find: (node: SNode) => SNode | null,
): (node: SNode) => SNode {
  const done = new Map<SNode, SNode>();
  const go = (node: SNode): SNode => {
    const have = done.get(node);
    if (have !== undefined) return have;
    let made = find(node);
    if (made === null) {
      if (node.op === "load") {
        const rest = node.address.rest === null ? null : go(node.address.rest);
        const guard = node.args[0] === undefined ? undefined : go(node.args[0]);
        made = rest === node.address.rest && guard === node.args[0]
          ? node
          : b.load(node.buffer, node.dtype, { ...node.address, rest }, guard);
      } else if (node.args.length === 0) made = node;
      else {
        const args = node.args.map(go);
        made = args.every((arg, i) => arg === node.args[i])
          ? node
          : node.op === "call"
          ? b.call(node.func, args)
          : b.prim(node.op as Prim, node.type, ...args);
      }
    }
    done.set(node, made);
    return made;
  };
  return go;
}

const sizes = new WeakMap<LoopNest, number>();

/** Primitives of a nest, which many groups ask for. */
function sizeOfNest(nest: LoopNest): number {
  let size = sizes.get(nest);
  if (size === undefined) sizes.set(nest, size = sizeOfNodes(nodesOf(stepOutputs(nest))));
  return size;
}
