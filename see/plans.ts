/**
 * What runs: the plans of a function made once more, with what their buffers hold and the ops of each kernel.
 *
 * @module
 */

import type { Apply, Variable } from "../core/graph/graph.ts";
import { toposort } from "../core/graph/walk.ts";
import { Guards, type Size, sizeAt, type SizeEnv } from "../core/ir/size.ts";
import type { BufferDecl, Program, Step } from "../core/ir/program.ts";
import { buffersOf, eachLeaf, type Leaf } from "../core/ir/steps.ts";
import { planLeaves, planProgram, type PlanRequest } from "../core/plan/planner.ts";
import { Shapes } from "../core/plan/shapes.ts";
import type { Backend } from "../core/runtime/backend.ts";
import type { Executor } from "../core/runtime/executor.ts";

/** Variables in a buffer, with their shapes. */
type Contents = ReadonlyMap<number, ReadonlyMap<Variable, readonly Size[]>>;

/** A plan, and what it was made of. */
export class PlanView {
  readonly program: Program;
  readonly #contents: Contents;
  /** The steps that touch a buffer, and those that write it. */
  readonly #users = new Map<number, Set<Leaf>>();
  readonly #written = new Set<number>();
  /** What the steps of loops compute in the graph. */
  readonly #inLoops = new Set<Apply>();
  /** What placeholders of steps stand for. */
  readonly #outside = new Map<Variable, Variable>();
  readonly #buffers = new Map<Variable, number[]>();
  readonly #shapes = new Map<Variable, readonly Size[]>();
  readonly #outer: Shapes;

  constructor(
    readonly request: PlanRequest,
    /** Values of the symbols in the last call. */
    readonly env: SizeEnv,
    readonly backend: Backend,
  ) {
    let contents: Contents | null = null;
    const { program } = planProgram(request, (_, { planner }) => contents = planner.contents);
    this.program = program;
    this.#contents = contents ?? new Map();
    eachLeaf([...program.steps, ...program.commit], (leaf) => {
      const { reads, writes } = buffersOf(leaf);
      for (const buffer of writes) this.#written.add(buffer);
      for (const buffer of [...reads, ...writes]) {
        const users = this.#users.get(buffer);
        if (users === undefined) this.#users.set(buffer, new Set([leaf]));
        else users.add(leaf);
      }
    });
    this.#enter([...request.outputs, ...request.updates.map(({ value }) => value)], false);
    for (const [buffer, inside] of this.#contents) {
      for (const [variable, shape] of inside) {
        const have = this.#buffers.get(variable);
        if (have === undefined) this.#buffers.set(variable, [buffer]);
        else have.push(buffer);
        this.#shapes.set(variable, shape);
      }
    }
    this.#outer = new Shapes(new Guards(), planLeaves(request).leaves);
  }

