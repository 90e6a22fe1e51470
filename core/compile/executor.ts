/**
 * Runs a graph on a device: plans it for the shapes at hand, keeps plans for later calls, binds memory
 * and commits updates.
 *
 * @module
 */

import type { Backend, DeviceBuffer, Executable } from "../backend.ts";
import { type DType, dtypeInfo, isDiscrete, type TypedArray } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { NeedValue } from "../graph/op.ts";
import { ancestors, graphInputs, toposort } from "../graph/walk.ts";
import { MAX_NARROW_LENGTH } from "../plan/placement.ts";
import { Guards, type Size, sizeAt } from "../kernel/size.ts";
import {
  type Plan,
  type PlanLeaf,
  planLeaves,
  planProgram,
  type SymbolSource,
} from "../plan/planner.ts";
import { Shapes } from "../plan/shapes.ts";
import { SharedVariable } from "../shared.ts";
import { Tensor } from "../tensor.ts";
import { keepOnDevice, LARGE_BYTES, makeRoom } from "./large_outputs.ts";
import type { Argument } from "./arguments.ts";
import { Constant, type Variable } from "../variable.ts";

/** What to run. */
export interface ExecutorRequest {
  readonly name: string;
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  readonly backend: Backend;
}

/** A plan made ready, with what a call needs at hand. */
interface Prepared {
  readonly plan: Plan;
  readonly executable: Executable;
  readonly env: Float64Array;
  /** Memory of outputs that are copied to the host at once (CPU), kept between calls. */
  readonly outputs: (DeviceBuffer | null)[];
  /** Memory of arguments that are not tensors of the user's, kept between calls. */
  readonly arguments: (DeviceBuffer | null)[];
  readonly shapes: readonly (readonly number[])[];
}

/** Values that a plan needs as numbers: computed by a function of their own before the main one. */
interface Stage {
  readonly executor: Executor;
  readonly variables: readonly Variable[];
}

/** A compiled graph. */
export class Executor {
  readonly request: ExecutorRequest;
  /** The shared variables it reads or updates. */
  readonly shared: readonly SharedVariable[];
  readonly #plans: Prepared[] = [];
  readonly #stages: Stage[] = [];
  readonly #updateSlots: readonly number[];
  #last: Prepared | null = null;

  constructor(request: ExecutorRequest) {
    this.request = request;
    const roots = [...request.outputs, ...request.updates.map(([, value]) => value)];
    const shared = new Set<SharedVariable>();
    for (const leaf of graphInputs(roots)) if (leaf instanceof SharedVariable) shared.add(leaf);
    for (const [target] of request.updates) shared.add(target);
    this.shared = [...shared];
    this.#updateSlots = request.updates.map(([target]) => this.shared.indexOf(target));
  }

