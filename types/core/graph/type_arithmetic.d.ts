// Made of core/graph/type_arithmetic.ts by `deno task types`.
/**
 * dtype and rank rules at the level of types, so that an editor knows what an expression gives.
 *
 * What depends on `config.floatX` has the type {@linkcode FloatDType}; ranks above 8 are `number`.
 *
 * @module
 */
import type { ComplexDType, DType, FloatDType, IntDType, TypedArrayOf } from "./dtype.d.ts";
import type { TensorType } from "./type.d.ts";
import type { Variable } from "./graph.d.ts";
/** Anything with a tensor type: a variable. */
export interface Typed<D extends DType, N extends number> {
    /** The type. */
    readonly type: TensorType<D, N>;
}
/** For each dtype those that promote to it. */
export type Absorbed = {
    bool: "bool";
    int8: "bool" | "int8";
    int16: Absorbed["int8"] | "int16" | "uint8";
    int32: Absorbed["int16"] | "int32" | "uint16";
    int64: Absorbed["int32"] | "int64" | "uint32";
    uint8: "bool" | "uint8";
    uint16: Absorbed["uint8"] | "uint16";
    uint32: Absorbed["uint16"] | "uint32";
    uint64: Absorbed["uint32"] | "uint64";
    float16: "bool" | IntDType | "float16";
    float32: Absorbed["float16"] | "float32";
    float64: Absorbed["float32"] | "float64";
    complex64: Absorbed["float32"] | "complex64";
    complex128: DType;
};
/** Where neither of two dtypes holds the other. */
export type Meeting<A, B> = "complex64" | "float64" extends A | B ? "complex128" : "uint64" extends A | B ? "float64" : "uint32" extends A | B ? "int64" : "uint16" extends A | B ? "int32" : "int16";
/** The dtype of an elementwise result, for each pair. */
export type Promotions = {
    [A in DType]: {
        [B in DType]: B extends Absorbed[A] ? A : A extends Absorbed[B] ? B : Meeting<A, B>;
    };
};
/** The dtype of an elementwise result of two dtypes, as `promote` computes it. */
export type Promote<A, B> = DType extends A ? DType : DType extends B ? DType : A extends DType ? B extends DType ? Promotions[A][B] : never : never;
/** The dtype of a float function: floats and complex numbers keep theirs, the others give floatX. */
export type Floating<D extends DType> = DType extends D ? FloatDType | ComplexDType : D extends FloatDType | ComplexDType ? D : FloatDType;
/** The real dtype of a dtype. */
export type RealOf<D extends DType> = D extends "complex64" ? "float32" : D extends "complex128" ? "float64" : D;
/** dtype of `sum` and `prod`. */
export type SumDType<D extends DType> = D extends "bool" | "int8" | "int16" | "int32" ? "int64" : D extends "uint8" | "uint16" | "uint32" ? "uint64" : D;
/** For each rank those that are not above it. */
export type UpTo = {
    0: 0;
    1: 0 | 1;
    2: 0 | 1 | 2;
    3: 0 | 1 | 2 | 3;
    4: 0 | 1 | 2 | 3 | 4;
    5: 0 | 1 | 2 | 3 | 4 | 5;
    6: 0 | 1 | 2 | 3 | 4 | 5 | 6;
    7: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
    8: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
};
/** For each rank a list of an item for each axis. */
export type ForAxes<X> = {
    [rank: number]: readonly X[];
    0: readonly [];
    1: readonly [X];
    2: readonly [X, X];
    3: readonly [X, X, X];
    4: readonly [X, X, X, X];
    5: readonly [X, X, X, X, X];
    6: readonly [X, X, X, X, X, X];
    7: readonly [X, X, X, X, X, X, X];
    8: readonly [X, X, X, X, X, X, X, X];
};
/** A scalar, or nested arrays of scalars. */
export type NestedValues<V = Scalar> = V | NestedValues<V>[];
/** For each rank arrays nested as deep. */
export type Nestings<V> = {
    [rank: number]: NestedValues<V>;
    0: V;
    1: V[];
    2: V[][];
    3: V[][][];
    4: V[][][][];
    5: V[][][][][];
    6: V[][][][][][];
    7: V[][][][][][][];
    8: V[][][][][][][][];
};
/** The greater of two ranks. */
export type MaxRank<A extends number, B extends number> = number extends A | B ? number : A extends keyof UpTo ? B extends keyof UpTo ? B extends UpTo[A] ? A : B : number : number;
/** For each rank the one before it. */
export type Before = {
    [rank: number]: number;
    0: never;
    1: 0;
    2: 1;
    3: 2;
    4: 3;
    5: 4;
    6: 5;
    7: 6;
    8: 7;
};
/** A rank less one. */
export type Less1<N extends number> = Before[N];
/** For each rank the one after it. */
export type After = {
    [rank: number]: number;
    0: 1;
    1: 2;
    2: 3;
    3: 4;
    4: 5;
    5: 6;
    6: 7;
    7: 8;
};
/** A rank plus one. */
export type Plus1<N extends number> = After[N];
/** The dtype of a value that has one of its own; never for a number, which takes that of its neighbour. */
export type OwnDType<A> = A extends Typed<infer D, number> ? D : A extends number ? never : A extends bigint ? "int64" : A extends boolean ? "bool" : A extends TypedArrayOf[DType] ? DTypeOfArray<A> : A extends {
    readonly dtype: infer D extends DType;
} ? D : DType;
/** The dtype that a typed array holds. */
export type DTypeOfArray<A> = A extends BigInt64Array ? "int64" : A extends BigUint64Array ? "uint64" : A extends {
    readonly [Symbol.toStringTag]: infer Tag extends string;
} ? Tag extends "Uint8Array" | "Uint8ClampedArray" ? "uint8" : Tag extends `${infer Name}Array` ? Lowercase<Name> extends infer D extends DType ? D : DType : DType : DType;
/** A decimal digit. */
export type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** The dtype that a number takes beside `Like`; integers of up to two digits fit everywhere. */
export type NumberBeside<A, Like> = [Like] extends [never] ? FloatDType : Like extends FloatDType | ComplexDType ? Like : number extends A ? IntDType | FloatDType : A extends number ? `${A}` extends `${Digit}` | `${Digit}${Digit}` ? Like extends "bool" ? "int32" : Like : `${A}` extends `${bigint}` ? IntDType | FloatDType : FloatDType : never;
/** The dtype of a value beside values of dtype `Like`. */
export type DTypeBeside<A, Like> = A extends number ? NumberBeside<A, Like> : OwnDType<A>;
/** The dtype in which two values meet. */
export type PairDType<A, B> = Promote<DTypeBeside<A, OwnDType<B>>, DTypeBeside<B, OwnDType<A>>> extends infer D extends DType ? D : never;
/** The dtype that a value has alone. */
export type DTypeOf<A> = DTypeBeside<A, never> extends infer D extends DType ? D : never;
/** Elements as users write them. */
export type Scalar = number | bigint | boolean | {
    readonly re: number;
    readonly im: number;
};
/** The rank of a value. */
export type RankOf<A> = A extends Typed<DType, infer N> ? N : A extends Scalar ? 0 : A extends ArrayBufferView ? 1 : A extends {
    readonly ndim: infer N extends number;
} ? N : A extends readonly unknown[] ? Depth<A> : number;
/** How deep arrays of numbers are nested. */
export type Depth<A extends readonly unknown[]> = A extends readonly Scalar[] ? 1 : A extends readonly (readonly Scalar[])[] ? 2 : A extends readonly (readonly (readonly Scalar[])[])[] ? 3 : A extends readonly (readonly (readonly (readonly Scalar[])[])[])[] ? 4 : number;
/** The dtype of a value that is made of `A`: the one asked for, or its own. */
export type ValueDType<A, D extends DType> = [D] extends [never] ? ArrayOrOwnDType<A> extends infer Own extends DType ? Own : never : D;
/** The dtype of nested arrays or of another value. */
export type ArrayOrOwnDType<A> = A extends readonly unknown[] ? ElementsDType<A> : DTypeOf<A>;
/** The dtype of nested arrays. */
export type ElementsDType<A extends readonly unknown[]> = A extends readonly [] ? FloatDType : A extends Nested<number> ? FloatDType : A extends Nested<boolean> ? "bool" : A extends Nested<bigint> ? "int64" : DType;
/** Arrays of one kind of element, up to rank 4. */
export type Nested<V> = readonly V[] | readonly (readonly V[])[] | readonly (readonly (readonly V[])[])[] | readonly (readonly (readonly (readonly V[])[])[])[];
/** The rank of a value that is made of `A`: that of the shape asked for, or its own. */
export type ValueRank<A, S extends readonly number[]> = [S] extends [never] ? RankOf<A> : S["length"];
/** The variable that a function of one argument gives, with the dtype kept. */
export type Like<A> = Variable<NoInfer<DTypeOf<A>>, NoInfer<RankOf<A>>>;
/** The variable that a float function of one argument gives. */
export type FloatLike<A> = Variable<NoInfer<Floating<DTypeOf<A>>>, NoInfer<RankOf<A>>>;
/** The variable that a test of one argument gives. */
export type BoolLike<A> = Variable<"bool", NoInfer<RankOf<A>>>;
/** The variable that two arguments give, elementwise. */
export type Pair<A, B> = Variable<NoInfer<PairDType<A, B>>, NoInfer<MaxRank<RankOf<A>, RankOf<B>>>>;
/** The variable that a float function of two arguments gives. */
export type FloatPair<A, B> = Variable<NoInfer<Floating<PairDType<A, B>>>, NoInfer<MaxRank<RankOf<A>, RankOf<B>>>>;
/** The variable that a comparison gives. */
export type BoolPair<A, B> = Variable<"bool", NoInfer<MaxRank<RankOf<A>, RankOf<B>>>>;
/** The variable of `switch(C, A, B)`. */
export type Choice<C, A, B> = Variable<NoInfer<PairDType<A, B>>, NoInfer<MaxRank<RankOf<C>, MaxRank<RankOf<A>, RankOf<B>>>>>;
/** The rank that is left after reducing over `A`: nothing (all axes), an axis, axes, or options. */
export type ReducedRank<N extends number, A> = A extends undefined | null ? 0 : A extends number ? Less1<N> : A extends readonly number[] ? LessLength<N, A> : A extends {
    readonly keepdims: true;
} ? N : A extends {
    readonly keepdims: boolean;
} ? KeepsOrNot<N, A> : A extends {
    readonly axis: infer X;
} ? ReducedRank<N, X> : A extends {
    readonly axis?: infer X;
} ? unknown extends X ? 0 : number : 0;
/** The rank left when it is said whether axes are kept. */
export type KeepsOrNot<N extends number, A> = A extends {
    readonly keepdims: false;
} ? ReducedRank<N, Omit<A, "keepdims">> : number;
/** A rank less the number of axes in a list. */
export type LessLength<N extends number, A extends readonly number[]> = number extends A["length"] ? number : A extends readonly [number, ...infer Rest extends readonly number[]] ? LessLength<Less1<N>, Rest> : N;
/** The rank of `dot`: the axes of both but the two that are summed over; a scalar multiplies. */
export type DotRank<A extends number, B extends number> = number extends A | B ? number : A extends 0 ? B : B extends 0 ? A : A extends 1 ? Less1<B> : B extends 1 ? Less1<A> : A extends 2 ? B : B extends 2 ? A : number;
/** The rank of `batchedDot`: axis 0 stays, and the others are as in `dot`. */
export type BatchedDotRank<A extends number, B extends number> = number extends A | B ? number : Plus1<DotRank<Less1<A>, Less1<B>>>;
/** The rank of `matmul`: the axes before the last two stretch. */
export type MatmulRank<A extends number, B extends number> = number extends A | B ? number : A extends 1 ? Less1<B> : B extends 1 ? Less1<A> : MaxRank<A, B>;
/** The rank of `x` where an axis is replaced by as many as `I` says; the flattened x has one axis. */
export type TakenRank<N extends number, I extends number, X> = number extends I ? number : X extends null | undefined ? I : null extends X ? number : I extends 0 ? Less1<N> : I extends 1 ? N : I extends 2 ? Plus1<N> : I extends 3 ? Plus1<Plus1<N>> : number;
/** The dtype in which the tensors of a list meet. */
export type JoinedDType<L extends readonly unknown[]> = (number extends L["length"] ? [Extract<L[number], number>] extends [never] ? Promote<OwnDType<L[number]>, OwnDType<L[number]>> : DType : Met<Owned<L>, NumberBeside<Extract<L[number], number>, Owned<L>>>) extends infer D extends DType ? D : never;
/** The dtype of those tensors of a list that have one of their own. */
export type Owned<L extends readonly unknown[], Known = never> = L extends readonly [infer First, ...infer Rest] ? Owned<Rest, Met<Known, OwnDType<First>>> : Known;
/** The dtype in which two meet of which any may not be there. */
export type Met<A, B> = [A] extends [never] ? B : [B] extends [never] ? A : Promote<A, B>;
/** A value that may have rank N, for all that is known. */
export type OfRank<A, N extends number> = number extends RankOf<A> ? A : RankOf<A> extends N ? A : WrongRank<N>;
/** The ranks of matrices, and of tensors that hold some. */
export type MatrixRank = 2 | 3 | 4 | 5 | 6 | 7 | 8;
/** What stands in messages in the place of a value of another rank. */
export interface WrongRank<N extends number> extends Typed<DType, N> {
    /** The ranks that would do. */
    readonly expectedRank: N;
}
/** The rank of `x.at(...items)`, where the items say it. */
export type IndexedRank<N extends number, I extends readonly unknown[]> = number extends I["length"] ? number : I extends readonly [infer Item, ...infer Rest] ? IndexedRank<AfterItem<N, Item>, Rest> : N;
/** The rank after one item of an index. */
export type AfterItem<N extends number, Item> = Item extends number | bigint | Typed<DType, 0> ? Less1<N> : Item extends null ? Plus1<N> : Item extends "..." ? N : Item extends string | Typed<DType, number> | readonly unknown[] | ArrayBufferView ? number : N;
