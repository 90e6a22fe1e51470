/**
 * Element types, their storage, and the promotion rules between them.
 *
 * @module
 */

import { float16Array } from "../base/float16.ts";

/** The name of an element type. */
export type DType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128";

/** Real floating types. */
export type FloatDType = "float16" | "float32" | "float64";
/** Complex types. */
export type ComplexDType = "complex64" | "complex128";
/** Integer types, without bool. */
export type IntDType = Exclude<DType, FloatDType | ComplexDType | "bool">;

/** The typed array that holds elements of a dtype; complex numbers are interleaved (re, im) pairs. */
export interface TypedArrayOf {
  /** One byte for each element, 0 or 1. */
  bool: Uint8Array<ArrayBuffer>;
  /** Signed, 8 bits. */
  int8: Int8Array<ArrayBuffer>;
  /** Signed, 16 bits. */
  int16: Int16Array<ArrayBuffer>;
  /** Signed, 32 bits. */
  int32: Int32Array<ArrayBuffer>;
  /** Signed, 64 bits, as bigint. */
  int64: BigInt64Array<ArrayBuffer>;
  /** Unsigned, 8 bits. */
  uint8: Uint8Array<ArrayBuffer>;
  /** Unsigned, 16 bits. */
  uint16: Uint16Array<ArrayBuffer>;
  /** Unsigned, 32 bits. */
  uint32: Uint32Array<ArrayBuffer>;
  /** Unsigned, 64 bits, as bigint. */
  uint64: BigUint64Array<ArrayBuffer>;
  /** IEEE 754 binary16. */
  float16: Float16Array<ArrayBuffer>;
  /** IEEE 754 binary32. */
  float32: Float32Array<ArrayBuffer>;
  /** IEEE 754 binary64. */
  float64: Float64Array<ArrayBuffer>;
  /** Pairs (re, im) of float32. */
  complex64: Float32Array<ArrayBuffer>;
  /** Pairs (re, im) of float64. */
  complex128: Float64Array<ArrayBuffer>;
}

/** Any typed array that can hold tensor elements. */
export type TypedArray = TypedArrayOf[DType];

/** What kind of number a dtype holds. */
export type DTypeKind = "bool" | "int" | "uint" | "float" | "complex";

/** Facts about one dtype. */
export interface DTypeInfo {
  /** The name of the dtype. */
  readonly name: DType;
  /** What kind of number it holds. */
  readonly kind: DTypeKind;
  /** Bytes of one element. */
  readonly bytes: number;
  /** Makes a zero-filled array for `n` elements. */
  readonly array: (n: number) => TypedArray;
}

const rows: Record<DType, DTypeInfo> = {
  bool: { name: "bool", kind: "bool", bytes: 1, array: (n) => new Uint8Array(n) },
  int8: { name: "int8", kind: "int", bytes: 1, array: (n) => new Int8Array(n) },
  int16: { name: "int16", kind: "int", bytes: 2, array: (n) => new Int16Array(n) },
  int32: { name: "int32", kind: "int", bytes: 4, array: (n) => new Int32Array(n) },
  int64: { name: "int64", kind: "int", bytes: 8, array: (n) => new BigInt64Array(n) },
  uint8: { name: "uint8", kind: "uint", bytes: 1, array: (n) => new Uint8Array(n) },
  uint16: { name: "uint16", kind: "uint", bytes: 2, array: (n) => new Uint16Array(n) },
  uint32: { name: "uint32", kind: "uint", bytes: 4, array: (n) => new Uint32Array(n) },
  uint64: { name: "uint64", kind: "uint", bytes: 8, array: (n) => new BigUint64Array(n) },
  float16: { name: "float16", kind: "float", bytes: 2, array: (n) => new (float16Array())(n) },
  float32: { name: "float32", kind: "float", bytes: 4, array: (n) => new Float32Array(n) },
  float64: { name: "float64", kind: "float", bytes: 8, array: (n) => new Float64Array(n) },
  complex64: {
    name: "complex64",
    kind: "complex",
    bytes: 8,
    array: (n) => new Float32Array(2 * n),
  },
  complex128: {
    name: "complex128",
    kind: "complex",
    bytes: 16,
    array: (n) => new Float64Array(2 * n),
  },
};

