/**
 * Prints the steps of a program one after the other: in place, in functions of their own, or in parts for
 * threads.
 *
 * @module
 */

import { axisKey } from "../../core/ir/builder.ts";
import { dtypeInfo } from "../../core/graph/dtype.ts";
import type { Branch, Gemm, Loop, LoopNest, Nonzero, Sort, Step } from "../../core/ir/program.ts";
import { mulSize, sizeValue } from "../../core/ir/size.ts";
import { planNest } from "./choose_vector.ts";
import type { FunctionContext } from "./context.ts";
import { type LoweredNest, lowerGemm, lowerNest } from "./kernel.ts";
import { factsOf, type NestPlan } from "./nest_plan.ts";
import { visitNodes } from "../../core/ir/nodes.ts";
import { printCheck } from "./check.ts";
import { printNest, printRows } from "./nest.ts";
import { gemmImport, printProduct } from "./gemm.ts";
import { SORT_COST, sortImport, sortWorkspace } from "./sort.ts";
import {
  blocksWorkspace,
  printBlocks,
  printParts,
  printRowBlocks,
  printRowParts,
  printSharedNest,
} from "./shared.ts";
import { cut, type MakeCut, planSharing, workOfRow } from "./share_plan.ts";
import { LOOPS_FROM } from "./row_blocks.ts";
import { canFail, modularRefs } from "./step_facts.ts";
import type { Local, ValType } from "../wasm/mod.ts";
import type { ModulePrinter } from "./module.ts";
import { printNonzero } from "./nonzero.ts";
import { callSort } from "./sort_call.ts";

/** Code of a function, measured in nodes, beyond which further kernels get functions of their own. */
const MOST_INLINE = 4000;

/**
 * How much more work a step of a loop has to be than others to be shared: where a thread is kept from
 * running, every step waits for it.
 */
const IN_LOOPS = 4;

/** The same beside a native BLAS, whose threads stay awake for a while after each product. */
const BESIDE_BLAS = 8;

/** Whether a list is one step. */
function isAlone(steps: readonly Step[]): boolean {
  return steps.length === 1;
}

/** Prints steps one after the other into a function. */
export class StepPrinter {
  readonly #owner: ModulePrinter;
  readonly #context: FunctionContext;
  /** Whether the function is the body of a loop, in which kernels are printed in place. */
  readonly #inLoop: boolean;
  /** Whether it is one over rows, which are parts themselves. */
  readonly #inRows: boolean;
  #size = 0;

  constructor(owner: ModulePrinter, context: FunctionContext, inLoop: boolean, inRows = false) {
    this.#owner = owner;
    this.#context = context;
    this.#inLoop = inLoop;
    this.#inRows = inRows;
  }

  steps(steps: readonly Step[]): void {
    // Rows are done by several threads at a time.
    const timer = this.#inRows ? null : this.#owner.timer, print = (step: Step) => this.#step(step);
    if (timer === null) steps.forEach(print);
    else timer.steps(this.#context, steps, print);
  }

  /** Prints the steps of a loop; the time of one alone is the loop's. */
  body(steps: readonly Step[]): void {
    if (isAlone(steps)) this.#step(steps[0]!);
    else this.steps(steps);
  }

  #step(step: Step): void {
    if (step.kind !== "loop" && step.kind !== "branch") this.#owner.countKernel();
    switch (step.kind) {
      case "nest":
        return this.#nest(step);
      case "gemm":
        return this.#gemm(step);
      case "sort":
        return this.#sort(step);
      case "nonzero":
        return this.#nonzero(step);
      case "loop":
        return this.#loop(step);
      case "branch":
        return this.#branch(step);
    }
  }

