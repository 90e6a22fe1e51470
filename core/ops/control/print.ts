/**
 * Seeing values inside of a graph.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import { isComplex } from "../../graph/dtype.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { checkOptions } from "../../base/options.ts";
import { commaText, shown } from "../../base/shown.ts";
import type { Like } from "../../graph/type_arithmetic.ts";
import { abs } from "../elementwise/arithmetic.ts";
import { and, gt, isnan } from "../elementwise/logic.ts";
import { dimsOf } from "../shape/shape_ops.ts";
import { ifelse } from "./control.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { castTo, typed } from "../common/build.ts";
import { max, mean, min, sum } from "../reduce/reduce.ts";
import { shape } from "../shape/shape.ts";
import { printOp, type PrintParams, type Report } from "./print_op.ts";
import { noteReport } from "./reports.ts";

/** What `T.print` can show of a value. */
export type PrintAttribute = "value" | "shape" | "mean" | "min" | "max" | "nans";

/** Options of `T.print`. */
export interface PrintOptions {
  /** What is shown; default: the value alone. */
  readonly attrs?: readonly PrintAttribute[];
  /** Of how many evaluations one is shown: of calls, or in a loop of its steps; default 1. */
  readonly every?: number;
  /** Whether gradients that flow through it are shown, too; default false. */
  readonly gradient?: boolean;
  /** What takes each text; default `console.log`. */
  readonly write?: (text: string) => void;
}

/** Options of `T.hook`. */
export interface HookOptions {
  /** Of how many evaluations one is given; default 1. */
  readonly every?: number;
  /** Whether gradients that flow through it are given, too; default false. */
  readonly gradient?: boolean;
}

/** Where a value that a hook is given comes from. */
export interface HookInfo {
  /** The step of each loop around, the outermost first. */
  readonly steps: readonly number[];
  /** Whether it is a gradient. */
  readonly isGradient: boolean;
}

const attributes: readonly PrintAttribute[] = ["value", "shape", "mean", "min", "max", "nans"];

let places = 0;

/** What is reported of a variable, under the names of attributes; its own value comes first. */
const reported: Readonly<
  Record<Exclude<PrintAttribute, "value" | "shape">, (x: Variable) => Variable>
> = {
  mean: (x) => mean(x),
  min: (x) => ifAny(x, (v) => min(v)),
  max: (x) => ifAny(x, (v) => max(v)),
  nans: (x) => sum(castTo(isnan(x), "int64")),
};

/** An extreme of a tensor, of absolute values of complex numbers; 0 if there are no elements. */
function ifAny(x: Variable, extreme: (v: Variable) => Variable): Variable {
  const v = isComplex(x.dtype) ? abs(x) : x, most = extreme(v);
  if (v.type.shape.every((n) => n !== null && n > 0)) return most;
  const lengths = dimsOf(v).map((n) => gt(n, 0));
  const zero = castTo(asVariable(0), v.dtype);
  return ifelse(lengths.reduce((a, b) => and(a, b)), most, zero);
}

/** The variable, reported. */
function place(
  x: Variable,
  attrs: readonly PrintAttribute[],
  report: Report,
  of: string | null,
): Variable {
  noteReport();
  const parts = attrs.flatMap((name) =>
    name === "value" || name === "shape" ? [] : [reported[name](x)]
  );
  // Who asks for a gradient twice sees it once.
  const id = of === null ? String(places++) : `gradient of ${of}`;
  const params = { id, report, isGradient: of !== null };
  return outputOf<PrintParams>(printOp, [x, shape(x), ...parts], params);
}

function checkEvery(action: string, every: number): number {
  if (Number.isInteger(every) && every > 0) return every;
  throw new TypeError(`${action}: expected "every" to be a whole number from 1 on, got ${every}`);
}

