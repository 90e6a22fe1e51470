/**
 * Chooses the axis that a kernel's vectors run along, by estimates of what each choice costs.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { ScalarFunction } from "../../core/ir/functions.ts";
import type { Address, SNode } from "../../core/ir/scalar.ts";
import type { Size } from "../../core/ir/size.ts";
import type { KStore, LoweredNest } from "./kernel.ts";
import { Analysis, factsOf, isTurned, type Level, type NestPlan } from "./nest_plan.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { hasPrefix } from "./prefix.ts";
import { hasCast, hasVectorForm, isWide } from "./simd.ts";
import { isShuffled } from "./vector_memory.ts";

/** What a size that isn't known is taken for. */
const GUESS = 1000;

/** How many accumulators of an axis that is printed without a loop go on beside each other. */
const MOST_ACCUMULATORS = 4;

/** What it costs to make a vector a prefix in itself. */
const PREFIX_COST = 8;

/** Plans how to print a kernel. */
export function planNest(kernel: LoweredNest, simd: boolean): NestPlan {
  const scalar = scalarPlan(kernel);
  if (!simd) return scalar;
  const axes = candidates(kernel);
  const plain = axes.findLast((axis) => isPlain(kernel, axis));
  const chosen = plain === undefined ? cheapest(kernel, scalar, axes) : vectorPlan(kernel, plain);
  return withLoopsUnrolled(kernel, chosen.vector === 0 ? chosen : withUnroll(kernel, chosen));
}

function cheapest(kernel: LoweredNest, scalar: NestPlan, axes: readonly number[]): NestPlan {
  let best = scalar, least = Infinity;
  for (const axis of axes) {
    for (const plan of [vectorPlan(kernel, axis), ...tilePlans(kernel, axis)]) {
      const cost = costOf(kernel, plan);
      if (cost < least) [best, least] = [plan, cost];
    }
  }
  return least < 0.8 * costOf(kernel, scalar) ? best : scalar;
}

/**
 * Whether vectors along an axis are good without a second look: everything lies side by side or is the
 * same for all lanes, and is computed with vector instructions. Not for an axis of reductions.
 */
function isPlain(kernel: LoweredNest, axis: number): boolean {
  if (axis >= kernel.axes.length) return false;
  const size = kernel.axes[axis]!;
  if (typeof size === "number" && size % 4 !== 0 && size < 16) return false;
  const isStored = (store: KStore) =>
    store.guard === null && store.address.rest === null && strideAlong(store.address, axis) === 1;
  if (!kernel.inner.every(isStored) || !kernel.outer.every(isStored)) return false;
  const isFree = (node: SNode): boolean => {
    switch (node.op) {
      case "call":
        return node.func.nodes.every(isFree);
      case "load": {
        const stride = strideAlong(node.address, axis);
        return node.args.length === 0 && node.address.rest === null &&
          (stride === 0 || stride === 1);
      }
      case "cast":
        return hasCast(node.args[0]!.type, node.type);
      case "shl":
      case "shr":
        return node.args[1]!.op === "const";
    }
    return hasVectorForm(node);
  };
  return factsOf(kernel).all.every(isFree);
}

/** A plan without vectors. */
export function scalarPlan(kernel: LoweredNest): NestPlan {
  const levels = [...kernel.axes, ...kernel.loops].map((size, axis): Level => ({
    axis,
    size,
    mode: "loop",
    unroll: 1,
  }));
  return { levels, axisCount: kernel.axes.length, vector: 0 };
}

function vectorPlan(kernel: LoweredNest, axis: number): NestPlan {
  const axisCount = kernel.axes.length;
  const sizes = [...kernel.axes, ...kernel.loops];
  const order = sizes.map((_, i) => i);
  if (axis < axisCount) {
    // Axes are independent of each other: the vectors' one goes inside the others.
    order.splice(axis, 1);
    order.splice(axisCount - 1, 0, axis);
  }
  const levels = order.map((one): Level => ({
    axis: one,
    size: sizes[one]!,
    mode: one === axis ? "vector" : "loop",
    unroll: 1,
  }));
  return { levels, axisCount, vector: order.indexOf(axis) + 1 };
}

/** Tiles of more work than this are much code, and what they load is little of it. */
const MOST_TILED = 64;

