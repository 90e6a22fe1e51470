// Made of core/random/arguments.ts by `deno task types`.
/**
 * Arguments of distributions: the size, parameters, and dtypes.
 *
 * @module
 */
import { type DType } from "../graph/dtype.d.ts";
import { type DTypeOption } from "../ops/common/dtype_option.d.ts";
import { type TensorLike } from "../ops/common/literal.d.ts";
import type { ShapeLike } from "../ops/shape/shape.d.ts";
import { Variable } from "../graph/graph.d.ts";
/** Lengths of the axes of a draw: numbers, integer scalars, or an integer vector. */
export type SizeLike = ShapeLike | null | undefined;
/** Options that every distribution has. */
export interface DrawOptions {
    /** Lengths of the axes; by default the shape that the parameters have together. */
    readonly size?: SizeLike;
    /** Number of axes, needed for a size that is a vector of unknown length. */
    readonly ndim?: number;
    /** Element type of the result. */
    readonly dtype?: DTypeOption;
}
/**
 * What a distribution takes: options alone, a size and options, or a size and parameters in the order
 * that Theano has them, and then options.
 */
export type DrawArguments<O> = readonly [options?: O] | readonly [size: SizeLike, options?: O] | readonly [size: SizeLike, ...parameters: readonly (TensorLike | Partial<O> | undefined)[]];
/**
 * The options that arguments stand for.
 *
 * @param names Parameters that may come after the size, in order.
 * @param others Options that are only given by name.
 */
export declare function optionsOf<O extends DrawOptions>(args: DrawArguments<O>, names: readonly (keyof O & string)[], action: string, others?: readonly (keyof O & string)[]): O;
/** What constants must keep. */
export interface Bounds {
    readonly min?: number;
    readonly max?: number;
    /** Whether the bound itself is refused. */
    readonly above?: number;
    readonly whole?: boolean;
}
/** Checks the elements of a parameter that is known. Throws a RangeError. */
export declare function checkBounds(param: Variable, bounds: Bounds, name: string, action: string): void;
/** A real parameter, as a variable. Throws a TypeError for complex ones. */
export declare function parameter(value: TensorLike, name: string, action: string): Variable;
/** The float dtype of a draw: as given, or what floatX and the parameters promote to. */
export declare function floatDType(dtype: DTypeOption | undefined, params: readonly Variable[], action: string): DType;
/** The dtype in which a draw is computed: float16 has too few digits to compute in. */
export declare function computeDType(dtype: DType): "float32" | "float64";
/** The dtype of counts: int64 unless given. Throws a RangeError if it cannot hold `most`. */
export declare function countDType(dtype: DTypeOption | undefined, most: number, action: string): DType;
/** Throws a RangeError for a dtype that cannot hold all integers from `low` to `high`. */
export declare function checkHolds(dtype: DType, low: number, high: number, action: string): void;
/**
 * Lengths of the axes of a draw, and its parameters, each a scalar or brought to that shape.
 *
 * `own` axes at the end of a parameter belong to the parameter and not to the draw.
 */
export declare function sized(options: DrawOptions, params: readonly Variable[], names: readonly string[], action: string): {
    dims: Variable[];
    params: Variable[];
};
/** A whole number of a draw, such as the number of trials, as a number when it is known. */
export declare function known(param: Variable): number | null;
/** The greatest element of a parameter, or null when it is not known. */
export declare function greatest(param: Variable): number | null;
/** The least element of a parameter, or null when it is not known. */
export declare function least(param: Variable): number | null;
/** Whole floats as integers of a dtype: through int32, which the GPU has, where that is enough. */
export declare function whole(x: Variable, dtype: DType, most: number): Variable;
