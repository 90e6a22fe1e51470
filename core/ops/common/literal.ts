/**
 * JavaScript values as symbolic variables.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import {
  type DType,
  dtypeInfo,
  isComplex,
  isDType,
  isFloat,
  isInt,
  promote,
  type TypedArray,
} from "../../graph/dtype.ts";
import { MAX_RANK } from "../../graph/type.ts";
import { makeConstant, Variable } from "../../graph/graph.ts";
import { fromTypedArray, makeValue, rounded, sizeOf, type Value } from "../../graph/value.ts";
import { shown } from "../../base/shown.ts";

/** A complex number as `array()` gives it. */
export interface ComplexNumber {
  /** Real part. */
  readonly re: number;
  /** Imaginary part. */
  readonly im: number;
}

/** One element as users write it. */
export type NestedElement = number | bigint | boolean | ComplexNumber;

/** Numbers in nested arrays. */
export type NestedArray = readonly (NestedElement | NestedArray)[];

/** A value on the host with a dtype and a shape, such as a `Tensor`. */
export interface HostTensor {
  /** Element type. */
  readonly dtype: DType;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  dataSync(): TypedArray;
}

/** Any typed array, also one that is not of its class itself, such as a Node `Buffer`. */
export type AnyTypedArray = TypedArray | Uint8ClampedArray;

/** What stands for a tensor in a graph. */
export type TensorLike =
  | Variable
  | NestedElement
  | NestedArray
  | AnyTypedArray
  | HostTensor;

/** Elements with dtype and shape, read once from what a user gave and checked. */
interface HostElements {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** Whether a value is a typed array. */
export function isTypedArray(value: unknown): value is AnyTypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether a value is a tensor on the host. */
export function isHostTensor(value: unknown): value is HostTensor {
  return typeof value === "object" && value !== null && "dataSync" in value && "dtype" in value;
}

/** Whether a value is a complex number. */
export function isComplexNumber(value: unknown): value is ComplexNumber {
  return typeof value === "object" && value !== null &&
    typeof (value as ComplexNumber).re === "number" &&
    typeof (value as ComplexNumber).im === "number";
}

const viewPrototype = Object.getPrototypeOf(Uint8Array.prototype) as {
  at(this: ArrayBufferView, i: number): unknown;
};
const tagOf = Object.getOwnPropertyDescriptor(viewPrototype, Symbol.toStringTag)!.get!;

const plainDTypes: Readonly<Record<string, DType>> = {
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

/**
 * A typed array of a user's, as one of its class itself over the same memory: subclasses may have
 * methods of their own. Throws a TypeError for one whose memory is gone.
 */
export function plainArray(array: AnyTypedArray): { dtype: DType; data: TypedArray } {
  // The name of the class that made the memory view, whatever the object says of itself.
  const dtype = plainDTypes[tagOf.call(array)];
  if (dtype === undefined) throw new TypeError("Cannot use this kind of typed array as elements");
  if (array.length === 0) {
    try {
      viewPrototype.at.call(array, 0);
    } catch {
      throw new TypeError(
        `Cannot use a typed array of ${dtype}: its memory was transferred or has shrunk`,
      );
    }
  }
  const { array: make } = dtypeInfo(dtype);
  const own = make(0).constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => TypedArray;
  const data = Object.getPrototypeOf(array) === own.prototype
    ? array as TypedArray
    : new own(array.buffer, array.byteOffset, array.length);
  return { dtype, data };
}

/**
 * What a typed array or a tensor holds; null for anything else. Throws a TypeError for broken ones.
 *
 * @param where How its message starts.
 */
export function hostElements(
  value: unknown,
  where = () => "Cannot read a tensor",
): HostElements | null {
  if (isTypedArray(value)) {
    const { dtype, data } = plainArray(value);
    return { dtype, shape: [data.length], data };
  }
  return isHostTensor(value) ? readTensor(value, where()) : null;
}

function readTensor(tensor: HostTensor, action: string): HostElements {
  const { dtype } = tensor;
  if (!isDType(dtype)) {
    throw new TypeError(`${action}: its dtype is ${shown(dtype)}, which is none`);
  }
  const shape = checkLengths(tensor.shape, action);
  if (typeof tensor.dataSync !== "function") {
    throw new TypeError(`${action}: its dataSync is no function`);
  }
  const data: unknown = tensor.dataSync();
  const elements = isTypedArray(data) ? plainArray(data) : null;
  const wanted = dtypeInfo(dtype).array(0).constructor;
  if (elements === null || elements.data.constructor !== wanted) {
    throw new TypeError(
      `${action}, a tensor of ${dtype}: expected its elements in a ${wanted.name}, got ${
        elements === null ? shown(data) : `a ${elements.data.constructor.name}`
      }`,
    );
  }
  const count = sizeOf(shape) * (isComplex(dtype) ? 2 : 1);
  if (elements.data.length !== count) {
    throw new TypeError(
      `${action}, a tensor of shape ${shown(shape)}: expected ${count} numbers, got ` +
        `${elements.data.length}`,
    );
  }
  return { dtype, shape, data: elements.data };
}

/** Lengths of axes from a user, as numbers. Throws a TypeError for what is no list of lengths. */
export function checkLengths(shape: unknown, action: string): number[] {
  if (!Array.isArray(shape)) {
    throw new TypeError(`${action}: expected a list of lengths as shape, got ${shown(shape)}`);
  }
  if (shape.length > MAX_RANK) {
    throw new TypeError(
      `${action}: expected a shape of at most ${MAX_RANK} axes, got ${shape.length}`,
    );
  }
  return Array.from(shape, (n: unknown, axis): number => {
    if (typeof n === "number" && Number.isSafeInteger(n) && n >= 0) return n;
    throw new TypeError(
      `${action}: expected the length of axis ${axis} to be an integer >= 0, got ${shown(n)}`,
    );
  });
}

/** Nested arrays have no more elements than this: an array of V8 cannot hold many more. */
const MOST = 2 ** 26;

/** The lengths that nested arrays have along their first elements. */
function nestedShape(nested: unknown): number[] {
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level); level = level[0]) {
    if (shape.length === MAX_RANK) {
      throw new TypeError(
        `Cannot make a tensor: arrays are nested more than ${MAX_RANK} deep (does one hold itself?)`,
      );
    }
    const { length } = level;
    // Proxies can say anything.
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new TypeError(
        `Cannot make a tensor: an array says that its length is ${shown(length)}`,
      );
    }
    shape.push(length);
  }
  const count = sizeOf(shape);
  if (!(count <= MOST)) {
    throw new RangeError(
      `Cannot make a tensor of shape ${
        shown(shape)
      } from nested arrays: ${count} elements are more ` +
        `than ${MOST}; give a typed array`,
    );
  }
  return shape;
}

