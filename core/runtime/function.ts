/**
 * `compile`: from a graph to a function.
 *
 * @module
 */

import type { DynamicAxes } from "./axes.ts";
import { type DeviceOption, settings } from "../base/settings.ts";
import { dtypeInfo } from "../graph/dtype.ts";
import { MissingInputError, UnusedInputError } from "../base/errors.ts";
import { Constant, makeVariable, Variable } from "../graph/graph.ts";
import { locateCall } from "../graph/written.ts";
import { ancestors, graphInputs, replace } from "../graph/walk.ts";
import { placementOf } from "../plan/placement.ts";
import { type Mode, optimise, type ResolvedMode, resolveMode } from "../rewrite/mod.ts";
import { type SharedValue, SharedVariable } from "./shared.ts";
import { Tensor } from "./tensor.ts";
import { checkOptions, expectList, type OptionKinds } from "../base/options.ts";
import { commaText, cut, shown } from "../base/shown.ts";
import {
  type Argument,
  bindArguments,
  convertArgument,
  defaultTensor,
  HostArgument,
} from "./arguments.ts";
import { verifyCall } from "./debug.ts";
import { chooseBackend } from "./device.ts";
import { Executor } from "./executor.ts";
import { explainPlans } from "./explain.ts";
import { checkInputs, In, type InputLike, type InputSpec, Out } from "./inputs.ts";
import { Profile } from "./profile.ts";
import type {
  CompiledFunction,
  CopyOptions,
  ExplainOptions,
  OutputLike,
  OutputSpec,
} from "./types.ts";
import {
  checkGivens,
  checkUpdates,
  defaultUpdates,
  type Givens,
  replacementPairs,
  type Updates,
} from "./updates.ts";

/** Options of `compile`. */
export interface CompileOptions {
  /** New values of shared variables after each call; all are computed from the old values. */
  readonly updates?: Updates;
  /** Variables to replace before compiling. */
  readonly givens?: Givens;
  /** Leave out the default updates of all shared variables, or of these. */
  readonly noDefaultUpdates?: boolean | readonly SharedVariable[];
  /** Name in messages and profiles. */
  readonly name?: string;
  /** What to do with an input that nothing uses; default: `config.onUnusedInput`. */
  readonly onUnusedInput?: "raise" | "warn" | "ignore";
  /** Convert arguments to the input's dtype even where that loses something. */
  readonly allowInputDowncast?: boolean;
  /** Which rewrites run, or "debug": check every rewrite and every call against the reference. */
  readonly mode?: Mode;
  /** Where to run; default: `config.device`. */
  readonly device?: DeviceOption;
  /**
   * Which axes of arguments have symbols for lengths in plans, so that other lengths need no new plan:
   * "auto" (default) those that were seen with a second length, "all" those whose length the type
   * leaves open, "none". Axes that loops run over always have.
   */
  readonly dynamicAxes?: DynamicAxes;
  /** Measure calls: see `profile` of the function. */
  readonly profile?: boolean;
}

/**
 * Compiles a function of `inputs` that computes `outputs` and applies `updates`.
 *
 * The result of a call has the form of `outputs`: one variable gives one tensor, a list a list, an
 * object an object, nothing gives undefined. Calls are synchronous; values stay on the device until they
 * are read.
 *
 * Throws (rejects) with a TypeError for a wrong list of inputs, updates or givens, a MissingInputError
 * when the outputs need a variable that is not given, an UnusedInputError for an input without use.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * const x = T.dscalar("x"), y = T.dscalar("y");
 * const add = await compile([x, y], x.add(y));
 * console.assert(add(2, 3).item() === 5);
 * ```
 */
export async function compile<
  const I extends readonly InputLike[],
  const O extends OutputSpec = undefined,
>(
  inputs: I,
  outputs?: O,
  options: CompileOptions = {},
): Promise<CompiledFunction<I, O>> {
  const start = performance.now();
  const given = checkOptions("Cannot compile", options, optionKinds);
  return await compileChecked(inputs, outputs, given, start) as unknown as CompiledFunction<I, O>;
}

