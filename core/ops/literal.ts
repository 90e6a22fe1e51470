/**
 * JavaScript values as symbolic variables.
 *
 * @module
 */

import { config } from "../config.ts";
import { type DType, dtypeInfo, isComplex, isFloat, isInt, promote } from "../dtype.ts";
import type { TypedArray } from "../dtype.ts";
import { makeConstant } from "../graph/graph.ts";
import { fromTypedArray, makeValue, rounded, type Value } from "../graph/value.ts";
import { Variable } from "../variable.ts";

/** Numbers in nested arrays. */
export type NestedArray = readonly (number | bigint | boolean | NestedArray)[];

/** A value on the host with a dtype and a shape, such as a `Tensor`. */
export interface HostTensor {
  /** Element type. */
  readonly dtype: DType;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  dataSync(): TypedArray;
}

/** What stands for a tensor in a graph. */
export type TensorLike =
  | Variable
  | number
  | bigint
  | boolean
  | NestedArray
  | TypedArray
  | HostTensor;

/** Whether a value is a typed array (DataView and bigint arrays told apart). */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether a value is a tensor on the host. */
export function isHostTensor(value: unknown): value is HostTensor {
  return typeof value === "object" && value !== null && "dataSync" in value && "dtype" in value;
}

/** The dtype that a typed array holds. */
export function dtypeOfArray(array: TypedArray): DType {
  const names: Record<string, DType> = {
    Uint8Array: "uint8",
    Uint8ClampedArray: "uint8",
    Int8Array: "int8",
    Int16Array: "int16",
    Int32Array: "int32",
    BigInt64Array: "int64",
    Uint16Array: "uint16",
    Uint32Array: "uint32",
    BigUint64Array: "uint64",
    Float16Array: "float16",
    Float32Array: "float32",
    Float64Array: "float64",
  };
  const dtype = names[Object.prototype.toString.call(array).slice(8, -1)];
  if (dtype === undefined) throw new TypeError(`Cannot use a ${array} as tensor elements`);
  return dtype;
}

/** Shape and elements of nested arrays. Throws a TypeError for ragged ones. */
export function flattenNested(
  nested: NestedArray | number | bigint | boolean,
): { shape: number[]; elements: (number | bigint | boolean)[] } {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
  }
  const elements: (number | bigint | boolean)[] = [];
  const walk = (part: unknown, depth: number) => {
    if (!Array.isArray(part)) {
      if (depth !== shape.length || !["number", "bigint", "boolean"].includes(typeof part)) {
        throw new TypeError(
          `Cannot make a tensor: expected nested arrays of numbers of one shape, got ${
            depth === shape.length ? typeof part : "rows of different depth"
          }`,
        );
      }
      elements.push(part as number);
      return;
    }
    if (part.length !== shape[depth]) {
      throw new TypeError(
        `Cannot make a tensor: expected rows of one length, got ${shape[depth]} and ${part.length}`,
      );
    }
    for (const item of part) walk(item, depth + 1);
  };
  walk(nested, 0);
  return { shape, elements };
}

/** A value from what a user writes; `dtype` decides, else bool, int64 for bigint, or floatX. */
export function valueOf(data: Exclude<TensorLike, Variable>, dtype?: DType): Value {
  if (isHostTensor(data)) {
    const value = fromTypedArray(data.dtype, data.shape, data.dataSync());
    return dtype === undefined || dtype === data.dtype ? value : castHost(value, dtype);
  }
  if (isTypedArray(data)) {
    const own = dtypeOfArray(data);
    const value = fromTypedArray(own, [data.length], data);
    return dtype === undefined || dtype === own ? value : castHost(value, dtype);
  }
  const { shape, elements } = flattenNested(data);
  const first = typeof elements[0];
  const type = dtype ??
    (first === "boolean" ? "bool" : first === "bigint" ? "int64" : config.floatX);
  const numbers = elements.map((x) => typeof x === "boolean" ? Number(x) : x);
  if (isComplex(type)) {
    return rounded(makeValue(type, shape, numbers.flatMap((x) => [Number(x), 0])));
  }
  return rounded(makeValue(type, shape, isInt(type) ? numbers.map(truncate) : numbers));
}

function truncate(x: number | bigint): number | bigint {
  return typeof x === "bigint" ? x : Number.isFinite(x) ? Math.trunc(x) : 0;
}

/** Converts a host value to another dtype, as `cast` does. */
export function castHost(value: Value, dtype: DType): Value {
  const from = value.data, complexIn = isComplex(value.dtype), complexOut = isComplex(dtype);
  const n = complexIn ? from.length / 2 : from.length;
  const out: (number | bigint)[] = [];
  for (let i = 0; i < n; i++) {
    const x = from[complexIn ? 2 * i : i]!;
    if (complexOut) out.push(Number(x), complexIn ? Number(from[2 * i + 1]!) : 0);
    else if (dtype === "bool") out.push(Number(x) !== 0 || Number.isNaN(x) ? 1 : 0);
    else out.push(isInt(dtype) ? truncate(x) : x);
  }
  return rounded(makeValue(dtype, value.shape, out));
}

/**
 * The variable for a value. A number takes its dtype from `like`: it keeps an integer dtype when it is
 * an integer that fits, and becomes floatX beside integers when it has a fraction.
 */
export function asVariable(value: TensorLike, like?: DType): Variable {
  if (value instanceof Variable) return value;
  if (typeof value === "number") return makeConstant(valueOf(value, numberDType(value, like)));
  if (typeof value === "object" || typeof value === "bigint" || typeof value === "boolean") {
    const plain = Array.isArray(value) ? literalDType(value as NestedArray, like) : undefined;
    return makeConstant(valueOf(value, plain));
  }
  throw new TypeError(
    `Cannot use ${typeof value} as a tensor: expected a variable, a number, nested arrays, a typed array or a Tensor`,
  );
}

function literalDType(nested: NestedArray, like?: DType): DType | undefined {
  if (like === undefined) return undefined;
  const { elements } = flattenNested(nested);
  if (elements.some((x) => typeof x !== "number")) return undefined;
  return elements.reduce<DType>((d, x) => promote(d, numberDType(x as number, like)), like);
}

function numberDType(x: number, like?: DType): DType {
  if (like === undefined) return config.floatX;
  if (isFloat(like) || isComplex(like)) return like;
  if (!Number.isInteger(x)) return config.floatX;
  if (like === "bool") return "int32";
  const info = dtypeInfo(like);
  const bits = info.bytes * 8;
  const [lo, hi] = info.kind === "int"
    ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
    : [0, 2 ** bits - 1];
  if (x >= lo && x <= hi) return like;
  for (const wider of ["int16", "int32", "int64"] as const) {
    const half = 2 ** (dtypeInfo(wider).bytes * 8 - 1);
    if (x >= -half && x < half && promote(like, wider) === wider) return wider;
  }
  return config.floatX;
}

/** The variables for several values that meet in one op: numbers take the dtype of the others. */
export function asVariables(values: readonly TensorLike[]): Variable[] {
  let like: DType | undefined;
  for (const value of values) {
    if (typeof value === "number" || Array.isArray(value)) continue;
    const dtype = asVariable(value).dtype;
    like = like === undefined ? dtype : promote(like, dtype);
  }
  return values.map((value) => asVariable(value, like));
}
