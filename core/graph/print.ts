/**
 * Graphs as text: in one line as mathematics (`pp`), or as a tree of nodes (`debugprint`).
 *
 * @module
 */

import { isComplex, isFloat } from "./dtype.ts";
import { type Apply, Constant, type Variable } from "./graph.ts";
import { toposort } from "./walk.ts";
import type { Value } from "./value.ts";
import type { InnerGraph } from "./op.ts";
import { checkOptions } from "../base/options.ts";
import { shown } from "../base/shown.ts";

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
  return partText(expression, () => false);
}

/** As `pp`, with `…` in the place of what `hides` says. */
export function partText(expression: Variable, hides: (variable: Variable) => boolean): string {
  const order = toposort([expression], hides);
  const texts = new Map<Variable, string>();
  const text = (variable: Variable): string =>
    texts.get(variable) ?? (hides(variable) ? "…" : leafText(variable));
  for (const apply of order) {
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
  const { infix, formula } = apply.op.printing ?? {};
  if (infix !== undefined && args.length === 2) return `(${args[0]} ${infix} ${args[1]})`;
  return formula?.(args, apply, text) ?? `${opText(apply)}(${args.join(", ")})`;
}

const plain = new Set(["dtype"]);

/** An op with its parameters: `Sum{axis=[0]}`, `Cast{float32}`, `exp`. */
export function opText(apply: Apply): string {
  const { op } = apply, label = op.printing?.label;
  if (label !== undefined) return label(apply);
  const params = apply.params as Record<string, unknown>;
  const parts = Object.entries(params).flatMap(([name, value]) => {
    const isSimple = ["number", "string", "boolean"].includes(typeof value) || isNumbers(value);
    if (!isSimple) return [];
    const text = Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
    return [plain.has(name) ? text : `${name}=${text}`];
  });
  const name = op.lowering.kind === "elementwise" ? op.name : capital(op.name);
  return parts.length === 0 ? name : `${name}{${parts.join(", ")}}`;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** A name as labels of ops begin. */
export function capital(name: string): string {
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
  const inner: Inner[] = [];
  const links = new Map<Variable, string>();
  const writer = { options, order, ids, links, inner, lines };
  for (const [variable, label] of roots) {
    writeTree(writer, variable, "", label);
  }
  if (inner.length > 0) lines.push("", "Inner graphs:");
  for (let i = 0; i < inner.length; i++) {
    const { apply, graph, id } = inner[i]!;
    lines.push("", `${opText(apply)} [id ${id}]`);
    for (const [placeholder, outer] of graph.places) {
      const outerId = ids.get(outer);
      if (outerId !== undefined) links.set(placeholder, outerId);
    }
    for (const output of graph.outputs) writeTree(writer, output, " >", "");
  }
  const text = lines.join("\n");
  // deno-lint-ignore no-console
  if (options.file !== "str") console.log(text);
  return text;
}

/** A graph that an application runs, to be printed at the end. */
interface Inner {
  readonly apply: Apply;
  readonly graph: InnerGraph;
  readonly id: string;
}

interface Writer {
  readonly options: DebugPrintOptions;
  readonly order: ReadonlyMap<Apply, number>;
  readonly ids: Map<Variable, string>;
  /** Placeholders of steps: the ids of what they stand for. */
  readonly links: ReadonlyMap<Variable, string>;
  readonly inner: Inner[];
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
    const graph = apply.op.inner?.(apply);
    if (graph !== undefined && !inner.some((known) => known.apply === apply)) {
      inner.push({ apply, graph, id: ids.get(variable)! });
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

function lineText(writer: Writer, variable: Variable): string {
  const { options, order, ids, links } = writer;
  const apply = variable.owner;
  const id = options.ids === "" ? "" : ` [id ${ids.get(variable)}]`;
  const type = options.printType === true ? ` <${variable.type}>` : "";
  if (apply === null) {
    const link = options.ids === "" ? undefined : links.get(variable);
    return leafText(variable) + type + id + (link === undefined ? "" : ` -> [id ${link}]`);
  }
  const { lowering, printing } = apply.op;
  const isPlain = lowering.kind === "elementwise" && printing?.label === undefined;
  const op = isPlain ? `Elemwise{${opText(apply)}}` : opText(apply);
  const output = apply.outputs.length > 1 ? `.${variable.index}` : "";
  const place = order.get(apply);
  return `${op}${output}${type}${id} '${variable.name ?? ""}'${
    place === undefined ? "" : `   ${place}`
  }`;
}
