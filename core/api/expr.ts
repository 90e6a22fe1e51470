/**
 * `T.expr`: mathematics as people write it, as a tagged template.
 *
 * @module
 */

import * as T from "./functions.ts";
import type { DType } from "../graph/dtype.ts";
import { MAX_RANK, TensorType } from "../graph/type.ts";
import { withShape } from "../ops/shape/shape_ops.ts";
import { Variable } from "../graph/graph.ts";
import { type IndexNode, type Node, parseExpression, sourceOf, syntaxError } from "./expr_parse.ts";
import { elementwiseNames, elementwiseOps } from "../ops/elementwise/table.ts";
import type { IndexItem, SliceSpec } from "../ops/index/index_spec.ts";
import { runTask, type Task } from "./tasks.ts";
import { asVariable, isHostTensor, isTypedArray, type TensorLike } from "../ops/common/literal.ts";

/** What may stand in a hole: tensors, and plain values for arguments of functions. */
export type Hole =
  | TensorLike
  | string
  | null
  | readonly Hole[]
  | ((...args: never[]) => unknown);

const parsed = new WeakMap<TemplateStringsArray, Node>();

/**
 * Reads mathematics: `+ - * / // % ** @`, comparisons, `& | ^ ~ << >>`, indexing and slicing in
 * brackets, `.T` and other attributes and methods, functions of `T` by name with positional and named
 * arguments, numbers, and holes for variables and values. The operators bind as in Python: `&` and `|`
 * tighter than comparisons.
 *
 * Throws a SyntaxError that points at the column of a mistake.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w] = [T.matrix("x"), T.vector("w")], b = T.scalar("b");
 * const p = T.expr`1 / (1 + exp(-(${x} @ ${w}) - ${b}))`;
 * const rows = T.expr`${x}[1:, ::-1].sum(axis=0)`;
 * ```
 */
export function expr(strings: TemplateStringsArray, ...holes: readonly Hole[]): Variable;
/**
 * The same for an expression of a known type: TypeScript tells no one what a template says, so this
 * is how the editor gets to know the dtype and the rank. They are checked, and lengths as by
 * `T.specifyShape`.
 *
 * Throws a TypeError if the expression has another type.
 *
 * @example
 * ```ts
 * import { T, type Variable } from "@croton/croton";
 *
 * const x = T.fmatrix("x"), w = T.fvector("w");
 * const product: Variable<"float32", 1> = T.expr(T.fvector.type)`${x} @ ${w}`;
 * ```
 */
export function expr<D extends DType, N extends number>(
  type: TensorType<D, N>,
): (strings: TemplateStringsArray, ...holes: readonly Hole[]) => Variable<D, N>;
export function expr(
  first: TemplateStringsArray | TensorType,
  ...holes: readonly Hole[]
): Variable | ((strings: TemplateStringsArray, ...holes: readonly Hole[]) => Variable) {
  if (!(first instanceof TensorType)) return read(first, holes);
  return (strings, ...holes) => {
    const value = read(strings, holes);
    if (first.compatible(value.type)) return withShape(value, first.shape);
    throw new TypeError(`Expected an expression of type ${first}, got one of type ${value.type}`);
  };
}

/** The variable that an expression stands for. */
function read(strings: TemplateStringsArray, holes: readonly Hole[]): Variable {
  if (!Array.isArray(strings) || !Array.isArray(strings.raw)) {
    throw new TypeError("Cannot read an expression: write it as a template, T.expr`x + 1`");
  }
  let tree = parsed.get(strings);
  if (tree === undefined) {
    tree = parseExpression(strings.raw);
    parsed.set(strings, tree);
  }
  const value = runTask(new Evaluation(strings.raw, holes).value(tree));
  if (isTensor(value)) return asVariable(value);
  if (Array.isArray(value)) return T.stack(value);
  throw syntaxError(sourceOf(strings.raw), tree.at, `expected a tensor, got ${describe(value)}`);
}

type Callable = (...args: unknown[]) => unknown;

const constants: Readonly<Record<string, unknown>> = {
  pi: Math.PI,
  e: Math.E,
  inf: Infinity,
  nan: NaN,
  newaxis: null,
  None: null,
  null: null,
  True: true,
  true: true,
  False: false,
  false: false,
};

