/**
 * Makes random programs. Each line is built and evaluated at once, so a generator needs to know no
 * shapes: what cannot be is refused by the library, and the line is dropped.
 *
 * @module
 */

import { type DType, dtypeInfo, isDiscrete, isFloat } from "../../core/graph/dtype.ts";
import { CrotonError } from "../../core/base/errors.ts";
import { sizeOf, type Value } from "../../core/graph/value.ts";
import { evaluateGraph, T, Variable } from "../../all.ts";
import type { Device } from "./check.ts";
import { inputVariable, run, type Scope, valueOf, withStates } from "./build.ts";
import {
  type Data,
  type Expr,
  type Input,
  type Lambda,
  type Law,
  type Pattern,
  type Program,
  pruned,
  type Statement,
} from "./program.ts";
import { Random } from "./random.ts";

/** A variable of the program. */
export interface Ref {
  readonly name: string;
  readonly variable: Variable;
  readonly value: Value;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** What a call takes: variables, plain values, lists and objects of them, and functions. */
export type Arg =
  | Ref
  | Lambda
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | readonly Arg[]
  | { readonly [name: string]: Arg };

/** A length that may differ from call to call. */
export interface Length {
  readonly lengths: readonly number[];
}

/** Thrown where a line cannot be. */
export class Rejected extends Error {}

/** Options of inputs. */
export interface InputOptions {
  readonly style?: Style;
  readonly shared?: boolean;
  /** The numbers, in all calls or in each of them, in place of random ones. */
  readonly data?: readonly (number | bigint)[] | ((call: number) => readonly (number | bigint)[]);
  /** Integers from 0 to this one, which is left out. */
  readonly below?: number;
}

/** Words of errors that JavaScript throws by itself: no library should let them out. */
const internal =
  /Cannot read prop|Cannot set prop|is not a function|is not iterable|call stack|serialize a BigInt|Cannot mix BigInt|BigInt to a number|Invalid array|Invalid typed array|out of memory|undefined|unreachable|internal/;

/** Whether an error is one that the library means to throw. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof CrotonError) return true;
  if (!(error instanceof TypeError || error instanceof RangeError)) return false;
  return !internal.test(error.message);
}

/** Numbers for floats. */
export type Style = "tame" | "wild" | "whole" | "positive";

const specials = [0, -0, NaN, Infinity, -Infinity, 1e30, -1e-30, 1e4, -1e4, 1, -1];

function isRef(arg: Arg): arg is Ref {
  return typeof arg === "object" && arg !== null && "variable" in arg;
}

function isLambda(arg: Arg): arg is Lambda {
  return typeof arg === "object" && arg !== null && "kind" in arg && arg.kind === "lambda";
}

function exprOf(arg: Arg): Expr {
  if (arg === undefined || arg === null) return { kind: "value", value: null };
  if (typeof arg !== "object") return { kind: "value", value: arg };
  if (Array.isArray(arg)) return { kind: "list", items: arg.map(exprOf) };
  if (isRef(arg)) return { kind: "ref", name: arg.name };
  if (isLambda(arg)) return arg;
  const fields = Object.entries(arg as Record<string, Arg>).filter(([, value]) =>
    value !== undefined
  );
  return {
    kind: "object",
    fields: Object.fromEntries(fields.map(([name, value]) => [name, exprOf(value)])),
  };
}

/** The first row of a tensor, or zeros where it has none. */
function firstRow(ref: Ref): Value {
  if (ref.shape.length === 0) throw new Rejected("no rows");
  const shape = ref.shape.slice(1), size = sizeOf(shape), { data } = ref.value;
  const Numbers = data.constructor as new (length: number) => Value["data"];
  return {
    ...ref.value,
    shape,
    data: ref.shape[0] === 0 ? new Numbers(size) : data.slice(0, size),
  };
}

/** What a step of a loop is made from. */
export interface StepParts {
  readonly sequences: readonly Ref[];
  /** Taps of the states, state by state. */
  readonly states: readonly Ref[];
}

/** What a step gives. */
export interface StepResults {
  /** New states, then results that are not fed back. */
  readonly outputs: readonly Ref[];
  readonly until?: Ref;
}

/** How a loop runs. */
export interface LoopParts {
  readonly sequences?: readonly Ref[];
  /** First values of the states. */
  readonly states?: readonly Ref[];
  /** Number of results that are not fed back. */
  readonly maps?: number;
  /** Taps of the sequences, one after the other, and of the states; null for the nearest one. */
  readonly taps?: {
    readonly sequences?: readonly (readonly number[] | null)[];
    readonly states?: readonly (readonly number[] | null)[];
  };
  readonly nSteps?: Ref | number;
  readonly goBackwards?: boolean;
  readonly checkpoint?: number | "sqrt";
  readonly strategy?: string;
}

/** Makes one program. */
export class Generator {
  readonly random: Random;
  /** How often the program is called. */
  readonly calls: number;
  /** Whether float64 may occur; without it a program can run on the GPU. */
  readonly wide: boolean;
  /** All variables so far, also those of enclosing programs. */
  pool: Ref[];
  /** Set when the library failed by an error that it does not mean to throw. */
  broken = false;
  mode: Program["mode"];
  room: Program["room"];
  /** Whether calls come in another order than the one in which the first made the program. */
  mixed: boolean;
  /** More elements than this make most programs slow and no better. */
  mostElements = 4096;
  readonly #parent: Generator | null;
  readonly #scope: Scope;
  #values: Map<Variable, Value>;
  #statements: Statement[] = [];
  readonly #inputs: Input[] = [];
  readonly #data: Record<string, Data>[];
  readonly #outputs: string[] = [];
  readonly #updates: [string, string][] = [];
  readonly #laws: Law[] = [];
  #counter: { next: number };