const optionKinds: OptionKinds<CompileOptions> = {
  updates: "any",
  dynamicAxes: ["auto", "all", "none"],
  givens: "any",
  noDefaultUpdates: "any",
  name: "string",
  onUnusedInput: "any",
  allowInputDowncast: "boolean",
  mode: "any",
  device: "any",
  profile: "boolean",
};

async function compileChecked(
  inputs: readonly InputLike[],
  outputs: OutputSpec,
  options: CompileOptions,
  start: number,
): Promise<CompiledFunction> {
  const what = options.name === undefined ? "the function" : `"${cut(options.name)}"`;
  const checked = checkInputs(inputs, what);
  const form = formOf(outputs, what);
  const variables = checked.map((spec) => spec.variable);
  const given = checkGivens(options.givens, variables, what);
  checkSuppressed(options.noDefaultUpdates, what);
  const explicit = checkUpdates(options.updates, what);
  const states = checked.flatMap(({ options: { update } }) => update === undefined ? [] : [update]);
  // An input may be any variable of the graph: what computes it is cut off.
  const severed = new Map(
    variables.filter(({ owner }) => owner !== null).map((old) => [old, leafLike(old)] as const),
  );
  const specs = checked.map((spec): InputSpec => ({
    ...spec,
    variable: severed.get(spec.variable) ?? spec.variable,
  }));
  const substitute = (graph: readonly Variable[]) => replace(replace(graph, given), severed);
  const roots = substitute([...form.variables, ...explicit.map(([, value]) => value), ...states]);
  const count = form.variables.length;
  const updates: (readonly [SharedVariable, Variable])[] = explicit.map(
    ([target], i) => [target, roots[count + i]!],
  );
  updates.push(...defaultUpdates(roots, {
    targets: explicit.map(([target]) => target),
    suppressed: options.noDefaultUpdates ?? false,
    replaced: new Set(given.keys()),
    substitute,
    what,
  }));
  checkLeaves([...roots, ...updates.map(([, value]) => value)], specs, form, options, what);

  const definition: Definition = {
    name: options.name ?? "function",
    inputs,
    specs,
    form,
    outputs: roots.slice(0, count),
    updates,
    states: roots.slice(count + explicit.length),
    options,
  };
  return await build(definition, start);
}

/** Everything that a function is made from; `copy` makes another from a changed one. */
interface Definition {
  readonly name: string;
  readonly inputs: readonly InputLike[];
  readonly specs: readonly InputSpec[];
  readonly form: OutputForm;
  readonly outputs: readonly Variable[];
  readonly updates: readonly (readonly [SharedVariable, Variable])[];
  /** New values of the inputs that have an update, in the order of those inputs. */
  readonly states: readonly Variable[];
  readonly options: CompileOptions;
}

interface OutputForm {
  readonly variables: readonly Variable[];
  readonly keys: readonly (string | number)[];
  wrap(tensors: readonly Tensor[]): unknown;
}

function formOf(outputs: OutputSpec, what: string): OutputForm {
  const one = (output: unknown, place: string): Variable => {
    const variable = output instanceof Out ? output.variable : output;
    if (variable instanceof Variable) return variable;
    throw new TypeError(`Cannot compile ${what}: ${place} is not a variable but ${shown(output)}`);
  };
  if (outputs === null || outputs === undefined) {
    return { variables: [], keys: [], wrap: () => undefined };
  }
  if (outputs instanceof Variable || outputs instanceof Out) {
    return { variables: [one(outputs, "the output")], keys: [0], wrap: (tensors) => tensors[0] };
  }
  if (Array.isArray(outputs)) {
    // Not map, which skips the holes of sparse lists.
    const variables = Array.from(outputs, (output: unknown, i) => one(output, `output ${i}`));
    return { variables, keys: variables.map((_, i) => i), wrap: (tensors) => [...tensors] };
  }
  if (typeof outputs !== "object" || Symbol.iterator in outputs || "then" in outputs) {
    throw new TypeError(
      `Cannot compile ${what}: expected a variable, a list or an object of variables as outputs, got ` +
        shown(outputs),
    );
  }
  const keys = Object.keys(outputs);
  const record = outputs as Readonly<Record<string, OutputLike>>;
  return {
    variables: keys.map((key) => one(record[key], `output "${key}"`)),
    keys,
    wrap: (tensors) => Object.fromEntries(keys.map((key, i) => [key, tensors[i]])),
  };
}