  /** Plans and compiles for the given argument shapes, so that the first call need not. */
  async warmUp(args: readonly Argument[]): Promise<void> {
    if (this.#stages.length > 0 || this.#find(args) !== null) return;
    const plan = this.#tryPlan(args);
    if (plan === null) return;
    this.#keep(plan, await this.request.backend.prepareAsync(plan.program), args);
  }

  /** The prepared programs so far, for profiles and tests. */
  get executables(): readonly Executable[] {
    return this.#plans.map((prepared) => prepared.executable);
  }

  /** The plans so far, for printing and tests. */
  get plans(): readonly Plan[] {
    return this.#plans.map((prepared) => prepared.plan);
  }

  /** Whether calls may fail without throwing, so that the next read does. */
  get mayFailLater(): boolean {
    return this.request.backend.name === "gpu" &&
      this.#plans.some(({ plan }) => plan.program.checks.length > 0);
  }

  /** Runs the graph. Arguments have the dtype and rank of their inputs. */
  run(args: readonly Argument[]): Tensor[] {
    const values = this.#stages.length === 0 ? args : this.#runStages(args);
    let prepared = this.#find(values);
    if (prepared === null) {
      const plan = this.#tryPlan(values);
      if (plan === null) {
        // A stage was added: from the start, with it.
        return this.run(args);
      }
      prepared = this.#keep(plan, this.request.backend.prepare(plan.program), values);
    }
    return this.#execute(prepared, values);
  }

  /** The arguments, followed by what the stages compute from them. */
  #runStages(args: readonly Argument[]): Argument[] {
    const values = [...args];
    for (const stage of this.#stages) values.push(...stage.executor.run(values));
    return values;
  }

  #inputs(): Variable[] {
    return [...this.request.inputs, ...this.#stages.flatMap((stage) => stage.variables)];
  }

  #find(args: readonly Argument[]): Prepared | null {
    if (this.#last !== null && this.#fits(this.#last, args)) return this.#last;
    for (const prepared of this.#plans) {
      if (prepared !== this.#last && this.#fits(prepared, args)) {
        this.#last = prepared;
        return prepared;
      }
    }
    return null;
  }

  /** Whether a plan serves these arguments; fills its environment on the way. */
  #fits(prepared: Prepared, args: readonly Argument[]): boolean {
    const { plan, shapes, env } = prepared;
    const count = args.length;
    for (let i = 0; i < count; i++) {
      if (!sameShape(shapes[i]!, args[i]!.shape)) return false;
    }
    const shared = this.shared;
    for (let i = 0; i < shared.length; i++) {
      if (!sameShape(shapes[count + i]!, shared[i]!.container.shape)) return false;
    }
    if (plan.symbols.length === 0) return true;
    fillEnv(plan.symbols, args, env);
    return plan.program.guards.hold(env);
  }

  #tryPlan(args: readonly Argument[]): Plan | null {
    const inputs = this.#inputs().map((variable, i): PlanLeaf => leafOf(variable, args[i]!));
    const shared = this.shared.map((variable): PlanLeaf => ({
      variable,
      shape: variable.container.shape,
    }));
    const { outputs, updates, name, backend } = this.request;
    this.#checkNarrow([...inputs, ...shared]);
    try {
      return planProgram({
        name,
        inputs,
        shared,
        outputs,
        updates: updates.map(([, value], i) => ({ shared: this.#updateSlots[i]!, value })),
        narrowsInt64: backend.narrowsInt64,
        ieee: backend.name === "cpu",
        dynamic: this.#dynamicLengths(inputs, shared),
      });
    } catch (error) {
      if (!(error instanceof NeedValue)) throw error;
      this.#addStage(error.variable);
      return null;
    }
  }

  /** Placement took positions to fit in 32 bits; axes that are too long for that are an error. */
  #checkNarrow(leaves: readonly PlanLeaf[]): void {
    if (!this.request.backend.narrowsInt64) return;
    const long = leaves.find(({ shape }) => shape.some((n) => n > MAX_NARROW_LENGTH));
    if (long === undefined) return;
    const roots = [...this.request.outputs, ...this.request.updates.map(([, value]) => value)];
    if (!ancestors(roots).some((variable) => variable.dtype === "int64")) return;
    throw new RangeError(
      `Cannot run "${this.request.name}" on the GPU: ${long.variable.label} has shape [${long.shape}], and ` +
        `int64 positions are held in 32 bits for axes up to ${MAX_NARROW_LENGTH}; use device: "cpu"`,
    );
  }

  /** Axis lengths that loops run over: plans keep them symbolic. */
  #dynamicLengths(inputs: readonly PlanLeaf[], shared: readonly PlanLeaf[]): Set<string> {
    const roots = [...this.request.outputs, ...this.request.updates.map(([, value]) => value)];
    const given = new Set(this.#inputs());
    const loops = toposort(roots, (variable) => given.has(variable)).filter((apply) =>
      apply.op.dynamicSizes !== undefined
    );
    const dynamic = new Set<string>();
    if (loops.length === 0) return dynamic;
    const all = new Set(inputs.flatMap((leaf, i) => leaf.shape.map((_, axis) => `${i}.${axis}`)));
    const { leaves } = planLeaves({ inputs, shared, dynamic: all });
    const shapes = new Shapes(new Guards(), leaves);
    for (const apply of loops) {
      for (const size of apply.op.dynamicSizes!(shapes, apply)) {
        if (typeof size === "number") continue;
        for (const base of size.bases) if (base.startsWith("n")) dynamic.add(base.slice(1));
      }
    }
    return dynamic;
  }

  #addStage(variable: Variable): void {
    const owner = variable.owner;
    if (owner === null) {
      throw new TypeError(
        `Cannot plan: a shape depends on the value of ${variable.label}, which is not an integer scalar`,
      );
    }
    this.#checkOutsideLoops(variable);
    // What is dear to compute is kept with the value that was asked for.
    const dear = ["emit", "control"].includes(owner.op.lowering.kind);
    const variables = dear ? [...owner.outputs] : [variable];
    const executor = new Executor({
      ...this.request,
      name: `${this.request.name} (${variable.label})`,
      inputs: this.#inputs(),
      outputs: variables,
      updates: [],
    });
    this.#stages.push({ executor, variables });
    this.#last = null;
    this.#plans.length = 0;
  }

