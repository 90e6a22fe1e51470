/**
 * The loops of a nest, the vectors of the innermost one, and reductions.
 *
 * @module
 */

import type { SNode } from "../../core/ir/scalar.ts";
import { findHoisted, type HoistedNode } from "./hoisted.ts";
import type { FunctionContext } from "./context.ts";
import type { LoweredNest } from "./kernel.ts";
import {
  Analysis,
  factsOf,
  findFlush,
  type Flush,
  type KernelFacts,
  type Level,
  type NestPlan,
} from "./nest_plan.ts";
import { type AddressUse, loadAccess, Pointers } from "./pointers.ts";
import type { RowProducts } from "./gemv.ts";
import { Reductions } from "./reduce.ts";
import { type Bound, Values } from "./values.ts";
import type { Local } from "../wasm/mod.ts";
import { storeAccess, StorePrinter } from "./store.ts";

/** Iterations of one level that are printed instead of all. */
export interface NestRange {
  /** The depth of the level; one of vectors starts at a multiple of 16. */
  readonly depth: number;
  readonly from: Local<"i32">;
  readonly to: Local<"i32">;
}

/** What is printed otherwise than a whole nest. */
interface NestOptions {
  /**
   * Gets, after the loops, the value of the outer store on the stack instead of its being stored, or without
   * one that of the first reduction, and what pushes other nodes.
   */
  readonly finish?: (push: (node: SNode) => void) => void;
  /** Gets, after the loops, what they reduced, instead of what is done with it. */
  readonly partial?: (reductions: Reductions) => void;
  /** Prints the products that the values refer to. */
  readonly products?: RowProducts;
  /** Where reductions are that were made before. */
  readonly bound?: Bound;
  readonly ranges?: readonly NestRange[];
}

/** Prints the loops of one nest, and what is done in them. */
export class NestPrinter {
  readonly #context: FunctionContext;
  readonly #kernel: LoweredNest;
  readonly #plan: NestPlan;
  readonly #analysis: Analysis;
  readonly #pointers: Pointers;
  readonly #values: Values;
  readonly #reductions: Reductions;
  readonly #facts: KernelFacts;
  readonly #stores: StorePrinter;
  readonly #hasLoops: boolean;
  readonly #flush: Flush | null;
  #hoisted: HoistedNode[][] = [];
  readonly #options: NestOptions;

