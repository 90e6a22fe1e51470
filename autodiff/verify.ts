/**
 * Checking gradients by finite differences.
 *
 * @module
 */

import { isComplex, isDiscrete, isFloat, realOf } from "../core/graph/dtype.ts";
import { GradientError } from "../core/base/errors.ts";
import { makeConstant, makeVariable, Variable, writtenLabel } from "../core/graph/graph.ts";
import { makeValue, sizeOf, type Value } from "../core/graph/value.ts";
import { add, imag, mul, real } from "../core/ops/elementwise/elementwise.ts";
import { castHost, type TensorLike, valueOf } from "../core/ops/common/literal.ts";
import { sum } from "../core/ops/reduce/reduce.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import { graphInputs } from "../core/graph/walk.ts";
import { TensorType } from "../core/graph/type.ts";
import { grad } from "./grad.ts";
import { rangeSpreadOf } from "../core/runtime/rounding.ts";
import { beforeCompiling } from "../core/base/later.ts";
import { checkOptions, expectList } from "../core/base/options.ts";
import { shown } from "../core/base/shown.ts";

/** Options of `verifyGrad`. */
export interface VerifyOptions {
  /** Seed of the random weights of outputs; default 1. */
  readonly seed?: number;
  /** Distance of the two points of a difference, each from the middle; default 1e-5. */
  readonly eps?: number;
  /** What values may differ by in any case; default 1e-6. */
  readonly absTol?: number;
  /** Part of the greater absolute value that values may differ by; default 1e-5. */
  readonly relTol?: number;
  /** 2 checks the gradient of the gradient, too; default 1. */
  readonly order?: 1 | 2;
}

/** Numbers in [0.5, 1.5): weights of outputs, none of which may vanish. */
function weights(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return 0.5 + ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pointValue(point: Exclude<TensorLike, Variable>, i: number): Value {
  if (point instanceof Variable) {
    throw new TypeError(
      `Cannot verify a gradient: expected point ${i} to be a value, got a variable`,
    );
  }
  const value = valueOf(point);
  if (isDiscrete(value.dtype)) {
    throw new TypeError(
      `Cannot verify a gradient: expected point ${i} of floats, got ${value.dtype}`,
    );
  }
  return castHost(value, isComplex(value.dtype) ? "complex128" : "float64");
}

/** The sum of the outputs with random weights, of both parts of complex ones. */
function projected(
  output: Variable,
  at: ReadonlyMap<Variable, Value>,
  next: () => number,
): Variable {
  const [value] = evaluateGraph([output], at) as [Value];
  const dtype = realOf(output.dtype), size = sizeOf(value.shape);
  const weighted = (part: Variable): Variable => {
    const factors = makeValue(dtype, value.shape, Array.from({ length: size }, next));
    return sum(mul(part, makeConstant(factors)));
  };
  if (!isComplex(output.dtype)) return weighted(output);
  return add(weighted(real(output)), weighted(imag(output)));
}

/** The index of a flat position. */
function indexOf(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let d = shape.length - 1; d >= 0; d--) {
    index[d] = rest % shape[d]!;
    rest = Math.floor(rest / shape[d]!);
  }
  return index;
}

/**
 * Compares the gradient of a function with finite differences, at points and for a random weighting of
 * the outputs. Everything is computed in float64 by the reference interpreter.
 *
 * Throws a GradientError that names the element and both values where they differ.
 *
 * @param fun Builds the function from one variable for each point.
 * @param points Where to check: floats or complex numbers.
 * @param options The seed, the step of the differences, and tolerances.
 *
 * @example
 * ```ts
 * import { T, verifyGrad } from "@croton/croton";
 *
 * verifyGrad((x, y) => T.tanh(x).mul(y), [[[0.1, 0.2], [0.3, 0.4]], [1.5, -2]]);
 * ```
 */
export function verifyGrad(
  fun: (...variables: Variable[]) => Variable,
  points: readonly Exclude<TensorLike, Variable>[],
  options: VerifyOptions = {},
): void {
  const action = "Cannot verify a gradient";
  if (typeof fun !== "function") {
    throw new TypeError(`${action}: expected a function of variables, got ${shown(fun)}`);
  }
  const { seed = 1, order = 1, eps = 1, absTol = 0, relTol = 0 } = checkOptions(action, options, {
    seed: "number",
    eps: "number",
    absTol: "number",
    relTol: "number",
    order: "any",
  });
  if (!(eps > 0 && eps < Infinity)) {
    throw new RangeError(`${action}: expected "eps" to be a number > 0, got ${eps}`);
  }
  for (const [name, tolerance] of Object.entries({ absTol, relTol })) {
    if (tolerance >= 0) continue;
    throw new RangeError(`${action}: expected "${name}" to be a number >= 0, got ${tolerance}`);
  }
  if (order !== 1 && order !== 2) {
    throw new RangeError(`${action}: expected "order" to be 1 or 2, got ${shown(order)}`);
  }
  const values = expectList(action, points, "a list of values").map(pointValue);
  const variables = values.map((value) =>
    makeVariable(TensorType.of(value.dtype, value.shape.map(() => null)))
  );
  const at = new Map(variables.map((variable, i) => [variable, values[i]!]));
  const next = weights(seed);
  const made: unknown = fun(...variables);
  if (!(made instanceof Variable)) {
    throw new TypeError(
      `${action}: expected the function to return a variable, got ${shown(made)}`,
    );
  }
  let cost = projected(made, at, next);
  for (let n = 1;; n++) {
    const gradients = grad(cost, variables, { disconnectedInputs: "ignore" }) as Variable[];
    compare(cost, gradients, variables, at, options);
    if (n >= order || gradients.length === 0) return;
    cost = gradients.map((gradient) => projected(gradient, at, next)).reduce((a, b) => add(a, b));
  }
}