  /** A length that each step of a loop finds anew cannot be computed ahead. */
  #checkOutsideLoops(variable: Variable): void {
    const inputs = new Set(this.#inputs());
    const inside = graphInputs([variable]).some((leaf) =>
      !inputs.has(leaf) && !(leaf instanceof SharedVariable) && !(leaf instanceof Constant)
    );
    if (!inside) return;
    throw new ShapeError(
      `Cannot run "${this.request.name}": the shapes inside a loop must be the same at each step, and ` +
        `one of them depends on ${variable.label}, which the steps compute. To take n rows at each ` +
        `step, give x the shape [steps, n, …] and read x.at(i), or read x.at(T.arange(n).add(i.mul(n)))`,
    );
  }

  #keep(plan: Plan, executable: Executable, args: readonly Argument[]): Prepared {
    const lengths = new Set(
      plan.symbols.flatMap((s) => s.kind === "length" ? [`${s.input}.${s.axis}`] : []),
    );
    const prepared: Prepared = {
      plan,
      executable,
      env: new Float64Array(plan.symbols.length),
      outputs: [],
      arguments: [],
      // A length of -1 stands for any.
      shapes: [
        ...args.map((arg, i) => arg.shape.map((n, axis) => lengths.has(`${i}.${axis}`) ? -1 : n)),
        ...this.shared.map((variable) => variable.container.shape),
      ],
    };
    this.#plans.push(prepared);
    this.#last = prepared;
    return prepared;
  }

  #execute(prepared: Prepared, args: readonly Argument[]): Tensor[] {
    const { plan, executable, env } = prepared;
    const { backend, outputs, updates } = this.request;
    fillEnv(plan.symbols, args, env);
    const onHost = backend.name === "cpu";
    const memory: (DeviceBuffer | null)[] = [];
    const shapes: number[][] = [];
    for (let i = 0; i < outputs.length; i++) {
      const { dtype, shape } = plan.outputs[i]!;
      const concrete = shape.map((size) => sizeAt(size, env));
      shapes.push(concrete);
      const elements = count(concrete);
      const bytes = elements * dtypeInfo(dtype).bytes;
      const fresh = !onHost || bytes >= LARGE_BYTES;
      if (fresh && onHost) makeRoom(bytes);
      memory.push(
        fresh
          ? backend.allocate(dtype, elements)
          : keptBuffer(prepared, i, backend, dtype, elements),
      );
    }
    const replaced: { shared: number; shape: number[]; buffer: DeviceBuffer }[] = [];
    for (let i = 0; i < plan.updates.length; i++) {
      const update = plan.updates[i]!;
      if (update.output === null) {
        memory.push(null);
        continue;
      }
      const shape = concreteShape(update.shape, env);
      const buffer = backend.allocate(updates[i]![0].dtype, count(shape));
      memory.push(buffer);
      replaced.push({ shared: update.shared, shape, buffer });
    }
    try {
      executable.run({
        env,
        inputs: args.map((arg, i) => argumentBuffer(prepared, i, backend, arg)),
        shared: this.shared.map((variable) => variable.container.bufferOn(backend)),
        outputs: memory,
      });
      // Where errors come with the next read, it is now: a call that fails must not change a value.
      if (!onHost && replaced.length > 0 && plan.program.checks.length > 0) {
        const { shared, buffer } = replaced[0]!;
        buffer.readSync(this.shared[shared]!.dtype, 0);
      }
    } catch (error) {
      for (const { buffer } of replaced) buffer.dispose();
      for (const buffer of memory) if (!prepared.outputs.includes(buffer)) buffer?.dispose();
      throw error;
    }
    for (const { shared, shape, buffer } of replaced) {
      this.shared[shared]!.container.replaceBuffer(backend, shape, buffer);
    }
    return outputs.map((variable, i) => {
      const shape = shapes[i]!, buffer = memory[i]!;
      if (!prepared.outputs.includes(buffer)) {
        const tensor = Tensor.onDevice(variable.dtype, shape, backend, buffer);
        if (onHost) keepOnDevice(tensor.memory, variable.dtype, count(shape));
        return tensor;
      }
      return new Tensor(variable.dtype, shape, buffer.readSync(variable.dtype, count(shape)));
    });
  }

  /** Gives scratch memory back; it is taken again at the next call. */
  free(): void {
    for (const prepared of this.#plans) {
      prepared.executable.free();
      for (const buffer of [...prepared.outputs, ...prepared.arguments]) buffer?.dispose();
      prepared.outputs.length = 0;
      prepared.arguments.length = 0;
    }
    for (const stage of this.#stages) stage.executor.free();
  }
}