function checkSuppressed(option: CompileOptions["noDefaultUpdates"], what: string): void {
  if (option === undefined || typeof option === "boolean") return;
  if (Array.isArray(option) && option.every((item) => item instanceof SharedVariable)) return;
  throw new TypeError(
    `Cannot compile ${what}: noDefaultUpdates must be true, false or a list of shared variables`,
  );
}

function checkLeaves(
  graph: readonly Variable[],
  specs: readonly InputSpec[],
  form: OutputForm,
  options: CompileOptions,
  what: string,
): void {
  const given = new Set(specs.map((spec) => spec.variable));
  const used = new Set<Variable>();
  const open = new Set<Variable>();
  for (const leaf of graphInputs(graph)) (given.has(leaf) ? used : open).add(leaf);
  for (const leaf of open) {
    if (leaf instanceof Constant || leaf instanceof SharedVariable) continue;
    const user = ancestors(graph).find((v) => v.owner?.inputs.includes(leaf));
    const where = leaf.origin === "" ? "" : ` (made at ${leaf.origin})`;
    throw new MissingInputError(
      `Cannot compile ${what}: ${leaf.label}${where} is used to compute ${
        user?.label ?? form.variables[0]?.label ?? "an output"
      } but was not provided and not given a value`,
    );
  }
  const policy = options.onUnusedInput === undefined
    ? settings.onUnusedInput
    : options.onUnusedInput;
  if (!["raise", "warn", "ignore"].includes(policy)) {
    throw new TypeError(
      `Cannot compile ${what}: onUnusedInput must be "raise", "warn" or "ignore", got ${
        shown(policy)
      }`,
    );
  }
  if (policy === "ignore") return;
  specs.forEach((spec, i) => {
    if (used.has(spec.variable)) return;
    const message =
      `Cannot compile ${what}: input ${i}, ${spec.variable.label}, is not used by the ` +
      `outputs or updates; remove it, or give onUnusedInput: "ignore"`;
    if (policy === "raise") throw new UnusedInputError(message);
    // deno-lint-ignore no-console
    console.warn(message.replace("Cannot compile", "While compiling"));
  });
}

/** An input that stands for a variable of the graph. */
function leafLike(variable: Variable): Variable {
  const leaf = makeVariable(variable.type);
  leaf.name = variable.name;
  return leaf;
}

async function build(definition: Definition, start: number): Promise<CompiledFunction> {
  const { options, name, specs } = definition;
  const what = `"${name}"`;
  const profile = options.profile === true ? new Profile(name) : null;
  const count = definition.outputs.length, updateCount = definition.updates.length;
  const raw = [
    ...definition.outputs,
    ...definition.updates.map(([, value]) => value),
    ...definition.states,
  ];
  const mode = resolveMode(options.mode);
  const rewriteStart = performance.now();
  const better = optimise(raw, mode);
  if (profile !== null) profile.rewriteTime = performance.now() - rewriteStart;
  const updates = definition.updates.map(([target], i): [SharedVariable, Variable] => [
    target,
    better[count + i]!,
  ]);
  const variables = specs.map((spec) => spec.variable);
  const { backend, why } = await chooseBackend(
    options.device,
    placementOf(better, variables, raw),
    what,
  );
  const executor = new Executor({
    name,
    inputs: variables,
    outputs: [...better.slice(0, count), ...better.slice(count + updateCount)],
    updates,
    backend,
    dynamicAxes: options.dynamicAxes ?? "auto",
  });
  const graph = { outputs: better.slice(0, count), updates };
  const made = new Callable(definition, executor, why, profile, graph);
  if (variables.every((variable) => variable.type.shape.every((n) => n !== null))) {
    await made.warmUpStatic();
  }
  if (profile !== null) profile.compileTime = performance.now() - start;
  return made.toFunction();
}

