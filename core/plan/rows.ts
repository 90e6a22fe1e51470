/**
 * Runs neighbouring nests row by row: what one of them leaves in a row, the next one finds in the
 * first cache, and what nothing else reads needs memory for one row only.
 *
 * @module
 */

import type { RowLimits } from "../ir/capabilities.ts";
import { dtypeInfo, isComplex } from "../graph/dtype.ts";
import { axisKey, type Ix } from "../ir/builder.ts";
import type { Loop, LoopNest, Store } from "../ir/program.ts";
import { Rewriter } from "../ir/rewriter.ts";
import type { Address, AxisRef } from "../ir/scalar.ts";
import { touchesOf } from "../ir/steps.ts";
import type { StepEntry, StepGraph } from "./step_graph.ts";

const LEAST_ROWS = 8;

/** How many nests a loop over rows has at most. */
const MOST_NESTS = 40;

/** Groups neighbouring nests into loops over their rows, where the device says that it is worth it. */
export function fuseRows(graph: StepGraph): void {
  const least = graph.planner.rows;
  if (least === null) return;
  for (const list of [graph.entries, graph.commits]) {
    for (let i = 0; i < list.length;) {
      const group = findGroup(graph, list, i, least);
      if (group !== null) graph.replace(list[i]!, group.loop);
      for (let j = 1; j < (group?.count ?? 1); j++) graph.replace(list[i + j]!, null);
      i += group?.count ?? 1;
    }
  }
}

/** Where an access of a nest is, as if its row were row 0. */
interface RowPlace {
  /** Distance from one row to the next; null where that can't be said. */
  readonly stride: number | null;
  /** The first and last element of a row that may be accessed. */
  readonly low: number;
  readonly high: number;
  /** Text of the terms of enclosing loops. */
  readonly enclosing: string;
}

/** One access of a nest. */
interface RowAccess extends RowPlace {
  readonly buffer: number;
  readonly isStore: boolean;
  readonly guarded: boolean;
  /** How many elements of a row are accessed, if each of them is accessed once. */
  readonly points: number;
}

/** A nest that can be run row by row. */
interface RowNest {
  readonly nest: LoopNest;
  readonly axis: number;
  readonly count: number;
  readonly elements: number;
  readonly accesses: readonly RowAccess[];
}

/** How the nests of a group access one buffer. */
interface Passing {
  readonly first: RowAccess;
  /** The first and the last element of a row that is accessed. */
  readonly low: number;
  readonly high: number;
  /** How many of the nests access it, and whether one of them stores. */
  readonly steps: number;
  readonly stored: boolean;
  /** Whether all accesses have their rows in the same places. */
  readonly even: boolean;
}

/** Takes in the accesses of a nest; false, and nothing is changed, if its rows depend on others. */
function takeIn(all: Map<number, Passing>, { accesses }: RowNest): boolean {
  const changed = new Map<number, Passing>();
  for (const access of accesses) {
    const mine = changed.get(access.buffer), have = mine ?? all.get(access.buffer);
    const { first = access, low = access.low, high = access.high, steps = 0 } = have ?? {};
    changed.set(access.buffer, {
      first,
      low: Math.min(low, access.low),
      high: Math.max(high, access.high),
      steps: mine === undefined ? steps + 1 : steps,
      stored: access.isStore || have?.stored === true,
      even: have?.even !== false && access.stride === first.stride &&
        access.enclosing === first.enclosing,
    });
  }
  for (const one of changed.values()) {
    const { first: { stride }, low, high, even } = one;
    if (passes(one) && !(even && stride !== null && stride > high - low)) return false;
  }
  for (const [buffer, one] of changed) all.set(buffer, one);
  return true;
}

/** Whether anything passes from one nest to another. */
function passes({ stored, steps }: Passing): boolean {
  return stored && steps > 1;
}

/** The longest group that starts at a step, if it is worth it. */
function findGroup(
  graph: StepGraph,
  list: readonly StepEntry[],
  start: number,
  least: RowLimits,
): { loop: Loop; count: number } | null {
  const group: RowNest[] = [];
  const accessed = new Map<number, Passing>();
  for (let i = start; i < list.length && group.length < MOST_NESTS; i++) {
    const step = list[i]!.step!;
    const rows = step.kind === "nest" ? rowsOf(step, group[0]?.count ?? null) : null;
    if (rows === null || !takeIn(accessed, rows)) break;
    group.push(rows);
  }
  if (group.length < 2 || group.every(({ elements }) => elements < least.elements)) return null;
  const { count } = group[0]!, buffers = graph.planner.buffers.all;
  const passing = new Map([...accessed].filter(([, one]) => passes(one)));
  let bytes = 0;
  for (const [buffer, { first }] of passing) {
    bytes += count * first.stride! * dtypeInfo(buffers[buffer]!.dtype).bytes;
  }
  if (bytes < least.bytes) return null;
  return { loop: rowLoop(graph, group, passing), count: group.length };
}