  constructor(seed: number | Random, parent: Generator | null = null, calls?: number) {
    this.random = typeof seed === "number" ? new Random(seed) : seed;
    this.#parent = parent;
    this.wide = parent?.wide ?? this.random.chance(0.4);
    this.calls = parent?.calls ?? calls ?? this.random.pick([1, 1, 1, 2, 3]);
    this.mode = parent?.mode ??
      this.random.pick(
        ["fastRun", "fastRun", "fastRun", "fastRun", "fastCompile", "debug"] as const,
      );
    this.mixed = parent?.mixed ?? false;
    this.pool = [...parent?.pool ?? []];
    this.#scope = new Map(parent === null ? [] : parent.#scope);
    this.#values = new Map(parent === null ? [] : parent.#values);
    this.#counter = parent === null ? { next: 0 } : parent.#counter;
    this.#data = Array.from({ length: this.calls }, () => ({}));
  }

  /** The float dtype of this program. */
  get float(): "float32" | "float64" {
    return this.wide ? "float64" : "float32";
  }

  /** A number of steps; none only where lengths that fit by chance in one call make no program of more. */
  steps(choices: readonly number[]): number {
    return this.random.pick(this.calls === 1 || this.mixed ? [0, ...choices] : choices);
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#counter.next++}`;
  }

  /** A length of axes, perhaps another one in each call. */
  length(
    choices: readonly number[] = [1, 2, 3, 4, 5, 8],
    first = this.random.pick(choices),
  ): Length {
    return {
      lengths: Array.from(
        { length: this.calls },
        (_, i) => i === 0 ? first : this.random.pick(choices),
      ),
    };
  }

  /** Random numbers of a dtype. */
  numbers(dtype: DType, count: number, style: Style = "tame"): (number | bigint)[] {
    const { random } = this;
    const { kind, bytes } = dtypeInfo(dtype);
    return Array.from({ length: count }, () => {
      if (kind === "bool") return random.below(2);
      if (kind === "int" || kind === "uint") {
        const big = style === "wild" || random.chance(0.1);
        const bits = Math.min(8 * bytes, 62);
        let x: number | bigint = random.below(kind === "int" ? 11 : 8) - (kind === "int" ? 5 : 0);
        if (style === "positive") x = 1 + random.below(5);
        else if (big) x = Math.floor((random.next() - (kind === "int" ? 0.5 : 0)) * 2 ** bits);
        return bytes === 8 ? BigInt(x) : x;
      }
      if (style === "wild" && random.chance(0.3)) return roundTo(dtype, random.pick(specials));
      if (style === "whole") return random.below(9) - 4;
      const x = style === "positive" ? 0.1 + random.next() * 3 : random.next() * 4 - 2;
      return roundTo(dtype, x);
    });
  }

