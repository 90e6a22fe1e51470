/**
 * Runs a graph on a device: plans it for the shapes at hand, keeps plans for later calls, binds memory
 * and commits updates.
 *
 * @module
 */

import { UNEVEN_ADVICE } from "../ops/shape/join.ts";
import type { Backend, DeviceBuffer, Executable } from "./backend.ts";
import { type DType, dtypeInfo, isDiscrete, type TypedArray } from "../graph/dtype.ts";
import { Dropped } from "../base/dropped.ts";
import { isArgumentError, ShapeError } from "../base/errors.ts";
import { type Apply, Constant, type Variable, writtenLabel } from "../graph/graph.ts";
import { NeedValue } from "../graph/op.ts";
import { graphInputs, toposort } from "../graph/walk.ts";
import { Guards, type Size } from "../ir/size.ts";
import {
  type Plan,
  type PlanLeaf,
  planLeaves,
  planProgram,
  type PlanRequest,
  symbolName,
  type SymbolSource,
} from "../plan/planner.ts";
import { Shapes } from "../plan/shapes.ts";
import { checkValues, SharedVariable } from "./shared.ts";
import { Tensor } from "./tensor.ts";
import { lostValue, residencyOf } from "./residency.ts";
import type { Argument } from "./arguments.ts";
import { missingValues, stageOutputs } from "./stages.ts";
import { hasLoops, locateShape, locateStep, type WrittenFunction } from "./failed_step.ts";
import type { Profile } from "./profile.ts";
import { AxisHistory } from "./axes.ts";
import type { DynamicAxes } from "./definition.ts";
import { gpuBackend, replacementOf } from "./device.ts";
import { elementCount, PlanCache, PreparedPlan } from "./plan_cache.ts";

/** What to run. */
interface ExecutorRequest {
  readonly name: string;
  readonly inputs: readonly Variable[];
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  /** Where to run, until it is lost. */
  readonly backend: Backend;
  /** Which axes are symbols from the first plan on; default "auto". */
  readonly dynamicAxes?: DynamicAxes;
  /** What is told how long plans take, and of which each step is timed. */
  readonly profile?: Profile | null;
  /** What the user wrote, to say where in it a check failed. */
  readonly written?: WrittenFunction;
  /** All that it computes, rewritten as little as can be: outputs, then new values of shared variables. */
  readonly plain?: () => readonly Variable[];
}

/**
 * Results of at least this many bytes stay on a device that the host could read at once; it keeps memory for
 * smaller ones from call to call.
 */
const LARGE_BYTES = 1 << 20;

/** Values that a plan needs as numbers: computed by a function of their own before the main one. */
interface Stage {
  readonly executor: Executor;
  readonly variables: readonly Variable[];
}

/** What a function that is dropped leaves behind. */
const dropped = new Dropped<PlanCache>((cache) => cache.clear());

/** A compiled graph. */
export class Executor {
  /** The shared variables it reads or updates. */
  readonly shared: readonly SharedVariable[];
  readonly #cache = new PlanCache();
  /** Of a function that is profiled, all plans that it ever had. */
  readonly #profiled: PreparedPlan[] = [];
  readonly #requests = new WeakMap<Plan, PlanRequest>();
  readonly #history: AxisHistory;
  readonly #stages: Stage[] = [];
  /** Shared integers that plans need as numbers: read at each call. */
  readonly #counts = new Set<SharedVariable>();
  readonly #updateSlots: readonly number[];
  #backend: Backend;
  #disposed = false;
  /** The same function with steps as they are written, once what is made of them is refused. */
  #plain: Executor | null = null;
  /** Whether what the user wrote has loops, once somebody has asked. */
  #hasLoops: boolean | null = null;