  /** Prints a kernel here or into a function of its own. */
  #place(
    name: string,
    size: number,
    fails: boolean,
    body: (context: FunctionContext) => void,
  ): void {
    const here = this.#inLoop ? this.#size + size <= MOST_INLINE : size <= 24;
    if (here) {
      this.#size += size;
      this.#context.scoped(() => body(this.#context));
    } else callOf(this.#context, name, fails, [], body)();
  }

  #nest(nest: LoopNest): void {
    const { simd } = this.#owner.module;
    const calls = this.#owner.calls(nest, this.#inLoop);
    const kernel = lowerNest(nest, this.#owner.dtypeOf, calls);
    const plan = planNest(kernel, simd);
    const fails = kernel.checks.length > 0, parts = this.#partsOf(kernel, plan);
    const checks = (context: FunctionContext) => {
      for (const check of kernel.checks) printCheck(context, kernel, check, simd);
    };
    if (parts !== null) {
      if (fails) this.#place(`${nest.name}_checks`, sizeOf(kernel), true, checks);
      parts(this.#context);
      return;
    }
    this.#place(nest.name, sizeOf(kernel), fails, (context) => {
      checks(context);
      printNest(context, kernel, plan);
    });
  }

  /** Prints a nest in parts, if threads may share it. */
  #partsOf(kernel: LoweredNest, plan: NestPlan): ((context: FunctionContext) => void) | null {
    const shared = planSharing(kernel, plan);
    if (shared === null) return null;
    const { size, unit, cost, iterations, isLoop } = shared;
    // Blocks of reductions are the same where there are no threads.
    const parts = (isLoop ? this.#anyCut : this.#cut)(size, unit, cost, iterations);
    if (parts === null) return null;
    return (context) => {
      if (isLoop) {
        this.#owner.needWorkspace(blocksWorkspace(kernel, parts));
        printBlocks(context, kernel, plan, parts);
      } else printSharedNest(context, kernel, plan, shared, parts);
    };
  }

  /** Cuts what may have several parts; what is short now, in a loop, stays as it is. */
  readonly #anyCut: MakeCut = (size, unit, cost, points) => {
    if (this.#inRows) return null;
    const { from, products } = this.#owner.sharing;
    const more = !products ? BESIDE_BLAS : this.#inLoop ? IN_LOOPS : 1;
    const made = cut(size, unit, cost, points, more * from);
    const { parts } = made;
    const isKnown = this.#inLoop || typeof parts === "number";
    return isKnown && sizeValue(parts) < 2 ? null : made;
  };

  /** The same where there may be threads. */
  readonly #cut: MakeCut = (...sizes) =>
    this.#owner.sharing.block === 0 ? null : this.#anyCut(...sizes);

  /** Prints a loop over rows that don't depend on each other; false if it isn't worth sharing out. */
  #rowLoop(loop: Loop, rows: ReadonlySet<number>): boolean {
    const { module } = this.#owner;
    const parts = this.#cut(loop.steps, 1, workOfRow(loop.body), loop.steps);
    if (parts === null) return false;
    const locals = new Map<string, number>();
    let bytes = 0;
    for (const buffer of rows) {
      const { elements, dtype } = module.buffers.get(buffer)!;
      locals.set(`b${buffer}`, bytes);
      // A row may be read past its end.
      bytes += 64 * Math.ceil(sizeValue(elements) * dtypeInfo(dtype).bytes / 64 + 1);
    }
    this.#owner.needWorkspace(bytes, true);
    printRowParts(this.#context, `${loop.name}_rows`, parts, locals, (context, t) => {
      callOf(
        context,
        loop.name,
        false,
        [[`t${loop.id}`, t]],
        (inside) => new StepPrinter(this.#owner, inside, true, true).steps(loop.body),
      )();
    });
    return true;
  }

  #gemm(gemm: Gemm): void {
    const { simd } = this.#owner.module;
    const rows = this.#owner.rows(gemm);
    if (rows !== null) {
      const size = sizeOf(rows.kernel) + rows.terms * rows.nest.levels[0]!.unroll;
      this.#place(gemm.name, size, false, (context) => printRows(context, rows));
      return;
    }
    const product = this.#owner.product(gemm);
    if (product === null) {
      const kernel = lowerGemm(gemm, this.#owner.dtypeOf);
      this.#place(gemm.name, sizeOf(kernel), false, (context) => {
        printNest(context, kernel, planNest(kernel, simd));
      });
      return;
    }
    this.#owner.needWorkspace(product.workspace);
    const kernels = [...product.copies, ...product.epilogue];
    const size = kernels.reduce((sum, kernel) => sum + sizeOf(kernel), 50);
    this.#owner.needWorkspace(this.#inRows ? product.workspace : product.callBytes, true);
    const cut: MakeCut = this.#owner.sharing.products ? this.#cut : () => null;
    this.#place(gemm.name, size, false, (context) => {
      printProduct(
        context,
        product,
        this.#owner.imported(gemmImport(gemm)),
        cut,
        (inside, kernel) => {
          const plan = planNest(kernel, simd), parts = this.#partsOf(kernel, plan);
          if (parts === null) printNest(inside, kernel, plan);
          else parts(inside);
        },
      );
    });
  }

  #sort(sort: Sort): void {
    const context = this.#context, func = this.#owner.imported(sortImport(sort.dtype));
    this.#owner.needWorkspace(sortWorkspace(sort.dtype, sort.length), sort.rows !== 1);
    const points = mulSize(sort.rows, sort.length);
    const parts = this.#cut(sort.rows, 1, SORT_COST, points);
    if (parts === null) context.scoped(() => callSort(context, sort, func));
    else {
      printParts(context, sort.name, parts, true, (inside, range) => {
        callSort(inside, sort, func, range);
      });
    }
  }

  #nonzero(step: Nonzero): void {
    callOf(this.#context, step.name, false, [], (context) => printNonzero(context, step))();
  }

  #loop(loop: Loop): void {
    const context = this.#context, { f } = context;
    if (loop.steps === 0 && loop.count === null) return;
    if (loop.rows !== undefined && this.#rowLoop(loop, loop.rows)) return;
    const { block } = loop;
    if (block !== undefined && !this.#inRows) {
      const from = LOOPS_FROM * this.#owner.sharing.from;
      this.#owner.needWorkspace(0, true);
      printRowBlocks(context, `${loop.name}_rows`, block, loop.steps, from, (inside) => {
        new StepPrinter(this.#owner, inside, this.#inLoop, true).#loop(loop);
      });
      return;
    }
    context.scoped(() => {
      const t = context.take("i32");
      const refs = modularRefs(loop.body, loop.id);
      const modular = refs.map((ref) => ({ ref, local: context.take("i32") }));
      const fails = canFail(loop.body);
      const call = callOf(
        this.#context,
        loop.name,
        fails,
        [[`t${loop.id}`, t], ...modular.map(({ ref, local }) => [axisKey(ref), local] as const)],
        (inside) =>
          new StepPrinter(this.#owner, inside, true, this.#inRows || loop.rows !== undefined)
            .body(loop.body),
      );
      const steps = context.operand(loop.steps);
      const until = loop.until === null ? null : context.base(loop.until);
      const count = loop.count === null ? null : context.base(loop.count);
      f.i32Const(0).localSet(t);
      for (const { ref: { shift, modulus }, local } of modular) {
        f.i32Const(((shift % modulus) + modulus) % modulus).localSet(local);
      }
      f.block((out) => {
        f.i32(steps).i32Const(0).i32LeS().brIf(out);
        if (until !== null && loop.mayBeEmpty) f.localGet(until).i32Load8U().brIf(out);
        f.loop((again) => {
          call();
          f.increment(t, 1);
          if (until !== null) f.localGet(until).i32Load8U().brIf(out);
          for (const { ref: { modulus }, local } of modular) {
            f.localGet(local).i32Const(1).i32Add().localTee(local);
            f.i32Const(0).localGet(local).i32Const(modulus).i32LtU().select("i32").localSet(local);
          }
          f.localGet(t).i32(steps).i32LtS().brIf(again);
        });
      });
      if (count !== null) f.localGet(count).localGet(t).i32Store();
      if (isAlone(loop.body) && !this.#inRows) this.#owner.timer?.ran(context, loop.body, t);
    });
  }

  #branch(branch: Branch): void {
    const context = this.#context, { f } = context;
    const part = (name: string, steps: readonly Step[]) => () => {
      if (steps.length === 0) return;
      callOf(this.#context, `${branch.name}_${name}`, canFail(steps), [], (inside) => {
        new StepPrinter(this.#owner, inside, this.#inLoop).steps(steps);
      })();
    };
    context.scoped(() => {
      f.localGet(context.base(branch.condition)).i32Load8U();
      f.if(
        () => context.scoped(part("then", branch.then)),
        () => context.scoped(part("otherwise", branch.otherwise)),
      );
    });
  }
}

/**
 * Prints a function that has the block and all counters as parameters; what is returned calls it. Where it can
 * fail, the caller returns its code.
 */
function callOf(
  context: FunctionContext,
  name: string,
  fails: boolean,
  extra: readonly (readonly [key: string, local: Local<"i32">])[],
  body: (context: FunctionContext) => void,
): () => void {
  const keys = extra.map(([key]) => key), results: ValType[] = fails ? ["i32"] : [];
  const { inside } = context.inner(name, { keys, results });
  body(inside);
  if (fails) inside.f.i32Const(0);
  return () => {
    const { f } = context;
    for (const local of context.passed) f.localGet(local);
    for (const [, local] of extra) f.localGet(local);
    f.call(inside.f.func);
    if (!fails) return;
    const code = f.alloc("i32");
    f.localTee(code).if(() => f.localGet(code).return()).free(code);
  };
}

/** About how much code a kernel is. */
function sizeOf(kernel: LoweredNest): number {
  let nodes = 4 + factsOf(kernel).all.length;
  visitNodes(kernel.checks.map(({ failed }) => failed), () => nodes++);
  const points = [...kernel.axes, ...kernel.loops].reduce(mulSize, 1);
  // Long loops are better off in functions of their own, which the engine optimises one by one.
  if (typeof points !== "number") return 4 * nodes;
  return nodes * Math.max(1, Math.min(16, points / 4));
}
