/**
 * Host values of the reference interpreter: plain numbers with a shape.
 *
 * @module
 */

import { type DType, dtypeInfo, isComplex, isDiscrete, type TypedArray } from "./dtype.ts";

/**
 * Elements of a value. Everything but 64-bit integers is held as float64, whatever its dtype, so that
 * the reference computes in float64; complex numbers are interleaved pairs.
 */
export type ValueData = Float64Array | BigInt64Array | BigUint64Array;

/** A tensor of the reference interpreter: contiguous, row-major. */
export interface Value {
  /** Type of the elements. */
  readonly dtype: DType;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements, in row-major order. */
  readonly data: ValueData;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** The most elements of a value that a message shows. */
const MOST_SHOWN = 8;

/** A value for messages: its elements if they are few, as in `[[1, 2], [3, 4]]`. */
export function valueText({ dtype, shape, data }: Value): string {
  if (data.length > MOST_SHOWN || isComplex(dtype)) return "a constant";
  let items = Array.from<number | bigint, string>(
    data,
    (n) => typeof n === "bigint" ? String(n) : String(Number(n.toPrecision(7))),
  );
  for (const length of shape.toReversed()) {
    const rows = items;
    items = Array.from(
      { length: length === 0 ? 1 : rows.length / length },
      (_, i) => `[${rows.slice(i * length, (i + 1) * length).join(", ")}]`,
    );
  }
  return items[0] ?? "";
}

function exactText(x: number | bigint): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

/** What a value is, as text: equal for equal values alone. */
export function exactValueText({ dtype, shape, data }: Value): string {
  return `${dtype}[${shape}]${Array.from(data, exactText)}`;
}

/** Zero-filled elements for `n` values of a dtype. */
export function valueData(dtype: DType, n: number): ValueData {
  if (dtype === "int64") return new BigInt64Array(n);
  if (dtype === "uint64") return new BigUint64Array(n);
  return new Float64Array(isComplex(dtype) ? 2 * n : n);
}

/** A value from numbers; numbers become bigint for 64-bit integers. */
export function makeValue(
  dtype: DType,
  shape: readonly number[],
  elements: Iterable<number | bigint> | ArrayLike<number | bigint>,
): Value {
  const data = valueData(dtype, sizeOf(shape));
  const list = Array.from(elements as ArrayLike<number | bigint>);
  const needed = data.length;
  if (list.length !== needed) {
    throw new TypeError(
      `Cannot make a value of shape [${shape}]: expected ${needed} numbers, got ${list.length}`,
    );
  }
  for (let i = 0; i < list.length; i++) {
    data[i] = data instanceof Float64Array ? Number(list[i]) : BigInt(list[i]!);
  }
  return { dtype, shape: [...shape], data };
}

/** The elements as the typed array of the dtype: rounded and wrapped as storing does. */
export function toTypedArray(value: Value): TypedArray {
  if (value.dtype === "int64" || value.dtype === "uint64") {
    return value.data.slice();
  }
  const out = dtypeInfo(value.dtype).array(sizeOf(value.shape)) as Float64Array<ArrayBuffer>;
  const source = value.data as Float64Array;
  if (value.dtype === "bool") {
    for (let i = 0; i < source.length; i++) out[i] = source[i] !== 0 ? 1 : 0;
  } else out.set(source);
  return out;
}

/** A value from a typed array of the dtype. */
export function fromTypedArray(
  dtype: DType,
  shape: readonly number[],
  array: TypedArray,
): Value {
  const data = valueData(dtype, sizeOf(shape));
  if (data instanceof Float64Array) data.set(array as Float64Array);
  else (data as BigInt64Array).set(array as unknown as BigInt64Array);
  return { dtype, shape: [...shape], data };
}

/** The value with every element rounded (floats) or wrapped (integers) to its dtype. */
export function rounded(value: Value): Value {
  return fromTypedArray(value.dtype, value.shape, toTypedArray(value));
}

/** Integers as 64-bit ones, whose products wrap rather than round; anything else as it is. */
export function widened(value: Value): Value {
  if (!isDiscrete(value.dtype) || !(value.data instanceof Float64Array)) return value;
  return { dtype: "int64", shape: value.shape, data: BigInt64Array.from(value.data, BigInt) };
}

/** A value of `widened` integers wrapped to a dtype; anything else as it is. */
export function wrappedTo(dtype: DType, value: Value): Value {
  if (value.dtype === dtype || value.data instanceof Float64Array) return value;
  const narrow = Float64Array.from(value.data, (x) => Number(BigInt.asIntN(32, x)));
  return rounded({ dtype, shape: value.shape, data: narrow });
}
