/**
 * Prints work that threads share: a function of a range of iterations, which runs over all of them or, where
 * that pays, over parts of them on each thread.
 *
 * @module
 */

import type { RowBlock } from "../../core/ir/program.ts";
import { mulSize, type Size } from "../../core/ir/size.ts";
import { MOST_WORDS } from "../threads/control.ts";
import type { Jobs } from "../threads/jobs.ts";
import type { Local } from "../wasm/mod.ts";
import type { FunctionContext } from "./context.ts";
import type { LoweredNest } from "./kernel.ts";
import { printNest, printWithoutLoops, whereNotEmpty } from "./nest.ts";
import type { NestPlan } from "./nest_plan.ts";
import { NestPrinter } from "./nest_printer.ts";
import { WORKSPACE } from "./params.ts";
import { PARTIAL_BYTES } from "./accumulator.ts";
import { Reductions } from "./reduce.ts";
import type { Cut, SharedNest } from "./share_plan.ts";

/** The iterations of a part, and memory that no other part works with at the time. */
export interface PartRange {
  readonly from: Local<"i32">;
  readonly to: Local<"i32">;
  readonly work: Local<"i32">;
}

/**
 * Prints a function for parts of something, and what calls it.
 *
 * @param cut How it is cut.
 * @param works Whether parts need a workspace, as large as that of the program.
 * @param body Prints a part into the function.
 */
export function printParts(
  context: FunctionContext,
  name: string,
  cut: Cut,
  works: boolean,
  body: (inside: FunctionContext, range: PartRange) => void,
): void {
  const { f, passed, module } = context;
  const { inside, numbers: [from, to, work] } = context.inner(name, { numbers: 3 });
  body(inside, { from: from!, to: to!, work: work! });
  const jobs = cut.parts === 1 || passed.length + 2 > MOST_WORDS ? null : module.jobs();
  context.scoped(() => {
    const size = context.operand(cut.size), step = context.operand(cut.step);
    const parts = context.operand(cut.parts), amount = context.operand(cut.work);
    const workspace = works ? context.base(WORKSPACE) : 0;
    f.block((done) => {
      if (jobs !== null) {
        const part = jobs.part((g, index, work) => {
          const start = g.local("i32"), end = g.local("i32");
          const word = (i: number) => jobs.pushWord(g, i);
          passed.forEach((_, i) => word(i));
          g.localGet(index);
          word(passed.length).i32Mul().localTee(start);
          g.localGet(start);
          word(passed.length).i32Add().localTee(end);
          word(passed.length + 1).localGet(end);
          word(passed.length + 1).i32LtS().select("i32").localGet(work).call(inside.f.func);
        });
        f.block((alone) => {
          if (typeof parts !== "number") f.localGet(parts).i32Const(2).i32LtS().brIf(alone);
          f.i32(amount).f64ConvertI32S();
          jobs.pays(f);
          f.i32Eqz().brIf(alone);
          const words = [...passed, step, size].map((word) => () => f.i32(word));
          jobs.run(f, part, words, () => f.i32(parts), () => f.i32(workspace));
          f.br(done);
        });
      }
      for (const local of passed) f.localGet(local);
      f.i32Const(0).i32(size).i32(workspace).call(inside.f.func);
    });
  });
}

/** Prints a nest that is cut along one of its axes. */
export function printSharedNest(
  context: FunctionContext,
  kernel: LoweredNest,
  plan: NestPlan,
  { depth }: SharedNest,
  cut: Cut,
): void {
  printParts(context, kernel.name, cut, false, (inside, { from, to }) => {
    printNest(inside, kernel, plan, { depth, from, to });
  });
}

/** Bytes of workspace of reductions in blocks. */
export function blocksWorkspace({ reductions }: LoweredNest, { parts }: Cut): Size {
  return mulSize(parts, PARTIAL_BYTES * reductions.length);
}

/** Prints reductions to single values: of blocks first, which are the same for any number of threads. */
export function printBlocks(
  context: FunctionContext,
  kernel: LoweredNest,
  plan: NestPlan,
  { size, step, parts, work }: Cut,
): void {
  const bytes = PARTIAL_BYTES * kernel.reductions.length;
  const one: Cut = { size: parts, step: 1, parts, work };
  context.scoped(() =>
    whereNotEmpty(context, kernel.loops, () => {
      printParts(context, kernel.name, one, false, (inside, range) => {
        const { f } = inside;
        const [block, at, from, to] = [0, 1, 2, 3].map(() => inside.take("i32"));
        const length = inside.operand(step), end = inside.operand(size);
        f.localGet(inside.base(WORKSPACE)).localGet(range.from).i32Const(bytes).i32Mul().i32Add();
        f.localSet(at!);
        f.forLoop(block!, range.from, range.to, 1, () => {
          f.localGet(block!).i32(length).i32Mul().localTee(from!).i32(length).i32Add();
          f.localTee(to!).i32(end).localGet(to!).i32(end).i32LtS().select("i32").localSet(to!);
          inside.scoped(() =>
            new NestPrinter(inside, kernel, plan, {
              ranges: [{ depth: 1, from: from!, to: to! }],
              partial: (reductions) => reductions.storePartial(at!),
            }).print()
          );
          f.increment(at!, bytes);
        });
      });
      printCombined(context, kernel, parts, bytes);
    }, () => printWithoutLoops(context, kernel))
  );
}