/** The state and behaviour behind a compiled function. */
class Callable {
  readonly definition: Definition;
  readonly executor: Executor;
  /** Why the device is not another. */
  readonly #why: string | null;
  readonly profile: Profile | null;
  readonly graph: CompiledFunction["graph"];
  /** Current defaults by input; null where an argument is required. */
  readonly defaults: (Tensor | null)[];
  readonly #what: string;
  /** How rewriting was done, if every call is to be verified; null otherwise. */
  readonly #debug: ResolvedMode | null;

  constructor(
    definition: Definition,
    executor: Executor,
    why: string | null,
    profile: Profile | null,
    graph: CompiledFunction["graph"],
  ) {
    this.definition = definition;
    this.executor = executor;
    this.#why = why;
    this.profile = profile;
    this.graph = graph;
    this.#what = `"${cut(definition.name)}"`;
    const mode = resolveMode(definition.options.mode);
    this.#debug = mode.verify ? mode : null;
    this.defaults = definition.specs.map((spec) =>
      spec.options.value === undefined ? null : defaultTensor(spec, spec.options.value, this.#what)
    );
  }

  /** The inputs as they were given. */
  get inputs(): Variable[] {
    return this.definition.inputs.map((input) => input instanceof In ? input.variable : input);
  }

  async warmUpStatic(): Promise<void> {
    const args = this.definition.specs.map(({ variable }) => {
      const shape = variable.type.shape.map((n) => n!);
      const size = shape.reduce((n, length) => n * length, 1);
      return new HostArgument(variable.dtype, shape, dtypeInfo(variable.dtype).array(size));
    });
    try {
      await this.executor.warmUp(args);
    } catch (error) {
      // The shapes may be others when it is called, and then the call says what is wrong.
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    }
  }

  #arguments(values: readonly unknown[]): Argument[] {
    const { specs } = this.definition;
    const bound = values.length === specs.length && values.every(isPlainArgument)
      ? values
      : bindArguments(specs, values, this.#what);
    const args: Argument[] = new Array(specs.length);
    // What a user's own code may stand behind (a getter, a proxy) is read first: that code may call this
    // function again, or take the memory of a typed array away.
    for (const plain of [false, true]) {
      for (let i = 0; i < specs.length; i++) {
        if (isPassive(bound[i]) === plain) args[i] = this.#argument(specs[i]!, i, bound[i]);
      }
    }
    return args;
  }

  #argument(spec: InputSpec, i: number, value: unknown): Argument {
    if (value === undefined) {
      const fallback = this.defaults[i] ?? null;
      if (fallback !== null) return fallback;
      throw new TypeError(
        `Cannot call ${this.#what}: missing required input: ${spec.variable.label}`,
      );
    }
    if (spec.options.implicit === true) {
      throw new TypeError(
        `Cannot call ${this.#what}: input ${i}, ${spec.variable.label}, is implicit and takes no value`,
      );
    }
    const { options } = this.definition;
    const rules = {
      allowDowncast: spec.options.allowDowncast ?? options.allowInputDowncast ?? false,
      strict: spec.options.strict ?? false,
    };
    return convertArgument(
      spec,
      value,
      rules,
      () =>
        `Bad argument to ${this.#what} at input ${i}${
          spec.name === null ? "" : ` ("${spec.name}")`
        }`,
    );
  }

  run(values: readonly unknown[]): Tensor[] {
    const start = this.profile === null ? 0 : performance.now();
    const args = this.#arguments(values);
    const count = this.definition.outputs.length;
    const results = this.#execute(args);
    if (results.length > count) this.#keepStates(results.splice(count));
    if (this.profile !== null) this.profile.record(performance.now() - start);
    return results;
  }

