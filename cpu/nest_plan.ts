/**
 * How a kernel is printed: the order of its loops, which of them runs over vectors, and what each
 * node of its values depends on.
 *
 * @module
 */

import type { Address, SNode } from "../core/kernel/scalar.ts";
import type { Size } from "../core/kernel/size.ts";
import type { Kernel, KStore } from "./kernel.ts";

/** One loop of a printed nest. */
export interface Level {
  /** The kernel axis that it runs over. */
  readonly axis: number;
  readonly size: Size;
  /** One turn per element, all turns printed one after the other, or four elements per vector. */
  readonly mode: "loop" | "unroll" | "vector";
  /** Vectors per turn of the main loop. */
  readonly unroll: number;
}

/** The loops of a kernel, outermost first. */
export interface NestPlan {
  readonly levels: readonly Level[];
  /** How many of the levels are axes; the rest are the loops that reductions run over. */
  readonly axisCount: number;
  /** The depth (from 1) of the level in vector mode; 0 if there is none. */
  readonly vector: number;
}

/** The stride of an address along an axis; 0 where it doesn't run along it. */
export function strideAlong(address: Address, axis: number): Size {
  for (const term of address.terms) {
    if (term.axis.kind === "axis" && term.axis.axis === axis) return term.stride;
  }
  return 0;
}

/** Buffers that a kernel both stores into and loads from. */
export function selfLoaded(kernel: Kernel): ReadonlySet<number> {
  const stored = new Set([...kernel.inner, ...kernel.outer].map((store) => store.buffer));
  const found = new Set<number>();
  forEachNode(kernel, (node) => {
    if (node.op === "load" && stored.has(node.buffer)) found.add(node.buffer);
  });
  return found;
}

/** The roots of what is computed in each iteration, and of what is computed after the loops. */
export function rootsOf(kernel: Kernel): { inner: SNode[]; outer: SNode[] } {
  const ofStores = (stores: readonly KStore[]) =>
    stores.flatMap(({ value, guard, address }) =>
      [value, guard, address.rest].filter((node) => node !== null)
    );
  return {
    inner: [...kernel.reductions.map(({ value }) => value), ...ofStores(kernel.inner)],
    outer: ofStores(kernel.outer),
  };
}

/** What a node needs. */
export function dependencies(node: SNode): readonly SNode[] {
  return node.op === "load" && node.address.rest !== null
    ? [...node.args, node.address.rest]
    : node.args;
}

/** Visits each node under some roots once, arguments first. */
export function visitNodes(roots: readonly SNode[], visit: (node: SNode) => void): void {
  const seen = new Set<SNode>();
  const go = (node: SNode) => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const arg of dependencies(node)) go(arg);
    visit(node);
  };
  roots.forEach(go);
}

/** Visits each node of a kernel, apart from its checks, once. */
export function forEachNode(kernel: Kernel, visit: (node: SNode) => void): void {
  const { inner, outer } = rootsOf(kernel);
  visitNodes([...inner, ...outer], visit);
}

/** What nodes depend on, under a plan. */
export class Analysis {
  readonly #plan: NestPlan;
  readonly #depths = new Map<number, number>();
  readonly #levels = new Map<SNode, number>();
  readonly #varies = new Map<SNode, boolean>();
  readonly #selfLoaded: ReadonlySet<number>;
  readonly #vectorAxis: number;
  readonly uses = new Map<SNode, number>();

  constructor(plan: NestPlan, self: ReadonlySet<number>) {
    this.#plan = plan;
    plan.levels.forEach((level, i) => this.#depths.set(level.axis, i + 1));
    this.#selfLoaded = self;
    this.#vectorAxis = plan.vector === 0 ? -1 : plan.levels[plan.vector - 1]!.axis;
  }

  /** The depth of the level that runs over a kernel axis. */
  depthOf(axis: number): number {
    return this.#depths.get(axis)!;
  }

  /** The depth of the innermost level that an address depends on, apart from its computed part. */
  addressDepth(address: Address): number {
    let depth = 0;
    for (const { axis } of address.terms) {
      if (axis.kind === "axis") depth = Math.max(depth, this.depthOf(axis.axis));
    }
    return depth;
  }

  /** The depth of the innermost level that a node depends on; 0 for none. */
  level(node: SNode): number {
    let level = this.#levels.get(node);
    if (level === undefined) {
      level = this.#findLevel(node);
      this.#levels.set(node, level);
    }
    return level;
  }

  #findLevel(node: SNode): number {
    const { levels, axisCount } = this.#plan;
    let level = 0;
    for (const arg of dependencies(node)) level = Math.max(level, this.level(arg));
    switch (node.op) {
      case "index":
        return node.axis.kind === "axis" ? this.depthOf(node.axis.axis) : 0;
      case "load":
        // What an earlier iteration may have written is read anew each time.
        if (this.#selfLoaded.has(node.buffer)) return levels.length;
        return Math.max(level, this.addressDepth(node.address));
      case "reduced":
        return axisCount;
      case "running":
        return levels.length;
      case "product":
        return axisCount;
    }
    return level;
  }

  /** Whether a node differs between the lanes of a vector. */
  varies(node: SNode): boolean {
    let varies = this.#varies.get(node);
    if (varies === undefined) {
      varies = this.#findVaries(node);
      this.#varies.set(node, varies);
    }
    return varies;
  }

  #findVaries(node: SNode): boolean {
    const { vector, axisCount } = this.#plan;
    if (vector === 0) return false;
    if (dependencies(node).some((arg) => this.varies(arg))) return true;
    switch (node.op) {
      case "index":
        return node.axis.kind === "axis" && node.axis.axis === this.#vectorAxis;
      case "load":
        return strideAlong(node.address, this.#vectorAxis) !== 0;
      case "reduced":
      case "product":
        return vector <= axisCount;
      case "running":
        return true;
    }
    return false;
  }
}