/** Plans with tiles: loads that run along another axis than the stores are turned in registers. */
function tilePlans(kernel: LoweredNest, axis: number): NestPlan[] {
  if (axis >= kernel.axes.length || kernel.loops.length > 0) return [];
  const isLong = (size: Size) => typeof size !== "number" || size >= 4;
  if (!isLong(kernel.axes[axis]!) || workOf(kernel) > MOST_TILED) return [];
  const { all } = factsOf(kernel);
  const plans: NestPlan[] = [];
  kernel.axes.forEach((size, tile) => {
    if (tile === axis || !isLong(size) || !all.some((node) => isTurned(node, tile, axis))) return;
    const { levels, axisCount, vector } = vectorPlan(kernel, axis);
    const outer = levels.filter((level) => level.axis !== tile && level.axis !== axis);
    const around: Level = { axis: tile, size, mode: "tile", unroll: 1 };
    const plan = { levels: [...outer, around, levels[vector - 1]!], axisCount, vector };
    plans.push({ ...plan, tile: vector - 1 });
  });
  return plans;
}

/** Axes along which vectors give the right result. */
function candidates(kernel: LoweredNest): number[] {
  const { axes, loops } = kernel;
  const found: number[] = [];
  const separates = (stores: readonly KStore[], axis: number) =>
    stores.every(({ address }) => strideAlong(address, axis) !== 0 || address.rest !== null);
  axes.forEach((size, axis) => {
    if (size !== 0 && separates([...kernel.inner, ...kernel.outer], axis)) found.push(axis);
  });
  const last = axes.length + loops.length - 1;
  if (
    loops.length > 0 && !loops.includes(0) && !hasOrder(kernel) && separates(kernel.inner, last)
  ) {
    found.push(last);
  }
  return found;
}

/** Whether iterations of the loops must be done one after the other. */
function hasOrder(kernel: LoweredNest): boolean {
  const { selfLoaded, running } = factsOf(kernel);
  return kernel.inner.length > 0 &&
    (selfLoaded.size > 0 || [...running].some((i) => !hasPrefix(kernel.reductions[i]!)));
}

function guess(size: Size): number {
  return typeof size === "number" ? size : GUESS;
}

/** How much of the lanes of a vector loop is used. */
function fill(size: Size): number {
  const n = guess(size);
  return n / (4 * Math.ceil(n / 4));
}

/** Estimated cost of one point of the axes. */
function costOf(kernel: LoweredNest, plan: NestPlan): number {
  const facts = factsOf(kernel);
  const analysis = new Analysis(plan, facts);
  const iterations = kernel.loops.reduce((product: number, size) => product * guess(size), 1);
  const vector = plan.vector === 0 ? undefined : plan.levels[plan.vector - 1]!;
  const across = vector !== undefined && plan.vector <= plan.axisCount;
  const lanes = vector === undefined ? 1 : 4 * fill(vector.size);
  const depth = plan.levels.length;
  const turned = new Set<SNode>(analysis.turned);
  const nodes = (list: readonly SNode[], at: number) => {
    let cost = 0;
    for (const node of list) {
      // What loops don't change costs little.
      if (analysis.level(node) < at) continue;
      const varies = (one: SNode) => analysis.varies(one);
      cost += turned.has(node)
        ? isWide(node.type) ? 4 : 2
        : nodeCost(node, varies, vector?.axis ?? -1);
    }
    return cost;
  };
  const stores = (list: readonly KStore[], vectors: boolean) =>
    list.reduce((cost, store) => cost + storeCost(store, vectors ? vector!.axis : -1), 0);
  const isAlong = vector !== undefined && !across;
  const perIteration = nodes(facts.inner, depth) + kernel.reductions.length +
    (isAlong ? PREFIX_COST * facts.running.size : 0) +
    stores(kernel.inner, vector !== undefined);
  const perPoint = nodes(facts.outer, plan.axisCount) + stores(kernel.outer, across);
  if (vector === undefined) return iterations * perIteration + perPoint;
  if (across) return (iterations * perIteration + perPoint) / lanes;
  return iterations * perIteration / lanes + perPoint + 8 * kernel.reductions.length;
}

const free: ReadonlySet<SNode["op"]> = new Set(["const", "index", "size", "reduced", "bitcast"]);

/** What is found out about a function once, for all its calls. */
function ofFunctions(find: (func: ScalarFunction) => number): (func: ScalarFunction) => number {
  const known = new WeakMap<ScalarFunction, number>();
  return (func) => {
    let found = known.get(func);
    if (found === undefined) known.set(func, found = find(func));
    return found;
  };
}

const costWhere = (varies: (node: SNode) => boolean) =>
  ofFunctions(({ nodes }) => nodes.reduce((cost, one) => cost + nodeCost(one, varies, -1), 0));
const callCost = costWhere(() => false), varyingCallCost = costWhere(({ op }) => op !== "const");

