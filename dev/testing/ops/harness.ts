/**
 * Runs graphs in tests: by the reference, and planned and run by the interpreting backend, and compares
 * the two.
 *
 * @module
 */

import "../compiling.ts";
import { assert, assertEquals } from "@std/assert";
import { HostArgument } from "../../../core/runtime/arguments.ts";
import { Executor } from "../../../core/runtime/executor.ts";
import type { DType } from "../../../core/graph/dtype.ts";
import { makeVariable, type Variable } from "../../../core/graph/graph.ts";
import {
  fromTypedArray,
  makeValue,
  rounded,
  toTypedArray,
  type Value,
} from "../../../core/graph/value.ts";
import { createInterpreterBackend } from "../interpret.ts";
import { evaluateGraph } from "../../../core/graph/reference.ts";
import { type StaticShape, TensorType } from "../../../core/graph/type.ts";

/** An input variable. */
export function input(dtype: DType, shape: StaticShape, name = "x"): Variable {
  const variable = makeVariable(TensorType.of(dtype, shape));
  variable.name = name;
  return variable;
}

/** An input whose shape is not known before the call. */
export function anyInput(dtype: DType, ndim: number, name = "x"): Variable {
  return input(dtype, new Array(ndim).fill(null), name);
}

/** A value with the given elements. */
export function value(
  dtype: DType,
  shape: readonly number[],
  elements: readonly (number | bigint)[],
): Value {
  return rounded(makeValue(dtype, shape, elements));
}

/** A value that counts 0, 1, 2, … */
export function counting(dtype: DType, shape: readonly number[], from = 0): Value {
  const n = shape.reduce((product, m) => product * m, 1);
  return value(dtype, shape, Array.from({ length: n }, (_, i) => from + i));
}

/** Numbers from 0 to 1 that are the same for each seed. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The elements as numbers. */
export function numbers(v: Value): number[] {
  return Array.from(v.data as ArrayLike<number | bigint>, Number);
}

/** Values of outputs by a plan, from the second of two calls, which takes the plan of the first. */
export function runPlanned(
  outputs: readonly Variable[],
  feeds: readonly (readonly [Variable, Value])[],
): Value[] {
  const executor = new Executor({
    name: "test",
    inputs: feeds.map(([variable]) => variable),
    outputs,
    updates: [],
    backend: createInterpreterBackend(),
  });
  const args = feeds.map(([, v]) => new HostArgument(v.dtype, v.shape, toTypedArray(v)));
  executor.run(args);
  return executor.run(args).map((tensor) =>
    fromTypedArray(tensor.dtype, tensor.shape, tensor.dataSync())
  );
}

/** Values of outputs by the reference and by a plan, which must agree; gives those of the reference. */
export function evaluate(
  outputs: readonly Variable[],
  feeds: readonly (readonly [Variable, Value])[],
  tolerance = 1e-5,
): Value[] {
  const reference = evaluateGraph(outputs, new Map(feeds));
  runPlanned(outputs, feeds).forEach((got, i) => {
    const wanted = reference[i]!;
    assertEquals([got.dtype, got.shape], [wanted.dtype, wanted.shape]);
    expectClose(numbers(got), numbers(wanted), tolerance);
  });
  outputs.forEach((output, i) => {
    const { shape } = reference[i]!;
    assertEquals(output.dtype, reference[i]!.dtype);
    assert(
      output.ndim === shape.length &&
        output.type.shape.every((n, d) => n === null || n === shape[d]),
      `The type ${output.type} does not hold a value of shape [${shape}]`,
    );
  });
  return reference;
}

/** The elements of the only output. */
export function run(
  output: Variable,
  feeds: readonly (readonly [Variable, Value])[] = [],
): number[] {
  return numbers(evaluate([output], feeds)[0]!);
}

/** Compares numbers, NaN being equal to NaN. */
export function expectClose(got: readonly number[], wanted: readonly number[], tolerance = 1e-5) {
  assertEquals(got.length, wanted.length);
  got.forEach((x, i) => {
    const y = wanted[i]!;
    const close = Object.is(x, y) || x === y || Number.isNaN(x) && Number.isNaN(y) ||
      Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y));
    assert(close, `Element ${i} is ${x} and should be ${y} (all: ${got} and ${wanted})`);
  });
}
