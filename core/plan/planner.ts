/**
 * Turns a graph with concrete shapes into a Program.
 *
 * @module
 */

import { IndexError } from "../base/errors.ts";
import type { DType } from "../graph/dtype.ts";
import type { Apply, Variable } from "../graph/graph.ts";
import type { CheckMessage } from "../graph/op.ts";
import { checkedAs, locate, type ShapeWords, writtenCall } from "../graph/written.ts";
import {
  type KernelLimits,
  type LoopKernels,
  noLimits,
  type RowLimits,
} from "../ir/capabilities.ts";
import { ScalarBuilder } from "../ir/builder.ts";
import type { Check, CheckError, Program, StepPart } from "../ir/program.ts";
import { baseSize, Guards, type Size, sizeAt, sizeValue } from "../ir/size.ts";
import { type Storage, storageRules } from "./element.ts";
import { checkPositions } from "../ir/limits.ts";
import { runPasses } from "./passes.ts";
import { BufferTable } from "./buffer_view.ts";
import { lowerBranch } from "./branch.ts";
import { Scope } from "./scope.ts";
import { type LeafInfo, Shapes } from "./shapes.ts";
import type { StrategyContext } from "./strategy.ts";
import { StepGraph, type Trace } from "./step_graph.ts";
import type { PlannedShape } from "../runtime/types.ts";

/** A leaf of the function, bound to memory at each call. */
export interface PlanLeaf {
  readonly variable: Variable;
  readonly shape: readonly number[];
  /** The integers it holds, for integer leaves of rank 0 whose value the host knows. */
  readonly value?: number;
  /** The axes that the plan serves with any length; null for those of a fixed length. */
  readonly symbolic?: readonly (SymbolicLength | null)[];
}

/** A length that is a symbol in a plan. */
export interface SymbolicLength {
  /** Axes of one name have one length. */
  readonly name: string;
  /** The least length that the plan is for. */
  readonly least: number;
  /** Why it is a symbol, for people. */
  readonly reason: string;
}

/** What to plan. */
export interface PlanRequest {
  readonly name: string;
  readonly inputs: readonly PlanLeaf[];
  readonly shared: readonly PlanLeaf[];
  readonly outputs: readonly Variable[];
  /** New values of shared variables, by slot in `shared`. */
  readonly updates: readonly { readonly shared: number; readonly value: Variable }[];
  /** Whether the device keeps NaN and infinities as IEEE 754 says, so that kernels need no guards. */
  readonly ieee?: boolean;
  /** Whether the device takes functions as nodes. */
  readonly functions?: boolean;
  /** What a kernel can do; default: anything. */
  readonly kernelLimits?: KernelLimits;
  /** How loops run in kernels; default: they run inside one function. */
  readonly loopKernels?: LoopKernels | null;
  /** When nests are run row by row; default: never. */
  readonly rows?: RowLimits | null;
  /** Whether each step is timed; default false. */
  readonly isTimed?: boolean;
}

/** Where the value of a base symbol is found at a call. Leaves are the inputs, then the shared variables. */
export type SymbolSource =
  | { readonly kind: "length"; readonly leaf: number; readonly axis: number }
  | { readonly kind: "value"; readonly leaf: number };

/** A planned function. It does not refer to the graph, which plans may outlive. */
export interface Plan {
  readonly program: Program;
  /** Sources of the size environment, by slot. */
  readonly symbols: readonly SymbolSource[];
  /** For each leaf and axis the length, or -1 - slot of the symbol that it is. */
  readonly lengths: readonly (readonly number[])[];
  /** The inputs and the shared variables, in the order of `lengths`, as users see them. */
  readonly leaves: readonly PlannedShape[];
  readonly outputs: readonly { readonly dtype: DType; readonly shape: readonly Size[] }[];
  /**
   * For each update: written in place by the program, or put into an output buffer (numbered after the
   * function's outputs) that becomes the shared variable's value.
   */
  readonly updates: readonly ({ readonly shared: number; readonly output: number | null } & {
    readonly shape: readonly Size[];
  })[];
}

/** State of one planning run. */
export class Planner {
  readonly guards: Guards = new Guards();
  readonly b: ScalarBuilder;
  readonly storage: Storage;
  readonly buffers: BufferTable;
  readonly checks: Check[] = [];
  readonly #kernelLimits: KernelLimits;
  /** How many loops there are around what is being planned. */
  #loops = 0;
  readonly #loopKernels: LoopKernels | null;
  readonly #checkNumbers = new Map<Apply | null, Map<string, number>>();
  /** What is being planned. */
  #current: Apply | null = null;
  readonly rows: RowLimits | null;
  readonly trace: Trace | null;
  readonly #isTimed: boolean;
  readonly #calls = new Map<Apply, Pick<StepPart, "op" | "place">>();
  /** Which variables are in a buffer, and their shapes there; kept while somebody looks on. */
  readonly #contents: Map<number, Map<Variable, readonly Size[]>> | null;
  #nextLoop = 0;