  /** An input, or a shared variable, of a dtype and lengths. */
  input(
    dtype: DType,
    lengths: readonly (number | Length)[],
    options: InputOptions = {},
  ): Ref {
    const name = this.#fresh(options.shared === true ? "s" : "x");
    const known = this.random.chance(0.3);
    const shape = lengths.map((n) => typeof n === "number" && known ? n : null);
    const input: Input = { name, dtype, shape, shared: options.shared ?? false };
    for (let call = 0; call < this.calls; call++) {
      const at = lengths.map((n) => typeof n === "number" ? n : n.lengths[call]!);
      const data = typeof options.data === "function"
        ? options.data(call)
        : options.data ?? (options.below === undefined
          ? this.numbers(dtype, sizeOf(at), options.style)
          : this.#places(dtype, sizeOf(at), options.below));
      this.#data[call]![name] = { shape: at, data };
    }
    const first = this.#data[0]![name]!;
    const variable = inputVariable(input, first);
    this.#inputs.push(input);
    this.#scope.set(name, variable);
    return this.#keep(name, variable, valueOf(input, first));
  }

  #places(dtype: DType, count: number, below: number): (number | bigint)[] {
    return Array.from({ length: count }, () => {
      const x = this.random.below(below);
      return dtypeInfo(dtype).bytes === 8 ? BigInt(x) : x;
    });
  }

  #keep(name: string, variable: Variable, value: Value): Ref {
    this.#values.set(variable, value);
    const ref: Ref = { name, variable, value, dtype: variable.dtype, shape: value.shape };
    this.pool.push(ref);
    return ref;
  }

  /** Numbers drawn by chance, by a stream of their own. */
  draw(distribution: string, ...args: readonly Arg[]): Ref {
    const seed: Expr = { kind: "value", value: this.random.below(1000) };
    const stream: Expr = { kind: "call", fn: "new RandomStreams", args: [seed] };
    const expr: Expr = {
      kind: "call",
      fn: `.${distribution}`,
      args: [stream, ...args.map(exprOf)],
    };
    return this.#add({ pattern: this.#fresh("v"), expr })[0]!;
  }

  /** Adds a line that gives one variable. Throws a Rejected if it cannot be. */
  call(fn: string, ...args: readonly Arg[]): Ref {
    const name = this.#fresh("v");
    return this.#line(name, fn, args)[0]!;
  }

