// Made of core/graph/type.ts by `deno task types`.
/**
 * The type of a variable: element type, rank, and what is known of the shape.
 *
 * @module
 */
import { type DType } from "./dtype.d.ts";
/** Lengths of the axes; null where a length is known only when the function is called. */
export type StaticShape = readonly (number | null)[];
/** Tensors have at most this many axes. */
export declare const MAX_RANK = 64;
/** The type of a tensor. Equal types are the same object, so `===` compares them. */
export declare class TensorType<D extends DType = DType, N extends number = number> {
    /** Type of the elements. */
    readonly dtype: D;
    /** Lengths of the axes, null where unknown. */
    readonly shape: StaticShape;
    private constructor();
    /**
     * The type with this dtype and static shape.
     *
     * Throws a TypeError for an unknown dtype and a RangeError for a negative or fractional length.
     */
    static of<D extends DType, N extends number = number>(dtype: D, shape: StaticShape): TensorType<D, N>;
    /** Number of axes. */
    get ndim(): N;
    /** Whether values of `other` are values of this type for all that is known. */
    accepts(other: TensorType): boolean;
    /** Whether some value could have both types: same dtype and rank, no contradicting length. */
    compatible(other: TensorType): boolean;
    /** As `TensorType(float64, matrix)`, in Theano's words. */
    toString(): string;
}
