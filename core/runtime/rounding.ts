/**
 * What rounding may make of a program: how far it moves its numbers, and which whole numbers hang on it.
 *
 * @module
 */

import { type DType, isComplex, isFloat, realOf } from "../graph/dtype.ts";
import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { type Change, evaluateChanged } from "../graph/reference.ts";
import type { Value } from "../graph/value.ts";
import { isElementwise } from "../rewrite/match.ts";

/** Values as a function of the number of an output and a position in it. */
type PerElement<V> = (output: number, position: number) => V;

/**
 * How far rounding moves the results of the graph as written: what the reference rounds, also beyond what
 * floats can hold, and, where constants meet, what rewriting rounds, since it makes one constant of several.
 */
export function spreadOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  return changedBy([1, 2, 3, 4].map(writtenRounding), outputs, inputs, values);
}

/** How far it moves them that some numbers on the way are too large for floats, or too close to 0. */
export function rangeSpreadOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  const changes = [1, 2, 3, 4].map((seed): Change => {
    const random = numbersFrom(seed);
    return { result: (value, apply, from) => withinRange(random, value, apply, from) };
  });
  return changedBy(changes, outputs, inputs, values);
}

/**
 * How far the rounding of a device moves numbers, and whole numbers that come of floats. What is too large for
 * its dtype is infinite there, and what is too close to 0 may be 0, which the reference, in float64, does not see.
 */
export function deviceSpreadOf(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  const changes = [1, 2, 3, 4, 5, 6, 7, 8].map((seed): Change => {
    const random = numbersFrom(seed);
    return {
      result: (value, { op }) =>
        op.inner === undefined
          ? inRange(random, roundedBy(random, value, () => unitOf(value.dtype)))
          : value,
    };
  });
  return changedBy(changes, outputs, inputs, values);
}

/** How far the results of a graph are, where it is evaluated with changes, from values. */
function changedBy(
  changes: readonly Change[],
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  values: readonly Value[],
): PerElement<number> {
  const runs = once(() => changes.map((change) => evaluateChanged(outputs, inputs, change)));
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

function roundedBy(
  random: () => number,
  value: Value,
  unit: (x: number, position: number) => number,
): Value {
  if (!isFloat(value.dtype) && !isComplex(value.dtype)) return value;
  const data = (value.data as Float64Array).map((x, i) => x * (1 + unit(x, i) * random()));
  return { ...value, data };
}

/** A value with what its dtype cannot hold infinite or, some of it, 0. */
function inRange(random: () => number, value: Value): Value {
  const real = isFloat(value.dtype) || isComplex(value.dtype) ? realOf(value.dtype) : "float64";
  if (real === "float64") return value;
  const [least, largest] = real === "float16"
    ? [2 ** -14, 65504]
    : [2 ** -126, 3.4028234663852886e38];
  const data = (value.data as Float64Array).map((x) => {
    const size = Math.abs(x);
    return size > largest ? Math.sign(x) * Infinity : size < least && random() < 0 ? 0 : x;
  });
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
      const isExact = exactIn(apply, values, value);
      const rounded = roundedBy(
        random,
        withinRange(random, value, apply, values),
        (x, i) => meets ? unitOf(value.dtype) : isExact(x, i) ? 0 : Number.EPSILON,
      );
      if (meets) ofConstants.add(rounded);
      return rounded;
    },
  };
}

/** Whether nothing was lost in a result: a whole number that is none by rounding. */
function exactIn(apply: Apply, inputs: readonly Value[], result: Value) {
  const isOfAny = !isElementwise(apply), isCurved = apply.op.facts?.has("saturates") === true;
  return (x: number, i: number): boolean =>
    Number.isSafeInteger(x) && (isOfAny || inputs.every((input) => {
      const from = elementAt(input, result, i);
      return isCurved ? from === 0 : Number.isInteger(from);
    }));
}

/** The element of an input that an element of an elementwise result is of. */
function elementAt({ shape, data }: Value, result: Value, position: number): number {
  let flat = 0, rest = position, stride = 1;
  for (let axis = shape.length - 1, own = result.shape.length - 1; axis >= 0; axis--, own--) {
    const length = result.shape[own]!, at = rest % length;
    if (shape[axis] !== 1) flat += at * stride;
    stride *= shape[axis]!;
    rest = Math.floor(rest / length);
  }
  return Number(data[flat]);
}

/** The least number that has all its digits, the least of all, and the largest. */
const NORMAL = 2 ** -1022, LEAST = Number.MIN_VALUE, LARGEST = Number.MAX_VALUE;

/** Ops that are not curved, and make 0 of numbers that are close to it. */
const vanishing = new Set(["mul", "div", "reciprocal", "sqr", "matmul"]);

/**
 * A result with some number in the place of what was too large or too close to 0, or is none, which no longer
 * tells where it came from: whatever hangs on it changes.
 */
function withinRange(
  random: () => number,
  result: Value,
  apply: Apply,
  inputs: readonly Value[],
): Value {
  if (!isFloat(result.dtype)) return result;
  const { name, facts } = apply.op, isEach = isElementwise(apply);
  const vanishes = facts?.has("saturates") === true || vanishing.has(name) ||
    (apply.params as { kind?: string }).kind === "prod";
  const every = (i: number, test: (x: number) => boolean) =>
    isEach
      ? inputs.every((input) => test(elementAt(input, result, i)))
      : inputs.every(({ data }) => Array.from(data, Number).every(test));
  const data = (result.data as Float64Array).map((x, i) => {
    const size = Math.abs(x), part = Math.abs(random());
    if (size === Infinity) {
      // log(0) and 1 / 0 are what they should be.
      const isLost = every(i, (from) => Number.isFinite(from) && (!isEach || from !== 0));
      return isLost && facts?.has("logarithm") !== true ? Math.sign(x) * LARGEST * part : x;
    }
    if (Number.isNaN(x)) {
      // What made it may go, and 0 times it may be 0, where rewrites take numbers for finite.
      const isMade = every(i, (from) => !Number.isNaN(from)) ||
        vanishing.has(name) && !every(i, (from) => from !== 0);
      return isMade ? part : x;
    }
    if (size >= NORMAL) return x;
    const isLost = x !== 0 || vanishes && every(i, (from) => from !== 0 && !Number.isNaN(from));
    return isLost ? x + (Object.is(x, -0) || x < 0 ? -1 : 1) * LEAST * Math.ceil(4 * part) : x;
  });
  return { ...result, data };
}
