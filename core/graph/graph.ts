/**
 * The graph: variables, and applications of operations to them.
 *
 * Graphs are immutable and hash-consed: applying an op to the same inputs with the same parameters
 * gives the same variables, so `===` means the same computation.
 *
 * @module
 */

import type { DType } from "./dtype.ts";
import { cut } from "../base/shown.ts";
import { TensorType } from "./type.ts";
import type { Methods } from "../api/methods.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import type { Op, Params } from "./op.ts";
import { sizeOf, type Value, valueText } from "./value.ts";

let nextId = 1;

const testValues = new WeakMap<Variable, Exclude<TensorLike, Variable>>();

/** What tries each application that is made, if anything does. */
let trial: ((apply: Apply) => void) | null = null;

/** What looks at test values that are set, if anything does. */
let checkTestValue: ((variable: Variable, value: Exclude<TensorLike, Variable>) => void) | null =
  null;

/** Has each application tried that is made outside of rewriting, or none, and test values checked. */
export function setTrial(
  next: ((apply: Apply) => void) | null,
  check: typeof checkTestValue = null,
): void {
  trial = next;
  checkTestValue = check;
}

/** How many variables have been made up to now. */
export function variablesMade(): number {
  return nextId - 1;
}

/** A variable in JSON; `id` tells those of one label apart. */
export interface VariableJson {
  /** Creation number. */
  readonly id: number;
  /** What messages call it. */
  readonly label: string;
  /** Its dtype. */
  readonly dtype: DType;
  /** Lengths of the axes; null where unknown. */
  readonly shape: readonly (number | null)[];
}

/**
 * A tensor that a graph computes or is given. `D` is its dtype and `N` its rank, where known.
 *
 * Variables are made by constructors such as `T.matrix("x")` and by operations on other variables;
 * every operation is a function of `T` and, in most cases, a method.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w] = [T.matrix("x"), T.vector("w")];
 * const p = x.dot(w).neg().exp().add(1).reciprocal();
 * ```
 */
export class Variable<D extends DType = DType, N extends number = number> {
  /** Creation number. */
  readonly id: number;
  /** Dtype and static shape. */
  readonly type: TensorType<D, N>;
  /** The application that computes it; null for inputs, constants and shared variables. */
  readonly owner: Apply | null;
  /** Which output of `owner` it is. */
  readonly index: number;
  #name: string | null = null;
  readonly #origin: Origin;

  /** Makes output `index` of `owner`, or a leaf when there is no owner. */
  constructor(type: TensorType<D, N>, owner: Apply | null = null, index = 0) {
    this.id = nextId++;
    this.type = type;
    this.owner = owner;
    this.index = index;
    this.#origin = inherited === null ? captureOrigin() : inherited.#origin;
  }

  /**
   * Label for messages, printing and named arguments.
   *
   * Equal expressions are one variable until it has a name: one that is written afterwards is a variable
   * of its own, which a function computes together with it. What does nothing, as a reshape to the shape
   * that is there, gives its argument itself, and so names that: `x.copy()` is one with a name of its own.
   *
   * @example
   * ```ts
   * import { T } from "@croton/croton";
   * import { assertEquals } from "@std/assert";
   *
   * const x = T.vector("x"), y = T.exp(x);
   * y.name = "y";
   * assertEquals(T.exp(x).name, null);
   * ```
   */
  get name(): string | null {
    return this.#name;
  }

  /** Sets it; null takes it away. */
  set name(name: string | null) {
    this.#name = name;
    if (this.owner !== null && name !== null) named.set(this.owner, 0);
  }

  /**
   * A value to try graphs with while they are built, where `config.computeTestValue` says so; of what ops
   * compute from such values, what they gave.
   *
   * @example
   * ```ts
   * import { config, ShapeError, T } from "@croton/croton";
   * import { assertThrows } from "@std/assert";
   *
   * config.computeTestValue = "raise";
   * const x = T.matrix("x"), w = T.vector("w");
   * x.testValue = [[1, 2], [3, 4]];
   * w.testValue = [1, 2, 3];
   * assertThrows(() => x.dot(w), ShapeError);
   * config.computeTestValue = "off";
   * ```
   */
  get testValue(): Exclude<TensorLike, Variable> | null {
    return testValues.get(this) ?? null;
  }