/**
 * The elements of nested arrays of plain numbers, converted in one pass; null where they are something
 * else, don't fit, or are no arrays of one shape: `flattenNested` says what is wrong with them, if anything.
 */
export function nestedNumbers(
  nested: unknown,
  dtype: DType,
): { shape: number[]; data: TypedArray } | null {
  const isReal = dtype === "float32" || dtype === "float64";
  if (!isReal && !isInt(dtype)) return null;
  const shape = nestedShape(nested), last = shape.length - 1;
  if (last < 0) return null;
  const data = dtypeInfo(dtype).array(sizeOf(shape));
  const row = isReal
    ? fillReals
    : data instanceof BigInt64Array || data instanceof BigUint64Array
    ? fillBigInts
    : fillIntegers;
  let at = 0;
  const fill = (part: unknown, depth: number): boolean => {
    const length = shape[depth]!;
    if (!Array.isArray(part) || part.length !== length) return false;
    if (depth === last) {
      const done = row(part, data as Float64Array & BigInt64Array, at);
      at += length;
      return done;
    }
    for (let i = 0; i < length; i++) if (!fill(part[i], depth + 1)) return false;
    return true;
  };
  return fill(nested, 0) ? { shape, data } : null;
}

function fillReals(row: readonly unknown[], data: Float64Array, at: number): boolean {
  for (let i = 0; i < row.length; i++) {
    const x = row[i];
    if (typeof x !== "number") return false;
    data[at + i] = x;
  }
  return true;
}

function fillIntegers(row: readonly unknown[], data: Float64Array, at: number): boolean {
  for (let i = 0; i < row.length; i++) {
    const x = row[i];
    if (typeof x !== "number") return false;
    data[at + i] = x;
    if (data[at + i] !== x) return false;
  }
  return true;
}

function fillBigInts(row: readonly unknown[], data: BigInt64Array, at: number): boolean {
  for (let i = 0; i < row.length; i++) {
    const x = row[i];
    if (!Number.isSafeInteger(x)) return false;
    data[at + i] = BigInt(x as number);
    if (Number(data[at + i]) !== x) return false;
  }
  return true;
}

