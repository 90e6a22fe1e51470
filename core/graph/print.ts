/**
 * Graphs as text: in one line as mathematics (`pp`), or as a tree of nodes (`debugprint`).
 *
 * @module
 */

import { isComplex, isFloat } from "./dtype.ts";
import { type Apply, Constant, type Variable } from "./graph.ts";
import { toposort } from "./walk.ts";
import type { Value } from "./value.ts";
import type { IndexEntry } from "../ops/index/subtensor.ts";
import { checkOptions } from "../base/options.ts";
import { shown } from "../base/shown.ts";

const infix: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  intDiv: "//",
  mod: "%",
  pow: "**",
  eq: "==",
  neq: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  and: "&",
  or: "|",
  xor: "^",
  leftShift: "<<",
  rightShift: ">>",
  matmul: "\\dot",
};

/**
 * One line of mathematics for an expression, in Theano's manner: everything in parentheses, constants
 * as `TensorConstant{2}`.
 *
 * @example
 * ```ts
 * import { pp, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, y] = T.dscalars("x", "y");
 * assertEquals(pp(x.add(y).exp().neg()), "(-exp((x + y)))");
 * ```
 */
export function pp(expression: Variable): string {
  toposort([expression]);
  const texts = new Map<Variable, string>();
  const text = (variable: Variable): string => texts.get(variable) ?? leafText(variable);
  for (const apply of toposort([expression])) {
    const whole = applyText(apply, apply.inputs.map(text), text);
    apply.outputs.forEach((output, i) => {
      const suffix = apply.outputs.length > 1 ? `.${i}` : "";
      texts.set(output, output.name ?? whole + suffix);
    });
  }
  // The name of the expression itself would say nothing.
  if (expression.owner !== null && expression.name !== null) {
    return applyText(expression.owner, expression.owner.inputs.map(text), text);
  }
  return text(expression);
}

function leafText(variable: Variable): string {
  if (variable.name !== null) return variable.name;
  if (variable instanceof Constant) return `TensorConstant{${valueText(variable.value)}}`;
  return `<${variable.type}>`;
}

function numberText(value: Value, i: number): string {
  if (isComplex(value.dtype)) {
    return `(${value.data[2 * i]}${Number(value.data[2 * i + 1]) < 0 ? "" : "+"}${
      value.data[2 * i + 1]
    }j)`;
  }
  const x = value.data[i]!;
  if (value.dtype === "bool") return Number(x) === 0 ? "False" : "True";
  return isFloat(value.dtype) && Number.isInteger(x) && Math.abs(Number(x)) < 1e16
    ? `${Object.is(x, -0) ? "-0" : x}.0`
    : String(x);
}

/** A value in little space: the number, `(3,) of 1.0`, or the elements, a long middle left out. */
function valueText(value: Value): string {
  const n = value.data.length / (isComplex(value.dtype) ? 2 : 1);
  if (value.shape.length === 0) return numberText(value, 0);
  const first = n > 0 ? numberText(value, 0) : "";
  const all = Array.from({ length: Math.min(n, 1000) }, (_, i) => numberText(value, i));
  const shape = value.shape.length === 1 ? `${value.shape[0]},` : value.shape.join(", ");
  if (n > 1 && n <= 1000 && all.every((item) => item === first)) return `(${shape}) of ${first}`;
  const shown = n <= 6 ? all : [...all.slice(0, 3), "...", numberText(value, n - 1)];
  return value.shape.length === 1 ? `[${shown.join(" ")}]` : `(${shape}) [${shown.join(" ")}]`;
}