  constructor(readonly request: ExecutorRequest) {
    this.#backend = request.backend;
    this.#history = new AxisHistory(request.dynamicAxes ?? "auto");
    const roots = [...request.outputs, ...request.updates.map(([, value]) => value)];
    const shared = new Set<SharedVariable>();
    for (const leaf of graphInputs(roots)) if (leaf instanceof SharedVariable) shared.add(leaf);
    for (const [target] of request.updates) shared.add(target);
    this.shared = [...shared];
    this.#updateSlots = request.updates.map(([target]) => this.shared.indexOf(target));
    dropped.register(this, this.#cache);
  }

  /** Plans and compiles for the given argument shapes, so that the first call need not. */
  async warmUp(args: readonly Argument[]): Promise<void> {
    this.#checkAlive();
    if (this.#backend.findLoss() !== null) {
      const other = await gpuBackend();
      if (this.#backend.lost !== null) this.#moveTo(other);
    }
    if (this.#stages.length > 0 || this.#find(args) !== null) return;
    try {
      const start = performance.now(), plan = this.#tryPlan(args);
      if (plan === null) return;
      const planned = performance.now();
      const backend = this.#backend, executable = await backend.prepareAsync(plan.program);
      this.request.profile?.recordPlan(planned - start, performance.now() - planned);
      // A call in the meantime may have found that the plan needs more, or that the device was lost.
      const wanted = backend === this.#backend && this.#stages.length === 0 && !this.#disposed;
      if (wanted) this.#keep(plan, executable);
      else executable.dispose();
    } catch (error) {
      if (this.#plainFor(error, args) === null) throw this.#located(error, args);
    }
  }

  /** Where it runs now. */
  get backend(): Backend {
    return this.#backend;
  }

  /** What was prepared for a device goes with it. */
  #moveTo(backend: Backend): void {
    this.#cache.clear();
    this.#backend = backend;
  }

  /** Of a function that is profiled, all plans that it ever had, with the sizes of their last calls. */
  get profiled(): readonly PreparedPlan[] {
    return this.#profiled;
  }

  /** The prepared programs so far, for profiles and tests. */
  get executables(): readonly Executable[] {
    return this.#cache.plans.map((prepared) => prepared.executable);
  }

  /** The plans so far, for printing and tests. */
  get plans(): readonly Plan[] {
    return this.#cache.plans.map((prepared) => prepared.plan);
  }

  /** The plans at hand with what runs them, and the sizes of their last calls. */
  get prepared(): readonly PreparedPlan[] {
    return this.#cache.plans;
  }

  /** What a plan of this function is a plan for. */
  requestOf(plan: Plan): PlanRequest {
    return this.#requests.get(plan)!;
  }

  /** Whether calls may fail without throwing, so that the next read does. */
  get mayFailLater(): boolean {
    return this.#backend.defersErrors &&
      this.#cache.plans.some(({ plan }) => plan.program.checks.length > 0);
  }

  /** Runs the graph. Arguments have the dtype and rank of their inputs. */
  run(args: readonly Argument[]): Tensor[] {
    this.#checkAlive();
    if (this.#backend.lost !== null) {
      this.#moveTo(replacementOf(this.#backend, `"${this.request.name}"`));
    }
    this.#checkThere(args);
    const values = [...args];
    let stage = 0;
    try {
      for (;;) {
        for (; stage < this.#stages.length; stage++) {
          values.push(...this.#stages[stage]!.executor.run(values));
        }
        const prepared = this.#find(values) ?? this.#prepare(values);
        if (prepared instanceof Executor) return prepared.run(args);
        if (prepared !== null) return this.#execute(prepared, values);
        // A value was missing: there is a stage for it now.
      }
    } finally {
      // Nothing else refers to what the stages computed.
      for (const value of values.slice(args.length)) if (value instanceof Tensor) value.dispose();
    }
  }

  #prepare(args: readonly Argument[]): PreparedPlan | Executor | null {
    try {
      const start = performance.now(), plan = this.#tryPlan(args);
      if (plan === null) return null;
      const planned = performance.now();
      const prepared = this.#keep(plan, this.#backend.prepare(plan.program));
      this.request.profile?.recordPlan(planned - start, performance.now() - planned);
      this.#fill(plan.symbols, args, prepared.env);
      return prepared;
    } catch (error) {
      const plain = this.#plainFor(error, args);
      if (plain === null) throw this.#located(error, args);
      return plain;
    }
  }

  /** What serves arguments for which a plan is refused; null if nothing does. */
  #plainFor(error: unknown, args: readonly Argument[]): Executor | null {
    const plain = isArgumentError(error) ? this.#asWritten() : null;
    return plain !== null && plain.#serves(args.slice(0, this.request.inputs.length))
      ? plain
      : null;
  }

  /**
   * What is computed in front of a loop, or for all steps at once, may be refused where the loop makes no
   * step: then the function runs as it is written. Null where that is the same.
   */
  #asWritten(): Executor | null {
    const { plain, ...request } = this.request,
      { written } = request,
      count = request.outputs.length;
    if (plain === undefined || written === undefined || !(this.#hasLoops ??= hasLoops(written))) {
      return null;
    }
    const roots = this.#plain === null ? plain() : [];
    return this.#plain ??= new Executor({
      ...request,
      backend: this.#backend,
      outputs: roots.slice(0, count),
      updates: request.updates.map(([target], i) => [target, roots[count + i]!]),
    });
  }

