// Made of core/graph/value.ts by `deno task types`.
/**
 * Host values of the reference interpreter: plain numbers with a shape.
 *
 * @module
 */
import { type DType, type TypedArray } from "./dtype.d.ts";
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
export declare function sizeOf(shape: readonly number[]): number;
/** A value for messages: its elements if they are few, as in `[[1, 2], [3, 4]]`. */
export declare function valueText({ dtype, shape, data }: Value): string;
/** What a value is, as text: equal for equal values alone. */
export declare function exactValueText({ dtype, shape, data }: Value): string;
/** Zero-filled elements for `n` values of a dtype. */
export declare function valueData(dtype: DType, n: number): ValueData;
/** A value from numbers; numbers become bigint for 64-bit integers. */
export declare function makeValue(dtype: DType, shape: readonly number[], elements: Iterable<number | bigint> | ArrayLike<number | bigint>): Value;
/** The elements as the typed array of the dtype: rounded and wrapped as storing does. */
export declare function toTypedArray(value: Value): TypedArray;
/** A value from a typed array of the dtype. */
export declare function fromTypedArray(dtype: DType, shape: readonly number[], array: TypedArray): Value;
/** The value with every element rounded (floats) or wrapped (integers) to its dtype. */
export declare function rounded(value: Value): Value;
/** Integers as 64-bit ones, whose products wrap rather than round; anything else as it is. */
export declare function widened(value: Value): Value;
/** A value of `widened` integers wrapped to a dtype; anything else as it is. */
export declare function wrappedTo(dtype: DType, value: Value): Value;
