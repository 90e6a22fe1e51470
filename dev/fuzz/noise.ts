/**
 * How much rounding may change a value: the reference with noise behind whatever rounds. Evaluated a few
 * times, it says which numbers are worth comparing, and how closely.
 *
 * @module
 */

import { isComplex, isFloat } from "../../core/graph/dtype.ts";
import type { Apply, Variable } from "../../core/graph/graph.ts";
import { heldInputs } from "../../core/graph/op.ts";
import { evaluateChanged } from "../../core/graph/reference.ts";
import type { Value } from "../../core/graph/value.ts";
import { Random } from "./random.ts";

const random = new Random(1);

/** One part in so many is what a dtype rounds by. */
const units: Readonly<Record<string, number>> = {
  float16: 2 ** -11,
  float32: 2 ** -24,
  complex64: 2 ** -24,
  float64: 2 ** -53,
  complex128: 2 ** -53,
};

function roundTo(dtype: Value["dtype"], x: number): number {
  if (dtype === "float32" || dtype === "complex64") return Math.fround(x);
  return dtype === "float16" ? Math.f16round(x) : x;
}

/** Whether arithmetic on numbers is exact: small whole ones. */
function isWhole(value: Value): boolean {
  return value.data.every((x: number | bigint) =>
    Number.isInteger(x) && Math.abs(Number(x)) < 65536
  );
}

/**
 * A value with an error of some units in the last place. Small whole numbers have none where what is done
 * with them is exact. Without signs of zeros, either zero may stand for the other.
 */
function noisy(value: Value, ulps: number, isExact: boolean, hasSigns: boolean): Value {
  const { dtype } = value;
  if (!isFloat(dtype) && !isComplex(dtype)) return value;
  const unit = units[dtype]! * ulps;
  const numbers = value.data as Float64Array, isPair = isComplex(dtype);
  const data = numbers.map((x, i) => {
    if (x === 0 && !hasSigns) return random.chance(0.5) ? 0 : -0;
    if (isExact && Number.isInteger(x) && Math.abs(x) < 65536) return x;
    // Either part of a complex number has the errors of the greater one.
    const size = isPair ? Math.max(Math.abs(x), Math.abs(numbers[i ^ 1]!)) : x;
    return roundTo(dtype, x + size * unit * (2 * random.next() - 1));
  });
  return { ...value, data };
}

/** Elementwise ops that choose among their arguments, or change signs and parts. */
const choosing = new Set([
  "neg",
  "abs",
  "sign",
  "switch",
  "maximum",
  "minimum",
  "clip",
  "conj",
  "real",
  "imag",
  "complex",
]);

/** Whether results are exact, elements of the arguments, or of a graph that has noise of its own. */
function isExact(apply: Apply): boolean {
  const { op } = apply, { facts, lowering } = op;
  const isSame = lowering.kind === "elementwise" && lowering.view === true;
  return isSame || choosing.has(op.name) || facts?.has("rounding") === true ||
    heldInputs(apply) !== null || op.pick !== undefined || op.inner !== undefined;
}

/** Ops that add up, in whatever order: errors are relative to what is added. */
const adding = new Set([
  "add",
  "sub",
  "reduce",
  "matmul",
  "cumop",
  "sumTo",
  "incSubtensor",
  "mean",
  "fft",
]);

/** What is not exact. */
export interface Noise {
  /** Whether small whole numbers are not, as they would be after other steps to the same value. */
  readonly wholeToo?: boolean;
  /** Whether arithmetic keeps the signs of zeros, which WGSL does not promise; true by default. */
  readonly hasSigns?: boolean;
}

/** Values of outputs where each result is off by rounding, also inside of loops. */
export function evaluateNoisy(
  outputs: readonly Variable[],
  inputs: ReadonlyMap<Variable, Value>,
  { wholeToo = false, hasSigns = true }: Noise = {},
): Value[] {
  return evaluateChanged(outputs, inputs, {
    inputs: (values, { op }) => {
      if (!adding.has(op.name)) return [...values];
      // Roots of unity are not whole, whatever they are multiplied by.
      const isExact = !wholeToo && op.name !== "fft" &&
        values.every((value) => !isFloat(value.dtype) || isWhole(value));
      return values.map((value) => noisy(value, 1, isExact, hasSigns));
    },
    result: (value, apply) => isExact(apply) ? value : noisy(value, 4, !wholeToo, hasSigns),
  });
}