  #execute(args: readonly Argument[]): Tensor[] {
    try {
      return this.#debug === null
        ? this.executor.run(args)
        : verifyCall(this.definition, this.executor, args, this.#debug);
    } catch (error) {
      locateCall(error);
      throw error;
    }
  }

  #keepStates(states: readonly Tensor[]): void {
    // Where errors come with the next read, it is now: a call that fails must not change a state.
    if (this.executor.mayFailLater) { for (const state of states) state.dataSync(); }
    let next = 0;
    this.definition.specs.forEach((spec, i) => {
      if (spec.options.update !== undefined) this.defaults[i] = states[next++]!;
    });
  }

  subset(keys: readonly (number | string)[], values: readonly unknown[]): Tensor[] {
    const known = this.definition.form.keys;
    expectList(`Cannot call ${this.#what}`, keys, "a list of outputs");
    const places = keys.map((key) => {
      const place = known.indexOf(key);
      if (place < 0) {
        throw new TypeError(
          `Cannot call ${this.#what}: no output "${
            cut(typeof key === "string" ? key : shown(key))
          }"; outputs are ${commaText(known.map((k) => cut(String(k))))}`,
        );
      }
      return place;
    });
    const all = this.run(values);
    return places.map((place) => all[place]!);
  }

  #find(key: string | Variable): { input: number } | { shared: SharedVariable } {
    const { specs } = this.definition;
    const same = (spec: InputSpec, i: number) =>
      typeof key === "string" ? spec.name === key : this.inputs[i] === key;
    const inputs = specs.flatMap((spec, i) => same(spec, i) ? [i] : []);
    const shared = this.executor.shared.filter((variable) =>
      typeof key === "string" ? variable.name === key : variable === key
    );
    const label = shown(key);
    if (inputs.length + shared.length > 1) {
      throw new TypeError(`Cannot look up ${label} in ${this.#what}: the name is ambiguous`);
    }
    if (inputs.length === 1) return { input: inputs[0]! };
    if (shared.length === 1) return { shared: shared[0]! };
    throw new TypeError(
      `Cannot look up ${label} in ${this.#what}: it has no such input or shared variable`,
    );
  }

  get(key: string | Variable): Tensor {
    const found = this.#find(key);
    if ("shared" in found) return found.shared.getValue();
    const value = this.defaults[found.input] ?? null;
    if (value === null) {
      throw new TypeError(`Cannot look up an input of ${this.#what} that has no default`);
    }
    return value;
  }

  set(key: string | Variable, value: SharedValue): void {
    const found = this.#find(key);
    if ("shared" in found) found.shared.setValue(value);
    else {this.defaults[found.input] = defaultTensor(
        this.definition.specs[found.input]!,
        value,
        this.#what,
      );}
  }

  copy(given?: CopyOptions): CompiledFunction {
    const { definition } = this;
    const action = `Cannot copy ${this.#what}`;
    const kinds = { swap: "any", deleteUpdates: "boolean", name: "string" } as const;
    const options = checkOptions(action, given, kinds);
    const swap = new Map<Variable, Variable>();
    for (
      const [old, fresh] of replacementPairs(
        options.swap === undefined ? [] : options.swap,
        `${action}: swaps`,
      )
    ) {
      if (!this.executor.shared.includes(old as SharedVariable)) {
        throw new TypeError(`${action}: it does not use ${old.label}`);
      }
      if (!(fresh instanceof SharedVariable)) {
        throw new TypeError(
          `${action}: ${old.label} can be swapped for a shared variable only, got ${shown(fresh)}`,
        );
      }
      if (fresh.dtype !== old.dtype || fresh.ndim !== old.ndim) {
        throw new TypeError(
          `${action}: ${old.label} has type ${old.type}, its replacement ${fresh.type}`,
        );
      }
      if (swap.has(old)) throw new TypeError(`${action}: ${old.label} is swapped twice`);
      swap.set(old, fresh);
    }
    const updates = options.deleteUpdates === true ? [] : definition.updates;
    const graph = replace([
      ...this.graph.outputs,
      ...updates.map((_, i) => this.graph.updates[i]![1]),
      ...this.executor.request.outputs.slice(definition.outputs.length),
    ], swap);
    const count = definition.outputs.length;
    const swapped = (target: SharedVariable) => (swap.get(target) ?? target) as SharedVariable;
    const plain = replace(
      [...definition.outputs, ...updates.map(([, value]) => value), ...definition.states],
      swap,
    );
    const targets = updates.map(([target]) => swapped(target));
    const twice = targets.find((target, i) => targets.indexOf(target) !== i);
    if (twice !== undefined) {
      throw new TypeError(`Cannot copy ${this.#what}: ${twice.label} would have two updates`);
    }
    const name = options.name ?? `${definition.name} copy`;
    const changed: Definition = {
      ...definition,
      name,
      outputs: plain.slice(0, count),
      updates: updates.map(([target], i) => [swapped(target), plain[count + i]!]),
      states: plain.slice(count + updates.length),
    };
    const better = {
      outputs: graph.slice(0, count),
      updates: updates.map(([target], i): [SharedVariable, Variable] => [
        swapped(target),
        graph[count + i]!,
      ]),
    };
    const executor = new Executor({
      ...this.executor.request,
      backend: this.executor.backend,
      name,
      outputs: [...better.outputs, ...graph.slice(count + updates.length)],
      updates: better.updates,
    });
    const profile = this.profile === null ? null : new Profile(name);
    return new Callable(changed, executor, this.#why, profile, better).toFunction();
  }

  #explainOptions(given: ExplainOptions | undefined): ExplainOptions {
    return checkOptions(`Cannot explain ${this.#what}`, given, {
      passes: "boolean",
      code: "boolean",
    });
  }

  toFunction(): CompiledFunction {
    const { form } = this.definition;
    const call = (...values: unknown[]): unknown => form.wrap(this.run(values));
    const { executor, profile, graph } = this;
    const { backend } = executor, why = this.#why;
    const members: { [K in keyof CompiledFunction]: CompiledFunction[K] } = {
      name: this.definition.name,
      device: backend.name,
      get deviceInfo() {
        const notes = new Set(executor.executables.flatMap(({ info: { note } }) => note ?? []));
        const description = [backend.description, ...notes].join("; ");
        return why === null ? description : `${description} (device "auto": ${why})`;
      },
      sharedVariables: executor.shared,
      inputs: this.inputs,
      graph,
      profile,
      explain: (options) => explainPlans(executor, this.#explainOptions(options)),
      subset: (keys, ...values) => this.subset(keys, values),
      get: (key) => this.get(key),
      set: (key, value) => this.set(key, value),
      copy: (options) => this.copy(options),
      warmUp: async (...values) => await executor.warmUp(this.#arguments(values)),
      free: () => executor.free(),
      dispose: () => executor.dispose(),
      [Symbol.dispose]: () => executor.dispose(),
    };
    for (const [key, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
      Object.defineProperty(call, key, { ...(get ? { get } : { value }), enumerable: true });
    }
    Object.defineProperty(call, Symbol.dispose, { value: members[Symbol.dispose] });
    executors.set(call, executor);
    return call as unknown as CompiledFunction;
  }
}

/** Whether no code of a user's runs when a value is read. */
function isPassive(value: unknown): boolean {
  return typeof value !== "object" || value === null || value instanceof Tensor ||
    ArrayBuffer.isView(value);
}

function isPlainArgument(value: unknown): boolean {
  return typeof value === "number" || value instanceof Tensor || value instanceof HostArgument ||
    Array.isArray(value);
}

const executors = new WeakMap<object, Executor>();

/** What runs a compiled function; for tools and tests. */
export function executorOf(compiled: object): Executor {
  const executor = executors.get(compiled);
  if (executor === undefined) {
    throw new TypeError("Cannot look into something that compile did not make");
  }
  return executor;
}
