/**
 * The state and behaviour behind a compiled function.
 *
 * @module
 */

import { checkSwaps, swapped } from "./copies.ts";
import { dtypeInfo } from "../graph/dtype.ts";
import type { Variable } from "../graph/graph.ts";
import { failureOf } from "../graph/failures.ts";
import { locateCall, saySteps } from "../graph/written.ts";
import { type ResolvedMode, resolveMode } from "../rewrite/mod.ts";
import type { SharedValue, SharedVariable } from "./shared.ts";
import { Tensor } from "./tensor.ts";
import { checkOptions, expectList } from "../base/options.ts";
import { commaText, cut, shown } from "../base/shown.ts";
import {
  type Argument,
  bindArguments,
  convertArgument,
  defaultTensor,
  HostArgument,
} from "./arguments.ts";
import { verifyCall } from "./debug.ts";
import { Executor } from "./executor.ts";
import { explainPlans, plannedShapes } from "./explain.ts";
import { In, type InputSpec } from "./inputs.ts";
import { Reporter } from "./reporting.ts";
import { showPage } from "./pages.ts";
import { countsOf, explainRule, rewriteLog } from "./rewrites.ts";
import { Profile, profileOf } from "./profile.ts";
import type { NanGuard } from "./nan_guard.ts";
import type { CompiledFunction, CopyOptions, ExplainOptions } from "./types.ts";
import type { Definition } from "./definition.ts";

/** The state and behaviour behind a compiled function. */
export class Callable {
  /** Why the device is not another. */
  readonly #why: string | null;
  /** Current defaults by input; null where an argument is required. */
  readonly defaults: (Tensor | null)[];
  readonly #what: string;
  /** What looks for bad results, if anything does. */
  readonly #guard: NanGuard | null;
  /** Who wants to see values of a call, if anybody. */
  readonly #reporter: Reporter | null;
  /** How rewriting was done, if every call is to be verified; null otherwise. */
  readonly #debug: ResolvedMode | null;

  constructor(
    readonly definition: Definition,
    readonly executor: Executor,
    why: string | null,
    readonly profile: Profile | null,
    readonly graph: CompiledFunction["graph"],
    guard: NanGuard | null,
  ) {
    this.#why = why;
    this.#guard = guard;
    this.#what = `"${cut(definition.name)}"`;
    const mode = resolveMode(definition.options.mode);
    this.#reporter = definition.reports.length === 0 ? null : new Reporter(definition.reports);
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
    const start = this.profile === null ? 0 : this.profile.begin();
    const args = this.#arguments(values);
    const count = this.definition.outputs.length;
    const results = this.#execute(args);
    if (results.length > count) this.#keepStates(results.splice(count));
    if (this.profile !== null) this.profile.record(start);
    return results;
  }

  #execute(args: readonly Argument[]): Tensor[] {
    try {
      if (this.#debug !== null) {
        return verifyCall(this.definition, this.executor, args, this.#debug);
      }
      const results = this.executor.run(args);
      if (this.#guard !== null) {
        const check = results.pop()!;
        check.dataSync();
        check.dispose();
      }
      return results;
    } catch (error) {
      if (this.#guard?.isOwn(error)) throw this.#badResult(this.#guard, args) ?? error;
      const failure = failureOf(error);
      if (failure !== undefined) saySteps(error as Error, failure.steps);
      locateCall(error);
      throw error;
    }
  }

  /** What was bad in a call that failed and changed nothing. */
  #badResult(guard: NanGuard, args: readonly Argument[]): Error | null {
    const { request, backend } = this.executor;
    return guard.errorOf(request.name, (outputs) => {
      const other = new Executor({ ...request, backend, outputs, updates: [] });
      try {
        const results = other.run(args);
        for (const result of results) result.dataSync();
        return results;
      } finally {
        other.dispose();
      }
    });
  }

  #keepStates(states: readonly Tensor[]): void {
    // Where errors come with the next read, it is now: a call that fails must not change a state.
    if (this.executor.mayFailLater) { for (const state of states) state.dataSync(); }
    let next = 0;
    this.definition.specs.forEach((spec, i) => {
      if (spec.options.update !== undefined) this.defaults[i] = states[next++]!;
    });
    this.#reporter?.report(states.slice(next));
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
    const { definition, executor } = this, action = `Cannot copy ${this.#what}`;
    const kinds = { swap: "any", deleteUpdates: "boolean", name: "string" } as const;
    const options = checkOptions(action, given, kinds);
    const swap = checkSwaps(options.swap, executor.shared, action);
    const name = options.name ?? `${definition.name} copy`;
    const kept = options.deleteUpdates === true ? [] : definition.updates;
    const changed: Definition = {
      ...definition,
      ...swapped(definition, kept.length, swap, action),
      name,
    };
    const rewritten = {
      ...this.graph,
      states: executor.request.outputs.slice(definition.outputs.length),
    };
    const { outputs, updates, states } = swapped(rewritten, kept.length, swap, action);
    const profile = this.profile === null ? null : new Profile(name);
    const other = new Executor({
      ...executor.request,
      backend: executor.backend,
      name,
      outputs: [...outputs, ...states],
      updates,
      profile,
      written: {
        inputs: executor.request.inputs,
        roots: [
          ...changed.outputs,
          ...changed.updates.map(([, value]) => value),
          ...changed.states,
        ],
      },
    });
    if (profile !== null) profileOf(profile, { log: null, executor: other });
    const graph = { outputs, updates };
    const guard = this.#guard?.with([
      ...outputs,
      ...updates.map(([, value]) => value),
      // Behind the states is the check itself.
      ...states.slice(0, -1),
    ]) ?? null;
    return new Callable(changed, other, this.#why, profile, graph, guard).toFunction();
  }

  #explain(given: ExplainOptions | undefined): string {
    const options = checkOptions(`Cannot explain ${this.#what}`, given, {
      passes: "boolean",
      code: "boolean",
      rule: "string",
    });
    return options.rule === undefined
      ? explainPlans(this.executor, options)
      : explainRule(this.definition, options.rule);
  }

  /** The plans in words. */
  toExplanation(): string {
    return explainPlans(this.executor, {});
  }

  toFunction(): CompiledFunction {
    const { form } = this.definition;
    const call = (...values: unknown[]): unknown => form.wrap(this.run(values));
    const { definition, executor, profile, graph } = this;
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
      get plans() {
        return plannedShapes(executor);
      },
      get rewrites() {
        return countsOf(rewriteLog(definition));
      },
      explain: (options) => this.#explain(options),
      show: (options) => showPage(call as unknown as CompiledFunction, options),
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
    callables.set(call, this);
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

const callables = new WeakMap<object, Callable>();

/** What is behind a compiled function. */
export function callableOf(compiled: object): Callable {
  const callable = callables.get(compiled);
  if (callable === undefined) {
    throw new TypeError("Cannot look into something that compile did not make");
  }
  return callable;
}

/** What runs a compiled function; for tools and tests. */
export function executorOf(compiled: object): Executor {
  return callableOf(compiled).executor;
}
