/**
 * Runs neighbouring nests row by row: what one of them leaves in a row, the next one finds in the
 * first cache, and what nobody else reads needs memory for one row only.
 *
 * @module
 */

import { dtypeInfo, isComplex } from "../core/dtype.ts";
import { axisKey, type Ix } from "../core/kernel/builder.ts";
import type { BufferDecl, Loop, Nest, Program, Step, Store } from "../core/kernel/program.ts";
import type { Address, AxisRef, SNode } from "../core/kernel/scalar.ts";
import { visitNodes } from "../core/kernel/nodes.ts";
import { Rewriter } from "../core/kernel/rewriter.ts";
import { eachLeaf } from "../core/kernel/steps.ts";

/** How much there must be to do row by row. */
export interface RowLimits {
  /** Bytes of results that pass from one nest to another. */
  readonly bytes: number;
  /** Elements of a row. */
  readonly elements: number;
}

const LEAST_ROWS = 8;

/**
 * Groups neighbouring nests of a program into loops over their rows.
 *
 * @param program The program.
 * @param least What makes it worth it.
 */
export function fuseRows(program: Program, least: RowLimits): Program {
  return new RowFusion(program, least).run();
}

/** Where an access of a nest is, as if its row were row 0. */
interface Place {
  /** Distance from one row to the next; null where that can't be said. */
  readonly stride: number | null;
  /** The first and last element of a row that may be accessed. */
  readonly low: number;
  readonly high: number;
  /** Text of the terms of enclosing loops. */
  readonly enclosing: string;
}

/** One access of a nest. */
interface Access extends Place {
  readonly buffer: number;
  readonly isStore: boolean;
  readonly guarded: boolean;
  /** How many elements of a row are accessed, if each of them is accessed once. */
  readonly points: number;
}

/** A nest that can be run row by row. */
interface Rows {
  readonly nest: Nest;
  readonly axis: number;
  readonly count: number;
  readonly elements: number;
  readonly accesses: readonly Access[];
}

/** What passes between the nests of a group through one buffer. */
interface Passing {
  readonly stride: number;
  readonly first: Access;
  /** The first element of a row that is accessed, and how many there are from it to the last one. */
  readonly low: number;
  readonly width: number;
  readonly steps: number;
}

class RowFusion {
  readonly #program: Program;
  readonly #least: RowLimits;
  readonly #decls: Map<number, BufferDecl>;
  /** How many steps access a buffer. */
  readonly #users = new Map<number, number>();
  #nextLoop = 0;

  constructor(program: Program, least: RowLimits) {
    this.#program = program;
    this.#least = least;
    this.#decls = new Map(program.buffers.map((decl) => [decl.id, decl]));
  }

