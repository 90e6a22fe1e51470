// Made of xla/text/types.ts by `deno task types`.
/**
 * Types and literals as StableHLO writes them.
 *
 * @module
 */
import type { DType, TypedArray } from "../../core/graph/dtype.d.ts";
import type { ScalarType } from "../../core/ir/scalar.d.ts";
/** Types of elements, as StableHLO names them. */
export type ElementType = "i1" | "i8" | "i16" | "i32" | "i64" | "ui8" | "ui16" | "ui32" | "ui64" | "f16" | "f32" | "f64" | "complex<f32>" | "complex<f64>";
/** The element type of a dtype. */
export declare function elementOf(dtype: DType): ElementType;
/** The element type of a machine type of kernels. */
export declare function elementOfScalar(type: ScalarType): ElementType;
/** Whether elements are real floats. */
export declare function isFloatElement(type: ElementType): boolean;
/** Whether elements are complex. */
export declare function isComplexType(type: ElementType): boolean;
/** The type of the parts of a complex element; that of a real one is itself. */
export declare function partOf(type: ElementType): ElementType;
/** Bits of an integer or float. */
export declare function bitsOf(type: ElementType): number;
/** How comparisons look at elements. */
export declare function comparedAs(type: ElementType): "FLOAT" | "SIGNED" | "UNSIGNED";
/** `tensor<2x3xf32>` */
export declare function tensorType(type: ElementType, shape: readonly number[]): string;
/** One number as a literal. */
export declare function literalText(type: ElementType, value: number | bigint): string;
/** The elements of a tensor as a literal, of a typed array as the dtype has it. */
export declare function denseText(dtype: DType, shape: readonly number[], data: TypedArray): string;
