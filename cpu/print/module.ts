/**
 * Prints a whole program as one WebAssembly module: a function `run` that gets the address of the
 * parameter block and gives 0, or 1 plus the number of the check that failed.
 *
 * @module
 */

import type { DType } from "../../core/graph/dtype.ts";
import type { BufferDecl, Gemm, LoopNest, Program } from "../../core/ir/program.ts";
import { distinctSizes, productSize, type Size } from "../../core/ir/size.ts";
import { FunctionContext, type ModuleContext } from "./context.ts";
import { printHelper } from "./helpers.ts";
import { type ScalarFunction, sizeOfNodes } from "../../core/ir/functions.ts";
import type { HelperName } from "./scalar.ts";
import { printFunction } from "./function.ts";
import { planRows, type RowPlan } from "./gemv.ts";
import { planProduct, type ProductPlan } from "./gemm.ts";
import { ParamBlock } from "./params.ts";
import { StepTimer } from "./step_timer.ts";
import { Jobs, type Sharing } from "../threads/jobs.ts";
import {
  type Func,
  type FunctionSpec,
  type Local,
  type MemoryLimits,
  ModuleBuilder,
} from "../wasm/mod.ts";
import { StepPrinter } from "./steps.ts";
import { nodesOf } from "../../core/ir/nodes.ts";
import { eachLeaf, stepOutputs } from "../../core/ir/steps.ts";

/** How a module is printed. */
export interface PrintOptions {
  readonly simd: boolean;
  readonly relaxed: boolean;
  /** Whether to check the operand stack while printing. */
  readonly check: boolean;
  /** Whether functions keep their names, for people; default false. */
  readonly names?: boolean;
  /** How the memory is imported. */
  readonly memory: MemoryLimits;
  /** How work is shared out, products by the function that is imported too. */
  readonly sharing: Sharing & { readonly products: boolean };
}

/** A printed program. */
export interface PrintedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly params: ParamBlock;
  /** Number of kernels. */
  readonly kernels: number;
  /** Workspaces that steps need, one at a time, in bytes. */
  readonly workspaces: readonly Size[];
  /** Those of them that each thread needs. */
  readonly threadWorkspaces: readonly Size[];
  /** Whether it has jobs for threads. */
  readonly jobs: boolean;
}

/** Prints a program. */
export function printModule(program: Program, options: PrintOptions): PrintedModule {
  return new ModulePrinter(program, options).print();
}

/** What the steps of a program are printed with. */
export class ModulePrinter {
  readonly #program: Program;
  readonly #memory: MemoryLimits;
  readonly #builder: ModuleBuilder;
  /** Whether a nest calls functions. */
  readonly calls: (nest: LoopNest, inLoop: boolean) => boolean;
  readonly #params = new ParamBlock();
  readonly #module: ModuleContext;
  readonly #imports = new Map<string, Func>();
  readonly #workspaces: Size[] = [];
  readonly #threadWorkspaces: Size[] = [];
  readonly #sharing: PrintOptions["sharing"];
  #jobs: Jobs | null = null;
  #timer: StepTimer | null = null;
  readonly #products = new Map<Gemm, ProductPlan | null>();
  readonly #rows = new Map<Gemm, RowPlan | null>();
  #kernels = 0;