  constructor(request: PlanRequest, trace: Trace | null = null) {
    const { ieee = false, functions = false } = request;
    this.b = new ScalarBuilder({ ieee, functions });
    this.#kernelLimits = request.kernelLimits ?? noLimits;
    this.#loopKernels = request.loopKernels ?? null;
    this.rows = request.rows ?? null;
    this.trace = trace;
    this.#isTimed = request.isTimed === true;
    this.#contents = trace === null ? null : new Map();
    this.storage = storageRules();
    this.buffers = new BufferTable(this.storage);
  }

  /** A part of a step: so many operations of an op; null where nobody asks what steps are made of. */
  part(apply: Apply, operations: number, inner = false): StepPart | null {
    if (!this.#isTimed) return null;
    let call = this.#calls.get(apply);
    if (call === undefined) this.#calls.set(apply, call = writtenCall(apply));
    return { ...call, operations, inner };
  }

  /** What the strategy of a loop depends on. */
  get strategyContext(): StrategyContext {
    const { buffers: { all: buffers }, guards, kernelLimits } = this;
    return { buffers, guards, kernelLimits, loopKernels: this.#loopKernels };
  }

  /** Which variables were put into each buffer; null unless there is a trace. */
  get contents(): ReadonlyMap<number, ReadonlyMap<Variable, readonly Size[]>> | null {
    return this.#contents;
  }

  /** Notes that a buffer holds a variable, or what is made on the way to it. */
  note(buffer: number, variable: Variable, shape: readonly Size[]): void {
    if (this.#contents === null) return;
    let inside = this.#contents.get(buffer);
    if (inside === undefined) this.#contents.set(buffer, inside = new Map());
    inside.set(variable, shape);
  }

  /** Plans a choice between two lists of `n` values. */
  branch(scope: Scope, apply: Apply, n: number): void {
    lowerBranch(scope, apply, n);
  }

  /** Numbers a run-time check. */
  addCheck(message: CheckMessage, error: CheckError = IndexError): number {
    const apply = this.#current;
    const same = this.#checkNumbers.get(apply);
    const have = typeof message === "string" ? same?.get(message) : undefined;
    if (have !== undefined && this.checks[have]!.error === error) return have;
    const number = this.checks.length;
    const describe = (valueOf: (size: Size) => number, bad: bigint | null) => {
      const text = typeof message === "string" ? message : message(valueOf, bad);
      // Messages of a branch that cannot be planned say it already.
      return apply === null || text.includes("\n  in ") ? text : `${text}\n  ${checkedAs(apply)}`;
    };
    this.checks.push({
      error,
      get message() {
        return describe(sizeValue, null);
      },
      describe: (env, bad) => describe((size) => sizeAt(size, env), bad),
    });
    if (typeof message === "string") {
      if (same === undefined) this.#checkNumbers.set(apply, new Map([[message, number]]));
      else same.set(message, number);
    }
    return number;
  }

  /** What kernels can do. The steps of a loop mostly become one kernel, with what they store in it. */
  get kernelLimits(): KernelLimits {
    return this.#loops === 0 ? this.#kernelLimits : { ...this.#kernelLimits, nodes: Infinity };
  }

  /** Plans a loop. */
  inLoop(plan: () => void): void {
    this.#loops++;
    try {
      plan();
    } finally {
      this.#loops--;
    }
  }

  /** Plans something of an application: its checks and errors say so. */
  within<T>(apply: Apply, words: ShapeWords, plan: () => T): T {
    const before = this.#current;
    this.#current = apply;
    try {
      return plan();
    } catch (error) {
      locate(error, apply, words);
      throw error;
    } finally {
      this.#current = before;
    }
  }

  /** A number for a loop. */
  loopId(): number {
    return this.#nextLoop++;
  }
}

/** The leaves of a plan. */
interface PlanLeaves {
  /** As the shape rules see them. */
  readonly leaves: Map<Variable, LeafInfo>;
  /** The symbols by slot, and where their values are found. */
  readonly sizes: Size[];
  readonly symbols: SymbolSource[];
  readonly lengths: number[][];
}

/** The name of a symbol in printed plans. */
export function symbolName(source: SymbolSource): string {
  return source.kind === "value" ? `v${source.leaf}` : `n${source.leaf}.${source.axis}`;
}

/** The leaves as the shape rules see them, and the sources of their symbols. */
export function planLeaves(request: Pick<PlanRequest, "inputs" | "shared">): PlanLeaves {
  const leaves = new Map<Variable, LeafInfo>();
  const sizes: Size[] = [];
  const symbols: SymbolSource[] = [];
  const slots = new Map<string, number>();
  const add = (source: SymbolSource, value: number): Size => {
    const size = baseSize(symbolName(source), symbols.length, value);
    symbols.push(source);
    sizes.push(size);
    return size;
  };
  const lengths = [...request.inputs, ...request.shared].map((given, leaf) => {
    const own = given.shape.map((n, axis) => {
      const symbol = given.symbolic?.[axis] ?? null;
      if (symbol === null) return n;
      let slot = slots.get(symbol.name);
      if (slot === undefined) {
        slots.set(symbol.name, slot = symbols.length);
        add({ kind: "length", leaf, axis }, n);
      }
      return -1 - slot;
    });
    const shape = own.map((n): Size => n < 0 ? sizes[-1 - n]! : n);
    const integers = given.value === undefined
      ? undefined
      : [add({ kind: "value", leaf }, given.value)];
    leaves.set(given.variable, integers === undefined ? { shape } : { shape, integers });
    return own;
  });
  return { leaves, sizes, symbols, lengths };
}

/** Plans a function; `trace` sees the steps after each pass. */
export function planProgram(request: PlanRequest, trace: Trace | null = null): Plan {
  const planner = new Planner(request, trace);
  const { leaves, sizes, symbols, lengths } = planLeaves(request);
  [...request.inputs, ...request.shared].forEach(({ symbolic }, leaf) =>
    symbolic?.forEach((symbol, axis) => {
      const slot = -1 - lengths[leaf]![axis]!;
      if (symbol === null || symbol.least === 0) return;
      planner.guards.decide(`least${symbol.least}`, [sizes[slot]!], (n) => n >= symbol.least);
    })
  );
  const shapes = new Shapes(planner.guards, leaves);
  const scope = new Scope(planner, shapes);
  request.inputs.forEach(({ variable }, input) => {
    const shape = shapes.shape(variable);
    scope.bind(
      variable,
      planner.buffers.add(variable.name ?? `input ${input}`, variable.dtype, shape, {
        kind: "input",
        input,
      }),
    );
  });
  request.shared.forEach(({ variable }, shared) => {
    scope.bind(
      variable,
      planner.buffers.add(
        variable.name ?? `shared ${shared}`,
        variable.dtype,
        shapes.shape(variable),
        {
          kind: "shared",
          shared,
        },
      ),
    );
  });

  const results = [...request.outputs, ...request.updates.map((update) => update.value)];
  scope.prepare(results);
  const taken = new Set<Variable>();
  const buffers = results.map((variable, output) => {
    const shape = shapes.shape(variable);
    const view = planner.buffers.add(variable.name ?? `output ${output}`, variable.dtype, shape, {
      kind: "output",
      output,
    });
    if (scope.viewOf(variable) === null && variable.owner !== null && !taken.has(variable)) {
      taken.add(variable);
      scope.assignDestination(variable, view);
    }
    return view;
  });
  results.forEach((variable, i) => {
    const view = buffers[i]!;
    const computed = variable.owner === null && scope.viewOf(variable) === null
      ? null
      : scope.materialise(variable);
    if (computed === null || computed.buffer !== view.buffer) scope.computeInto(variable, view);
  });

  const count = request.outputs.length;
  const graph = new StepGraph(planner, request.name, scope.steps);
  const inPlace = runPasses(graph, {
    shared: (slot) => scope.viewOf(request.shared[slot]!.variable)!,
    updates: request.updates.map((update, i) => ({
      shared: update.shared,
      view: buffers[count + i]!,
      output: count + i,
    })),
  });
  const { steps, commit } = graph;
  checkPositions(planner.guards, [...steps, ...commit]);
  return {
    program: {
      name: request.name,
      buffers: planner.buffers.all,
      steps,
      commit,
      checks: planner.checks,
      symbols: symbols.map(symbolName),
      guards: planner.guards,
      ...(request.isTimed === true ? { isTimed: true } : {}),
    },
    symbols,
    lengths,
    leaves: [...request.inputs, ...request.shared].map(({ variable, symbolic }, leaf) => ({
      label: variable.label,
      axes: lengths[leaf]!.map((n, axis) => {
        const symbol = symbolic?.[axis] ?? null;
        if (symbol === null) return n;
        const { least, reason } = symbol;
        return { symbol: symbolName(symbols[-1 - n]!), least, reason };
      }),
    })),
    outputs: request.outputs.map((variable) => ({
      dtype: variable.dtype,
      shape: shapes.shape(variable),
    })),
    updates: request.updates.map((update, i) => ({
      shared: update.shared,
      output: inPlace.has(i) ? null : count + i,
      shape: shapes.shape(update.value),
    })),
  };
}