  /** Whether there is a plan for these arguments, or a stage that finds what it needs. */
  #serves(args: readonly Argument[]): boolean {
    try {
      return this.#stages.length > 0 || this.#find(args) !== null || this.#prepare(args) !== null;
    } catch (error) {
      if (isArgumentError(error)) return false;
      throw error;
    }
  }

  /** The error of a plan in the user's words. */
  #located(error: unknown, args: readonly Argument[]): unknown {
    const { written } = this.request;
    if (written === undefined) return error;
    return locateShape(error, written, () => this.#leaves(this.request.inputs, args));
  }

  /** The inputs and the shared variables as they are at a call. */
  #leaves(
    inputs: readonly Variable[],
    args: readonly Argument[],
  ): { inputs: PlanLeaf[]; shared: PlanLeaf[] } {
    return {
      inputs: inputs.map((variable, i) => leafOf(variable, args[i]!)),
      shared: this.shared.map((variable) => ({
        variable,
        shape: variable.container.shape,
        ...(this.#counts.has(variable) ? { value: sharedInteger(variable) } : {}),
      })),
    };
  }

  #checkAlive(): void {
    if (this.#disposed) throw new TypeError(`Cannot call "${this.request.name}" after dispose()`);
  }

  /** Throws a DeviceLostError that names what a call would read and what has gone with its device. */
  #checkThere(args: readonly Argument[]): void {
    checkValues(this.shared);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!, lost = arg instanceof Tensor ? arg.memory.lost : null;
      if (lost === null) continue;
      const { label } = this.#inputs()[i]!;
      throw lostValue(`the input ${label} of "${this.request.name}"`, "give it a new one", lost);
    }
  }

  /** What is computed: outputs, and new values of shared variables. */
  get #roots(): Variable[] {
    return [...this.request.outputs, ...this.request.updates.map(([, value]) => value)];
  }

  /** The functions that compute values which plans need as numbers. */
  get stages(): readonly Executor[] {
    return this.#stages.map((stage) => stage.executor);
  }

  #inputs(): Variable[] {
    return [...this.request.inputs, ...this.#stages.flatMap((stage) => stage.variables)];
  }

  /** The plan that serves these arguments, moved to the front. */
  #find(args: readonly Argument[]): PreparedPlan | null {
    const { plans } = this.#cache;
    for (let at = 0; at < plans.length; at++) {
      const prepared = plans[at]!;
      if (!this.#fits(prepared, args)) continue;
      this.#cache.use(at);
      return prepared;
    }
    return null;
  }

  /** Whether a plan serves these arguments; fills its environment on the way. */
  #fits(prepared: PreparedPlan, args: readonly Argument[]): boolean {
    const { plan, env } = prepared, { lengths, symbols } = plan;
    const changed = this.#fill(symbols, args, env);
    if (changed) prepared.forgetSizes();
    const count = args.length;
    for (let leaf = 0; leaf < lengths.length; leaf++) {
      const shape = leaf < count ? args[leaf]!.shape : this.shared[leaf - count]!.container.shape;
      if (!sameShape(lengths[leaf]!, shape, env)) return false;
    }
    prepared.holds ||= plan.program.guards.hold(env);
    return prepared.holds;
  }

  /** Finds the values of the symbols; whether any has changed. */
  #fill(symbols: readonly SymbolSource[], args: readonly Argument[], env: Float64Array): boolean {
    let changed = false;
    for (let slot = 0; slot < symbols.length; slot++) {
      const source = symbols[slot]!, { leaf } = source;
      let value: number;
      if (source.kind === "value") {
        value = leaf < args.length
          ? hostInteger(args[leaf]!)
          : sharedInteger(this.shared[leaf - args.length]!);
      } else {
        const shape = leaf < args.length
          ? args[leaf]!.shape
          : this.shared[leaf - args.length]!.container.shape;
        value = shape[source.axis]!;
      }
      if (env[slot] !== value) changed = true;
      env[slot] = value;
    }
    return changed;
  }

  #tryPlan(args: readonly Argument[]): Plan | null {
    const { inputs, shared } = this.#leaves(this.#inputs(), args);
    const { outputs, updates, name } = this.request;
    for (const { variable, shape } of [...inputs, ...shared]) this.#history.note(variable, shape);
    try {
      const looped = this.#loopLengths(inputs, shared);
      const withSymbols = (leaf: PlanLeaf): PlanLeaf => ({
        ...leaf,
        symbolic: leaf.shape.map((_, axis) =>
          this.#history.symbol(leaf.variable, axis, looped.get(leaf.variable)?.has(axis) === true)
        ),
      });
      const request: PlanRequest = {
        name,
        inputs: inputs.map(withSymbols),
        shared: shared.map(withSymbols),
        outputs,
        updates: updates.map(([, value], i) => ({ shared: this.#updateSlots[i]!, value })),
        ieee: this.#backend.ieee,
        functions: this.#backend.functions,
        kernelLimits: this.#backend.kernelLimits,
        loopKernels: this.#backend.loopKernels,
        rows: this.#backend.rows,
        isTimed: this.request.profile != null,
      };
      const plan = planProgram(request);
      this.#requests.set(plan, request);
      return plan;
    } catch (error) {
      if (!(error instanceof NeedValue)) throw error;
      this.#need(error.variable, inputs, shared);
      return null;
    }
  }

  /** The axes of leaves that loops run over. */
  #loopLengths(
    inputs: readonly PlanLeaf[],
    shared: readonly PlanLeaf[],
  ): Map<Variable, Set<number>> {
    const given = new Set(this.#inputs());
    const loops = toposort(this.#roots, (variable) => given.has(variable)).filter((apply) =>
      apply.op.dynamicSizes !== undefined
    );
    const found = new Map<Variable, Set<number>>();
    if (loops.length === 0) return found;
    const { leaves, symbols } = planLeaves({
      inputs: inputs.map((leaf, i) => ({
        ...leaf,
        symbolic: leaf.shape.map((_, axis) => ({ name: `${i}.${axis}`, least: 0, reason: "" })),
      })),
      shared,
    });
    const sources = new Map(symbols.map((source) => [symbolName(source), source]));
    const shapes = new Shapes(new Guards(), leaves);
    for (const apply of loops) {
      for (const size of sizesOf(apply, shapes)) {
        for (const base of typeof size === "number" ? [] : size.bases) {
          const source = sources.get(base);
          if (source?.kind !== "length") continue;
          const { variable } = inputs[source.leaf]!;
          found.set(variable, (found.get(variable) ?? new Set()).add(source.axis));
        }
      }
    }
    return found;
  }

  /** Makes the value of a variable known to later plans, and what else can be known at the same time. */
  #need(
    variable: Variable,
    inputs: readonly PlanLeaf[],
    shared: readonly PlanLeaf[],
  ): void {
    if (this.#isInLoop(variable)) throw this.#unevenLoop(variable);
    this.#cache.clear();
    if (this.#isCount(variable)) {
      this.#counts.add(variable);
      return;
    }
    const known = this.#stages.some(({ variables }) => variables.includes(variable));
    if (variable.owner === null || known) {
      throw new TypeError(
        `Cannot plan: a shape depends on the value of ${variable.label}, which is not an integer scalar`,
      );
    }
    const given = new Set(this.#inputs()), isGiven = (one: Variable) => given.has(one);
    const shapes = new Shapes(new Guards(), planLeaves({ inputs, shared }).leaves);
    const missing = missingValues(shapes, this.#roots, isGiven);
    const asked = [...missing].filter((one) => one.owner !== null && !this.#isInLoop(one));
    const variables = stageOutputs([...new Set([variable, ...asked])], this.#roots, isGiven);
    const executor = new Executor({
      ...this.request,
      backend: this.#backend,
      name: `${this.request.name} (${variable.label})`,
      inputs: [...given],
      outputs: variables,
      updates: [],
    });
    this.#stages.push({ executor, variables });
  }

  /** Whether a variable is a shared integer whose value is not read yet. */
  #isCount(variable: Variable): variable is SharedVariable {
    return variable instanceof SharedVariable && variable.ndim === 0 &&
      isDiscrete(variable.dtype) && !this.#counts.has(variable);
  }

  /** Whether a variable depends on what the steps of a loop compute. */
  #isInLoop(variable: Variable): boolean {
    const inputs = new Set(this.#inputs());
    return graphInputs([variable]).some((leaf) =>
      !inputs.has(leaf) && !(leaf instanceof SharedVariable) && !(leaf instanceof Constant)
    );
  }

  /** A length that each step of a loop finds anew cannot be computed ahead. */
  #unevenLoop(variable: Variable): ShapeError {
    return new ShapeError(
      `Cannot run "${this.request.name}": the shapes inside a loop must be the same at each step, and ` +
        `one of them depends on ${
          writtenLength(variable)
        }, which the steps compute. To take n rows at each ` +
        `step, give x the shape [steps, n, …] and read x.at(i), or read x.at(T.arange(n).add(i.mul(n))); ` +
        UNEVEN_ADVICE,
    );
  }

  #keep(plan: Plan, executable: Executable): PreparedPlan {
    const prepared = new PreparedPlan(plan, executable, this.#backend);
    if (this.request.profile != null) this.#profiled.push(prepared);
    return this.#cache.add(prepared);
  }

  #execute(prepared: PreparedPlan, args: readonly Argument[]): Tensor[] {
    const { plan, executable, env } = prepared;
    const { outputs, updates } = this.request;
    const backend = this.#backend;
    const sizes = prepared.sizes();
    const residency = residencyOf(backend);
    residency.begin();
    const memory: (DeviceBuffer | null)[] = [];
    const keeps = (dtype: DType, elements: number) =>
      backend.hostReadable && elements * dtypeInfo(dtype).bytes < LARGE_BYTES;
    /** What this call has taken, until it has succeeded. */
    const taken: DeviceBuffer[] = [];
    const take = (dtype: DType, elements: number): DeviceBuffer => {
      const buffer = residency.allocate(dtype, elements);
      taken.push(buffer);
      return buffer;
    };
    /** The same until the call is over. */
    const borrowed: DeviceBuffer[] = [];
    const argument = (arg: Argument, i: number): DeviceBuffer => {
      if (arg instanceof Tensor) return arg.bufferOn(backend);
      const { dtype } = arg, elements = elementCount(arg.shape);
      let buffer: DeviceBuffer;
      if (keeps(dtype, elements)) {
        buffer = prepared.keptBuffer(prepared.arguments, i, dtype, elements);
      } else borrowed.push(buffer = residency.allocate(dtype, elements));
      buffer.write(dtype, arg.dataSync());
      return buffer;
    };
    const replaced: { shared: number; shape: readonly number[]; buffer: DeviceBuffer }[] = [];
    try {
      // First what the call reads: nothing of it leaves the device when results need memory.
      const inputs = args.map((arg, i) => backend.supports(arg.dtype) ? argument(arg, i) : null);
      const shared = this.shared.map(({ dtype, container }) =>
        backend.supports(dtype) ? container.bufferOn(backend) : null
      );
      for (let i = 0; i < outputs.length; i++) {
        const { dtype } = plan.outputs[i]!, { elements } = sizes.outputs[i]!;
        memory.push(
          keeps(dtype, elements)
            ? prepared.keptBuffer(prepared.outputs, i, dtype, elements)
            : take(dtype, elements),
        );
      }
      for (let i = 0; i < plan.updates.length; i++) {
        const update = plan.updates[i]!;
        if (update.output === null) {
          memory.push(null);
          continue;
        }
        const { shape, elements } = sizes.updates[i]!;
        const buffer = take(updates[i]![0].dtype, elements);
        memory.push(buffer);
        replaced.push({ shared: update.shared, shape, buffer });
      }
      const bindings = { env, inputs, shared, outputs: memory };
      for (const { shared, output } of plan.updates) {
        if (output === null) this.shared[shared]!.container.willChange();
      }
      const later = backend.defersErrors && plan.program.checks.length > 0;
      const located = later ? { ...bindings, ...this.#locator(args) } : bindings;
      residency.withRoom(() => executable.run(located));
      // Where errors come with the next read, it is now: a call that fails must not change a value.
      if (backend.defersErrors && replaced.length > 0 && plan.program.checks.length > 0) {
        const { shared, buffer } = replaced[0]!;
        buffer.readSync(this.shared[shared]!.dtype, 0);
      }
    } catch (error) {
      for (const buffer of taken) buffer.dispose();
      const { written } = this.request;
      throw written === undefined ? error : locateStep(error, written, args);
    } finally {
      for (const buffer of borrowed) buffer.dispose();
    }
    for (const { shared, shape, buffer } of replaced) {
      this.shared[shared]!.container.replaceBuffer(backend, shape, buffer);
    }
    return outputs.map((variable, i) => {
      const { shape, elements } = sizes.outputs[i]!, buffer = memory[i]!;
      return taken.includes(buffer)
        ? Tensor.onDevice(variable.dtype, shape, { backend, buffer })
        : Tensor.onHost(variable.dtype, shape, buffer.readSync(variable.dtype, elements));
    });
  }

  /** Says of a check that failed in which step it did, when that comes out and if all is still there. */
  #locator(args: readonly Argument[]): { readonly locate?: (error: unknown) => unknown } {
    const { written } = this.request;
    if (written === undefined || !(this.#hasLoops ??= hasLoops(written))) return {};
    const known = { written: new WeakRef(written), args: args.map((arg) => new WeakRef(arg)) };
    const shared = this.shared.map(({ container }) => ({
      container: new WeakRef(container),
      version: container.version,
    }));
    return {
      locate(error) {
        const written = known.written.deref(), args = known.args.map((arg) => arg.deref());
        const same = shared.every(({ container, version }) =>
          container.deref()?.version === version
        );
        const there = (arg: Argument | undefined): arg is Argument => arg !== undefined;
        return written !== undefined && same && args.every(there)
          ? locateStep(error, written, args)
          : error;
      },
    };
  }

  /** Gives scratch memory back; it is taken again at the next call. */
  free(): void {
    for (const prepared of this.#cache.plans) prepared.free();
    for (const stage of this.#stages) stage.executor.free();
  }

  /** Gives everything back that plans hold. */
  dispose(): void {
    this.#disposed = true;
    this.#cache.clear();
    this.#plain?.dispose();
    for (const stage of this.#stages) stage.executor.dispose();
  }
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

function sharedInteger({ container }: SharedVariable): number {
  return Number(container.hostSync()[0]);
}

/** The lengths that a loop runs over; none where they do not fit, which is an error if it is to run. */
function sizesOf(apply: Apply, shapes: Shapes): readonly Size[] {
  try {
    return apply.op.dynamicSizes!(shapes, apply);
  } catch (error) {
    if (isArgumentError(error)) return [];
    throw error;
  }
}

/** Whether a shape is the one of a plan, where -1 - slot stands for the value of a symbol. */
function sameShape(
  want: readonly number[],
  have: readonly number[],
  env: Float64Array,
): boolean {
  if (want.length !== have.length) return false;
  for (let d = 0; d < want.length; d++) {
    const n = want[d]!;
    if (have[d] !== (n < 0 ? env[-1 - n] : n)) return false;
  }
  return true;
}

/** A length as the user wrote it, not as the library bounds, converts or checks it. */
function writtenLength(variable: Variable): string {
  let found = variable;
  for (let depth = 0; depth < 20; depth++) {
    const { owner } = found;
    if (owner === null || found.name !== null || found.written.call === owner.op.name) break;
    const { facts } = owner.op;
    if (!facts?.has("arranges") && !facts?.has("idempotent")) break;
    const next = owner.inputs.find((input) =>
      !(input instanceof Constant) && input.dtype !== "bool"
    );
    if (next === undefined) break;
    found = next;
  }
  const { place } = found.written;
  return `${writtenLabel(found)}${place === "" ? "" : ` (made at ${place})`}`;
}