  constructor(program: Program, options: PrintOptions) {
    this.#program = program;
    this.#memory = options.memory;
    this.#sharing = options.sharing;
    this.calls = choosesCalls(program);
    this.#builder = new ModuleBuilder({
      check: options.check,
      names: options.names ?? false,
    });
    const buffers = new Map<number, BufferDecl>();
    for (const decl of program.buffers) buffers.set(decl.id, decl);
    const helpers = new Map<HelperName, Func>();
    const helper = (name: HelperName): Func => {
      let func = helpers.get(name);
      if (func === undefined) {
        func = printHelper(this.#builder, name, helper);
        helpers.set(name, func);
      }
      return func;
    };
    const functions = new Map<string, Func>();
    const call = (func: ScalarFunction, vector: boolean): Func => {
      const key = `${func.name}:${vector}`;
      const have = functions.get(key);
      if (have !== undefined) return have;
      const made = printFunction(this.#module, func, vector);
      functions.set(key, made);
      return made;
    };
    this.#module = {
      call,
      builder: this.#builder,
      params: this.#params,
      buffers,
      helper,
      jobs: () => {
        if (this.#sharing.block === 0) return null;
        return this.#jobs ??= new Jobs(this.#builder, this.#sharing.block);
      },
      simd: options.simd,
      relaxed: options.relaxed,
    };
  }

  print(): PrintedModule {
    const { steps, commit } = this.#program;
    this.#builder.importMemory(this.#memory);
    const all = [...steps, ...commit];
    if (this.#program.isTimed === true) {
      const begin = this.imported({ name: "begin", params: ["i32"], results: ["f64"] });
      const mark = this.imported({ name: "mark", params: ["i32", "f64"], results: ["f64"] });
      this.#timer = new StepTimer(this.#program, begin, mark);
    }
    const f = this.#builder.declare({
      name: "run",
      params: ["i32"],
      results: ["i32"],
      export: true,
    });
    const context = new FunctionContext(
      this.#module,
      f,
      f.params[0] as Local<"i32">,
      new Map(),
    );
    new StepPrinter(this, context, false).steps(all);
    f.i32Const(0);
    return {
      bytes: this.#builder.build().slice(),
      params: this.#params,
      kernels: this.#kernels,
      workspaces: distinctSizes(this.#workspaces),
      threadWorkspaces: distinctSizes(this.#threadWorkspaces),
      jobs: this.#jobs !== null,
    };
  }

  /** How a product is computed by the product functions; null where it is printed as a nest. */
  product(gemm: Gemm): ProductPlan | null {
    let plan = this.#products.get(gemm);
    if (plan === undefined) {
      const direct = !this.#module.simd || this.rows(gemm) !== null;
      plan = direct ? null : planProduct(gemm, this.dtypeOf);
      this.#products.set(gemm, plan);
    }
    return plan;
  }

  /** How a small product of a matrix by a vector is computed, if it is one. */
  rows(gemm: Gemm): RowPlan | null {
    let plan = this.#rows.get(gemm);
    if (plan === undefined) {
      plan = this.#module.simd ? planRows(gemm, this.dtypeOf) : null;
      this.#rows.set(gemm, plan);
    }
    return plan;
  }

  /** The dtype of a buffer. */
  readonly dtypeOf = (buffer: number): DType => this.#module.buffers.get(buffer)!.dtype;

  get module(): ModuleContext {
    return this.#module;
  }

  /** A function of the runtime. */
  imported(spec: FunctionSpec): Func {
    let func = this.#imports.get(spec.name);
    if (func === undefined) {
      func = this.#builder.importFunc(spec, "runtime");
      this.#imports.set(spec.name, func);
    }
    return func;
  }

  /** Notes that a step works with so many bytes, perhaps on each thread. */
  needWorkspace(bytes: Size, onThreads = false): void {
    this.#workspaces.push(bytes);
    if (onThreads) this.#threadWorkspaces.push(bytes);
  }

  /** What times steps, if anything does. */
  get timer(): StepTimer | null {
    return this.#timer;
  }

  get sharing(): PrintOptions["sharing"] {
    return this.#sharing;
  }

  countKernel(): void {
    this.#kernels++;
  }
}

/**
 * From this size on, in nodes, a kernel is as fast with calls: the constants of its functions don't stay
 * in registers, and the processor's caches don't hold its code.
 */
const LARGE_NEST = 3000;

/** Kernels of at most so many points run as long as it takes to load their constants. */
const FEW_POINTS = 32;

/** From this size on a program takes so long to compile that its kernels call functions, too. */
const LARGE_PROGRAM = 100_000;

/** Says of the nests of a program, and whether they are in loops, if they call functions. */
export function choosesCalls(program: Program): (nest: LoopNest, inLoop: boolean) => boolean {
  const sizes = new Map<LoopNest, number>();
  let total = 0;
  eachLeaf([...program.steps, ...program.commit], (step) => {
    if (step.kind !== "nest") return;
    const nodes = nodesOf(stepOutputs(step));
    // Without functions there is nothing to choose.
    const size = nodes.some((node) => node.op === "call") ? sizeOfNodes(nodes) : 0;
    sizes.set(step, size);
    total += size;
  });
  return (nest, inLoop) => {
    if (sizes.get(nest)! > LARGE_NEST) return true;
    const points = productSize([...nest.axes, ...nest.loops]);
    const isShort = typeof points === "number" && points <= FEW_POINTS;
    return !inLoop && (isShort || total > LARGE_PROGRAM);
  };
}