function nodeCost(node: SNode, varies: (node: SNode) => boolean, axis: number): number {
  if (free.has(node.op)) return 0;
  if (node.op === "call") {
    return varies(node) ? varyingCallCost(node.func) : callCost(node.func);
  }
  if (!varies(node)) return node.op === "rem" && isFloat(node) ? 20 : 1;
  if (node.op === "load") {
    const { rest } = node.address;
    const stride = strideAlong(node.address, axis);
    const guard = node.args.length > 0 ? 4 : 0;
    const wide = isWide(node.type) ? 2 : 1;
    if (rest !== null && varies(rest)) return 6 * wide + guard;
    const { bytes } = dtypeInfo(node.dtype);
    const each = stride === 1 ? 1 : guard === 0 && isShuffled(stride, bytes) ? 2 : 6;
    return each * wide + guard;
  }
  const wide = isWide(node.type) || node.args.some((arg) => isWide(arg.type)) ? 2 : 1;
  if (node.op === "cast") return hasCast(node.args[0]!.type, node.type) ? wide : 12;
  const varyingShift = (node.op === "shl" || node.op === "shr") && varies(node.args[1]!);
  if (varyingShift || !hasVectorForm(node)) return isFloat(node) ? 80 : 16;
  return wide;
}

function isFloat(node: SNode): boolean {
  return node.type === "f32" || node.type === "f64";
}

function storeCost({ address, guard, value }: KStore, axis: number): number {
  if (axis < 0) return 1;
  const side = strideAlong(address, axis) === 1 && address.rest === null;
  return (side ? 1 : 5) * (isWide(value.type) ? 2 : 1) + (guard === null ? 0 : 4);
}

/** What an iteration of a kernel does, in about so many instructions. */
export function workOf(kernel: LoweredNest): number {
  return 2 + workOfNodes(factsOf(kernel).all);
}

function workOfNodes(nodes: readonly SNode[]): number {
  let work = 0;
  for (const node of nodes) {
    if (node.op === "call") work += callWork(node.func);
    else if (!free.has(node.op)) work += isWide(node.type) ? 2 : 1;
  }
  return work;
}

const callWork = ofFunctions(({ nodes }) => workOfNodes(nodes));

/** Prints short inner loops as one iteration after the other, where that isn't much code. */
function withLoopsUnrolled(kernel: LoweredNest, plan: NestPlan): NestPlan {
  const { levels, vector } = plan;
  const level = vector === 0 ? undefined : levels[vector - 1]!;
  const isOneTurn = level === undefined ||
    (typeof level.size === "number" && level.size <= 4 * level.unroll);
  let code = workOf(kernel) * (level?.unroll ?? 1);
  const most = isOneTurn ? 320 : 100;
  const result = [...levels];
  for (let depth = levels.length; depth > 0; depth--) {
    const { size, axis, mode } = levels[depth - 1]!;
    if (mode === "vector" && isOneTurn) continue;
    if (mode !== "loop" || typeof size !== "number" || code * size > most) break;
    if (!hasPlainStrides(kernel, axis)) break;
    code *= size;
    result[depth - 1] = { ...levels[depth - 1]!, mode: "unroll" };
  }
  return { ...plan, levels: result };
}

/** Whether all addresses have known strides along an axis. */
function hasPlainStrides(kernel: LoweredNest, axis: number): boolean {
  const ok = (address: Address) => typeof strideAlong(address, axis) === "number";
  return [...kernel.inner, ...kernel.outer].every((store) => ok(store.address)) &&
    factsOf(kernel).all.every((node) => node.op !== "load" || ok(node.address));
}

/** Chooses how many vectors an iteration has: more where the work on each is small. */
function withUnroll(kernel: LoweredNest, plan: NestPlan): NestPlan {
  if (plan.tile !== undefined) return plan;
  const level = plan.levels[plan.vector - 1]!;
  const work = workOf(kernel);
  let unroll = work <= 8 ? 4 : work <= 24 ? 2 : 1;
  if (kernel.reductions.length > 1 && unroll > 2) unroll = 2;
  const vectors = typeof level.size === "number" ? Math.ceil(level.size / 4) : Infinity;
  // A short axis is printed without a loop where that isn't much code and registers hold what it sums up.
  const accumulators = vectors * kernel.reductions.length;
  if (vectors * work <= 256 && accumulators <= MOST_ACCUMULATORS) unroll = vectors;
  unroll = Math.min(unroll, vectors);
  const levels = [...plan.levels];
  levels[plan.vector - 1] = { ...level, unroll };
  return { ...plan, levels };
}