function keptBuffer(
  prepared: Prepared,
  i: number,
  backend: Backend,
  dtype: DType,
  elements: number,
): DeviceBuffer {
  const have = prepared.outputs[i];
  if (have && !have.disposed && have.bytes >= elements * dtypeInfo(dtype).bytes) return have;
  have?.dispose();
  const made = backend.allocate(dtype, elements);
  prepared.outputs[i] = made;
  return made;
}

/** The memory of an argument: a tensor's own, or a buffer kept for what is made at each call. */
function argumentBuffer(
  prepared: Prepared,
  i: number,
  backend: Backend,
  arg: Argument,
): DeviceBuffer {
  if (arg instanceof Tensor) return arg.bufferOn(backend);
  const elements = count(arg.shape);
  let buffer = prepared.arguments[i];
  if (!buffer || buffer.disposed || buffer.bytes < elements * dtypeInfo(arg.dtype).bytes) {
    buffer?.dispose();
    buffer = backend.allocate(arg.dtype, elements);
    prepared.arguments[i] = buffer;
  }
  buffer.write(arg.dtype, arg.dataSync());
  return buffer;
}

function leafOf(variable: Variable, arg: Argument): PlanLeaf {
  const leaf = { variable, shape: arg.shape };
  if (variable.ndim > 0 || !isDiscrete(variable.dtype)) return leaf;
  return { ...leaf, value: hostInteger(arg) };
}

function hostInteger(arg: Argument): number {
  const data: TypedArray = arg.dataSync();
  return Number(data[0]);
}

function fillEnv(
  symbols: readonly SymbolSource[],
  args: readonly Argument[],
  env: Float64Array,
): void {
  for (let slot = 0; slot < symbols.length; slot++) {
    const source = symbols[slot]!;
    const arg = args[source.input]!;
    env[slot] = source.kind === "length" ? arg.shape[source.axis]! : hostInteger(arg);
  }
}

function concreteShape(shape: readonly Size[], env: Float64Array): number[] {
  return shape.map((size) => sizeAt(size, env));
}

function count(shape: readonly number[]): number {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
}

function sameShape(want: readonly number[], have: readonly number[]): boolean {
  if (want.length !== have.length) return false;
  for (let d = 0; d < want.length; d++) {
    if (want[d] !== have[d] && want[d] !== -1) return false;
  }
  return true;
}