  run(): Program {
    const program = this.#program;
    const all = [...program.steps, ...program.commit];
    this.#count(all);
    const steps = this.#list(program.steps), commit = this.#list(program.commit);
    return { ...program, steps, commit, buffers: [...this.#decls.values()] };
  }

  #count(steps: readonly Step[]): void {
    const loops = (list: readonly Step[]) => {
      for (const step of list) {
        if (step.kind === "loop") {
          this.#nextLoop = Math.max(this.#nextLoop, step.id + 1);
          for (const id of [step.until, step.count]) if (id !== null) this.#use([id]);
          loops(step.body);
        } else if (step.kind === "branch") {
          this.#use([step.condition]);
          loops(step.then);
          loops(step.otherwise);
        }
      }
    };
    loops(steps);
    eachLeaf(steps, (step) => {
      switch (step.kind) {
        case "nest":
          return this.#use(buffersOf(step.reductions.map(({ value }) => value), [
            ...step.inner,
            ...step.outer,
          ], step.checks.map(({ failed }) => failed)));
        case "gemm":
          return this.#use([
            step.left.buffer,
            step.right.buffer,
            ...buffersOf([], step.stores, [step.left.base.rest, step.right.base.rest]),
          ]);
        case "sort":
          return this.#use([step.source, step.values ?? -1, step.positions ?? -1]);
        case "nonzero":
          return this.#use([step.source, step.positions, step.count]);
      }
    });
  }

  #use(buffers: Iterable<number>): void {
    for (const id of new Set(buffers)) this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
  }

  #list(steps: readonly Step[]): Step[] {
    const result: Step[] = [];
    for (let i = 0; i < steps.length;) {
      const group = this.#group(steps, i);
      if (group !== null) {
        result.push(group.loop);
        i += group.count;
        continue;
      }
      const step = steps[i++]!;
      if (step.kind === "loop") result.push({ ...step, body: this.#list(step.body) });
      else if (step.kind === "branch") {
        result.push({
          ...step,
          then: this.#list(step.then),
          otherwise: this.#list(step.otherwise),
        });
      } else result.push(step);
    }
    return result;
  }

  /** The longest group that starts at a step, if it is worth it. */
  #group(steps: readonly Step[], start: number): { loop: Loop; count: number } | null {
    const group: Rows[] = [];
    let passing = new Map<number, Passing>();
    for (let i = start; i < steps.length; i++) {
      const step = steps[i]!;
      const rows = step.kind === "nest" ? this.#rows(step, group[0]?.count ?? null) : null;
      if (rows === null) break;
      const next = findPassing([...group, rows]);
      if (next === null) break;
      group.push(rows);
      passing = next;
    }
    if (group.length < 2 || group.every(({ elements }) => elements < this.#least.elements)) {
      return null;
    }
    const { count } = group[0]!;
    let bytes = 0;
    for (const [buffer, { stride }] of passing) {
      bytes += count * stride * dtypeInfo(this.#decls.get(buffer)!.dtype).bytes;
    }
    if (bytes < this.#least.bytes) return null;
    return { loop: this.#loop(group, passing), count: group.length };
  }

  /** A nest as rows; null if it has none. */
  #rows(nest: Nest, count: number | null): Rows | null {
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
    const accesses: Access[] = [];
    const inLoops = (nest.loops as number[]).reduce((product, size) => product * size, 1);
    const add = (access: Omit<Access, keyof Place>, address: Address) => {
      accesses.push({ ...access, ...placeOf(address, axis, sizes as number[]) });
    };
    const stores = [...nest.inner, ...nest.outer];
    for (const one of stores) {
      const points = nest.outer.includes(one) ? elements / inLoops : elements;
      const guarded = one.guard !== null;
      add({ buffer: one.buffer, isStore: true, guarded, points }, one.address);
    }
    visitNodes(rootsOf(nest.reductions.map(({ value }) => value), stores, []), (node) => {
      if (node.op !== "load") return;
      const guarded = node.args.length > 0;
      add({ buffer: node.buffer, isStore: false, guarded, points: 0 }, node.address);
    });
    return { nest, axis, count: rows, elements, accesses };
  }

  #loop(group: readonly Rows[], passing: ReadonlyMap<number, Passing>): Loop {
    const id = this.#nextLoop++;
    const ref: AxisRef = { kind: "loop", loop: id, shift: 0, modulus: 0 };
    const local = new Map<number, number>();
    for (const [buffer, { first, low, width, steps }] of passing) {
      const decl = this.#decls.get(buffer)!;
      const isOnlyHere = decl.role.kind === "temp" && steps === this.#users.get(buffer) &&
        !isComplex(decl.dtype);
      const coversRow = first.isStore && !first.guarded && first.enclosing === "" &&
        first.points === width;
      if (!isOnlyHere || !coversRow) continue;
      local.set(buffer, low);
      this.#decls.set(buffer, { ...decl, elements: width });
    }
    return {
      kind: "loop",
      name: group.map(({ nest }) => nest.name).join("+"),
      id,
      steps: group[0]!.count,
      body: group.map((rows) => withoutRow(rows, ref, local)),
      until: null,
      count: null,
      strategy: "resident",
      reason: "rows that fit the cache",
    };
  }
}

function rootsOf(
  values: readonly SNode[],
  stores: readonly Store[],
  others: readonly (SNode | null)[],
): SNode[] {
  const ofStores = stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]);
  return [...values, ...ofStores, ...others].filter((node) => node !== null);
}

function buffersOf(
  values: readonly SNode[],
  stores: readonly Store[],
  others: readonly (SNode | null)[],
): Set<number> {
  const found = new Set(stores.map(({ buffer }) => buffer));
  visitNodes(rootsOf(values, stores, others), (node) => {
    if (node.op === "load") found.add(node.buffer);
  });
  return found;
}

function placeOf({ offset, terms, rest }: Address, row: number, sizes: readonly number[]): Place {
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

/** What passes between nests; null if rows depend on other rows. */
function findPassing(group: readonly Rows[]): Map<number, Passing> | null {
  const byBuffer = new Map<number, { accesses: Access[]; steps: number; stored: boolean }>();
  for (const { accesses } of group) {
    const seen = new Set<number>();
    // Within a nest, values are read before they are written.
    const inOrder = [...accesses].sort((a, b) => Number(a.isStore) - Number(b.isStore));
    for (const access of inOrder) {
      let entry = byBuffer.get(access.buffer);
      if (entry === undefined) {
        entry = { accesses: [], steps: 0, stored: false };
        byBuffer.set(access.buffer, entry);
      }
      entry.accesses.push(access);
      if (access.isStore) entry.stored = true;
      if (!seen.has(access.buffer)) entry.steps++;
      seen.add(access.buffer);
    }
  }
  const passing = new Map<number, Passing>();
  for (const [buffer, { accesses, steps, stored }] of byBuffer) {
    if (!stored || steps < 2) continue;
    const first = accesses[0]!;
    const { stride, enclosing } = first;
    if (stride === null || stride <= 0) return null;
    let low = Infinity, high = -Infinity;
    for (const access of accesses) {
      if (access.stride !== stride || access.enclosing !== enclosing) return null;
      low = Math.min(low, access.low);
      high = Math.max(high, access.high);
    }
    if (high - low >= stride) return null;
    passing.set(buffer, { stride, first, low, width: high - low + 1, steps });
  }
  return passing;
}

/** A nest for one row, whose number is the counter of a loop. */
function withoutRow(
  { nest, axis }: Rows,
  ref: AxisRef,
  local: ReadonlyMap<number, number>,
): Nest {
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
    super(axis);
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