/** Functions whose arguments may be named though they have places; those of methods follow. */
const places: Readonly<Record<string, readonly string[]>> = {
  softmax: ["x", "axis"],
  logSoftmax: ["x", "axis"],
  relu: ["x", "alpha"],
  elu: ["x", "alpha"],
  clip: ["x", "lower", "upper"],
  round: ["x", "mode"],
  cast: ["x", "dtype"],
  astype: ["x", "dtype"],
  concatenate: ["tensors", "axis"],
  stack: ["tensors", "axis"],
  repeat: ["x", "counts", "axis"],
  roll: ["x", "shift", "axis"],
  sort: ["x", "axis"],
  argsort: ["x", "axis"],
  cumsum: ["x", "axis"],
  cumprod: ["x", "axis"],
  norm: ["x", "order"],
  take: ["x", "index", "axis", "mode"],
  takeAlongAxis: ["x", "index", "axis"],
  topk: ["x", "k", "axis"],
  diff: ["x", "n", "axis"],
  flip: ["x", "axis"],
  tile: ["x", "reps"],
  zeros: ["shape", "dtype"],
  ones: ["shape", "dtype"],
  eye: ["n", "m", "k", "dtype"],
  tril: ["x", "k"],
  triu: ["x", "k"],
  diag: ["x", "k"],
  trace: ["x", "offset", "axis1", "axis2"],
  flatten: ["x", "ndim"],
  reshape: ["x", "shape"],
  transpose: ["x", "axes"],
  squeeze: ["x", "axis"],
  expandDims: ["x", "axis"],
};

/** How many arguments functions take: of those that are elementwise ops and have no others. */
const arities = new Map<unknown, { readonly least: number; readonly most: number }>(
  elementwiseNames.flatMap((name) => {
    const f: unknown = Object.hasOwn(T, name) ? Reflect.get(T, name) : null;
    const { arity } = elementwiseOps[name];
    if (typeof f !== "function") return [];
    // Those that are folded take as many as one likes.
    if (f.length === 0) return [[f, { least: 1, most: Infinity }]];
    const isPlain = f.length === arity && (places[name]?.length ?? arity) === arity;
    return isPlain ? [[f, { least: arity, most: arity }]] : [];
  }),
);

type Binary = (x: TensorLike, y: TensorLike) => TensorLike;

const binary: Readonly<Record<string, Binary>> = {
  "+": (x, y) => T.add(x, y),
  "-": (x, y) => T.sub(x, y),
  "*": (x, y) => T.mul(x, y),
  "/": (x, y) => T.div(x, y),
  "//": (x, y) => T.intDiv(x, y),
  "%": (x, y) => T.mod(x, y),
  "**": (x, y) => T.pow(x, y),
  "@": (x, y) => T.dot(x, y),
  "<": (x, y) => T.lt(x, y),
  "<=": (x, y) => T.le(x, y),
  ">": (x, y) => T.gt(x, y),
  ">=": (x, y) => T.ge(x, y),
  "==": (x, y) => T.eq(x, y),
  "!=": (x, y) => T.neq(x, y),
  "&": (x, y) => T.and(x, y),
  "|": (x, y) => T.or(x, y),
  "^": (x, y) => T.xor(x, y),
  "<<": (x, y) => T.leftShift(x, y),
  ">>": (x, y) => T.rightShift(x, y),
};

/** Numbers alone stay numbers, so that they take the dtype of what they meet. */
const numeric: Readonly<Record<string, (x: number, y: number) => number | boolean>> = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => x / y,
  "//": (x, y) => Math.floor(x / y),
  "%": (x, y) => x - y * Math.floor(x / y),
  "**": (x, y) => x ** y,
  "@": (x, y) => x * y,
  "<": (x, y) => x < y,
  "<=": (x, y) => x <= y,
  ">": (x, y) => x > y,
  ">=": (x, y) => x >= y,
  "==": (x, y) => x === y,
  "!=": (x, y) => x !== y,
  "&": (x, y) => Number(BigInt(x) & BigInt(y)),
  "|": (x, y) => Number(BigInt(x) | BigInt(y)),
  "^": (x, y) => Number(BigInt(x) ^ BigInt(y)),
  "<<": (x, y) => Number(BigInt(x) << BigInt(y)),
  ">>": (x, y) => Number(BigInt(x) >> BigInt(y)),
};

