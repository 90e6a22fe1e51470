/**
 * What rounding may make of a program: how far it moves its numbers, and which whole numbers hang on it.
 *
 * @module
 */

import { type DType, isComplex, isFloat, realOf } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { type Change, evaluateChanged } from "../graph/reference.ts";
import type { Value } from "../graph/value.ts";

/** Values as a function of the number of an output and a position in it. */
type PerElement<V> = (output: number, position: number) => V;

/**
 * How far rounding moves the results of the graph as written: what the reference rounds, and, where
 * constants meet, what rewriting rounds, since it makes one constant of several.
 */
export function spreadOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  const runs = once(() =>
    [1, 2, 3].map((seed) => evaluateChanged(outputs, inputs, writtenRounding(seed)))
  );
  return (output, position) => largestError(runs(), values, output, position);
}

/**
 * How far the rounding of a device moves numbers, and whole numbers that come of floats. What is too large for
 * its dtype is infinite there, which the reference, in float64, does not see.
 */
export function deviceSpreadOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  const runs = once(() =>
    [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
      const random = numbersFrom(seed);
      return evaluateChanged(outputs, inputs, {
        result: (value, { op }) =>
          op.inner === undefined
            ? inRange(roundedBy(random, value, () => unitOf(value.dtype)))
            : value,
      });
    })
  );
  return (output, position) => largestError(runs(), values, output, position);
}

/** How far runs are from values at most; infinite where one is not a number. */
function largestError(
  runs: readonly (readonly Value[])[],
  values: readonly Value[],
  output: number,
  position: number,
): number {
  const at = (of: readonly Value[]) => Number(of[output]!.data[position]), want = at(values);
  const errors = runs.map((run) => Object.is(at(run), want) ? 0 : Math.abs(at(run) - want));
  return Math.max(...errors.map((error) => Number.isNaN(error) ? Infinity : error));
}

/** A value that is computed when it is first asked for. */
function once<V>(compute: () => V): () => V {
  let value: V | undefined;
  return () => value ??= compute();
}

/** Numbers from -1 to 1, the same for each seed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** By how much a device may be off, relative to a result. */
function unitOf(dtype: DType): number {
  const units: Record<string, number> = { float16: 2 ** -10, float32: 2 ** -22 };
  return units[realOf(dtype)] ?? 2 ** -50;
}

function roundedBy(random: () => number, value: Value, unit: (x: number) => number): Value {
  if (!isFloat(value.dtype) && !isComplex(value.dtype)) return value;
  const data = (value.data as Float64Array).map((x) => x * (1 + unit(x) * random()));
  return { ...value, data };
}

/** A value with what its dtype cannot hold infinite. */
function inRange(value: Value): Value {
  const real = isFloat(value.dtype) || isComplex(value.dtype) ? realOf(value.dtype) : "float64";
  if (real === "float64") return value;
  const largest = real === "float16" ? 65504 : 3.4028234663852886e38;
  const data = (value.data as Float64Array)
    .map((x) => Math.abs(x) > largest ? Math.sign(x) * Infinity : x);
  return { ...value, data };
}

function writtenRounding(seed: number): Change {
  const random = numbersFrom(seed), ofConstants = new WeakSet<Value>();
  const isRough = (variable: Variable) =>
    variable instanceof Constant && isFloat(variable.dtype) &&
    (variable.value.data as Float64Array).some((x) => !Number.isInteger(1024 * x));
  return {
    result(value: Value, apply: Apply, values: readonly Value[]): Value {
      // What a step gives is rounded in the step.
      if (apply.op.inner !== undefined) return value;
      // Constants meet along what is linear.
      const meets = apply.op.linear !== undefined && apply.op.linear(apply).length > 0 &&
        values.some((from, i) => ofConstants.has(from) || isRough(apply.inputs[i]!));
      const rounded = roundedBy(
        random,
        value,
        (x) => meets ? unitOf(value.dtype) : Number.isInteger(x) ? 0 : Number.EPSILON,
      );
      if (meets) ofConstants.add(rounded);
      return rounded;
    },
  };
}