function applyText(
  apply: Apply,
  args: readonly string[],
  text: (variable: Variable) => string,
): string {
  const { op, inputs } = apply;
  const sign = infix[op.name];
  if (sign !== undefined && args.length === 2) return `(${args[0]} ${sign} ${args[1]})`;
  switch (op.name) {
    case "neg":
      return `(-${args[0]})`;
    case "invert":
      return `(~${args[0]})`;
    case "abs":
      return `|${args[0]}|`;
    case "shapeI":
      return `${args[0]}.shape[${(apply.params as { axis: number }).axis}]`;
    case "dimshuffle": {
      const { pattern } = apply.params as { pattern: readonly (number | "x")[] };
      const n = inputs[0]!.ndim;
      const isReversed = n > 1 && pattern.length === n && pattern.every((p, d) => p === n - 1 - d);
      if (isReversed) return `${args[0]}.T`;
      break;
    }
    case "subtensor":
      return `${args[0]}[${indexText(apply, inputs.slice(1), args.slice(1))}]`;
    case "incSubtensor": {
      const { set } = apply.params as { set: boolean };
      const part = `${args[0]}[${indexText(apply, inputs.slice(2), args.slice(2))}]`;
      return `${set ? "SetSubtensor" : "IncSubtensor"}(${part}, ${args[1]})`;
    }
    case "advIndex": {
      const { axes } = apply.params as { axes: readonly number[] };
      const items = Array.from({ length: axes.at(-1)! + 1 }, (_, axis) => {
        const k = axes.indexOf(axis);
        return k < 0 ? ":" : args[1 + k]!;
      });
      return `${args[0]}[${items.join(", ")}]`;
    }
    case "broadcastTo": {
      const of = filled(inputs.slice(1));
      if (of !== null) return `fill(${text(of)}, ${args[0]})`;
      break;
    }
  }
  return `${opText(apply)}(${args.join(", ")})`;
}

/** The variable whose shape the dims are, if there is one. */
function filled(dims: readonly Variable[]): Variable | null {
  const of = dims[0]?.owner?.inputs[0];
  if (of === undefined || of.ndim !== dims.length) return null;
  const isItsShape = dims.every(({ owner }, d) =>
    owner !== null && owner.op.name === "shapeI" && owner.inputs[0] === of &&
    (owner.params as { axis: number }).axis === d
  );
  return isItsShape ? of : null;
}

function indexText(apply: Apply, scalars: readonly Variable[], args: readonly string[]): string {
  const { index } = apply.params as { index: readonly IndexEntry[] };
  let at = 0;
  const next = (): string => {
    const variable = scalars[at], text = args[at]!;
    at++;
    return variable instanceof Constant ? numberText(variable.value, 0) : text;
  };
  return index.map((entry) => {
    if (entry.kind === "int") return next();
    const start = entry.start ? next() : "", stop = entry.stop ? next() : "";
    return `${start}:${stop}${entry.step ? `:${next()}` : ""}`;
  }).join(", ");
}

const plain = new Set(["dtype"]);

