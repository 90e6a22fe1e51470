// Made of core/ops/common/literal.ts by `deno task types`.
/**
 * JavaScript values as symbolic variables.
 *
 * @module
 */
import { type DType, type TypedArray } from "../../graph/dtype.d.ts";
import { Variable } from "../../graph/graph.d.ts";
import { type Value } from "../../graph/value.d.ts";
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
export type TensorLike = Variable | NestedElement | NestedArray | AnyTypedArray | HostTensor;
/** Elements with dtype and shape, read once from what a user gave and checked. */
interface HostElements {
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly data: TypedArray;
}
/** Whether a value is a typed array. */
export declare function isTypedArray(value: unknown): value is AnyTypedArray;
/** Whether a value is a tensor on the host. */
export declare function isHostTensor(value: unknown): value is HostTensor;
/** Whether a value is a complex number. */
export declare function isComplexNumber(value: unknown): value is ComplexNumber;
/**
 * A typed array of a user's, as one of its class itself over the same memory: subclasses may have
 * methods of their own. Throws a TypeError for one whose memory is gone.
 */
export declare function plainArray(array: AnyTypedArray): {
    dtype: DType;
    data: TypedArray;
};
/**
 * What a typed array or a tensor holds; null for anything else. Throws a TypeError for broken ones.
 *
 * @param where How its message starts.
 */
export declare function hostElements(value: unknown, where?: () => string): HostElements | null;
/** Lengths of axes from a user, as numbers. Throws a TypeError for what is no list of lengths. */
export declare function checkLengths(shape: unknown, action: string): number[];
/**
 * The elements of nested arrays of plain numbers, converted in one pass; null where they are something
 * else, don't fit, or are no arrays of one shape: `flattenNested` says what is wrong with them, if anything.
 */
export declare function nestedNumbers(nested: unknown, dtype: DType): {
    shape: number[];
    data: TypedArray;
} | null;
/** Shape and elements of nested arrays. Throws a TypeError for ragged ones. */
export declare function flattenNested(nested: unknown): {
    shape: number[];
    elements: NestedElement[];
};
/** A value from what a user writes; `dtype` decides, else bool, int64 for bigint, or floatX. */
export declare function valueOf(data: Exclude<TensorLike, Variable>, dtype?: DType): Value;
/** A value from the elements of nested arrays. */
export declare function nestedValue({ shape, elements }: {
    shape: readonly number[];
    elements: readonly NestedElement[];
}, dtype?: DType): Value;
/** Converts a host value to another dtype, as `cast` does. */
export declare function castHost(value: Value, dtype: DType): Value;
/**
 * The variable for a value. A number takes its dtype from `like`: it keeps an integer dtype when it is
 * an integer that fits, and becomes floatX beside integers when it has a fraction.
 */
export declare function asVariable(value: TensorLike, like?: DType): Variable;
/** The variables for several values that meet in one op: numbers take the dtype of the others. */
export declare function asVariables(values: readonly TensorLike[]): Variable[];
export {};
