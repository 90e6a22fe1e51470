/**
 * Prints a nest: its loops, the vectors of its innermost one, reductions and stores.
 *
 * @module
 */

import { dtypeInfo } from "../../core/graph/dtype.ts";
import { checkedInteger, type LoopNestCheck } from "../../core/ir/program.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { ScalarBuilder } from "../../core/ir/builder.ts";
import { type Size, sizeKey } from "../../core/ir/size.ts";
import { findHoisted, type HoistedNode } from "./hoisted.ts";
import type { FunctionContext } from "./context.ts";
import { type KStore, type LoweredNest, renumber } from "./kernel.ts";
import { Analysis, factsOf, type KernelFacts, type Level, type NestPlan } from "./nest_plan.ts";
import { strideAlong } from "../../core/ir/axes.ts";
import { visitNodes } from "../../core/ir/nodes.ts";
import { planNest, scalarPlan } from "./choose_vector.ts";
import { type AddressUse, Pointers } from "./pointers.ts";
import { type RowPlan, RowProducts } from "./gemv.ts";
import { Reductions } from "./reduce.ts";
import { applyScalar, storeScalar, valType } from "./scalar.ts";
import { type Form, formsOf } from "./simd.ts";
import { loadAccess, Values } from "./values.ts";
import { storeLanes } from "./vector_memory.ts";
import type { Local } from "../wasm/mod.ts";

/** About how many float32 values may be added up before they are moved to a float64 accumulator. */
const FLUSH_EVERY = 256;

/** Where the partial sums of a nest are moved: at the end of each block of a level. */
interface Flush {
  readonly depth: number;
  /** Iterations of that level in a block. */
  readonly block: number;
}