function isTensor(value: unknown): value is TensorLike {
  return value instanceof Variable || isTypedArray(value) || isHostTensor(value) ||
    ["number", "bigint", "boolean"].includes(typeof value) || isNumbers(value);
}

/** Whether a value is a list of numbers, in lists. What is nested too deep for a tensor says so later. */
function isNumbers(value: unknown, depth = 0): boolean {
  return Array.isArray(value) &&
    (depth > MAX_RANK ||
      value.every((item) =>
        ["number", "bigint", "boolean"].includes(typeof item) || isNumbers(item, depth + 1)
      ));
}

function describe(value: unknown): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Attributes that are values; everything else of a variable is called. */
const attributes = new Set(["T", "shape", "size", "ndim", "dtype", "name"]);

/** Evaluating a node: it yields the nodes below it, which are evaluated first. */
type Evaluating<V> = Task<V, unknown>;

class Evaluation {
  readonly #parts: readonly string[];
  readonly #holes: readonly Hole[];

  constructor(parts: readonly string[], holes: readonly Hole[]) {
    this.#parts = parts;
    this.#holes = holes;
  }

  #fail(node: Node, message: string): SyntaxError {
    return syntaxError(sourceOf(this.#parts), node.at, message);
  }

  *value(node: Node): Evaluating<unknown> {
    switch (node.kind) {
      case "number":
      case "text":
        return node.value;
      case "hole":
        return this.#holes[node.hole];
      case "list":
        return yield* this.#values(node.items);
      case "name":
        return this.#named(node);
      case "unary":
        return yield* this.#unary(node);
      case "binary":
        return yield* this.#binary(node);
      case "index":
        return yield* this.#index(node);
      case "call":
        return yield* this.#call(node);
      case "attribute": {
        const x = yield this.value(node.x);
        if (x instanceof Variable && attributes.has(node.name)) {
          return Reflect.get(x, node.name);
        }
        if (this.#method(x, node.name) === null) {
          throw this.#fail(node, `${describeOwner(x)} has no "${node.name}"`);
        }
        throw this.#fail(node, `"${node.name}" is a function: write .${node.name}(…)`);
      }
    }
  }

  *#values(nodes: readonly Node[]): Evaluating<unknown[]> {
    const values: unknown[] = [];
    for (const node of nodes) values.push(yield this.value(node));
    return values;
  }