/** An op with its parameters: `Sum{axis=[0]}`, `Cast{float32}`, `exp`. */
function opText(apply: Apply): string {
  const { op } = apply;
  const params = apply.params as Record<string, unknown>;
  switch (op.name) {
    case "reduce":
    case "argreduce": {
      const { kind, axes } = params as { kind: string; axes: readonly number[] };
      const isAll = axes.length === apply.inputs[0]!.ndim;
      return capital(kind) + (isAll ? "" : `{axis=[${axes.join(", ")}]}`);
    }
    case "dimshuffle":
      return `DimShuffle{${(params as { pattern: readonly unknown[] }).pattern.join(", ")}}`;
    case "cumop":
      return `Cum${params["kind"]}{axis=${params["axis"]}}`;
    case "broadcastTo":
      return "Alloc";
    case "fill":
      return "fill";
    case "scan":
      return typeof params["name"] === "string" ? `Scan{${params["name"]}}` : "Scan";
  }
  const parts = Object.entries(params).flatMap(([name, value]) => {
    const isSimple = ["number", "string", "boolean"].includes(typeof value) || isNumbers(value);
    if (!isSimple) return [];
    const text = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
    return [plain.has(name) ? text : `${name}=${text}`];
  });
  const name = op.lowering.kind === "elementwise" && op.name !== "cast"
    ? op.name
    : capital(op.name);
  return parts.length === 0 ? name : `${name}{${parts.join(", ")}}`;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What `debugprint` can print. */
export type Printable =
  | Variable
  | Apply
  | readonly Variable[]
  | {
    readonly graph: {
      readonly outputs: readonly Variable[];
      readonly updates: readonly (readonly [Variable, Variable])[];
    };
  };

/** Options of `debugprint`. */
export interface DebugPrintOptions {
  /** Levels to print; all by default. */
  readonly depth?: number;
  /** Whether to print the type of each variable. */
  readonly printType?: boolean;
  /** How nodes are numbered: letters (default), numbers, or not at all. */
  readonly ids?: "CHAR" | "int" | "";
  /** Whether to print nothing below a variable with a name. */
  readonly stopOnName?: boolean;
  /** "str" only returns the text; otherwise it is printed, too. */
  readonly file?: "str";
}

interface Line {
  readonly variable: Variable;
  readonly prefix: string;
  readonly below: string;
  readonly depth: number;
}

/**
 * The nodes of a graph, one line for each variable, depth first: indentation, the op or the name, and
 * an id. A variable that was printed before is not followed again. For compiled functions each op has
 * its place in the order of evaluation. The steps of scans come at the end.
 *
 * @returns The text, which is also printed unless `file` is "str".
 *
 * @example
 * ```ts
 * import { debugprint, T } from "@croton/croton";
 *
 * const [x, y] = T.dscalars("x", "y");
 * debugprint(x.add(y).exp());
 * ```
 */
export function debugprint(printable: Printable, options: DebugPrintOptions = {}): string {
  checkOptions("Cannot print", options, {
    depth: "number",
    printType: "boolean",
    ids: ["CHAR", "int", ""],
    stopOnName: "boolean",
    file: ["str"],
  });
  const { roots, order } = rootsOf(printable);
  toposort(roots.map(([variable]) => variable));
  const lines: string[] = [];
  const ids = new Map<Variable, string>();
  const inner: { apply: Apply; id: string }[] = [];
  const links = new Map<Variable, string>();
  const writer = { options, order, ids, links, inner, lines };
  for (const [variable, label] of roots) {
    writeTree(writer, variable, "", label);
  }
  if (inner.length > 0) lines.push("", "Inner graphs:");
  for (let i = 0; i < inner.length; i++) {
    const { apply, id } = inner[i]!;
    lines.push("", `${opText(apply)} [id ${id}]`);
    const step = (apply.params as { step: InnerGraph }).step;
    for (const [placeholder, outer] of placesOf(apply, step)) {
      const outerId = ids.get(outer);
      if (outerId !== undefined) links.set(placeholder, outerId);
    }
    for (const output of step.outputs) writeTree(writer, output, " >", "");
  }
  const text = lines.join("\n");
  // deno-lint-ignore no-console
  if (options.file !== "str") console.log(text);
  return text;
}

/** The step of a scan, as far as it is printed; the op itself is unknown here. */
interface InnerGraph {
  readonly outputs: readonly Variable[];
  readonly placeholders: Readonly<Record<string, readonly (Variable | readonly Variable[])[]>>;
}

/** The placeholders of a step with the variables outside that they stand for. */
function placesOf(apply: Apply, step: InnerGraph): [Variable, Variable][] {
  // The first input is the number of steps; the others come in the order of the placeholders.
  return Object.values(step.placeholders).flat().flatMap((group, i) =>
    [group].flat().map((placeholder): [Variable, Variable] => [placeholder, apply.inputs[i + 1]!])
  );
}

interface Writer {
  readonly options: DebugPrintOptions;
  readonly order: ReadonlyMap<Apply, number>;
  readonly ids: Map<Variable, string>;
  /** Placeholders of steps: the ids of what they stand for. */
  readonly links: ReadonlyMap<Variable, string>;
  readonly inner: { apply: Apply; id: string }[];
  readonly lines: string[];
}

function rootsOf(
  printable: Printable,
): { roots: [Variable, string][]; order: ReadonlyMap<Apply, number> } {
  const none = new Map<Apply, number>();
  const given: unknown = printable;
  const isFunction = typeof given === "function" && "graph" in given;
  if (!isFunction && (typeof given !== "object" || given === null)) {
    throw new TypeError(`Cannot print ${shown(printable)}: expected variables or a function`);
  }
  if ("graph" in printable) {
    const { outputs, updates } = printable.graph;
    const all = [...outputs, ...updates.map(([, value]) => value)];
    const order = new Map(toposort(all).map((apply, i) => [apply, i]));
    return {
      roots: [
        ...outputs.map((output): [Variable, string] => [output, ""]),
        ...updates.map((
          [target, value],
        ): [Variable, string] => [value, `update of ${target.label}`]),
      ],
      order,
    };
  }
  const list: readonly Variable[] = Array.isArray(printable)
    ? printable
    : "op" in printable
    ? (printable as Apply).outputs
    : [printable as Variable];
  return { roots: list.map((variable) => [variable, ""]), order: none };
}

function idText(n: number, style: DebugPrintOptions["ids"]): string {
  if (style === "int") return String(n);
  let text = "";
  for (let rest = n; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    text = String.fromCharCode(65 + rest % 26) + text;
  }
  return text;
}

function writeTree(writer: Writer, root: Variable, prefix: string, label: string): void {
  const { options, ids, inner, lines } = writer;
  const { depth: limit = Infinity, stopOnName = false } = options;
  const stack: Line[] = [{ variable: root, prefix, below: prefix, depth: 1 }];
  while (stack.length > 0) {
    const { variable, prefix, below, depth } = stack.pop()!;
    const apply = variable.owner, isNew = !ids.has(variable);
    if (isNew) ids.set(variable, idText(ids.size, options.ids));
    lines.push(prefix + lineText(writer, variable) + (label === "" ? "" : ` (${label})`));
    label = "";
    if (apply === null || !isNew || depth >= limit || (stopOnName && variable.name !== null)) {
      continue;
    }
    if (hasStep(apply) && !inner.some((known) => known.apply === apply)) {
      inner.push({ apply, id: ids.get(variable)! });
    }
    const last = apply.inputs.length - 1;
    const children = apply.inputs.map((input, i): Line => ({
      variable: input,
      prefix: `${below} |`,
      below: below + (i === last ? "  " : " |"),
      depth: depth + 1,
    }));
    stack.push(...children.reverse());
  }
}

function hasStep(apply: Apply): boolean {
  const { step } = apply.params as { step?: Partial<InnerGraph> };
  return Array.isArray(step?.outputs);
}

function lineText(writer: Writer, variable: Variable): string {
  const { options, order, ids, links } = writer;
  const apply = variable.owner;
  const id = options.ids === "" ? "" : ` [id ${ids.get(variable)}]`;
  const type = options.printType === true ? ` <${variable.type}>` : "";
  if (apply === null) {
    const link = options.ids === "" ? undefined : links.get(variable);
    return leafText(variable) + type + id + (link === undefined ? "" : ` -> [id ${link}]`);
  }
  const isElementwise = apply.op.lowering.kind === "elementwise" && apply.op.name !== "cast";
  const op = isElementwise ? `Elemwise{${opText(apply)}}` : opText(apply);
  const output = apply.outputs.length > 1 ? `.${variable.index}` : "";
  const place = order.get(apply);
  return `${op}${output}${type}${id} '${variable.name ?? ""}'${
    place === undefined ? "" : `   ${place}`
  }`;
}
