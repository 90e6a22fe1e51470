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
import { WeakValues } from "../base/weak_values.ts";
import { captureOrigin, frameOf, type Origin, placeOf, type Written } from "./origin.ts";
import { isInSession, keyOf, nextId, remember, setApart, sharable } from "./sessions.ts";
import { TensorType } from "./type.ts";
import type { Methods } from "../api/methods.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import type { Op, Params } from "./op.ts";
import { exactValueText, sizeOf, type Value, valueText } from "./value.ts";

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
    this.id = nextId();
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
    if (this.owner !== null && name !== null) setApart(this.owner);
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

/** What a placeholder without a name is the value of; another variable is itself. */
export function stoodFor(variable: Variable): Variable {
  const known = variable.name === null ? standing.get(variable) : undefined;
  return known?.as === "" ? stoodFor(known.for) : variable;
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
    this.id = nextId();
    this.op = op;
    this.inputs = Object.freeze([...inputs]);
    this.params = params;
    this.#outputs = types.map((type, i) => makeVariable(type, this, i));
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

const constants = new WeakValues<Variable>();

/** The constant with this value. Equal small constants are the same variable. */
export function makeConstant(value: Value): Variable {
  const type = TensorType.of(value.dtype, value.shape);
  if (sizeOf(value.shape) > 64) return new Constant(type, value);
  const key = exactValueText(value);
  const have = constants.get(key);
  if (have !== undefined) return have;
  const made = new Constant(type, value);
  constants.set(key, made);
  return made;
}

/** Applies an op: the same application gives the same node. */
export function applyOp<P extends Params>(
  op: Op<P>,
  inputs: readonly Variable[],
  params: P,
): Apply<P> {
  const key = keyOf(op, inputs, params);
  let apply = sharable(key);
  if (apply === undefined) {
    apply = new Apply(op, inputs, params, op.infer(inputs, params)) as unknown as Apply;
    if (op.pure !== false) remember(key, apply);
  }
  if (trial !== null && !isInSession()) trial(apply);
  return apply as unknown as Apply<P>;
}

/** The first output of an op applied to inputs. */
export function outputOf<P extends Params>(
  op: Op<P>,
  inputs: readonly Variable[],
  params: P,
): Variable {
  return applyOp(op, inputs, params).output;
}