  *#tensor(node: Node): Evaluating<TensorLike> {
    const value = yield this.value(node);
    if (isTensor(value)) return value;
    // A list with variables, such as a shape.
    if (Array.isArray(value)) return T.stack(value);
    throw this.#fail(node, `expected a tensor, got ${describe(value)}`);
  }

  #named(node: Node & { readonly kind: "name" }): unknown {
    const { name } = node;
    if (Object.hasOwn(constants, name)) return constants[name];
    if (this.#function(name) !== null) {
      throw this.#fail(node, `"${name}" is a function: write ${name}(…)`);
    }
    throw this.#fail(node, `unknown name "${name}" (variables go into holes: \${${name}})`);
  }

  #function(name: string): Callable | null {
    // By reflection: the type of an entry by a computed name would be the union of all functions.
    const found: unknown = Object.hasOwn(T, name) ? Reflect.get(T, name) : null;
    return typeof found === "function" && name !== "expr" ? found as Callable : null;
  }

  *#unary({ op, x }: Node & { readonly kind: "unary" }): Evaluating<TensorLike> {
    const value = yield* this.#tensor(x);
    if (op === "+") return value;
    if (typeof value === "number") return op === "-" ? -value : ~value;
    if (op === "~" && typeof value === "boolean") return !value;
    return op === "-" ? T.neg(value) : T.invert(value);
  }

  *#binary(node: Node & { readonly kind: "binary" }): Evaluating<TensorLike> {
    const x = yield* this.#tensor(node.x), y = yield* this.#tensor(node.y);
    if (typeof x === "number" && typeof y === "number") {
      if (!["&", "|", "^", "<<", ">>"].includes(node.op)) return numeric[node.op]!(x, y);
      if (Number.isInteger(x) && Number.isInteger(y)) return numeric[node.op]!(x, y);
      throw this.#fail(node, `expected integers beside "${node.op}"`);
    }
    return binary[node.op]!(x, y);
  }

  *#index(node: Node & { readonly kind: "index" }): Evaluating<unknown> {
    const x = yield this.value(node.x);
    const items: IndexItem[] = [];
    for (const item of node.items) items.push(yield* this.#indexItem(item));
    if (Array.isArray(x)) return this.#indexList(node, x, items);
    if (!isTensor(x)) throw this.#fail(node, `cannot index ${describe(x)}`);
    return T.index(x, items);
  }

  *#indexItem(item: IndexNode): Evaluating<IndexItem> {
    if (item.kind === "ellipsis") return "...";
    if (item.kind !== "slice") return (yield this.value(item)) as IndexItem;
    const parts: unknown[] = [];
    for (const node of [item.start, item.stop, item.step]) {
      parts.push(node === null ? null : yield this.value(node));
    }
    const [start, stop, step] = parts;
    return { start, stop, step } as SliceSpec;
  }

  /** An element or a slice of a list, such as `x.shape`. */
  #indexList(node: Node, list: readonly unknown[], [item, ...more]: readonly IndexItem[]): unknown {
    if (more.length > 0) throw this.#fail(node, "expected one index for a list");
    if (typeof item === "number") {
      const found = list.at(item);
      if (found === undefined) throw this.#fail(node, `index ${item} is outside the list`);
      return found;
    }
    const { start, stop, step } = (item ?? {}) as SliceSpec;
    const isPlain = [start, stop, step].every((n) => n === null || typeof n === "number");
    if (!isPlain) throw this.#fail(node, "expected numbers as index of a list");
    if (step !== null && step !== 1) throw this.#fail(node, "expected a step of 1 for a list");
    return list.slice(Number(start ?? 0), stop === null ? undefined : Number(stop));
  }

  *#call(node: Node & { readonly kind: "call" }): Evaluating<unknown> {
    const { f } = node;
    let target: Callable | null = null, owner: unknown, name = "";
    if (f.kind === "name") {
      name = f.name;
      target = this.#function(name);
      if (target === null) throw this.#fail(f, `unknown function "${name}"`);
    } else if (f.kind === "attribute") {
      name = f.name;
      owner = yield this.value(f.x);
      target = this.#method(owner, name);
      if (target === null) throw this.#fail(f, `${describeOwner(owner)} has no "${name}"`);
    } else {
      const value = yield this.value(f);
      if (typeof value !== "function") throw this.#fail(f, `cannot call ${describe(value)}`);
      target = value as Callable;
    }
    const isMethod = f.kind === "attribute";
    return target.apply(owner, yield* this.#arguments(node, name, isMethod));
  }

  #method(owner: unknown, name: string): Callable | null {
    const isHidden = name === "constructor" || name === "eval" || attributes.has(name);
    if (!(owner instanceof Variable) || isHidden || name in Object.prototype) return null;
    const method: unknown = Reflect.get(owner, name);
    return typeof method === "function" ? method as Callable : null;
  }

  *#arguments(
    node: Node & { readonly kind: "call" },
    name: string,
    isMethod: boolean,
  ): Evaluating<unknown[]> {
    const args = yield* this.#values(node.args);
    const slots = Object.hasOwn(places, name) ? places[name]!.slice(isMethod ? 1 : 0) : [];
    const options: Record<string, unknown> = {};
    for (const [key, value] of node.named) {
      const slot = slots.indexOf(key);
      if (slot < 0) options[key] = yield this.value(value);
      else if (slot < args.length && args[slot] !== undefined) {
        throw this.#fail(node, `argument "${key}" is given twice`);
      } else args[slot] = yield this.value(value);
    }
    const all = Object.keys(options).length === 0 ? args : [...args, options];
    this.#expectArity(node, name, all.length, isMethod);
    return all;
  }

  /** Throws a SyntaxError for too many or too few arguments, where it is known how many there are. */
  #expectArity(node: Node, name: string, given: number, isMethod: boolean): void {
    const arity = name === "" ? undefined : arities.get(this.#function(name));
    if (arity === undefined) return;
    const own = isMethod ? 1 : 0, least = Math.max(0, arity.least - own), most = arity.most - own;
    if (given >= least && given <= most) return;
    const words = most === Infinity ? `at least ${least}` : least === 0 ? "no" : String(least);
    const noun = least === 1 ? "argument" : "arguments";
    throw this.#fail(node, `"${name}" takes ${words} ${noun}, got ${given}`);
  }
}

function describeOwner(value: unknown): string {
  return value instanceof Variable ? value.label : describe(value);
}
