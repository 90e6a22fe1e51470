/**
 * Evenly spaced numbers, and grids of them.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import { type DType, isComplex, isDiscrete, isFloat, promote } from "../../graph/dtype.ts";
import { outputOf, Variable } from "../../graph/graph.ts";
import { arangeOp, type ArangeParams } from "./arange.ts";
import { asIndexScalar, type Dim } from "../common/arguments.ts";
import { stretched } from "../shape/broadcast_to_op.ts";
import { checkedLength, lengthOr } from "../common/checks.ts";
import { castTo, elementwise } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import type { PatternItem } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import type { SliceSpec } from "../index/index_spec.ts";
import { dimVariable, maxDims, subDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { dimsOf } from "../shape/shape_ops.ts";
import { shown } from "../../base/shown.ts";
import { checkOptions, expectList } from "../../base/options.ts";

/** Options of {@linkcode arange}. */
export interface ArangeOptions {
  /** dtype of the result; int64 for integers, else that of the arguments. */
  readonly dtype?: DTypeOption;
}

/** A scalar of a range: a number, or a 0-d variable. */
export type RangeValue = number | bigint | Variable;

function isWhole(value: RangeValue): boolean {
  if (value instanceof Variable) return isDiscrete(value.dtype);
  return typeof value === "bigint" || Number.isInteger(value);
}

/**
 * The numbers start, start + step, … before stop; with one argument from 0. Integers give int64, floats
 * the promoted float dtype. All arguments may be symbolic scalars.
 *
 * Throws a RangeError for a step of 0 and a TypeError for arguments that are no real scalars.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.arange(10);
 * T.arange(1, T.iscalar("n"), 2);
 * ```
 */
export function arange(
  start: RangeValue,
  stop?: RangeValue | ArangeOptions | null,
  step?: RangeValue | ArangeOptions | null,
  options: ArangeOptions = {},
): Variable {
  const last = [options, step, stop].find((part) =>
    isOptions(part) && Object.keys(part).length > 0
  );
  const chosen = checkOptions<ArangeOptions>(
    "Cannot make a range",
    (last ?? options) as ArangeOptions,
    { dtype: "any" },
  );
  const values = [start, stop, step].filter((part): part is RangeValue =>
    part !== undefined && part !== null && !isOptions(part)
  );
  const [from, to, by] = values.length === 1
    ? [0, values[0]!, 1]
    : [values[0]!, values[1]!, values[2] ?? 1];
  for (const value of [from, to, by]) {
    const isScalar = !(value instanceof Variable) ||
      value.ndim === 0 && !isComplex(value.dtype);
    if (!isScalar || typeof value === "number" && !Number.isFinite(value)) {
      throw new TypeError(`Cannot make a range: expected real scalars, got ${shown(value)}`);
    }
  }
  const dtype = chosen.dtype === undefined ? null : resolveDType(chosen.dtype);
  if ([from, to, by].every(isWhole)) {
    const action = "Cannot make a range";
    const scalars = [from, to, by].map((value, i) =>
      asIndexScalar(value, action, ["the start", "the stop", "the step"][i]!)
    );
    return outputOf<ArangeParams>(arangeOp, scalars, { dtype: dtype ?? "int64" });
  }
  return floatRange(from, to, by, dtype);
}

function isOptions(value: unknown): value is ArangeOptions {
  return typeof value === "object" && value !== null && !(value instanceof Variable);
}

/** The dtype in which floats are counted: that of the variables, or floatX, and as exact as the result. */
function floatDType(values: readonly TensorLike[], wanted: DType | null): DType {
  const floats = values.flatMap((value) =>
    value instanceof Variable && isFloat(value.dtype) ? [value.dtype as DType] : []
  );
  const own = floats.length === 0 ? settings.floatX : floats.reduce(promote);
  return wanted !== null && isFloat(wanted) ? promote(own, wanted) : own;
}

function wantedDType({ dtype }: LinspaceOptions): DType | null {
  return dtype === undefined ? null : resolveDType(dtype);
}

/** How many numbers there are in so many steps, which a bad bound makes infinite or NaN. */
function countedSteps(steps: Variable): Variable {
  const whole = dimVariable(maxDims(castTo(elementwise("ceil", [steps]), "int64"), 0));
  const bad = castTo(asVariable(-1), "int64");
  return lengthOr(elementwise("switch", [elementwise("isfinite", [steps]), whole, bad]), {
    action: "Cannot make a range",
    expected: "expected finite numbers and a step other than 0",
  });
}

function floatRange(
  from: RangeValue,
  to: RangeValue,
  by: RangeValue,
  wanted: DType | null,
): Variable {
  const dtype = floatDType([from, to, by], wanted);
  const known = [from, to, by].every((value) => !(value instanceof Variable));
  const [a, b, s] = [from, to, by].map((value) => castTo(asVariable(value, dtype), dtype)) as [
    Variable,
    Variable,
    Variable,
  ];
  const count = known
    ? Math.max(0, Math.ceil((Number(to) - Number(from)) / Number(by)))
    : countedSteps(elementwise("div", [elementwise("sub", [b, a]), s]));
  if (typeof count === "number" && !Number.isFinite(count)) {
    throw new RangeError("Cannot make a range: expected a step other than 0");
  }
  const steps = castTo(arange(count), dtype);
  const values = elementwise("add", [a, elementwise("mul", [steps, s])]);
  return castTo(values, wanted ?? dtype);
}

/** Options of {@linkcode linspace}. */
export interface LinspaceOptions {
  /** Whether `stop` is the last number; true if missing. */
  readonly endpoint?: boolean;
  /** A float dtype; floatX or that of the arguments if missing. */
  readonly dtype?: DTypeOption;
}