/** Where a kernel moves its partial float32 sums, if they are long enough for that. */
function findFlush(kernel: LoweredNest, plan: NestPlan): Flush | null {
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

/** Prints a kernel into the function of a context, by a plan. Sizes may be zero. */
export function printNest(context: FunctionContext, kernel: LoweredNest, plan: NestPlan): void {
  const { f } = context;
  if (plan.levels.some((level, i) => level.size === 0 && i < plan.axisCount)) return;
  const body = () => {
    const empty = kernel.loops.some((size) => size === 0);
    if (empty) {
      printWithoutLoops(context, kernel);
      return;
    }
    const varying = kernel.loops.filter((size) => typeof size !== "number");
    if (varying.length === 0) {
      new NestPrinter(context, kernel, plan).print();
      return;
    }
    pushAllPositive(context, varying);
    f.if(
      () => context.scoped(() => new NestPrinter(context, kernel, plan).print()),
      () => context.scoped(() => printWithoutLoops(context, kernel)),
    );
  };
  const varying = kernel.axes.filter((size) => typeof size !== "number");
  context.scoped(() => {
    if (varying.length === 0) {
      body();
      return;
    }
    pushAllPositive(context, varying);
    f.if(() => context.scoped(body));
  });
}

/** The part of a kernel that remains where a loop has no iterations: its reductions are of nothing. */
function printWithoutLoops(context: FunctionContext, kernel: LoweredNest): void {
  if (kernel.outer.length === 0) return;
  const levels = kernel.axes.map((size, axis): Level => ({ axis, size, mode: "loop", unroll: 1 }));
  const reductions = kernel.reductions.map((reduction) => ({
    ...reduction,
    value: { id: -1, op: "const", type: reduction.value.type, args: [], value: 0 } as const,
  }));
  const rest: LoweredNest = { ...kernel, reductions, inner: [], loops: [0] };
  const plan: NestPlan = { levels, axisCount: levels.length, vector: 0 };
  new NestPrinter(context, rest, plan).print();
}

function pushAllPositive(context: FunctionContext, sizes: readonly Size[]): void {
  const { f } = context;
  const distinct = new Map(sizes.map((size) => [sizeKey(size), size]));
  let isFirst = true;
  for (const size of distinct.values()) {
    context.pushSize(size);
    f.i32Const(0).i32GtS();
    if (!isFirst) f.i32And();
    isFirst = false;
  }
}

class NestPrinter {
  readonly #context: FunctionContext;
  readonly #kernel: LoweredNest;
  readonly #plan: NestPlan;
  readonly #analysis: Analysis;
  readonly #pointers: Pointers;
  readonly #values: Values;
  readonly #reductions: Reductions;
  readonly #facts: KernelFacts;
  readonly #self: ReadonlySet<number>;
  readonly #hasLoops: boolean;
  readonly #flush: Flush | null;
  #hoisted: HoistedNode[][] = [];
  readonly #finish: ((push: (node: SNode) => void) => void) | null;
  readonly #products: RowProducts | null;

  /**
   * `finish` gets, after the loops, the value of the outer store on the stack instead of its being stored,
   * or without one that of the first reduction, and what pushes other nodes; `products` prints the
   * products that the values refer to.
   */
  constructor(
    context: FunctionContext,
    kernel: LoweredNest,
    plan: NestPlan,
    finish: ((push: (node: SNode) => void) => void) | null = null,
    products: RowProducts | null = null,
  ) {
    this.#finish = finish;
    this.#products = products;
    this.#context = context;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#facts = factsOf(kernel);
    this.#self = this.#facts.selfLoaded;
    this.#hasLoops = kernel.loops.length > 0;
    this.#analysis = new Analysis(plan, this.#facts);
    this.#pointers = new Pointers(context, plan, this.#analysis);
    const direction = plan.vector === 0
      ? "scalar"
      : plan.vector <= plan.axisCount
      ? "across"
      : "along";
    const { running } = this.#facts;
    this.#flush = direction === "scalar" || running.size > 0 ? null : findFlush(kernel, plan);
    this.#reductions = new Reductions(
      context,
      kernel.reductions,
      direction,
      this.#flush !== null,
      running,
      this.#isShort(),
    );
    const bound = products ?? this.#reductions;
    this.#values = new Values(context, plan, this.#analysis, this.#pointers, bound);
    this.#reductions.bind(this.#values);
    products?.bind(this.#values, this.#pointers);
  }

  /** Pushes whether all iterations of the outermost loop are one block, where calls tell. */
  #isShort(): (() => void) | null {
    if (this.#flush === null) return null;
    const { depth, block } = this.#flush, { size, mode, unroll } = this.#plan.levels[depth - 1]!;
    if (typeof size === "number" || depth !== this.#plan.axisCount + 1) return null;
    return () => {
      this.#context.pushSize(size);
      this.#context.f.i32Const(block * (mode === "vector" ? 4 * unroll : 1)).i32LeS();
    };
  }

  print(): void {
    const kernel = this.#kernel;
    const { innerOutputs: inner, outerOutputs: outer, all } = this.#facts;
    const stored = this.#finish === null ? [...kernel.inner, ...kernel.outer] : [];
    const accesses: AddressUse[] = stored.map(storeAccess);
    for (const node of all) if (node.op === "load") accesses.push(loadAccess(node));
    accesses.push(...this.#products?.accesses ?? []);
    for (const access of accesses) this.#pointers.add(access);
    const { levels, axisCount } = this.#plan;
    // Computed parts of addresses are vectors only where they differ between lanes.
    const rests = new Set([...kernel.inner, ...kernel.outer].map((store) => store.address.rest));
    const asRoots = (nodes: readonly SNode[], vector: boolean) =>
      nodes.map((node) => ({
        node,
        vector: rests.has(node) ? this.#analysis.varies(node) : vector,
      }));
    const across = this.#isVector && this.#plan.vector <= axisCount;
    const ofInner = findHoisted(this.#analysis, asRoots(inner, this.#isVector), levels.length);
    const ofOuter = findHoisted(this.#analysis, asRoots(outer, across), axisCount);
    this.#hoisted = levels.map((_, i) => [...(ofInner[i] ?? []), ...(ofOuter[i] ?? [])]);
    this.#hoisted.push(ofInner[levels.length] ?? []);
    this.#pointers.open();
    this.#products?.open();
    this.#body(0);
  }

  /** Whether the loops have no iterations. */
  get #empty(): boolean {
    return this.#kernel.loops.some((size) => size === 0);
  }

  get #isVector(): boolean {
    return this.#plan.vector > 0;
  }

  /** How many copies of the body are printed at this depth, one for each vector of an iteration. */
  #copiesAt(depth: number): number {
    const { vector, levels } = this.#plan;
    return vector > 0 && depth >= vector ? this.#copies ?? levels[vector - 1]!.unroll : 1;
  }

  /** Vectors in the part of the vector loop that is printed now. */
  #copies: number | null = null;
  /** How many lanes of the last of them count. */
  #lastLanes: Values["lanes"] = 4;

  /** Runs `body` for each vector of the iteration that is printed. */
  #eachCopy(depth: number, body: () => void): void {
    const copies = this.#copiesAt(depth);
    for (let copy = 0; copy < copies; copy++) {
      this.#values.copy = copy;
      this.#values.lanes = this.#isVector && depth >= this.#plan.vector && copy === copies - 1
        ? this.#lastLanes
        : 4;
      body();
    }
    this.#values.copy = 0;
  }

  /** Prints what happens inside the loops down to `depth`. */
  #body(depth: number): void {
    const { levels, axisCount } = this.#plan;
    const pushNode = (node: SNode) => this.#values.scalar(node);
    this.#eachCopy(depth, () => {
      for (const hoisted of this.#hoisted[depth] ?? []) {
        const varies = this.#analysis.varies(hoisted.node);
        if (varies || this.#values.copy === 0) this.#values.prepare(hoisted);
      }
    });
    const leave = this.#pointers.enterBody(depth, pushNode);
    if (depth === axisCount) {
      const { vector } = this.#plan;
      this.#reductions.open(vector > depth ? levels[vector - 1]!.unroll : this.#copiesAt(depth));
      this.#products?.produce(this.#copiesAt(depth), Number(this.#lastLanes));
      if (this.#hasLoops && !this.#empty) this.#level(depth + 1);
      else if (!this.#hasLoops) this.#context.scoped(() => this.#iteration(depth));
      this.#context.scoped(() => {
        this.#reductions.close();
        if (this.#finish === null) {
          this.#eachCopy(depth, () => this.#stores(this.#kernel.outer));
          return;
        }
        const [tested] = this.#kernel.outer;
        if (tested === undefined) this.#reductions.pushResult(0);
        else this.#values.scalar(tested.value);
        this.#finish((node) => this.#values.scalar(node));
      });
    } else if (depth === levels.length) {
      this.#context.scoped(() => this.#iteration(depth));
    } else this.#level(depth + 1);
    leave();
  }

  /** What is done in one iteration. */
  #iteration(depth: number): void {
    this.#eachCopy(depth, () => {
      this.#reductions.take();
      this.#stores(this.#kernel.inner);
    });
    const along = this.#isVector && this.#plan.vector > this.#plan.axisCount;
    if (!along) this.#reductions.advance(1);
    else {
      const full = 4 * this.#copiesAt(depth);
      const last = this.#lastLanes;
      if (typeof last === "number") this.#reductions.advance(full - 4 + last);
      else this.#reductions.advance(last);
    }
  }

  #level(depth: number): void {
    const level = this.#plan.levels[depth - 1]!;
    switch (level.mode) {
      case "unroll":
        for (let i = 0; i < Number(level.size); i++) {
          this.#values.axes[level.axis] = i;
          this.#pointers.fixed[level.axis] = i;
          this.#context.scoped(() => this.#body(depth));
        }
        this.#pointers.fixed[level.axis] = undefined;
        break;
      case "loop":
        this.#context.scoped(() => this.#loop(depth, level));
        break;
      case "vector":
        this.#context.scoped(() => this.#vectorLoop(depth, level));
    }
  }

  #loop(depth: number, level: Level): void {
    const { f } = this.#context;
    const leave = this.#pointers.enterLoop(depth);
    const i = this.#context.take("i32");
    this.#values.axes[level.axis] = i;
    f.i32Const(0).localSet(i);
    this.#blocks(depth, i, this.#context.operand(level.size), 1, () => {
      this.#context.scoped(() => this.#body(depth));
      this.#pointers.advance(depth, 1);
    });
    this.#endBlocks(depth);
    leave();
  }

  /** Prints iterations up to an end that is known to be ahead. */
  #until(i: Local<"i32">, end: number | Local<"i32">, step: number, body: () => void): void {
    const { f } = this.#context;
    f.loop((again) => {
      body();
      f.increment(i, step).localGet(i).i32(end).i32LtS().brIf(again);
    });
  }

  /**
   * Prints such iterations, in blocks where this level moves sums: between the blocks, and `endBlocks` moves
   * what is left.
   */
  #blocks(
    depth: number,
    i: Local<"i32">,
    end: number | Local<"i32">,
    step: number,
    body: () => void,
  ): void {
    const { f } = this.#context;
    const flush = this.#flush;
    if (flush === null || flush.depth !== depth) {
      this.#until(i, end, step, body);
      return;
    }
    const blockEnd = this.#context.take("i32");
    f.loop((again) => {
      f.localGet(i).i32Const(flush.block * step).i32Add().localTee(blockEnd).i32(end);
      f.localGet(blockEnd).i32(end).i32LtS().select("i32").localSet(blockEnd);
      this.#until(i, blockEnd, step, body);
      f.localGet(i).i32(end).i32LtS().if(() => {
        this.#reductions.flush();
        f.br(again);
      });
    });
  }

  /** Behind all iterations of a level that moves sums: the outermost loop leaves that to their end. */
  #endBlocks(depth: number): void {
    const isOutermost = depth === this.#plan.axisCount + 1;
    if (this.#flush?.depth === depth && !isOutermost) this.#reductions.flush();
  }

  #vectorLoop(depth: number, level: Level): void {
    const { f } = this.#context;
    const { size, unroll } = level;
    if (typeof size === "number" && size <= 4 * unroll) {
      // All of it in one iteration.
      this.#values.axes[level.axis] = 0;
      this.#copies = Math.ceil(size / 4);
      this.#lastLanes = (((size - 1) % 4) + 1) as 1 | 2 | 3 | 4;
      this.#context.scoped(() => this.#body(depth));
      this.#copies = null;
      this.#lastLanes = 4;
      return;
    }
    const leave = this.#pointers.enterLoop(depth);
    const i = this.#context.take("i32");
    this.#values.axes[level.axis] = i;
    f.i32Const(0).localSet(i);
    const part = (copies: number, lanes: Values["lanes"]) => {
      this.#copies = copies;
      this.#lastLanes = lanes;
      this.#context.scoped(() => this.#body(depth));
      this.#copies = null;
      this.#lastLanes = 4;
    };
    const body = (copies: number) => () => {
      part(copies, 4);
      this.#pointers.advance(depth, 4 * copies);
    };
    const whole = (copies: number, end: number | Local<"i32">) =>
      copies === unroll
        ? this.#blocks(depth, i, end, 4 * copies, body(copies))
        : this.#until(i, end, 4 * copies, body(copies));
    if (typeof size === "number") {
      const main = size - size % (4 * unroll), singles = size - size % 4, tail = size % 4;
      whole(unroll, main);
      if (singles === main + 4) {
        part(1, 4);
        this.#pointers.advance(depth, 4);
        f.increment(i, 4);
      } else if (singles > main) whole(1, singles);
      if (tail > 0) part(1, tail as 1 | 2 | 3);
    } else {
      const end = this.#context.take("i32");
      const parts = unroll === 1 ? [1] : [unroll, 1];
      for (const copies of parts) {
        this.#context.pushSize(size);
        f.i32Const(-4 * copies).i32And().localTee(end).localGet(i).i32GtS();
        f.if(() => this.#context.scoped(() => whole(copies, end)));
      }
      this.#context.pushSize(size);
      f.i32Const(3).i32And().localTee(end);
      f.if(() => this.#context.scoped(() => part(1, end)));
    }
    this.#endBlocks(depth);
    leave();
  }

  // Stores.

  /** Prints stores; all values are read before the first is written where that matters. */
  #stores(stores: readonly KStore[]): void {
    for (const { value, guard, address } of stores) {
      for (const node of [value, guard, address.rest]) {
        if (node !== null) this.#values.shorten(node);
      }
    }
    const first = stores.length > 1 && this.#self.size > 0;
    if (!first) {
      for (const store of stores) this.#prepareStore(store)();
      return;
    }
    this.#context.scoped(() => {
      const writes = stores.map((store) => this.#prepareStore(store));
      for (const write of writes) write();
    });
  }

  /** Computes what a store needs; the result prints the store itself. */
  #prepareStore(store: KStore): () => void {
    return this.#isVector && this.#variesAt(store)
      ? this.#prepareVector(store)
      : this.#prepareScalar(store);
  }

  /** Whether a store is one of the vector part: always, except behind loops that reduced the lanes. */
  #variesAt(store: KStore): boolean {
    const { vector, axisCount } = this.#plan;
    return vector <= axisCount || this.#kernel.inner.includes(store);
  }

  #prepareScalar(store: KStore): () => void {
    const { f } = this.#context;
    const values = this.#values;
    const access = storeAccess(store);
    const type = valType(store.value.type);
    const pushRest = (rest: SNode) => values.scalar(rest);
    if (store.guard === null && this.#self.size === 0) {
      return () => {
        const offset = this.#pointers.push(access, 0, pushRest);
        values.scalar(store.value);
        storeScalar(f, store.storage, offset);
      };
    }
    const address = this.#context.take("i32"), value = this.#context.take(type);
    const offset = this.#pointers.push(access, 0, pushRest);
    f.localSet(address);
    values.scalar(store.value);
    f.localSet(value);
    const guard = store.guard === null ? null : this.#context.take("i32");
    if (guard !== null) {
      values.scalar(store.guard!);
      f.localSet(guard);
    }
    const write = () => {
      f.localGet(address).localGet(value);
      storeScalar(f, store.storage, offset);
    };
    return () => {
      if (guard === null) write();
      else f.localGet(guard).if(write);
    };
  }

  #prepareVector(store: KStore): () => void {
    const { f } = this.#context;
    const values = this.#values;
    const access = storeAccess(store);
    const { rest } = store.address;
    const axis = this.#plan.levels[this.#plan.vector - 1]!.axis;
    const restVaries = rest !== null && this.#analysis.varies(rest);
    const stride = strideAlong(store.address, axis);
    const { copy, lanes } = values;
    const held = new Map<Form, Local<"v128">>();
    for (const form of formsOf(store.value.type)) {
      const local = this.#context.take("v128");
      if (store.value.type === "bool") values.mask(store.value, form);
      else values.vector(store.value, form);
      f.localSet(local);
      held.set(form, local);
    }
    let guard: Local<"v128"> | null = null;
    if (store.guard !== null) {
      guard = this.#context.take("v128");
      values.mask(store.guard, 0);
      f.localSet(guard);
    }
    let places: Local<"v128"> | null = null;
    if (restVaries) {
      places = this.#context.take("v128");
      values.vector(rest, 0);
      f.localSet(places);
    }
    const { bytes } = dtypeInfo(access.storage);
    return () => {
      const before = values.copy;
      values.copy = copy;
      storeLanes(this.#context, {
        storage: store.storage,
        lanes,
        whole: !restVaries && stride === 1,
        guard: guard === null ? null : () => void f.localGet(guard!),
        address: (lane) => {
          const ahead = stride === 0 ? 0 : 4 * copy + lane;
          const offset = this.#pointers.push(access, ahead, (node) => values.scalar(node));
          if (places !== null) {
            f.localGet(places).i32x4ExtractLane(lane);
            this.#context.timesConst(bytes);
            f.i32Add();
          }
          return offset;
        },
      }, (form) => held.get(form)!);
      values.copy = before;
    };
  }
}

