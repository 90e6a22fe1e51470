/**
 * Elements between their typed arrays on the host and the 4-byte words they are on the device.
 *
 * Types of 32 and 64 bits and complex64 are the same on both sides. Narrower types are widened, so that
 * every element has a word of its own.
 *
 * @module
 */

import { type DType, dtypeInfo, type TypedArray } from "../../core/graph/dtype.ts";
import { float16Array } from "../../core/base/float16.ts";

/** Whether elements of a dtype have a form on the device. */
export function hasWords(dtype: DType): boolean {
  return dtype !== "float64" && dtype !== "complex128";
}

/** The number of words of `elements` elements. */
export function wordCount(dtype: DType, elements: number): number {
  return elements * (dtype === "complex64" || dtype === "int64" || dtype === "uint64" ? 2 : 1);
}

/**
 * The words of host data.
 *
 * @param dtype The dtype of the data.
 * @param data The elements.
 * @throws {TypeError} If the dtype has no form on the device.
 */
export function toWords(dtype: DType, data: TypedArray): Float32Array | Int32Array | Uint32Array {
  switch (dtype) {
    case "float32":
    case "complex64":
    case "float16":
      return data instanceof Float32Array ? data : Float32Array.from(data as Float16Array);
    case "int32":
    case "int16":
    case "int8":
      return data instanceof Int32Array ? data : Int32Array.from(data as Int16Array);
    case "uint32":
    case "uint16":
    case "uint8":
      return data instanceof Uint32Array ? data : Uint32Array.from(data as Uint16Array);
    case "bool":
      return Uint32Array.from(data as Uint8Array, (value) => value === 0 ? 0 : 1);
    case "int64":
    case "uint64":
      return new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
    default:
      throw new TypeError(`Cannot store ${dtype} on the GPU: it has no such type`);
  }
}

/**
 * Host data from the words on the device.
 *
 * @param dtype The dtype asked for.
 * @param words The memory; it is used for the result where the form is the same.
 * @throws {TypeError} If the dtype has no form on the device.
 */
export function fromWords(dtype: DType, words: ArrayBuffer): TypedArray {
  switch (dtype) {
    case "float32":
    case "complex64":
      return new Float32Array(words);
    case "int32":
      return new Int32Array(words);
    case "uint32":
      return new Uint32Array(words);
    case "float16":
      return float16Array().from(new Float32Array(words));
    case "int8":
      return Int8Array.from(new Int32Array(words));
    case "int16":
      return Int16Array.from(new Int32Array(words));
    case "uint8":
    case "bool":
      return Uint8Array.from(new Uint32Array(words));
    case "uint16":
      return Uint16Array.from(new Uint32Array(words));
    case "int64":
      return new BigInt64Array(words);
    case "uint64":
      return new BigUint64Array(words);
    default:
      throw new TypeError(`Cannot read ${dtype} from the GPU: it has no such type`);
  }
}

/** An empty array of a dtype. */
export function noElements(dtype: DType): TypedArray {
  return dtypeInfo(dtype).array(0);
}
