// Made of core/graph/dtype.ts by `deno task types`.
/**
 * Element types, their storage, and the promotion rules between them.
 *
 * @module
 */
/** The name of an element type. */
export type DType = "bool" | "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "float16" | "float32" | "float64" | "complex64" | "complex128";
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
/** All dtypes, smallest kind first. */
export declare const dtypes: readonly DType[];
/** Looks a dtype up. Throws a TypeError that lists the known names. */
export declare function dtypeInfo(name: DType): DTypeInfo;
/** Whether `name` is the name of a dtype. */
export declare function isDType(name: unknown): name is DType;
/** Whether the dtype is a real floating type. */
export declare function isFloat(dtype: DType): dtype is FloatDType;
/** Whether the dtype is complex. */
export declare function isComplex(dtype: DType): dtype is ComplexDType;
/** Whether the dtype is a signed or unsigned integer type (bool is not). */
export declare function isInt(dtype: DType): dtype is IntDType;
/** Whether the dtype is an integer or bool. */
export declare function isDiscrete(dtype: DType): boolean;
/** The real dtype of the parts of a complex dtype; a real dtype is returned as it is. */
export declare function realOf(dtype: DType): DType;
/**
 * The dtype of an elementwise result of `a` and `b`.
 *
 * NumPy's rule, but an integer of any width with float32 gives float32 and with float16 gives
 * float16, so that nothing moves to float64 unasked.
 */
export declare function promote(a: DType, b: DType): DType;
/** Whether every value of `from` can be held by `to` as promotion sees it. */
export declare function canCastLosslessly(from: DType, to: DType): boolean;
/**
 * Whether a number of the host can be stored as a dtype: integers must stay what they are, any number may
 * be rounded to a float, and a bool is true, false, 0 or 1.
 */
export declare function canHold(dtype: DType, value: number | bigint | boolean): boolean;