  /** Notes what loops compute in their steps, those inside of steps included. */
  #enter(variables: readonly Variable[], isInside: boolean): void {
    for (const apply of toposort(variables)) {
      if (isInside) this.#inLoops.add(apply);
      const inner = apply.op.inner?.(apply);
      if (inner === undefined) continue;
      for (const [placeholder, outer] of inner.places) this.#outside.set(placeholder, outer);
      this.#enter(inner.outputs, true);
    }
  }

  /** Lengths as they were in the last call. */
  sizes(list: readonly Size[]): readonly number[] {
    return list.map((size) => sizeAt(size, this.env));
  }

  /** The shape of a variable in the last call; null where it is not known. */
  shapeOf(variable: Variable): readonly number[] | null {
    try {
      return this.sizes(this.#shapes.get(variable) ?? this.#outer.shape(variable));
    } catch {
      // A part of a loop's step that has no memory, or of another plan.
      return null;
    }
  }

  /** What a buffer is for: the argument, the shared variable, or what is computed into it. */
  variableOf({ id, role }: BufferDecl): Variable | null {
    if (role.kind === "input") return this.request.inputs[role.input]!.variable;
    if (role.kind === "shared") return this.request.shared[role.shared]!.variable;
    const inside = [...this.#contents.get(id)?.keys() ?? []];
    return inside.find(({ owner }) => owner !== null) ?? inside[0] ?? null;
  }

  /** The buffers that a step reads and writes, without those that nothing else uses. */
  buffersOf(step: Step): { readonly reads: readonly number[]; readonly writes: readonly number[] } {
    const { reads, writes } = buffersOf(step), own = new Set<Leaf>();
    eachLeaf([step], (leaf) => own.add(leaf));
    const isSeen = (buffer: number) =>
      this.program.buffers[buffer]!.role.kind !== "temp" ||
      [...this.#users.get(buffer) ?? []].some((user) => !own.has(user));
    return { reads: [...reads].filter(isSeen), writes: [...writes].filter(isSeen) };
  }

  /**
   * The ops that a step computes: from what it writes back to what it reads from memory. Of a loop or a choice,
   * what is a loop or a choice in the graph.
   */
  opsOf(step: Step, isInLoop: boolean): Apply[] {
    const all = [...buffersOf(step).writes].flatMap((buffer) => this.#resultsIn(buffer));
    // The memory of a state holds what the loop starts with, what a step computes, and the result.
    const isInner = ({ owner }: Variable) => owner !== null && this.#inLoops.has(owner);
    const takes = isInLoop && all.some(isInner);
    const results = all.filter((variable) => isInner(variable) === takes).flatMap((variable) => {
      const outer = takes ? undefined : this.#outside.get(variable);
      return outer === undefined ? [variable] : this.#isInMemory(outer) ? [] : [outer];
    });
    const owners = results.flatMap(({ owner }) => owner ?? []);
    const isControl = (apply: Apply) =>
      apply.op.lowering.kind === "control" || apply.op.inner?.(apply) !== undefined;
    if (step.kind === "loop" || step.kind === "branch") {
      return [...new Set(owners.some(isControl) ? owners.filter(isControl) : owners)];
    }
    const plain = owners.filter((apply) => !isControl(apply));
    const found = new Set<Apply>(plain), own = new Set(results), list = [...found];
    for (const apply of list) {
      for (const input of apply.inputs) {
        const { owner } = input;
        if (owner === null || found.has(owner) || isControl(owner)) continue;
        if (this.#isInMemory(input) && !own.has(input)) continue;
        found.add(owner);
        list.push(owner);
      }
    }
    return list;
  }

  /** What is computed into a buffer. */
  #resultsIn(buffer: number): Variable[] {
    const { role } = this.program.buffers[buffer]!;
    if (role.kind === "shared") {
      return this.request.updates.filter(({ shared }) => shared === role.shared)
        .map(({ value }) => value);
    }
    return [...this.#contents.get(buffer)?.keys() ?? []];
  }

  /** Whether kernels read a variable from memory. */
  #isInMemory(variable: Variable): boolean {
    return this.#buffers.get(variable)?.some((buffer) =>
      this.#written.has(buffer) || this.program.buffers[buffer]!.role.kind !== "temp" &&
        this.program.buffers[buffer]!.role.kind !== "output"
    ) ?? false;
  }

  /** Buffers that a step writes over while it reads them, and shared variables that it writes. */
  inPlace(step: Step): BufferDecl[] {
    const { reads, writes } = buffersOf(step);
    return [...writes].map((buffer) => this.program.buffers[buffer]!)
      .filter(({ id, role }) => role.kind === "shared" || reads.has(id) && !isInside(step, id));
  }
}

/** Whether a buffer is written by one step inside of a step and read by another. */
function isInside(step: Step, buffer: number): boolean {
  if (step.kind !== "loop" && step.kind !== "branch") return false;
  let both = false;
  eachLeaf([step], (leaf) => {
    const { reads, writes } = buffersOf(leaf);
    both ||= reads.has(buffer) && writes.has(buffer);
  });
  return !both;
}

/** The plans of a function so far, in the order of its profile: those that compute lengths for others first. */
export function plansOf(executor: Executor): PlanView[] {
  const { request, stages, prepared, profiled } = executor;
  return [
    ...stages.flatMap(plansOf),
    ...(request.profile == null ? prepared : profiled).map(({ plan, env }) =>
      new PlanView(executor.requestOf(plan), env, executor.backend)
    ),
  ];
}