/** Shape and elements of nested arrays. Throws a TypeError for ragged ones. */
export function flattenNested(nested: unknown): { shape: number[]; elements: NestedElement[] } {
  const shape = nestedShape(nested);
  const elements: NestedElement[] = [];
  const walk = (part: unknown, depth: number) => {
    if (depth === shape.length) {
      const kind = typeof part;
      if (kind === "number" || kind === "bigint" || kind === "boolean") {
        elements.push(part as number);
        return;
      }
      if (isComplexNumber(part)) {
        elements.push({ re: part.re, im: part.im });
        return;
      }
      const found = Array.isArray(part) ? "rows of different depth" : shown(part);
      throw new TypeError(
        `Cannot make a tensor: expected nested arrays of numbers of one shape, got ${found}`,
      );
    }
    if (!Array.isArray(part)) {
      throw new TypeError(
        "Cannot make a tensor: expected nested arrays of numbers of one shape, got rows of " +
          `different depth`,
      );
    }
    const length = shape[depth]!;
    if (part.length !== length) {
      throw new TypeError(
        `Cannot make a tensor: expected rows of one length, got ${
          shown(length)
        } and ${part.length}`,
      );
    }
    for (let i = 0; i < length; i++) walk(part[i], depth + 1);
  };
  walk(nested, 0);
  return { shape, elements };
}

/** A value from what a user writes; `dtype` decides, else bool, int64 for bigint, or floatX. */
export function valueOf(data: Exclude<TensorLike, Variable>, dtype?: DType): Value {
  const host = hostElements(data);
  if (host !== null) {
    const value = fromTypedArray(host.dtype, host.shape, host.data);
    return dtype === undefined || dtype === host.dtype ? value : castHost(value, dtype);
  }
  return nestedValue(flattenNested(data), dtype);
}

/** A value from the elements of nested arrays. */
export function nestedValue(
  { shape, elements }: { shape: readonly number[]; elements: readonly NestedElement[] },
  dtype: DType = nestedDType(elements),
): Value {
  if (isComplex(dtype)) {
    const parts = elements.flatMap((x) => typeof x === "object" ? [x.re, x.im] : [Number(x), 0]);
    return rounded(makeValue(dtype, shape, parts));
  }
  const whole = isInt(dtype);
  const numbers = elements.map((x): number | bigint => {
    if (typeof x === "object") {
      throw new TypeError(
        `Cannot make a tensor of ${dtype}: ${x.re} + ${x.im}i is complex; give a complex dtype`,
      );
    }
    const number = typeof x === "boolean" ? Number(x) : x;
    return whole ? truncate(number) : number;
  });
  return rounded(makeValue(dtype, shape, numbers));
}

/** The dtype that holds all elements: integers beside BigInts, and floats where there is a fraction. */
function nestedDType(elements: readonly NestedElement[]): DType {
  let isComplex = false, hasBigInts = false, hasNumbers = false, hasFractions = false;
  for (const x of elements) {
    if (typeof x === "object") isComplex = true;
    else if (typeof x === "number") {
      hasNumbers = true;
      hasFractions ||= !Number.isInteger(x);
    } else if (typeof x === "bigint") {
      hasBigInts = true;
      if (x === BigInt.asIntN(64, x)) continue;
      throw new RangeError(`Cannot make a tensor: ${shown(x)} does not fit int64; give a dtype`);
    }
  }
  if (isComplex) return settings.floatX === "float64" ? "complex128" : "complex64";
  if (hasBigInts) return hasFractions ? settings.floatX : "int64";
  return hasNumbers || elements.length === 0 ? settings.floatX : "bool";
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
  if (Array.isArray(value)) {
    const flat = flattenNested(value);
    return makeConstant(nestedValue(flat, literalDType(flat.elements, like)));
  }
  const taken = typeof value === "bigint" || typeof value === "boolean" || isTypedArray(value) ||
    isHostTensor(value) || isComplexNumber(value);
  if (taken) return makeConstant(valueOf(value));
  throw new TypeError(
    `Cannot use ${
      shown(value)
    } as a tensor: expected a variable, a number, nested arrays, a typed ` +
      `array or a Tensor`,
  );
}

function literalDType(elements: readonly NestedElement[], like?: DType): DType | undefined {
  if (like === undefined) return undefined;
  if (elements.some((x) => typeof x !== "number")) return undefined;
  return elements.reduce<DType>((d, x) => promote(d, numberDType(x as number, like)), like);
}

function numberDType(x: number, like?: DType): DType {
  if (like === undefined) return settings.floatX;
  if (isFloat(like) || isComplex(like)) return like;
  if (!Number.isInteger(x)) return settings.floatX;
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
  return settings.floatX;
}

/** The variables for several values that meet in one op: numbers take the dtype of the others. */
export function asVariables(values: readonly TensorLike[]): Variable[] {
  let like: DType | undefined;
  for (const value of values) {
    if (typeof value === "number" || Array.isArray(value)) continue;
    const dtype = asVariable(value).dtype;
    like = like === undefined ? dtype : promote(like, dtype);
  }
  return Array.from(values, (value) => asVariable(value, like));
}
