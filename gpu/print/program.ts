/**
 * A Program as kernels and the order in which they are dispatched.
 *
 * @module
 */

import { LimitError } from "../../core/base/errors.ts";
import type {
  Branch,
  BufferDecl,
  Gemm,
  Loop,
  LoopNest,
  Program,
  Step,
} from "../../core/ir/program.ts";
import { MAX_POSITION, productSize, type Size, sizeValue } from "../../core/ir/size.ts";
import type { GpuLimits } from "../device/context.ts";
import { KernelText, type PrintedKernel, type Scratch } from "./kernel_text.ts";
import { type LoopContext, planLanes } from "../../core/plan/lanes.ts";
import { nodeCount, type StepIterations } from "../../core/plan/loop_access.ts";
import { planParallel } from "../../core/plan/parallel.ts";
import { mergeAxes } from "./merge_axes.ts";
import { LoopBudget, productOf } from "./loop_budget.ts";
import { gemmAsNest } from "../../core/ir/gemm.ts";
import { FlagPrinter } from "./flags.ts";
import { chooseGroup, chooseManyParts, printGroupNest } from "./group.ts";
import { lanesIterations, lanesWork, printLanes, type StopFlags } from "../loops/lanes.ts";
import { printParallel } from "../loops/parallel.ts";
import {
  planResident,
  printResident,
  residentIterations,
  residentWork,
} from "../loops/resident.ts";
import { printGemm, suitsTiles } from "../matmul/gemm.ts";
import { printChunkedNest } from "../loops/chunked.ts";
import { decompose, helperIterations, printThreadNest } from "./nest.ts";
import { printNonzero } from "./nonzero.ts";
import { chooseRunning, printRunningNest } from "./running.ts";
import { boundBuffers, splitNest } from "./split_stores.ts";
import { printSort, SORT_BLOCK } from "./sort.ts";

/** One thing that the host does when a program runs. */
export type Op =
  | { readonly kind: "dispatch"; readonly kernel: PrintedKernel }
  /**
   * Repeats its body with a counter. `stops` is the flag that says whether it goes on, for a loop with
   * a stop condition, and `flag` the one that says whether it runs at all.
   */
  | {
    readonly kind: "loop";
    readonly loop: Loop;
    readonly body: readonly Op[];
    readonly stops: number | null;
    readonly flag: number | null;
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
    readonly steps: Size;
    /** Steps of one dispatch. */
    readonly chunk: number;
    /** The flag that says whether it goes on, for a loop with a stop condition. */
    readonly stops: number | null;
    /** Whether to dispatch it even if there are no steps. */
    readonly always: boolean;
  };

/** A program in print. */
export interface PrintedProgram {
  readonly ops: readonly Op[];
  readonly commit: readonly Op[];
  readonly scratch: readonly Scratch[];
  /** Number of flags in use; flag 0 is always set. */
  readonly flags: number;
  /** The steps that kernels belong to. */
  readonly owners: ReadonlyMap<PrintedKernel, Step>;
  /** How each loop is run, for people. */
  readonly notes: readonly string[];
}

/** Threads, and the iterations of their loops, are numbered in 32 bits. */
function expectLinear({ name, axes, loops }: LoopNest): void {
  for (const sizes of [axes, loops]) {
    const count = sizeValue(productSize(sizes));
    if (count <= MAX_POSITION) continue;
    throw new LimitError(`Cannot run "${name}" on the GPU`, {
      limit: "32-bit positions",
      requested: count,
      maximum: MAX_POSITION,
    });
  }
}

/** Iterations of a reduction from which on it is planned anew. */
const MANY = 1024;

/** Why a loop does not run in a kernel though it could. */
const LONG_STEP = "a step of it takes too long";

/** Threads of a workgroup where each thread works for itself. */
const THREADS = 128;

/** What printing depends on beside the program. */
interface PrintTarget {
  readonly limits: GpuLimits;
  /** Whether the device is software. */
  readonly software: boolean;
  /** About how long a dispatch that runs many steps of a loop may take. */
  readonly dispatchSeconds: number;
  /** Iterations of loops that a thread may take in a dispatch; see loop_budget.ts. */
  readonly loopIterations: number;
}

/** Prints a program for a device. */
export function printProgram(program: Program, target: PrintTarget): PrintedProgram {
  return new ProgramPrinter(program, target).print();
}

