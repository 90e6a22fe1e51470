/**
 * How a kernel is printed: the order of its loops, which of them runs over vectors, and what each
 * node of its values depends on.
 *
 * @module
 */

import type { Address, LoadNode, SNode } from "../../core/ir/scalar.ts";
import type { Size } from "../../core/ir/size.ts";
import type { LoweredNest } from "./kernel.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { dependencies, nodesOf } from "../../core/ir/nodes.ts";
import { storeOutputs } from "../../core/ir/steps.ts";

/** One loop of a printed nest. */
export interface Level {
  /** The kernel axis that it runs over. */
  readonly axis: number;
  readonly size: Size;
  /**
   * One iteration per element, all iterations printed one after the other, four elements per vector, or tiles:
   * four iterations at each place of the vectors, whose loads along this axis are turned to vectors.
   */
  readonly mode: "loop" | "unroll" | "vector" | "tile";
  /** Vectors per iteration of the main loop. */
  readonly unroll: number;
}

/** The loops of a kernel, outermost first. */
export interface NestPlan {
  readonly levels: readonly Level[];
  /** How many of the levels are axes; the rest are the loops that reductions run over. */
  readonly axisCount: number;
  /** The depth (from 1) of the level in vector mode; 0 if there is none. */
  readonly vector: number;
  /** The depth of the level in tile mode, which is the one around that of the vectors, if there is one. */
  readonly tile?: number;
}

/** What is known of a kernel without a plan. */
export interface KernelFacts {
  /** What is computed in each iteration: the roots, and all nodes, arguments first. */
  readonly innerOutputs: readonly SNode[];
  readonly inner: readonly SNode[];
  /** What is computed after the loops. */
  readonly outerOutputs: readonly SNode[];
  readonly outer: readonly SNode[];
  /** All nodes, arguments first. */
  readonly all: readonly SNode[];
  /** Buffers that the kernel both stores into and loads from. */
  readonly selfLoaded: ReadonlySet<number>;
  /** Reductions whose running values are read. */
  readonly running: ReadonlySet<number>;
}

const known = new WeakMap<LoweredNest, KernelFacts>();

/** Finds out about a kernel, once. */
export function factsOf(kernel: LoweredNest): KernelFacts {
  let facts = known.get(kernel);
  if (facts === undefined) {
    facts = findFacts(kernel);
    known.set(kernel, facts);
  }
  return facts;
}

function findFacts(kernel: LoweredNest): KernelFacts {
  const innerOutputs = [
    ...kernel.reductions.map(({ value }) => value),
    ...storeOutputs(kernel.inner),
  ]
    .filter((node) => node !== null);
  const outerOutputs = storeOutputs(kernel.outer).filter((node) => node !== null);
  const inner = nodesOf(innerOutputs), outer = nodesOf(outerOutputs);
  const stored = new Set([...kernel.inner, ...kernel.outer].map((store) => store.buffer));
  const selfLoaded = new Set<number>(), running = new Set<number>();
  const all = innerOutputs.length === 0
    ? outer
    : outerOutputs.length === 0
    ? inner
    : nodesOf([...innerOutputs, ...outerOutputs]);
  for (const node of all) {
    if (node.op === "load" && stored.has(node.buffer)) selfLoaded.add(node.buffer);
    if (node.op === "running") running.add(node.reduction);
  }
  return { innerOutputs, inner, outerOutputs, outer, all, selfLoaded, running };
}

/** Whether a node is a load whose elements lie side by side along an axis, but not along that of the vectors. */
export function isTurned(node: SNode, tile: number, vector: number): boolean {
  if (node.op !== "load" || node.args.length > 0 || node.address.rest !== null) return false;
  const across = strideAlong(node.address, vector), along = strideAlong(node.address, tile);
  return (along === 1 || along === -1) && across !== 0 && across !== 1;
}

/** What nodes depend on, under a plan. */
export class Analysis {
  /** Loads that tiles turn. */
  readonly turned: readonly LoadNode[];
  readonly #plan: NestPlan;
  readonly #depths = new Map<number, number>();
  readonly #levels = new Map<SNode, number>();
  readonly #varies = new Map<SNode, boolean>();
  readonly #heights = new Map<SNode, number>();
  readonly #selfLoaded: ReadonlySet<number>;
  readonly #vectorAxis: number;
  /** How often nodes are used; filled by `findHoisted`. */
  readonly uses = new Map<SNode, number>();

  /**
   * @param plan The plan.
   * @param facts The kernel's facts.
   */
  constructor(plan: NestPlan, facts: Pick<KernelFacts, "all" | "selfLoaded">) {
    this.#plan = plan;
    // What hangs on the level of tiles is computed inside that of the vectors.
    plan.levels.forEach(({ axis, mode }, i) =>
      this.#depths.set(axis, mode === "tile" ? plan.vector : i + 1)
    );
    this.#selfLoaded = facts.selfLoaded;
    this.#vectorAxis = plan.vector === 0 ? -1 : plan.levels[plan.vector - 1]!.axis;
    const tile = plan.tile === undefined ? undefined : plan.levels[plan.tile - 1];
    this.turned = tile !== undefined
      ? facts.all.filter((node): node is LoadNode => isTurned(node, tile.axis, this.#vectorAxis))
      : [];
    for (const node of facts.all) {
      this.#levels.set(node, this.#findLevel(node));
      this.#varies.set(node, this.#findVaries(node));
      let height = 0;
      for (const arg of dependencies(node)) height = Math.max(height, this.height(arg) + 1);
      this.#heights.set(node, height);
    }
  }

  /** The longest way from a node to one without arguments. */
  height(node: SNode): number {
    return this.#heights.get(node)!;
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
    return this.#levels.get(node)!;
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
    return this.#varies.get(node)!;
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

/** About how many float32 values may be added up before they are moved to a float64 accumulator. */
const FLUSH_EVERY = 256;

/** Where the partial sums of a nest are moved: at the end of each block of a level. */
export interface Flush {
  readonly depth: number;
  /** Iterations of that level in a block. */
  readonly block: number;
}

/** Where a kernel moves its partial float32 sums, if they are long enough for that. */
export function findFlush(kernel: LoweredNest, plan: NestPlan): Flush | null {
  if (!kernel.reductions.some(({ kind, type }) => kind === "sum" && type === "f32")) return null;
  let perIteration = 1;
  for (let depth = plan.levels.length; depth > plan.axisCount; depth--) {
    const { size, mode, unroll } = plan.levels[depth - 1]!;
    const block = Math.max(1, Math.floor(FLUSH_EVERY / perIteration));
    if (typeof size !== "number") return { depth, block };
    const iterations = mode === "vector" ? Math.ceil(size / (4 * unroll)) : size;
    if (iterations > block) return mode === "unroll" ? null : { depth, block };
    perIteration *= iterations;
  }
  return null;
}