/**
 * `x`; functions that compute it print its value.
 *
 * Values come back with the results of a call and are printed at its end, in the order in which a program
 * would compute them, those of a loop step by step. Only what a function computes is printed, so the result
 * has to be used. Rewriting changes nothing of it, and values are those of the graph as it is written. A
 * gradient prints nothing of its own, unless `gradient` asks for it.
 *
 * @example
 * ```ts
 * import { compile, scan, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [], write = (text: string) => void lines.push(text);
 * const v = T.dvector("v");
 * const [sums] = scan((x, sum) => T.print("sum", sum.add(x), { write }), {
 *   sequences: v,
 *   outputsInfo: T.constant(0, "float64"),
 * });
 * const f = await compile([v], T.print("all", sums, { attrs: ["shape", "mean"], write }));
 * f([1, 2, 3]);
 * assertEquals(lines, [
 *   "sum, step 0 = 1",
 *   "sum, step 1 = 3",
 *   "sum, step 2 = 6",
 *   "all: shape [3], mean 3.33333333",
 * ]);
 * ```
 */
export function print<A extends TensorLike>(
  label: string,
  x: A,
  options: PrintOptions = {},
): Like<A> {
  const action = `Cannot print ${shown(label)}`;
  if (typeof label !== "string") throw new TypeError(`${action}: expected a text as label`);
  const { attrs = ["value"], every = 1, gradient = false, write } = checkOptions(action, options, {
    attrs: "any",
    every: "number",
    gradient: "boolean",
    write: "function",
  });
  const unknown = Array.isArray(attrs) ? attrs.find((name) => !attributes.includes(name)) : attrs;
  if (unknown !== undefined) {
    throw new TypeError(
      `${action}: expected "attrs" to be a list of ${commaText(attributes)}, got ${shown(unknown)}`,
    );
  }
  const wanted = attributes.filter((name) => attrs.includes(name));
  const reportOf = (name: string): Report => ({
    label: name,
    every: checkEvery(action, every),
    // What nobody sees is not kept.
    partsOnly: !wanted.includes("value"),
    take: (values, steps) => {
      const all = wanted.includes("value") ? values : [null, ...values];
      const text = lineOf(name, wanted, all, steps);
      // deno-lint-ignore no-console
      if (write === undefined) console.log(text);
      else write(text);
    },
    ...(gradient
      ? { ofGradient: (g, id) => place(g, wanted, reportOf(`gradient of ${name}`), id) }
      : {}),
  });
  return typed(place(asVariable(x), wanted, reportOf(label), null));
}

/** What is printed of one evaluation. */
function lineOf(
  label: string,
  attrs: readonly PrintAttribute[],
  [value, shape, ...parts]: readonly (Tensor | null)[],
  steps: readonly number[],
): string {
  const where = steps.length === 0 ? label : `${label}, step ${steps.join(", ")}`;
  let next = 0;
  const facts = attrs.flatMap((name) => {
    if (name === "value") return [];
    if (name === "shape") return [`shape [${shape!.dataSync().join(", ")}]`];
    const text = String(parts[next++]);
    return [name === "nans" ? `${text} NaN` : `${name} ${text}`];
  }).join(", ");
  const whole = facts === "" ? where : `${where}: ${facts}`;
  if (!attrs.includes("value")) return whole;
  const text = String(value);
  return `${whole} =${text.includes("\n") ? "\n" : " "}${text}`;
}

/**
 * `x`; functions that compute it give its value to a function of one's own, at the end of a call, as
 * `T.print` prints it.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: unknown[] = [], x = T.dvector("x");
 * const f = await compile([x], T.hook(x.mul(2), (value) => seen.push([...value.dataSync()])).sum());
 * f([1, 2]);
 * assertEquals(seen, [[2, 4]]);
 * ```
 */
export function hook<A extends TensorLike>(
  x: A,
  take: (value: Tensor, info: HookInfo) => void,
  options: HookOptions = {},
): Like<A> {
  const action = "Cannot hook";
  if (typeof take !== "function") {
    throw new TypeError(`${action}: expected a function, got ${shown(take)}`);
  }
  const { every = 1, gradient = false } = checkOptions(action, options, {
    every: "number",
    gradient: "boolean",
  });
  const reportOf = (isGradient: boolean): Report => ({
    label: "hook",
    every: checkEvery(action, every),
    take: ([value], steps) => take(value!, { steps, isGradient }),
    ...(gradient ? { ofGradient: (g, id) => place(g, ["value"], reportOf(true), id) } : {}),
  });
  return typed(place(asVariable(x), ["value"], reportOf(false), null));
}