/** A nest as rows; null if it has none. */
function rowsOf(nest: LoopNest, count: number | null): RowNest | null {
  if (nest.checks.length > 0) return null;
  const sizes = [...nest.axes, ...nest.loops];
  const store = nest.outer[0] ?? nest.inner[0];
  if (store === undefined || sizes.some((size) => typeof size !== "number")) return null;
  let axis = -1, longest = 0;
  for (const { axis: ref, stride } of store.address.terms) {
    if (ref.kind !== "axis" || ref.axis >= nest.axes.length || typeof stride !== "number") {
      continue;
    }
    const size = nest.axes[ref.axis] as number;
    const fits = count === null ? size >= LEAST_ROWS : size === count;
    if (fits && Math.abs(stride) > longest) [axis, longest] = [ref.axis, Math.abs(stride)];
  }
  if (axis < 0) return null;
  const rows = nest.axes[axis] as number;
  const elements = (sizes as number[]).reduce((product, size) => product * size, 1) / rows;
  if (elements === 0) return null;
  const inLoops = (nest.loops as number[]).reduce((product, size) => product * size, 1);
  const accesses = touchesOf(nest).map(({ buffer, address, store, load }): RowAccess => ({
    buffer,
    isStore: store !== null,
    guarded: store === null ? load!.args.length > 0 : store.guard !== null,
    points: store === null ? 0 : nest.outer.includes(store) ? elements / inLoops : elements,
    ...rowPlace(address, axis, sizes as number[]),
  }));
  return { nest, axis, count: rows, elements, accesses };
}

/** A group as a loop over its rows; what nothing else reads gets memory for one row. */
function rowLoop(
  graph: StepGraph,
  group: readonly RowNest[],
  passing: ReadonlyMap<number, Passing>,
): Loop {
  const { buffers } = graph.planner, id = graph.planner.loopId();
  const ref: AxisRef = { kind: "loop", loop: id, shift: 0, modulus: 0 };
  const local = new Map<number, number>();
  for (const [buffer, { first, low, high, steps }] of passing) {
    const decl = buffers.all[buffer]!, width = high - low + 1;
    const users = new Set([...graph.readersOf(buffer), ...graph.writersOf(buffer)]).size;
    const isOnlyHere = !graph.isNeeded(buffer) && steps === users && !isComplex(decl.dtype);
    const coversRow = first.isStore && !first.guarded && first.enclosing === "" &&
      first.points === width;
    if (!isOnlyHere || !coversRow) continue;
    local.set(buffer, low);
    buffers.change(buffer, { elements: width });
  }
  return {
    kind: "loop",
    name: group.map(({ nest }) => nest.name).join("+"),
    id,
    steps: group[0]!.count,
    body: group.map((rows) => withoutRow(rows, ref, local)),
    until: null,
    count: null,
    rows: new Set(local.keys()),
    strategy: "resident",
    reason: "rows that fit the cache",
  };
}

function rowPlace(
  { offset, terms, rest }: Address,
  row: number,
  sizes: readonly number[],
): RowPlace {
  let known = rest === null && typeof offset === "number";
  let low = Number(offset), high = low, stride = 0;
  const enclosing: string[] = [];
  for (const term of terms) {
    if (term.axis.kind === "loop") {
      enclosing.push(`${axisKey(term.axis)}*${term.stride}`);
    } else if (typeof term.stride !== "number") known = false;
    else if (term.axis.axis === row) stride = term.stride;
    else {
      const reach = term.stride * (sizes[term.axis.axis]! - 1);
      low += Math.min(0, reach);
      high += Math.max(0, reach);
    }
  }
  return {
    stride: known ? stride : null,
    low,
    high,
    enclosing: enclosing.sort().join("+"),
  };
}

/** A nest for one row, whose number is the counter of a loop. */
function withoutRow(
  { nest, axis }: RowNest,
  ref: AxisRef,
  local: ReadonlyMap<number, number>,
): LoopNest {
  const place = (one: number): Ix => ({
    offset: 0,
    terms: [{
      axis: one === axis ? ref : { kind: "axis", axis: one > axis ? one - 1 : one },
      stride: 1,
    }],
    rest: null,
  });
  const rewriter = new RowRewriter(place, ref, local);
  const store = (one: Store): Store => ({
    buffer: one.buffer,
    address: rewriter.address(one.address, one.buffer),
    value: rewriter.node(one.value),
    guard: one.guard === null ? null : rewriter.node(one.guard),
  });
  return {
    ...nest,
    axes: nest.axes.filter((_, one) => one !== axis),
    reductions: nest.reductions.map((r) => ({ ...r, value: rewriter.node(r.value) })),
    inner: nest.inner.map(store),
    outer: nest.outer.map(store),
  };
}

/** Keeps all rows of local buffers in one place. */
class RowRewriter extends Rewriter {
  readonly #row: string;
  readonly #local: ReadonlyMap<number, number>;

  constructor(axis: (axis: number) => Ix, row: AxisRef, local: ReadonlyMap<number, number>) {
    super(axis, true);
    this.#row = axisKey(row);
    this.#local = local;
  }

  override address(address: Address, buffer = -1): Ix {
    const made = super.address(address, buffer);
    const low = this.#local.get(buffer);
    if (low === undefined) return made;
    return {
      ...made,
      offset: (made.offset as number) - low,
      terms: made.terms.filter(({ axis }) => axisKey(axis) !== this.#row),
    };
  }
}