function storeAccess(store: KStore): AddressUse {
  return {
    buffer: store.buffer,
    storage: store.storage,
    address: store.address,
    guarded: store.guard !== null,
  };
}

/** Prints a small product of a matrix by a vector. */
export function printRows(context: FunctionContext, plan: RowPlan): void {
  context.scoped(() => {
    const products = new RowProducts(context, plan);
    new NestPrinter(context, plan.kernel, plan.nest, null, products).print();
  });
}

/**
 * Prints a check: runs over the axes that its node depends on, and returns from the function with the
 * code of the check where the node is true somewhere.
 */
export function printCheck(
  context: FunctionContext,
  kernel: LoweredNest,
  { failed, check, inner }: LoopNestCheck,
  simd: boolean,
): void {
  const { f } = context;
  const sizes = [...kernel.axes, ...kernel.loops];
  // Where no loop runs, only what comes after the loops is checked.
  const run = inner ? sizes : kernel.axes;
  if (run.includes(0)) return;
  const used = new Set<number>();
  let isReduced = false;
  visitNodes([failed], (node) => {
    if (node.op === "reduced") isReduced = true;
    if (node.op === "index" && node.axis.kind === "axis") used.add(node.axis.axis);
    if (node.op !== "load") return;
    for (const { axis } of node.address.terms) if (axis.kind === "axis") used.add(axis.axis);
  });
  const kept = [...used].sort((a, b) => a - b);
  const [lowered] = renumber([failed], new Map(kept.map((axis, i) => [axis, i])));
  const address = { offset: 0, terms: [], rest: null };
  // What depends on a reduction is tested where that is known, else all at once.
  const test: LoweredNest = isReduced
    ? {
      ...kernel,
      inner: [],
      outer: [{ value: failed, guard: null, address, buffer: 0, storage: "bool" }],
      checks: [],
    }
    : {
      name: kernel.name,
      axes: [],
      loops: kept.map((axis) => sizes[axis]!),
      reductions: [{ kind: "any", type: "bool", value: lowered! }],
      inner: [],
      outer: [],
      checks: [],
    };
  // Where it fails: the largest of the integers that do, and NaN where there is none to tell.
  const integer = checkedInteger(failed);
  const worst = isReduced || integer === null ? null : failedInteger(test, lowered!);
  const leave = () => {
    const value = f.local("f64");
    f.localSet(value).localGet(context.block).localGet(value);
    f.f64Store(context.module.params.failure());
  };
  const varying = run.filter((size) => typeof size !== "number");
  const body = () => {
    const plan = isReduced ? scalarPlan(test) : planNest(test, simd);
    new NestPrinter(context, test, plan, (push) => {
      f.if(() => {
        if (worst !== null) new NestPrinter(context, worst, scalarPlan(worst), leave).print();
        else if (integer !== null) {
          context.scoped(() => {
            push(integer);
            applyScalar(f, "cast", "f64", integer.type, context.module.helper);
            leave();
          });
        }
        f.i32Const(check + 1).return();
      });
    }).print();
  };
  context.scoped(() => {
    if (varying.length === 0) {
      body();
      return;
    }
    pushAllPositive(context, varying);
    f.if(() => context.scoped(body));
  });
}

/** The largest integer that fails a test over loops, as a float64. */
function failedInteger(test: LoweredNest, failed: SNode): LoweredNest | null {
  const integer = checkedInteger(failed);
  if (integer === null) return null;
  // The values at hand where this is printed are found by the ids of their nodes.
  const b = new ScalarBuilder({ ieee: true, firstId: 2 ** 25 });
  const value = b.select(failed, b.cast(integer, "f64"), b.constant("f64", -Infinity));
  return { ...test, reductions: [{ kind: "max", type: "f64", value }] };
}