/** Compares gradients of a cost with finite differences. */
function compare(
  cost: Variable,
  gradients: readonly Variable[],
  variables: readonly Variable[],
  at: ReadonlyMap<Variable, Value>,
  { eps = 1e-5, absTol = 1e-6, relTol = 1e-5 }: VerifyOptions,
  casual: Casual | null = null,
): void {
  evaluateGraph(gradients, at).forEach((gradient, argument) => {
    const { shape, dtype, data } = at.get(variables[argument]!)!;
    if (gradient.shape.join() !== shape.join()) {
      throw new TypeError(
        `The gradient of argument ${argument} has shape [${gradient.shape}], expected [${shape}]`,
      );
    }
    const stride = casual === null ? 1 : Math.ceil(data.length / MOST_ELEMENTS) || 1;
    for (let i = 0; i < data.length; i += stride) {
      const moved = (by: number): number => {
        const elements = data.slice() as Float64Array;
        elements[i]! += by;
        const near = new Map(at).set(variables[argument]!, { shape, dtype, data: elements });
        return Number(evaluateGraph([cost], near)[0]!.data[0]);
      };
      const symbolic = Number(gradient.data[i]);
      const step = casual === null ? eps : eps * Math.max(1, Math.abs(Number(data[i])));
      const [high, low] = [moved(step), moved(-step)], numeric = (high - low) / (2 * step);
      const tolerance = absTol + relTol * Math.max(Math.abs(symbolic), Math.abs(numeric));
      // Written so that NaN fails.
      if (Math.abs(symbolic - numeric) <= tolerance) continue;
      if (casual !== null && !isSmooth(low, moved(0), high, step)) continue;
      if (casual !== null && isLost(cost, at, Math.abs(high - low))) continue;
      const position = indexOf(isComplex(dtype) ? Math.floor(i / 2) : i, shape);
      const of = casual === null ? {} : { of: casual.of(variables[argument]!) };
      throw new GradientError({ ...of, argument, position, symbolic, numeric });
    }
  });
}

/** How gradients are compared at points that nobody chose for it. */
interface Casual {
  /** In words what a gradient by a variable is of. */
  of(variable: Variable): string;
}

/** Whether a difference tells a slope: with no kink or pole beside it, and more than rounding. */
function isSmooth(low: number, middle: number, high: number, step: number): boolean {
  const [left, right] = [(middle - low) / step, (high - middle) / step];
  const rounding = 2 ** -48 * Math.max(Math.abs(low), Math.abs(middle), Math.abs(high)) / step;
  const slope = Math.max(Math.abs(left), Math.abs(right));
  // Written so that NaN and infinity are not smooth.
  return rounding <= 1e-3 * slope + 1e-6 && Math.abs(left - right) <= 1e-2 * slope + 1e-6;
}

/** Whether numbers that no float holds move a cost as far as its difference of two points is. */
function isLost(cost: Variable, at: ReadonlyMap<Variable, Value>, far: number): boolean {
  return !(rangeSpreadOf([cost], at, evaluateGraph([cost], at))(0, 0) <= 1e-3 * far + 1e-12);
}

/** Elements of a variable for which debug mode computes differences. */
const MOST_ELEMENTS = 16;

/** Compares the gradients of outputs with finite differences, for debug mode. */
function checkGradients(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
): void {
  // Differences need digits that float32 has not.
  const at = new Map([...inputs].map(([variable, value]) => {
    const isReal = isFloat(value.dtype);
    return [
      variable,
      isReal ? { ...value, data: Float64Array.from(value.data as Float64Array) } : value,
    ];
  }));
  const next = weights(1);
  for (const output of outputs) {
    if (!isFloat(output.dtype)) continue;
    const wanted = graphInputs([output]).filter((v) => isFloat(v.dtype) && at.has(v));
    const cost = projected(output, at, next);
    const gradients = grad(cost, wanted, { disconnectedInputs: "ignore" });
    const of = (variable: Variable) =>
      `${writtenLabel(output)} by ${variable.label}${placeOf(output)}`;
    compare(cost, gradients, wanted, at, { absTol: 1e-5, relTol: 1e-4 }, { of });
  }
}

function placeOf({ written: { place } }: Variable): string {
  return place === "" ? "" : `, made at ${place},`;
}

beforeCompiling(async () => {
  (await import("../core/runtime/debug.ts"))
    .registerGradientCheck(checkGradients);
});