  constructor(
    context: FunctionContext,
    kernel: LoweredNest,
    plan: NestPlan,
    options: NestOptions = {},
  ) {
    this.#options = options;
    this.#context = context;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#facts = factsOf(kernel);
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
      options.partial !== undefined,
    );
    const { products } = options;
    const bound = products ?? options.bound ?? this.#reductions;
    this.#values = new Values(context, plan, this.#analysis, this.#pointers, bound);
    this.#stores = new StorePrinter({
      context,
      kernel,
      plan,
      analysis: this.#analysis,
      pointers: this.#pointers,
      values: this.#values,
      selfLoaded: this.#facts.selfLoaded,
    });
    this.#reductions.bind(this.#values);
    products?.bind(this.#values, this.#pointers);
  }

  /** Pushes whether all iterations of the outermost loop are one block, where calls tell. */
  #isShort(): (() => void) | null {
    if (this.#flush === null) return null;
    const { depth, block } = this.#flush, { size, mode, unroll } = this.#plan.levels[depth - 1]!;
    const range = this.#rangeAt(depth);
    if (depth !== this.#plan.axisCount + 1) return null;
    if (typeof size === "number" && range === null) return null;
    return () => {
      if (range === null) this.#context.pushSize(size);
      else this.#context.f.localGet(range.to).localGet(range.from).i32Sub();
      this.#context.f.i32Const(block * (mode === "vector" ? 4 * unroll : 1)).i32LeS();
    };
  }

  /** The range of a level, if it doesn't run over all of it. */
  #rangeAt(depth: number): NestRange | null {
    return this.#options.ranges?.find((range) => range.depth === depth) ?? null;
  }

  print(): void {
    const kernel = this.#kernel;
    const { innerOutputs: inner, outerOutputs: outer, all } = this.#facts;
    const { finish, products } = this.#options;
    const stored = finish === undefined ? [...kernel.inner, ...kernel.outer] : [];
    const accesses: AddressUse[] = stored.map(storeAccess);
    for (const node of all) if (node.op === "load") accesses.push(loadAccess(node));
    accesses.push(...products?.accesses ?? []);
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
    products?.open();
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
    if (this.#plan.tile !== undefined && depth === this.#plan.levels.length) this.#tile(depth);
    else this.#bodyAt(depth);
  }

  #bodyAt(depth: number): void {
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
      this.#reductions.open(
        vector > depth ? levels[vector - 1]!.unroll : this.#copiesAt(depth),
        this.#pushFirst(),
      );
      this.#options.products?.produce(this.#copiesAt(depth), Number(this.#lastLanes));
      if (this.#hasLoops && !this.#empty) this.#level(depth + 1);
      else if (!this.#hasLoops) this.#context.scoped(() => this.#iteration(depth));
      this.#context.scoped(() => {
        const { finish, partial } = this.#options;
        this.#reductions.close();
        if (partial !== undefined) {
          partial(this.#reductions);
          return;
        }
        if (finish === undefined) {
          this.#eachCopy(depth, () => this.#stores.print(this.#kernel.outer));
          return;
        }
        const [tested] = this.#kernel.outer;
        if (tested === undefined) this.#reductions.pushResult(0);
        else this.#values.scalar(tested.value);
        finish((node) => this.#values.scalar(node));
      });
    } else if (depth === levels.length) {
      this.#context.scoped(() => this.#iteration(depth));
    } else this.#level(depth + 1);
    leave();
  }

  /** Pushes the position of the first iteration, where that isn't 0: the range of the outermost loop starts there. */
  #pushFirst(): (() => void) | null {
    const range = this.#rangeAt(this.#plan.axisCount + 1);
    if (range === null) return null;
    return () => {
      this.#context.f.localGet(range.from);
      for (const size of this.#kernel.loops.slice(1)) this.#context.timesSize(size);
    };
  }

  /** What is done in one iteration. */
  #iteration(depth: number): void {
    this.#eachCopy(depth, () => {
      this.#reductions.take();
      this.#stores.print(this.#kernel.inner);
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
      case "tile":
        this.#context.scoped(() => this.#tileLoop(depth, level));
        break;
      case "vector":
        this.#context.scoped(() => this.#vectorLoop(depth, level));
    }
  }

  #loop(depth: number, level: Level): void {
    const { f } = this.#context;
    const { from = 0, to = this.#context.operand(level.size) } = this.#rangeAt(depth) ?? {};
    const leave = this.#pointers.enterLoop(depth, from);
    const i = this.#context.take("i32");
    this.#values.axes[level.axis] = i;
    f.i32(from).localSet(i);
    this.#blocks(depth, i, to, 1, () => {
      this.#context.scoped(() => this.#body(depth));
      this.#pointers.advance(depth, 1);
    });
    this.#endBlocks(depth);
    leave();
  }

  /** Prints the iterations of an axis four by four, and those that are left one by one. */
  #tileLoop(depth: number, { axis, size }: Level): void {
    const { f } = this.#context;
    const { from = 0, to = this.#context.operand(size) } = this.#rangeAt(depth) ?? {};
    const leave = this.#pointers.enterLoop(depth, from);
    const i = this.#context.take("i32");
    f.i32(from).localSet(i);
    const loop = (rows: number) => {
      f.block((done) => {
        f.loop((again) => {
          f.i32(to).localGet(i).i32Sub().i32Const(rows).i32LtS().brIf(done);
          this.#values.axes[axis] = i;
          this.#rows = rows;
          this.#context.scoped(() => this.#body(depth));
          this.#rows = 1;
          this.#pointers.advance(depth, rows);
          f.increment(i, rows).br(again);
        });
      });
    };
    loop(4);
    if (typeof size !== "number" || size % 4 !== 0) loop(1);
    leave();
  }

  /** How many iterations of the level of tiles are printed now. */
  #rows = 1;

  /** Prints the iterations of a tile, innermost: those of the level of tiles at a place of the vectors. */
  #tile(depth: number): void {
    const { f } = this.#context, values = this.#values, { fixed } = this.#pointers;
    const { axis } = this.#plan.levels[this.#plan.tile! - 1]!;
    const isTurned = this.#rows > 1 && this.#lastLanes === 4, i = values.axes[axis] as Local<"i32">;
    this.#context.scoped(() => {
      if (isTurned) values.loads.tiles();
      const next = this.#context.take("i32");
      for (let row = 0; row < this.#rows; row++) {
        fixed[axis] = row;
        if (row > 0) f.localGet(i).i32Const(row).i32Add().localSet(next);
        values.axes[axis] = row === 0 ? i : next;
        values.loads.tile = isTurned ? row : -1;
        this.#context.scoped(() => this.#bodyAt(depth));
      }
    });
    fixed[axis] = 0;
    values.axes[axis] = i;
    values.loads.tile = -1;
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
    const { unroll } = level, range = this.#rangeAt(depth);
    const size = range?.to ?? level.size;
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
    const from = range?.from ?? 0;
    const leave = this.#pointers.enterLoop(depth, from);
    const i = this.#context.take("i32");
    this.#values.axes[level.axis] = i;
    f.i32(from).localSet(i);
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
      const pushEnd = () => "index" in size ? void f.localGet(size) : this.#context.pushSize(size);
      const parts = unroll === 1 ? [1] : [unroll, 1];
      for (const copies of parts) {
        pushEnd();
        f.i32Const(-4 * copies).i32And().localTee(end).localGet(i).i32GtS();
        f.if(() => this.#context.scoped(() => whole(copies, end)));
      }
      if (typeof level.size !== "number" || level.size % 4 !== 0) {
        pushEnd();
        f.i32Const(3).i32And().localTee(end);
        f.if(() => this.#context.scoped(() => part(1, end)));
      }
    }
    this.#endBlocks(depth);
    leave();
  }
}