/**
 * `count` numbers from start to stop at equal distances.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.linspace(0, 1, 11);
 * ```
 */
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  count: Dim = 50,
  options: LinspaceOptions = {},
): Variable {
  checkOptions("Cannot make a range", options, { endpoint: "boolean", dtype: "any" });
  const wanted = wantedDType(options), float = floatDType([start, stop], wanted);
  const [a, b] = [start, stop].map((value) => castTo(asVariable(value, float), float)) as [
    Variable,
    Variable,
  ];
  if (a.ndim > 0 || b.ndim > 0) {
    throw new TypeError("Cannot space numbers: expected scalars as ends");
  }
  const length = checkedLength(count, "Cannot space numbers");
  const intervals = options.endpoint === false ? length : subDims(length, 1);
  const parts = castTo(dimVariable(maxDims(intervals, 1)), float);
  const fraction = elementwise("div", [castTo(arange(length), float), parts]);
  // a(1-t) + bt meets both ends exactly, which a + (b-a)t does not.
  const one = asVariable(1, float);
  const values = elementwise("add", [
    elementwise("mul", [a, elementwise("sub", [one, fraction])]),
    elementwise("mul", [b, fraction]),
  ]);
  return castTo(values, wanted ?? float);
}

/** Options of {@linkcode logspace}. */
export interface LogspaceOptions extends LinspaceOptions {
  /** What is raised to the powers; 10 if missing. */
  readonly base?: number;
}

/**
 * `count` numbers from base^start to base^stop at equal ratios.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.logspace(-3, 2, 6); // 0.001, 0.01, …, 100
 * ```
 */
export function logspace(
  start: TensorLike,
  stop: TensorLike,
  count: Dim = 50,
  options: LogspaceOptions = {},
): Variable {
  const { base = 10, ...others } = checkOptions("Cannot make a range", options, {
    base: "number",
    endpoint: "boolean",
    dtype: "any",
  });
  const wanted = wantedDType(others), float = floatDType([start, stop], wanted);
  const powers = linspace(start, stop, count, { ...others, dtype: float });
  return castTo(elementwise("pow", [asVariable(base, float), powers]), wanted ?? float);
}

/**
 * `count` numbers from start to stop, which have one sign, at equal ratios.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.geomspace(1, 1000, 4); // 1, 10, 100, 1000
 * ```
 */
export function geomspace(
  start: TensorLike,
  stop: TensorLike,
  count: Dim = 50,
  options: LinspaceOptions = {},
): Variable {
  checkOptions("Cannot make a range", options, { endpoint: "boolean", dtype: "any" });
  const wanted = wantedDType(options), dtype = floatDType([start, stop], wanted);
  const parts = linspace(0, 1, count, { ...options, dtype });
  const [a, b] = [start, stop].map((end) => castTo(asVariable(end, dtype), dtype)) as [
    Variable,
    Variable,
  ];
  if (a.ndim > 0 || b.ndim > 0) {
    throw new TypeError("Cannot space numbers: expected scalars as ends");
  }
  const ratio = elementwise("pow", [elementwise("div", [b, a]), parts]);
  return castTo(elementwise("mul", [a, ratio]), wanted ?? dtype);
}

/** Options of {@linkcode meshgrid}. */
export interface MeshgridOptions {
  /** "xy": the first vector runs along axis 1 (as in NumPy, the default); "ij": along axis 0. */
  readonly indexing?: "xy" | "ij";
}

/**
 * For each of several vectors a tensor that varies as the vector along an axis of its own.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, y] = T.meshgrid([T.vector("xs"), T.vector("ys")]);
 * ```
 */
export function meshgrid(
  vectors: readonly TensorLike[],
  options: MeshgridOptions = {},
): Variable[] {
  const action = "Cannot make a grid";
  const { indexing = "xy" } = checkOptions(action, options, { indexing: ["xy", "ij"] });
  const all = Array.from(expectList(action, vectors, "a list of vectors"), (v) => asVariable(v));
  for (const v of all) {
    if (v.ndim !== 1) throw new TypeError(`Cannot make a grid: expected vectors, got ${v.type}`);
  }
  const rank = all.length;
  const axisOf = (i: number) => indexing === "xy" && rank > 1 && i < 2 ? 1 - i : i;
  const dims: Variable[] = new Array(rank);
  all.forEach((v, i) => dims[axisOf(i)] = dimsOf(v)[0]!);
  return all.map((v, i) => {
    const pattern = Array.from({ length: rank }, (_, d): PatternItem => d === axisOf(i) ? 0 : "x");
    return stretched(shuffled(v, pattern), dims);
  });
}

function rangeOf(spec: SliceSpec): Variable {
  const stop: SliceSpec["stop"] = (spec as SliceSpec | null | undefined)?.stop;
  if (stop === undefined || stop === null) {
    throw new TypeError(`Cannot make a grid: expected slices with a stop, got ${shown(spec)}`);
  }
  return arange(spec.start ?? 0, stop, spec.step ?? 1);
}

/**
 * NumPy's `mgrid`: for each slice a tensor of the positions along its axis, all of the full shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [rows, columns] = T.mgrid(T.slice(0, 3), T.slice(0, 4));
 * ```
 */
export function mgrid(...ranges: readonly SliceSpec[]): Variable[] {
  return meshgrid(ranges.map(rangeOf), { indexing: "ij" });
}

/** NumPy's `ogrid`: as {@linkcode mgrid}, with length 1 on the other axes. */
export function ogrid(...ranges: readonly SliceSpec[]): Variable[] {
  return ranges.map((range, i) =>
    shuffled(rangeOf(range), ranges.map((_, d): PatternItem => d === i ? 0 : "x"))
  );
}
