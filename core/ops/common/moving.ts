/**
 * Moving elements between host values, for the reference evaluation of ops that compute nothing.
 *
 * @module
 */

import { type DType, isComplex } from "../../graph/dtype.ts";
import { sizeOf, type Value, valueData } from "../../graph/value.ts";

/** Row-major strides of a contiguous array, in elements. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d]!;
  }
  return strides;
}

/**
 * Visits the indices of a shape in row-major order. The array given to `visit` is reused between
 * visits.
 */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
): void {
  const total = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let flat = 0; flat < total; flat++) {
    visit(index, flat);
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
}

/** Position of an index in a contiguous array whose axes of length 1 stretch. */
export function broadcastPosition(index: readonly number[], shape: readonly number[]): number {
  const skip = index.length - shape.length;
  let position = 0;
  shape.forEach((n, d) => position = position * n + (n === 1 ? 0 : index[skip + d]!));
  return position;
}

/** Copies element `from` of one array of elements to element `to` of another. */
export function copyElement(target: Value, to: number, source: Value, from: number): void {
  const into = target.data as Float64Array, out = source.data as Float64Array;
  if (isComplex(target.dtype)) {
    into[2 * to] = out[2 * from]!;
    into[2 * to + 1] = out[2 * from + 1]!;
  } else into[to] = out[from]!;
}

/** Adds element `from` of one array to element `to` of another; for bools that is "or". */
export function addElement(target: Value, to: number, source: Value, from: number): void {
  const into = target.data as Float64Array, out = source.data as Float64Array;
  if (isComplex(target.dtype)) {
    into[2 * to]! += out[2 * from]!;
    into[2 * to + 1]! += out[2 * from + 1]!;
  } else if (target.dtype === "bool") into[to] = into[to] !== 0 || out[from] !== 0 ? 1 : 0;
  else into[to]! += out[from]!;
}

/** A value filled with zeros. */
export function zeroValue(dtype: DType, shape: readonly number[]): Value {
  return { dtype, shape: [...shape], data: valueData(dtype, sizeOf(shape)) };
}

/** A copy. */
export function copyValue(value: Value): Value {
  return { ...value, data: value.data.slice() };
}

/** The value whose element at each index is the source's element at the position that `at` gives. */
export function gather(
  source: Value,
  shape: readonly number[],
  at: (index: readonly number[]) => number,
): Value {
  const out = zeroValue(source.dtype, shape);
  forEachIndex(shape, (index, flat) => copyElement(out, flat, source, at(index)));
  return out;
}

/** The single element of an integer value as a number. */
export function scalarOf(value: Value): number {
  return Number(value.data[0]);
}