  /** The same for functions that give several. */
  callMany(fn: string, count: number, ...args: readonly Arg[]): Ref[] {
    const names = Array.from({ length: count }, () => this.#fresh("v"));
    return this.#line(names, fn, args);
  }

  /** Adds a line without evaluating it: for branches that are not taken. */
  callLazily(fn: string, ...args: readonly Arg[]): Ref {
    const name = this.#fresh("v");
    const line = { pattern: name, expr: { kind: "call", fn, args: args.map(exprOf) } as const };
    try {
      run(line, this.#scope);
    } catch (error) {
      throw new Rejected(String(error));
    }
    this.#statements.push(line);
    const variable = this.#scope.get(name) as Variable;
    const value: Value = { dtype: variable.dtype, shape: [], data: new Float64Array(0) };
    return { name, variable, value, dtype: variable.dtype, shape: [] };
  }

  #line(pattern: Pattern, fn: string, args: readonly Arg[]): Ref[] {
    const expr: Expr = { kind: "call", fn, args: args.map(exprOf) };
    return this.#add({ pattern, expr });
  }

  #add(line: Statement): Ref[] {
    if (this.broken) throw new Rejected("the program is broken");
    const names = [line.pattern].flat(3) as string[];
    let variables: Variable[], values: Value[];
    try {
      run(line, this.#scope);
      variables = names.map((name) => this.#scope.get(name) as Variable);
      if (!variables.every((v) => v instanceof Variable)) throw new Rejected("not a variable");
      if (!this.wide && variables.some(({ dtype }) => dtype === "float64")) {
        throw new Rejected("float64");
      }
      values = evaluateGraph(variables, withStates(variables, this.#values));
    } catch (error) {
      names.forEach((name) => this.#scope.delete(name));
      if (error instanceof Rejected || isRefusal(error)) throw new Rejected(String(error));
      this.#statements.push(line);
      this.broken = true;
      throw new Rejected(String(error));
    }
    if (values.some((value) => value.data.length > this.mostElements)) {
      throw new Rejected("too big");
    }
    this.#statements.push(line);
    return variables.map((variable, i) => this.#keep(names[i]!, variable, values[i]!));
  }

  /** The result of some lines, or null and no lines if one of them cannot be. */
  attempt<R>(lines: (generator: this) => R): R | null {
    const pool = this.pool, statements = this.#statements, outputs = this.#outputs.length;
    const laws = this.#laws.length;
    this.pool = [...pool];
    this.#statements = [...statements];
    try {
      return lines(this);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      if (this.broken) return null;
      this.pool = pool;
      this.#statements = statements;
      this.#outputs.length = outputs;
      this.#laws.length = laws;
      return null;
    }
  }

  /** A variable of an inner program, which has a value there. */
  #placeholder(inner: Generator, of: Ref, value: Value): Ref {
    const name = this.#fresh("p");
    const variable = T.tensor(of.dtype, value.shape.map(() => null)) as Variable;
    inner.#scope.set(name, variable);
    return inner.#keep(name, variable, value);
  }

  /**
   * What a function makes of rows of tensors, together and one by one: the first is to have the values of
   * the second. `apart` are arguments that are the same for all rows.
   */
  mapped(
    stacks: readonly Ref[],
    apart: readonly Ref[],
    make: (inner: Generator, rows: readonly Ref[], apart: readonly Ref[]) => Ref,
  ): [together: Ref, each: Ref] {
    const count = stacks[0]!.shape[0]!;
    const inner = new Generator(this.random, this);
    const rows = stacks.map((ref) => this.#placeholder(inner, ref, firstRow(ref)));
    const others = apart.map((ref) => this.#placeholder(inner, ref, ref.value));
    const result = make(inner, rows, others);
    this.broken ||= inner.broken;
    const lambda: Lambda = {
      kind: "lambda",
      params: [...rows, ...others].map(({ name }) => name),
      body: inner.#statements,
      result: exprOf(result),
    };
    const name = this.#fresh("f"), line: Statement = { pattern: name, expr: lambda };
    run(line, this.#scope);
    this.#statements.push(line);
    const f: Expr = { kind: "ref", name };
    const called = (of: Expr, args: readonly Expr[]): Expr => ({
      kind: "call",
      fn: ".call",
      args: [of, exprOf(null), ...args],
    });
    const axes = [...stacks.map(() => 0), ...apart.map(() => null)];
    const vmap: Expr = { kind: "call", fn: "vmap", args: [f, exprOf({ inAxes: axes })] };
    // Variables of their own: derivatives by one row are not those by what equals it.
    const rowOf = (ref: Ref, i: number): Expr => {
      const at: Expr = { kind: "call", fn: ".at", args: [exprOf(ref), exprOf(i)] };
      return { kind: "call", fn: "T.add", args: [at, exprOf(0)] };
    };
    const row = (i: number): Expr =>
      called(f, [...stacks.map((ref) => rowOf(ref, i)), ...apart.map(exprOf)]);
    const items = Array.from({ length: count }, (_, i) => row(i));
    const [each] = this.#add({
      pattern: this.#fresh("v"),
      expr: { kind: "call", fn: "T.stack", args: [{ kind: "list", items }] },
    });
    const [together] = this.#add({
      pattern: this.#fresh("v"),
      expr: called(vmap, [...stacks, ...apart].map(exprOf)),
    });
    return [together!, each!];
  }

  /** A loop: its outputs, in the order of the step's. */
  loop(parts: LoopParts, step: (inner: Generator, given: StepParts) => StepResults): Ref[] {
    const { sequences = [], states = [], taps = {} } = parts;
    const inner = new Generator(this.random, this);
    const placeholder = (of: Ref, value: Value) => this.#placeholder(inner, of, value);
    const rows = sequences.flatMap((ref, i) =>
      (taps.sequences?.[i] ?? [0]).map(() => placeholder(ref, firstRow(ref)))
    );
    const olds = states.flatMap((ref, i) =>
      taps.states?.[i]?.map(() => placeholder(ref, firstRow(ref))) ?? [placeholder(ref, ref.value)]
    );
    const { outputs, until } = step(inner, { sequences: rows, states: olds });
    this.broken ||= inner.broken;
    if (outputs.length === 0) throw new Rejected("no outputs");
    const fitted = outputs.map((output, i) => {
      const state = states[i];
      if (state === undefined) return output;
      const shape = taps.states?.[i] ? state.shape.slice(1) : state.shape;
      if (output.shape.join() !== shape.join()) throw new Rejected("state of another shape");
      return output.dtype === state.dtype ? output : inner.call("T.cast", output, state.dtype);
    });
    const result: Expr[] = fitted.map(exprOf);
    if (until !== undefined) {
      result.push({ kind: "call", fn: "until", args: [exprOf(until)] });
    }
    const lambda: Lambda = {
      kind: "lambda",
      params: [...rows, ...olds].map(({ name }) => name),
      body: inner.#statements,
      result: { kind: "list", items: result },
    };
    const names = fitted.map(() => this.#fresh("v"));
    const options: Record<string, Arg> = { returnList: true };
    const tapped = (key: string, ref: Ref | null, at?: readonly number[] | null) =>
      ref !== null && at ? { [key]: ref, taps: at } : ref;
    if (sequences.length > 0) {
      options["sequences"] = sequences.map((ref, i) => tapped("input", ref, taps.sequences?.[i]));
    }
    if (states.length > 0) {
      options["outputsInfo"] = fitted.map((_, i) =>
        tapped("initial", states[i] ?? null, taps.states?.[i])
      );
    }
    for (const name of ["nSteps", "goBackwards", "checkpoint", "strategy"] as const) {
      if (parts[name] !== undefined) options[name] = parts[name];
    }
    return this.#add({
      pattern: [names],
      expr: { kind: "call", fn: "scan", args: [lambda, exprOf(options)] },
    });
  }

  /** Asks for a variable as an output. */
  output(ref: Ref): void {
    if (!this.#outputs.includes(ref.name)) this.#outputs.push(ref.name);
  }

  /** Updates a shared variable. */
  update(target: Ref, value: Ref): void {
    this.#updates.push([target.name, value.name]);
  }

  /** States a law. */
  law(law: Law): void {
    this.#laws.push(law);
  }

  /** The gradients of a scalar, checked by differences, as outputs. */
  gradients(cost: Ref, wrt: readonly Ref[], options: { defined?: boolean } = {}): Ref[] {
    const made = this.callMany("grad", wrt.length, cost, wrt, { disconnectedInputs: "ignore" });
    made.forEach((gradient, i) => {
      if (wrt[i]!.variable.owner === null) this.derivative(cost, wrt[i]!, gradient, options);
      this.output(gradient);
    });
    return made;
  }

  /** Says, sometimes, that forward mode gives of a scalar what its gradients give. */
  forwards(cost: Ref, wrt: readonly Ref[], made: readonly Ref[]): void {
    if (!this.random.chance(0.4)) return;
    this.attempt(() => {
      const moves = wrt.map((x) => this.call("T.cos", x));
      const parts = made.map((slope, i) =>
        this.call("T.sum", this.call("T.mul", slope, moves[i]!))
      );
      const sum = parts.reduce((a, b) => this.call("T.add", a, b));
      const back = this.call("T.cast", sum, cost.dtype);
      const options = { disconnectedOutputs: "ignore" };
      const ahead = this.call("Rop", cost, wrt, moves, options);
      // Where nothing is defined, the two need not agree.
      if (![cost, ...made, ...moves, back].every((ref) => this.isTame(ref))) return;
      this.output(ahead);
      this.law({ kind: "equal", output: ahead.name, other: back.name });
    });
  }

  /** States that a variable holds derivatives. */
  derivative(of: Ref, wrt: Ref, is: Ref, options: { defined?: boolean } = {}): void {
    this.output(of);
    this.output(is);
    this.law({
      kind: "derivative",
      of: of.name,
      wrt: wrt.name,
      is: is.name,
      defined: options.defined ?? false,
    });
  }

  /** A variable of the pool that fits; throws a Rejected if there is none. */
  pick(fits: (ref: Ref) => boolean = () => true): Ref {
    const fitting = this.pool.filter(fits);
    if (fitting.length === 0) throw new Rejected("nothing fits");
    // Newer ones more often, so that programs grow deep.
    const n = fitting.length;
    return fitting[Math.floor(n * Math.sqrt(this.random.next()))]!;
  }

  /** Inputs of floats: what gradients are taken with respect to. */
  get floatInputs(): Ref[] {
    return this.pool.filter(({ variable, dtype, name }) =>
      variable.owner === null && isFloat(dtype) && /^[xs]/.test(name)
    );
  }

  /** Whether all numbers are finite and of everyday size. */
  isTame(ref: Ref, most = 1e4): boolean {
    return Array.from(ref.value.data as ArrayLike<number | bigint>, Number).every((x) =>
      Math.abs(x) <= most
    );
  }

  /** The finished program; null if it computes nothing. */
  finish(): Program | null {
    if (this.#parent !== null) throw new TypeError("Only whole programs are finished");
    if (this.broken) {
      const last = this.#statements.at(-1)!;
      return this.#program([[last.pattern].flat(3)[0] as string]);
    }
    if (this.#outputs.length === 0) {
      for (const ref of this.pool.filter((r) => r.name.startsWith("v")).slice(-3)) this.output(ref);
    }
    if (this.#outputs.length === 0 && this.#updates.length === 0) return null;
    return this.#program(this.#outputs);
  }

  #program(outputs: readonly string[]): Program {
    return pruned({
      inputs: this.#inputs,
      statements: this.#statements,
      outputs,
      updates: this.#updates,
      laws: this.#laws,
      calls: this.mixed ? this.random.shuffle(this.#data) : this.#data,
      mode: this.mode,
      ...(this.room === undefined ? {} : { room: this.room }),
    });
  }
}

/** A number as a float dtype holds it. */
export function roundTo(dtype: DType, x: number): number {
  if (dtype === "float32") return Math.fround(x);
  return dtype === "float16" ? Math.f16round(x) : x;
}

/** Whether a variable holds floats. */
export const isFloatRef = (ref: Ref): boolean => isFloat(ref.dtype);
/** Whether a variable holds integers. */
export const isIntRef = (ref: Ref): boolean => isDiscrete(ref.dtype) && ref.dtype !== "bool";
/** Whether a variable is a vector. */
export const isVector = (ref: Ref): boolean => ref.shape.length === 1;

/** A kind of random programs. */
export interface Kind {
  readonly name: string;
  /** How often its programs are called; by chance if it is not stated. */
  readonly calls?: number;
  /** Adds lines to a program. */
  generate(g: Generator): void;
}

/** Random graphs or programs of kernels: each is made, run and compared at once. */
export interface KernelKind {
  readonly name: string;
  readonly devices: readonly Device[];
  /** Says what is wrong; null if nothing is. */
  check(seed: number): Promise<string | null>;
}