// Without a prototype: "constructor" is no dtype.
const table: Readonly<Record<DType, DTypeInfo>> = Object.assign(Object.create(null), rows);

/** All dtypes, smallest kind first. */
export const dtypes: readonly DType[] = Object.keys(rows) as DType[];

/** Looks a dtype up. Throws a TypeError that lists the known names. */
export function dtypeInfo(name: DType): DTypeInfo {
  const info = typeof name === "string" ? table[name] : undefined;
  if (info === undefined) {
    const text = typeof name === "string" ? `"${(name as string).slice(0, 40)}"` : typeof name;
    throw new TypeError(`Unknown dtype ${text}: expected one of ${dtypes.join(", ")}`);
  }
  return info;
}

/** Whether `name` is the name of a dtype. */
export function isDType(name: unknown): name is DType {
  return typeof name === "string" && Object.hasOwn(table, name);
}

/** Whether the dtype is a real floating type. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtypeInfo(dtype).kind === "float";
}

/** Whether the dtype is complex. */
export function isComplex(dtype: DType): dtype is ComplexDType {
  return dtypeInfo(dtype).kind === "complex";
}

/** Whether the dtype is a signed or unsigned integer type (bool is not). */
export function isInt(dtype: DType): dtype is IntDType {
  const kind = dtypeInfo(dtype).kind;
  return kind === "int" || kind === "uint";
}

/** Whether the dtype is an integer or bool. */
export function isDiscrete(dtype: DType): boolean {
  return dtype === "bool" || isInt(dtype);
}

/** The real dtype of the parts of a complex dtype; a real dtype is returned as it is. */
export function realOf(dtype: DType): DType {
  return dtype === "complex64" ? "float32" : dtype === "complex128" ? "float64" : dtype;
}

const signed: Record<number, DType> = { 1: "int8", 2: "int16", 4: "int32", 8: "int64" };

/**
 * The dtype of an elementwise result of `a` and `b`.
 *
 * NumPy's rule, but an integer of any width with float32 gives float32 and with float16 gives
 * float16, so that nothing moves to float64 unasked.
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const x = dtypeInfo(a), y = dtypeInfo(b);
  if (x.kind === "bool") return b;
  if (y.kind === "bool") return a;
  if (x.kind === "complex" || y.kind === "complex") {
    const wide = [realOf(a), realOf(b)].includes("float64");
    return wide ? "complex128" : "complex64";
  }
  if (x.kind === "float" || y.kind === "float") {
    if (x.kind !== "float") return b;
    if (y.kind !== "float") return a;
    return x.bytes >= y.bytes ? a : b;
  }
  if (x.kind === y.kind) return x.bytes >= y.bytes ? a : b;
  const [s, u] = x.kind === "int" ? [x, y] : [y, x];
  if (s.bytes > u.bytes) return s.name;
  return u.bytes === 8 ? "float64" : signed[u.bytes * 2]!;
}

/** Whether every value of `from` can be held by `to` as promotion sees it. */
export function canCastLosslessly(from: DType, to: DType): boolean {
  return promote(from, to) === to && !(isInt(from) && isFloat(to) && !fitsMantissa(from, to));
}

function fitsMantissa(from: DType, to: DType): boolean {
  const bits = to === "float64" ? 6 : to === "float32" ? 2 : 1;
  return dtypeInfo(from).bytes <= bits;
}

/**
 * Whether a number of the host can be stored as a dtype: integers must stay what they are, any number may
 * be rounded to a float, and a bool is true, false, 0 or 1.
 */
export function canHold(dtype: DType, value: number | bigint | boolean): boolean {
  if (dtype === "bool") return typeof value === "boolean" || value === 0 || value === 1;
  if (!isInt(dtype) || typeof value === "boolean") return true;
  if (typeof value === "number" && !Number.isInteger(value)) return false;
  const { kind, bytes } = dtypeInfo(dtype), bits = BigInt(bytes * 8);
  const [low, high] = kind === "int"
    ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
    : [0n, (1n << bits) - 1n];
  return BigInt(value) >= low && BigInt(value) <= high;
}
