// Made of core/ops/create/create.ts by `deno task types`.
/**
 * Making input variables and constants.
 *
 * @module
 */
import type { DType, FloatDType } from "../../graph/dtype.d.ts";
import { Constant, Variable } from "../../graph/graph.d.ts";
import { type StaticShape, TensorType } from "../../graph/type.d.ts";
import type { DTypeOf, Like, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import type { ResolvedDType } from "../elementwise/conversion.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** What a constructor may be told beside the name. */
export interface ConstructorOptions {
    /** Lengths of the axes, null where a length is known only at the call. */
    readonly shape?: StaticShape;
}
/** The same for constructors that leave the dtype open. */
export interface OpenConstructorOptions<O extends DTypeOption> extends ConstructorOptions {
    /** dtype; floatX when left out. */
    readonly dtype?: O;
}
/** Makes input variables of one dtype and rank. */
export interface TensorConstructor<D extends DType, N extends number> {
    /** A new input variable. Throws a RangeError for a shape of another rank. */
    (name?: string | null, options?: ConstructorOptions): Variable<D, N>;
    /** The type of its variables when no shape is given. */
    readonly type: TensorType<D, N>;
}
/** Makes input variables of one rank; the dtype is floatX unless it is given. */
export interface OpenConstructor<N extends number> {
    /** A new input variable of dtype floatX. */
    (name?: string | null, options?: ConstructorOptions): Variable<FloatDType, N>;
    /** A new input variable of the dtype given, as it is or among options. */
    <O extends DTypeOption>(name: string | null | undefined, dtype: O | OpenConstructorOptions<O>): Variable<ResolvedDType<O>, N>;
    /** The type of its variables, with the floatX of now. */
    readonly type: TensorType<FloatDType, N>;
}
/** One name of one letter gives a variable; a longer one a variable for each letter. */
export type ByLetters<S extends string, V> = string extends S ? V | V[] : S extends `${string}${infer Rest}` ? Rest extends "" ? V : V[] : V[];
/** Makes several input variables. */
export interface PluralConstructor<D extends DType, N extends number> {
    /** That many variables without names. */
    (count: number): Variable<D, N>[];
    /** A variable for each name. */
    (names: readonly string[]): Variable<D, N>[];
    /** One letter gives one variable, not in an array; a longer name one for each of its letters. */
    <S extends string>(name: S): ByLetters<S, Variable<D, N>>;
    /** A variable for each name. */
    <const S extends readonly [string, string, ...string[]]>(...names: S): {
        [K in keyof S]: Variable<D, N>;
    };
}
/** Lengths of axes, flags (true for an axis of length 1), or just a rank. */
export type ShapePattern = number | StaticShape | readonly boolean[];
/** The rank that a pattern says. */
export type PatternRank<P extends ShapePattern> = P extends number ? P : P extends readonly unknown[] ? P["length"] : number;
/**
 * The type of tensors with a dtype and a rank, a shape, or Theano's flags. Equal types are the same
 * object.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 * import { assert } from "@std/assert";
 *
 * assert(T.dscalar("x").type === T.tensorType("float64", 0));
 * ```
 */
export declare function tensorType<O extends DTypeOption, const P extends ShapePattern>(dtype: O, pattern: P): TensorType<ResolvedDType<O>, PatternRank<P>>;
/**
 * A new input variable of any dtype, rank and static shape.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const images = T.tensor("uint8", [null, 28, 28], "images");
 * const volume = T.tensor("float32", 5, "volume");
 * ```
 */
export declare function tensor<O extends DTypeOption, const P extends ShapePattern>(dtype: O, pattern: P, name?: string | null): Variable<ResolvedDType<O>, PatternRank<P>>;
/** Options of `constant`. */
export interface ConstantOptions<O extends DTypeOption = DTypeOption> {
    /** dtype; otherwise that of the value, and floatX for numbers. */
    readonly dtype?: O;
    /** Name for messages and printing. */
    readonly name?: string;
    /** Rank; axes of length 1 are added in front. */
    readonly ndim?: number;
}
/** The dtype of a constant: the one asked for, or the value's own. */
export type ConstantDType<A, O> = [O] extends [never] ? DTypeOf<A> : O extends DTypeOption ? ResolvedDType<O> : DType;
/**
 * A constant. A number is floatX unless a dtype is given; typed arrays keep their dtype, BigInts are
 * int64, booleans bool.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const half = T.constant(0.5);
 * const table = T.constant([[1, 2], [3, 4]], { dtype: "int32", name: "table" });
 * ```
 */
export declare function constant<A extends Exclude<TensorLike, Variable>, O extends DTypeOption = never>(value: A, options?: O | ConstantOptions<O>): Constant<ConstantDType<A, O>, RankOf<A>>;
/**
 * The variable for a value; a variable is its own. A number is floatX, or takes its dtype from `like`
 * where that can hold it.
 */
export declare function asTensor<A extends TensorLike>(value: A): Like<A>;
/** The same beside values of dtype `like`. */
export declare function asTensor(value: TensorLike, like: DType | undefined): Variable;
/**
 * A 0-d variable of dtype floatX, or of the dtype given.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.scalar("x");
 * const n = T.scalar("n", "int32");
 * ```
 */
export declare const scalar: OpenConstructor<0>;
/** A variable of rank 1. */
export declare const vector: OpenConstructor<1>;
/** A variable of rank 2. */
export declare const matrix: OpenConstructor<2>;
/** A variable of rank 2 whose axis 0 has length 1. */
export declare const row: OpenConstructor<2>;
/** A variable of rank 2 whose axis 1 has length 1. */
export declare const col: OpenConstructor<2>;
/** A variable of rank 3. */
export declare const tensor3: OpenConstructor<3>;
/** A variable of rank 4. */
export declare const tensor4: OpenConstructor<4>;
/** A variable of rank 5. */
export declare const tensor5: OpenConstructor<5>;
/** A variable of rank 6. */
export declare const tensor6: OpenConstructor<6>;
/** A variable of rank 7. */
export declare const tensor7: OpenConstructor<7>;
/**
 * Several 0-d variables: by names, or by number.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, y] = T.scalars("x", "y");
 * const unnamed = T.scalars(3);
 * ```
 */
export declare const scalars: PluralConstructor<FloatDType, 0>;
/** Several variables of rank 1. */
export declare const vectors: PluralConstructor<FloatDType, 1>;
/** Several variables of rank 2. */
export declare const matrices: PluralConstructor<FloatDType, 2>;
/** Several rows. */
export declare const rows: PluralConstructor<FloatDType, 2>;
/** Several columns. */
export declare const cols: PluralConstructor<FloatDType, 2>;
/** Several variables of rank 3. */
export declare const tensor3s: PluralConstructor<FloatDType, 3>;
/** Several variables of rank 4. */
export declare const tensor4s: PluralConstructor<FloatDType, 4>;
/** Several variables of rank 5. */
export declare const tensor5s: PluralConstructor<FloatDType, 5>;
/** Several variables of rank 6. */
export declare const tensor6s: PluralConstructor<FloatDType, 6>;
/** Several variables of rank 7. */
export declare const tensor7s: PluralConstructor<FloatDType, 7>;