  /** Sets it; null takes it away. */
  set testValue(value: Exclude<TensorLike, Variable> | null) {
    if (value === null) testValues.delete(this);
    else {
      checkTestValue?.(this, value);
      testValues.set(this, value);
    }
  }

  /** Element type. */
  get dtype(): D {
    return this.type.dtype;
  }

  /** Number of axes. */
  get ndim(): N {
    return this.type.ndim;
  }

  /** Where in the user's program it was made, as `file:line:column`, or "" when unknown. */
  get origin(): string {
    return placeOf(this.#origin);
  }

  /**
   * What the user wrote that made it: where, the function they called, and for a part of a gradient the
   * variable that was differentiated.
   */
  get written(): Written {
    return { ...frameOf(this.#origin.stack ?? ""), forward: this.#origin.forward ?? null };
  }

  /** Whether it is a part of a gradient. */
  get differentiates(): boolean {
    return this.#origin.forward !== undefined;
  }

  /** The name, or what computes it. */
  toString(): string {
    return this.name ?? this.label;
  }

  /** Text in templates. Throws a TypeError for JavaScript's operators, which cannot build graphs. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TypeError(
      `Cannot use ${this.label} as a JavaScript number or condition: variables have no value yet ` +
        "(write x.add(y) and x.gt(y), or T.expr`...`)",
    );
  }

  /** What `console.log` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Variable ${this.label}: ${this.type}`;
  }

  /** How messages call it: its name, or the function that the user called. Takes its time. */
  get label(): string {
    // Nothing keeps JavaScript from giving a name that is no text.
    if (this.name !== null) return `"${cut(String(this.name))}"`;
    const known = standing.get(this);
    if (known !== undefined) return `${known.as}${writtenLabel(known.for)}`;
    if (this.owner === null) return this.leafLabel;
    return `the result of ${this.written.call || this.owner.op.name}`;
  }

  /** What `JSON.stringify` shows: the variable alone, without the graph that computes it. */
  toJSON(): VariableJson {
    return { id: this.id, label: this.label, dtype: this.dtype, shape: this.type.shape };
  }

  /** How messages call it if it has no name and no op computes it. */
  protected get leafLabel(): string {
    return `an unnamed ${this.type}`;
  }
}

/** The operations as methods, which `core/api/methods.ts` brings. */
export interface Variable<D extends DType = DType, N extends number = number>
  extends Methods<D, N> {}

/** A variable whose value is fixed when the graph is built. */
export class Constant<D extends DType = DType, N extends number = number> extends Variable<D, N> {
  /** The value. */
  readonly value: Value;

  /**
   * Makes a constant; {@linkcode makeConstant} gives equal values the same variable.
   *
   * @param type Its type.
   * @param value Its value.
   */
  constructor(type: TensorType<D, N>, value: Value) {
    super(type);
    this.value = value;
  }

  /** The value, if it is short. */
  protected override get leafLabel(): string {
    return valueText(this.value);
  }
}

/** Functions whose results are what ops that arrange make: these the user has written. */
const ARRANGEMENTS = new Set([
  "T",
  "broadcastTo",
  "cast",
  "dimshuffle",
  "nonzero",
  "reshape",
  "specifyShape",
  "astype",
  "expandDims",
  "flatnonzero",
  "flatten",
  "moveaxis",
  "ravel",
  "shapePadAxis",
  "shapePadLeft",
  "shapePadRight",
  "squeeze",
  "swapaxes",
  "transpose",
]);

/** A variable as the user wrote it: without what the library put around it, as for a product. */
export function asWritten(variable: Variable): Variable {
  let from = variable;
  for (;;) {
    const { owner } = from;
    if (from.name !== null || owner === null || !owner.op.facts?.has("arranges")) break;
    if (ARRANGEMENTS.has(from.written.call)) break;
    from = owner.inputs[0]!;
  }
  if (from === variable || from.name !== null) return from;
  // What a call ends with, as a product of vectors that drops axes, is its result; so are zeros.
  const isNumber = from.owner === null && "value" in from && from.ndim === 0;
  return isNumber || from.owner !== null && sameCall(from, variable) ? variable : from;
}

/** Whether one call of the user's made both. */
export function sameCall(a: Variable, b: Variable): boolean {
  const one = a.written, other = b.written;
  return one.place !== "" && one.place === other.place && one.call === other.call;
}

/** What placeholders of a loop's step stand for, and what is made of them for all steps at once. */
const standing = new WeakMap<Variable, { readonly as: string; readonly for: Variable }>();

/** Says what a variable without a name stands for, for messages, as in `a row of "x"`. */
export function standsFor(placeholder: Variable, variable: Variable, as = ""): void {
  standing.set(placeholder, { as, for: variable });
}

/** How messages call a variable as the user wrote it, without what the library put around it. */
export function writtenLabel(variable: Variable): string {
  return asWritten(variable).label;
}

let inherited: Variable | null = null;

/**
 * Runs `make`. The variables made meanwhile have the origin of `source`: what a rewrite makes stands
 * for something that the user wrote.
 */
export function withOriginOf<R>(source: Variable, make: () => R): R {
  const before = inherited;
  inherited = source;
  try {
    return make();
  } finally {
    inherited = before;
  }
}

const limited = Error as { stackTraceLimit?: number };

/** The stack where something was made, and for a part of a gradient what was differentiated. */
export interface Origin {
  /** Formatted when it is read. */
  readonly stack?: string | undefined;
  readonly forward?: Variable;
}

/** What the user wrote: see {@linkcode Variable.written}. */
export interface Written {
  /** `file:line:column`, or "" when unknown. */
  readonly place: string;
  /** The function that they called there, or "". */
  readonly call: string;
  /** For a part of a gradient what was differentiated. */
  readonly forward: Variable | null;
}

let commonOrigin: Origin | null = null;

/**
 * Calls `build`, and says of all variables it makes that they come from where this was called: one look
 * at the stack for a whole graph.
 */
export function withOrigin<T>(build: () => T): T {
  if (commonOrigin !== null) return build();
  commonOrigin = captureOrigin();
  try {
    return build();
  } finally {
    commonOrigin = null;
  }
}

/** Says of all variables that `build`, inside {@linkcode withOrigin}, makes that they differentiate `forward`. */
export function withForward<T>(forward: Variable, build: () => T): T {
  const common = commonOrigin;
  if (common === null) return build();
  commonOrigin = {
    get stack() {
      return common.stack;
    },
    forward,
  };
  try {
    return build();
  } finally {
    commonOrigin = common;
  }
}

/** What the gradient that is being built differentiates, if one is. */
export function differentiated(): Variable | null {
  return commonOrigin?.forward ?? null;
}

/** Where the user's program is now. */
export function captureOrigin(): Origin {
  if (commonOrigin !== null) return commonOrigin;
  const before = limited.stackTraceLimit;
  limited.stackTraceLimit = 32;
  const holder: { stack?: string } = {};
  // The frames are captured now and formatted only when they are read.
  (Error as { captureStackTrace?: (target: object) => void }).captureStackTrace?.(holder);
  if (before !== undefined) limited.stackTraceLimit = before;
  return holder;
}

/** The function of a frame, as in `at Variable.add (file…)`, `at get T (file…)` and `at f [as g] (file…)`. */
const FUNCTION = /^at (?:async )?(?:new )?(?:[^\s(]*\.)?(?:get )?([\w$]+)(?: \[as ([\w$]+)\])? \(/;

/** The place of a frame: what stands in its parentheses, or all of it. */
const PLACE = /^at (?:async )?(?:.*? \()?((?:(?:file|https?|blob|data):|\/).*:\d+:\d+)\)?$/;

/** Engines write names of files in stacks with spaces, or with what stands for them in a URL. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

const here = decoded(import.meta.url.replace(/core\/graph\/graph\.ts.*$/, ""));

/** How places in the library go on after `here`: with a folder, or with a line where it is one file. */
const INSIDE = here === decoded(import.meta.url)
  ? /^:\d/
  : /^(core|cpu|gpu|autodiff|scan|nn|io|see|xla|mod\.ts)/;

/** Where the user's program was, as `file:line:column`, or "". */
export function placeOf(origin: Origin): string {
  return frameOf(origin.stack ?? "").place;
}

const NO_FRAME = { place: "", call: "" };

/** The user's innermost frame, and the function of the library that was called there. */
function frameOf(stack: string): { place: string; call: string } {
  let call = "";
  for (const line of stack.split("\n").slice(1)) {
    const place = PLACE.exec(line.trim())?.[1];
    if (place === undefined) continue;
    const path = decoded(place);
    const inLibrary = path.startsWith(here) && INSIDE.test(path.slice(here.length)) &&
      !/_(test|bench)\.ts/.test(path);
    if (!inLibrary) return { place, call };
    const [, name = "", as] = FUNCTION.exec(line.trim()) ?? [];
    call = as ?? name;
  }
  return NO_FRAME;
}

/** One use of an op on concrete inputs; `op.name` says of which. */
export class Apply<P extends Params = Params> {
  /** Creation number. */
  readonly id: number;
  /**
   * What is applied.
   *
   * @internal What an op says of its kernels is for those who write ops.
   */
  readonly op: Op<P>;
  /** What it is applied to. */
  readonly inputs: readonly Variable[];
  /** Static parameters of this application. */
  readonly params: P;
  #outputs: readonly Variable[] = [];

  /** Applies `op`; the outputs get the given types. */
  constructor(op: Op<P>, inputs: readonly Variable[], params: P, types: readonly TensorType[]) {
    this.id = nextId++;
    this.op = op;
    this.inputs = Object.freeze([...inputs]);
    this.params = params;
    this.#outputs = types.map((type, i) => makeVariable(type, this as Apply, i));
  }

  /** The variables it computes. */
  get outputs(): readonly Variable[] {
    return this.#outputs;
  }

  /** The first output. */
  get output(): Variable {
    return this.#outputs[0]!;
  }

  /** What `JSON.stringify` shows: the op, and the variables that it is applied to. */
  toJSON(): { readonly id: number; readonly op: string; readonly inputs: readonly Variable[] } {
    return { id: this.id, op: this.op.name, inputs: this.inputs };
  }
}

/** A new variable; without an owner it is an input. */
export function makeVariable(
  type: TensorType,
  owner: Apply | null = null,
  index = 0,
): Variable {
  return new Variable(type, owner, index);
}

const constants = new Map<string, WeakRef<Variable>>();
const applies = new Map<string, WeakRef<Apply>>();
const cleanup = new FinalizationRegistry<[Map<string, WeakRef<object>>, string]>(([map, key]) => {
  if (map.get(key)?.deref() === undefined) map.delete(key);
});

/** The constant with this value. Equal small constants are the same variable. */
export function makeConstant(value: Value): Variable {
  const type = TensorType.of(value.dtype, value.shape);
  if (sizeOf(value.shape) > 64) return new Constant(type, value);
  const key = exactValueText(value);
  const have = constants.get(key)?.deref();
  if (have !== undefined) return have;
  const made = new Constant(type, value);
  constants.set(key, new WeakRef(made));
  cleanup.register(made, [constants as Map<string, WeakRef<object>>, key]);
  return made;
}

function exactText(x: number | bigint): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** What a value is, as text. */
export function exactValueText({ dtype, shape, data }: Value): string {
  return `${dtype}[${shape}]${Array.from(data as ArrayLike<number | bigint>, exactText)}`;
}

function plainKey(op: { readonly name: string }, params: Params): string {
  try {
    return JSON.stringify(params);
  } catch {
    throw new TypeError(
      `Cannot apply "${op.name}": expected numbers, strings and lists of them as parameters`,
    );
  }
}

/** What tells applications of an op to the same inputs apart. */
export function paramsKey<P extends Params>(op: Op<P>, params: P): string {
  return op.key === undefined ? plainKey(op, params) : op.key(params);
}

function keyOf<P extends Params>(op: Op<P>, inputs: readonly Variable[], params: P): string {
  return `${op.name}(${inputs.map((v) => v.id).join(",")})${paramsKey(op, params)}`;
}

/**
 * Applications with a name, with the session that gave it, or 0 outside of any. Names are not part of what
 * a node is: the same expression built elsewhere is a node without this name.
 */
const named = new WeakMap<Apply, number>();

/** A stretch of work on one graph: nodes that it names are the same node within it alone. */
let session: { readonly number: number; readonly start: number } | null = null;
let sessions = 0;

/** Runs `work` as one session; inside another one as part of that. */
export function inSession<R>(work: () => R): R {
  if (session !== null) return work();
  session = { number: ++sessions, start: nextId };
  try {
    return work();
  } finally {
    session = null;
  }
}

/** Whether an application may stand for an equal one that is wanted now. */
export function isSharable(apply: Apply): boolean {
  const where = named.get(apply);
  return where === undefined || where === session?.number;
}

/** Gives a name to what stands for something of that name, if it is new in this session. */
export function inheritName(variable: Variable, name: string | null): void {
  const { owner } = variable;
  if (name === null || variable.name !== null || owner === null || session === null) return;
  if (variable.id < session.start) return;
  variable.name = name;
  named.set(owner, session.number);
}

/** Makes the named applications of a graph part of this session. */
export function adoptNamed(order: readonly Apply[]): void {
  for (const apply of order) {
    if (session === null || !named.has(apply) || apply.op.pure === false) continue;
    named.set(apply, session.number);
    remember(keyOf(apply.op, apply.inputs, apply.params), apply);
  }
}

/** Of applications that differ in nothing but names, the first stands for all. */
export function equalApplications(order: readonly Apply[]): Map<Variable, Variable> {
  const same = new Map<Variable, Variable>();
  if (!order.some((apply) => named.has(apply))) return same;
  const first = new Map<string, Apply>();
  for (const apply of order) {
    if (apply.op.pure === false) continue;
    const key = keyOf(apply.op, apply.inputs.map((v) => same.get(v) ?? v), apply.params);
    const have = first.get(key);
    if (have === undefined) first.set(key, apply);
    else apply.outputs.forEach((output, i) => same.set(output, have.outputs[i]!));
  }
  return same;
}

function remember(key: string, apply: Apply): void {
  applies.set(key, new WeakRef(apply));
  cleanup.register(apply, [applies as Map<string, WeakRef<object>>, key]);
}

/** Applies an op: the same application gives the same node. */
export function applyOp<P extends Params>(
  op: Op<P>,
  inputs: readonly Variable[],
  params: P,
): Apply<P> {
  const key = keyOf(op, inputs, params);
  const have = applies.get(key)?.deref();
  if (have !== undefined && isSharable(have)) {
    if (trial !== null && session === null) trial(have);
    return have as unknown as Apply<P>;
  }
  const types = op.infer(inputs, params);
  const made = new Apply(op, inputs, params, types);
  if (op.pure !== false) remember(key, made as unknown as Apply);
  if (trial !== null && session === null) trial(made as unknown as Apply);
  return made;
}

/** The first output of an op applied to inputs. */
export function outputOf<P extends Params>(
  op: Op<P>,
  inputs: readonly Variable[],
  params: P,
): Variable {
  return applyOp(op, inputs, params).output;
}
