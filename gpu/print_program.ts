/**
 * A Program as kernels and the order in which they are dispatched.
 *
 * @module
 */

import type {
  Branch,
  BufferDecl,
  Gemm,
  Loop,
  Nest,
  Program,
  Step,
} from "../core/kernel/program.ts";
import { productSize, type Size } from "../core/kernel/size.ts";
import type { GpuLimits } from "./context.ts";
import { KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { gemmAsNest } from "./lower_gemm.ts";
import { FlagPrinter } from "./print_flags.ts";
import { chooseGroup, printGroupNest } from "./print_group.ts";
import { decompose, printThreadNest } from "./print_nest.ts";
import { printNonzero } from "./print_nonzero.ts";
import { chooseRunning, printRunningNest } from "./print_running.ts";
import { printSort, SORT_BLOCK } from "./print_sort.ts";

/** One thing that the host does when a program runs. */
export type Op =
  | { readonly kind: "dispatch"; readonly kernel: PrintedKernel }
  /** Repeats its body with a counter; `active` is the flag that says whether it goes on. */
  | {
    readonly kind: "loop";
    readonly loop: Loop;
    readonly body: readonly Op[];
    readonly active: number | null;
  }
  /** The exchanges of a sort over distances of a block and more. */
  | {
    readonly kind: "exchanges";
    readonly exchange: PrintedKernel;
    readonly merge: PrintedKernel;
    readonly padded: Size;
    readonly block: number;
  }
  /** Dispatches a kernel that runs many steps itself, some of them at a time. */
  | {
    readonly kind: "steps";
    readonly kernel: PrintedKernel;
    readonly loop: Loop;
    /** Steps of one dispatch. */
    readonly chunk: number;
  };

/** A program in print. */
export interface PrintedProgram {
  readonly ops: readonly Op[];
  readonly commit: readonly Op[];
  readonly scratch: readonly Scratch[];
  /** Number of flags in use; flag 0 is always set. */
  readonly flags: number;
  /** How each loop is run, for people. */
  readonly notes: readonly string[];
}

/** Threads of a workgroup where each thread works for itself. */
const THREADS = 128;

/** Prints a program for a device of the given limits. */
export function printProgram(program: Program, limits: GpuLimits): PrintedProgram {
  return new ProgramPrinter(program, limits).print();
}

class ProgramPrinter {
  readonly #program: Program;
  readonly #limits: GpuLimits;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #flagPrinter: FlagPrinter;
  readonly #scratch: Scratch[] = [];
  readonly #notes: string[] = [];
  #flags = 1;

  constructor(program: Program, limits: GpuLimits) {
    this.#program = program;
    this.#limits = limits;
    this.#decls = new Map(program.buffers.map((decl) => [decl.id, decl]));
    this.#flagPrinter = new FlagPrinter(this.#decls);
  }

  print(): PrintedProgram {
    const { steps, commit, checks, name } = this.#program;
    const ops = this.#steps(steps, null);
    const commitOps: Op[] = [];
    if (commit.length > 0) {
      let flag: number | null = null;
      if (checks.length > 0) {
        flag = this.#flags++;
        commitOps.push({ kind: "dispatch", kernel: this.#flagPrinter.commit(name, flag) });
      }
      commitOps.push(...this.#steps(commit, flag));
    }
    return {
      ops,
      commit: commitOps,
      scratch: this.#scratch,
      flags: this.#flags,
      notes: this.#notes,
    };
  }

  readonly #makeScratch = (words: Size): Scratch => {
    const scratch = { id: this.#scratch.length, words };
    this.#scratch.push(scratch);
    return scratch;
  };

  #steps(steps: readonly Step[], flag: number | null): Op[] {
    return steps.flatMap((step) => this.#step(step, flag));
  }

  #step(step: Step, flag: number | null): Op[] {
    switch (step.kind) {
      case "nest":
        return this.#nest(step, flag);
      case "gemm":
        return this.#gemm(step, flag);
      case "sort": {
        const sort = printSort(step, this.#decls, this.#makeScratch, flag);
        const { exchange, merge, padded } = sort;
        return [
          ...dispatches(sort.start),
          { kind: "exchanges", exchange, merge, padded, block: SORT_BLOCK },
          ...dispatches([sort.finish]),
        ];
      }
      case "nonzero":
        return dispatches(printNonzero(step, this.#decls, this.#makeScratch, flag));
      case "loop":
        return this.#loop(step, flag);
      case "branch":
        return this.#branch(step, flag);
    }
  }

  #nest(nest: Nest, flag: number | null): Op[] {
    const running = chooseRunning(nest);
    if (running !== null) {
      return dispatches(printRunningNest(nest, running, this.#decls, this.#makeScratch, flag));
    }
    const shape = chooseGroup(nest);
    if (shape !== null) {
      return dispatches(printGroupNest(nest, shape, this.#decls, this.#makeScratch, flag));
    }
    const text = new KernelText(this.#decls);
    const points = productSize(nest.axes);
    const lines = [
      `let at = group * ${THREADS}u + lane;`,
      `if (at >= ${text.count(points)}) { return; }`,
    ];
    const axes = decompose(text, "at", nest.axes, lines);
    lines.push(...printThreadNest(text, nest, axes));
    return dispatches([text.finish(nest.name, lines, THREADS, points, THREADS, flag)]);
  }

  #gemm(gemm: Gemm, flag: number | null): Op[] {
    return this.#nest(gemmAsNest(gemm), flag);
  }

  #branch(branch: Branch, flag: number | null): Op[] {
    const then = this.#flags++, otherwise = this.#flags++;
    const { name, condition } = branch;
    const kernel = this.#flagPrinter.branch(name, condition, then, otherwise, flag);
    return [
      ...dispatches([kernel]),
      ...this.#steps(branch.then, then),
      ...this.#steps(branch.otherwise, otherwise),
    ];
  }

  #loop(loop: Loop, flag: number | null): Op[] {
    const { name, until, count } = loop;
    const printer = this.#flagPrinter;
    if (until === null) {
      this.#notes.push(`loop ${name}: stepped`);
      const body = this.#steps(loop.body, flag);
      const ops: Op[] = [{ kind: "loop", loop, body, active: null }];
      if (count !== null) {
        const steps = { size: loop.steps };
        ops.push(...dispatches([printer.loopCount(name, count, steps, flag)]));
      }
      return ops;
    }
    this.#notes.push(`loop ${name}: stepped`);
    const active = this.#flags++, counted = this.#flags++;
    const body = [
      ...this.#steps(loop.body, active),
      ...dispatches([printer.loopStep(name, active, counted, until)]),
    ];
    const ops: Op[] = [
      ...dispatches([printer.loopStart(name, active, counted, flag)]),
      { kind: "loop", loop, body, active },
    ];
    if (count !== null) {
      ops.push(...dispatches([printer.loopCount(name, count, { flag: counted }, flag)]));
    }
    return ops;
  }
}

function dispatches(kernels: readonly PrintedKernel[]): Op[] {
  return kernels.map((kernel) => ({ kind: "dispatch", kernel }));
}

/** All kernels of a list of ops. */
export function* kernelsOf(ops: readonly Op[]): Generator<PrintedKernel> {
  for (const op of ops) {
    switch (op.kind) {
      case "dispatch":
      case "steps":
        yield op.kernel;
        break;
      case "exchanges":
        yield op.exchange;
        yield op.merge;
        break;
      case "loop":
        yield* kernelsOf(op.body);
    }
  }
}