/** Prints what combines the results of blocks, in their order, and what is done with them. */
function printCombined(
  context: FunctionContext,
  kernel: LoweredNest,
  blocks: Size,
  bytes: number,
): void {
  const { f } = context;
  const combined = new Reductions(
    context,
    kernel.reductions,
    "scalar",
    false,
    new Set(),
    null,
    false,
  );
  combined.open(1, null);
  const at = context.take("i32"), block = context.take("i32");
  f.localGet(context.base(WORKSPACE)).localSet(at);
  f.forLoop(block, 0, context.operand(blocks), 1, () => {
    combined.takePartial(at);
    f.increment(at, bytes);
  });
  combined.close();
  const rest: LoweredNest = { ...kernel, loops: [], reductions: [] };
  const plan: NestPlan = { levels: [], axisCount: 0, vector: 0 };
  new NestPrinter(context, rest, plan, { bound: combined }).print();
}

/**
 * Prints a loop about a block of rows: for one block on each thread, or for all rows.
 *
 * @param steps How many steps it has.
 * @param from From how much work on sharing pays.
 * @param body Prints it into the function of a block.
 */
export function printRowBlocks(
  context: FunctionContext,
  name: string,
  { rows, first, count, unit, work }: RowBlock,
  steps: Size,
  from: number,
  body: (inside: FunctionContext) => void,
): void {
  const { f, passed, module } = context;
  const { inside, numbers } = context.inner(name, { numbers: 3 });
  const [start, length, place] = numbers as [Local<"i32">, Local<"i32">, Local<"i32">];
  const [key] = count.terms.keys();
  body(inside.with([[`t${first}`, start], [`s${key}`, length], [`b${WORKSPACE}`, place]]));
  const jobs = passed.length + 1 > MOST_WORDS ? null : module.jobs();
  context.scoped(() => {
    const workspace = context.base(WORKSPACE);
    f.block((done) => {
      if (jobs !== null) printShared(jobs, workspace, () => f.br(done));
      for (const local of passed) f.localGet(local);
      f.i32Const(0).i32Const(rows).localGet(workspace).call(inside.f.func);
    });
  });

  /** Shares blocks out, if that pays. */
  function printShared(jobs: Jobs, workspace: Local<"i32">, leave: () => void): void {
    const part = jobs.part((g, index, work) => {
      const start = g.local("i32"), left = g.local("i32"), size = g.local("i32");
      passed.forEach((_, i) => jobs.pushWord(g, i));
      jobs.pushWord(g, passed.length).localTee(size).localGet(index).i32Mul().localTee(start);
      g.i32Const(rows).localGet(start).i32Sub().localTee(left).localGet(size);
      // No block is shorter than the others: the last one has what is left.
      g.localGet(left).localGet(size).i32Const(1).i32Shl().i32LtS().select("i32");
      g.localGet(work).call(inside.f.func);
    });
    const amount = context.take("f64"), size = context.take("i32");
    f.i32(context.operand(steps)).f64ConvertI32S().f64Const(rows * work).f64Mul();
    f.localTee(amount).f64Const(from).f64Ge().if(() => {
      f.localGet(amount);
      jobs.pays(f);
      f.if(() => {
        const units = context.take("i32");
        f.i32Const(Math.floor(rows / unit));
        jobs.pushThreads(f);
        f.i32DivS().localTee(units).i32Const(1).localGet(units).select("i32");
        f.i32Const(unit).i32Mul().localSet(size);
        const words = [...passed, size].map((word) => () => f.localGet(word));
        const parts = () => f.i32Const(rows).localGet(size).i32DivS();
        jobs.run(f, part, words, parts, () => f.localGet(workspace));
        leave();
      });
    });
  }
}

/**
 * Prints the steps of a loop over rows, which don't depend on each other.
 *
 * @param locals Where in the workspace buffers are that hold one row only.
 * @param row Prints the call of a step, whose number is in a local.
 */
export function printRowParts(
  context: FunctionContext,
  name: string,
  cut: Cut,
  locals: ReadonlyMap<string, number>,
  row: (inside: FunctionContext, t: Local<"i32">) => void,
): void {
  printParts(context, name, cut, locals.size > 0, (inside, { from, to, work }) => {
    const { f } = inside, t = inside.take("i32");
    const moved = [...locals].map(([key, offset]): [string, Local<"i32">] => {
      const address = inside.take("i32");
      f.localGet(work).i32Const(offset).i32Add().localSet(address);
      return [key, address];
    });
    const steps = inside.with(moved);
    f.forLoop(t, from, to, 1, () => row(steps, t));
  });
}