class ProgramPrinter {
  readonly #program: Program;
  readonly #limits: GpuLimits;
  readonly #context: LoopContext;
  readonly #software: boolean;
  readonly #dispatchSeconds: number;
  readonly #budget: LoopBudget;
  readonly #decls: ReadonlyMap<number, BufferDecl>;
  readonly #flagPrinter: FlagPrinter;
  readonly #scratch: Scratch[] = [];
  readonly #notes: string[] = [];
  readonly #owners = new Map<PrintedKernel, Step>();
  #flags = 1;

  constructor(program: Program, target: PrintTarget) {
    const { limits, software, dispatchSeconds, loopIterations } = target;
    this.#program = program;
    this.#budget = new LoopBudget(loopIterations, program.guards);
    this.#limits = limits;
    // The flags and the errors need bindings too.
    const kernelLimits = { buffers: limits.maxStorageBuffersPerShaderStage - 2 };
    this.#context = { buffers: program.buffers, guards: program.guards, kernelLimits };
    this.#software = software;
    this.#dispatchSeconds = dispatchSeconds;
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
      owners: this.#owners,
      notes: this.#notes,
    };
  }

  readonly #makeScratch = (words: Size): Scratch => {
    const scratch = { id: this.#scratch.length, words };
    this.#scratch.push(scratch);
    return scratch;
  };

  #steps(steps: readonly Step[], flag: number | null): Op[] {
    return steps.flatMap((step) => {
      const ops = this.#step(step, flag);
      for (const kernel of kernelsOf(ops)) {
        if (!this.#owners.has(kernel)) this.#owners.set(kernel, step);
      }
      return ops;
    });
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

  #nest(whole: LoopNest, flag: number | null): Op[] {
    const parts = splitNest(whole, this.#limits.maxStorageBuffersPerShaderStage);
    for (const nest of parts) expectLinear(nest);
    return parts.flatMap((nest) => this.#smallNest(mergeAxes(nest), flag));
  }

  #smallNest(nest: LoopNest, flag: number | null): Op[] {
    const running = chooseRunning(nest);
    if (running !== null) {
      return dispatches(printRunningNest(nest, running, this.#decls, this.#makeScratch, flag));
    }
    const each = helperIterations(nest);
    if (nest.reductions.length > 0) {
      // A plan made for a short sum is not used for a long one.
      this.#program.guards.decide("many", nest.loops, (...sizes) => productOf(sizes) >= MANY);
    }
    let shape = chooseGroup(nest);
    const threads = shape === null ? 1 : shape.lanes * shape.parts;
    const fits = this.#budget.fits(nest.loops, (sizes) => productOf(sizes) / threads * each);
    if (!fits) shape = chooseManyParts(nest, this.#budget.iterations / each);
    if (shape !== null) {
      return dispatches(printGroupNest(nest, shape, this.#decls, this.#makeScratch, flag));
    }
    const nodes = nodeCount(nest);
    const chunk = Math.min(
      this.#chunk(nodes * sizeValue(productSize(nest.axes)), nodes),
      Math.max(1, Math.floor(this.#budget.iterations / each)),
    );
    const iterations = productSize(nest.loops);
    if (!fits || (nest.loops.length > 0 && sizeValue(iterations) > chunk)) {
      const kernel = printChunkedNest(nest, this.#decls, this.#makeScratch, flag);
      return [{ kind: "steps", kernel, steps: iterations, chunk, stops: null, always: true }];
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
    const nest = gemmAsNest(gemm);
    // Slices of the sum need one more buffer.
    const fits = boundBuffers(nest).size + 2 <= this.#limits.maxStorageBuffersPerShaderStage;
    // The tiled kernels take about as many iterations as the sum has terms.
    const short = this.#budget.fits([gemm.k], ([k]) => 1.5 * k!);
    if (!fits || !short || !suitsTiles(gemm)) return this.#nest(nest, flag);
    const target = { limits: this.#limits, software: this.#software };
    return dispatches(printGemm(gemm, target, this.#decls, this.#makeScratch, flag));
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
    const inKernel = this.#chooseInKernel(loop);
    const ops: Op[] = [];
    const stop = until === null ? null : { active: this.#flags++, count: this.#flags++ };
    const inside = stop?.active ?? flag;
    if (stop !== null) {
      const ended = loop.mayBeEmpty ? until : null;
      ops.push(...dispatches([printer.loopStart(name, stop.active, stop.count, ended, flag)]));
    }
    if (inKernel !== null && "kernels" in inKernel) {
      ops.push(...dispatches(inKernel.kernels(inside)));
    } else if (inKernel !== null) {
      const kernel = inKernel.print(inside, stop);
      const { chunk } = inKernel;
      const stops = stop?.active ?? null;
      ops.push({ kind: "steps", kernel, steps: loop.steps, chunk, stops, always: false });
    } else {
      const body = this.#steps(loop.body, inside);
      if (stop !== null) {
        body.push(...dispatches([printer.loopStep(name, stop.active, stop.count, until!)]));
      }
      ops.push({ kind: "loop", loop, body, stops: stop?.active ?? null, flag });
    }
    if (count !== null) {
      const steps = stop === null ? { size: loop.steps } : { flag: stop.count };
      ops.push(...dispatches([printer.loopCount(name, count, steps, flag)]));
    }
    return ops;
  }

  /** How to run a loop inside of one kernel, or null to dispatch the parts of each step. */
  #chooseInKernel(loop: Loop): InKernel | { kernels: Kernels } | null {
    const { strategy, name } = loop;
    const reasons: string[] = [];
    if (strategy === "lanes" || strategy === "parallel") {
      const plan = planLanes(loop, this.#context);
      if (typeof plan !== "string" && strategy === "parallel") {
        const parallel = planParallel(plan, this.#context);
        if (typeof parallel !== "string") {
          this.#note(loop, "parallel", reasons);
          return {
            kernels: (flag) => printParallel(parallel, this.#decls, this.#makeScratch, flag),
          };
        }
        reasons.push(`not parallel, because ${parallel}`);
      }
      if (typeof plan !== "string") {
        const points = sizeValue(productSize(plan.axes));
        const work = lanesWork(plan);
        const chunk = this.#withinBudget(this.#chunk(work * points, work), lanesIterations(plan));
        if (chunk > 0) {
          this.#note(loop, "lanes", reasons);
          return { print: (flag, stop) => printLanes(plan, this.#decls, flag, stop), chunk };
        }
      }
      reasons.push(`not lanes, because ${typeof plan === "string" ? plan : LONG_STEP}`);
    }
    if (strategy === "resident" || strategy === "parallel") {
      const plan = planResident(loop, this.#program, this.#limits);
      if (typeof plan !== "string") {
        const work = residentWork(plan);
        const time = this.#chunk(work * sizeValue(plan.rows), work / plan.threads);
        const chunk = this.#withinBudget(time, residentIterations(plan));
        if (chunk > 0) {
          this.#note(loop, "resident", reasons);
          return { print: (flag, stop) => printResident(plan, this.#decls, flag, stop), chunk };
        }
      }
      reasons.push(`not resident, because ${typeof plan === "string" ? plan : LONG_STEP}`);
    }
    this.#notes.push(`loop "${name}": stepped${reasons.map((text) => `, ${text}`).join("")}`);
    return null;
  }

  /** As many of `chunk` steps as the loop budget allows, 0 for none. */
  #withinBudget(chunk: number, iterations: StepIterations): number {
    const { sizes, count } = iterations;
    const most = Math.floor(this.#budget.iterations / count(sizes.map(sizeValue)));
    const steps = Math.min(chunk, most);
    if (steps === 0) return 0;
    return this.#budget.fits(sizes, (values) => count(values) * steps) ? steps : 0;
  }

  #note(loop: Loop, strategy: string, reasons: readonly string[]): void {
    const words = reasons.map((text) => `, ${text}`).join("");
    this.#notes.push(`loop "${loop.name}": ${strategy}${words}`);
  }

  /**
   * Steps that a dispatch may run without a driver losing patience.
   *
   * @param work Scalar operations of one step.
   * @param depth Those of them that follow each other.
   */
  #chunk(work: number, depth: number): number {
    // A software adapter does about 10⁹ operations a second, the smallest of GPUs 10¹¹; a chain of
    // operations that wait for each other takes 10 ns for each.
    const seconds = work / (this.#software ? 1e9 : 1e11) + depth * 1e-8;
    return Math.max(1, Math.floor(this.#dispatchSeconds / seconds));
  }
}

/** Prints the kernels of a loop that is no loop any more. */
type Kernels = (flag: number | null) => PrintedKernel[];

/** A loop that runs inside of one kernel. */
interface InKernel {
  readonly print: (flag: number | null, stop: StopFlags | null) => PrintedKernel;
  /** Steps of one dispatch. */
  readonly chunk: number;
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
