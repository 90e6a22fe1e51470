// Made of core/ops/elementwise/conversion.ts by `deno task types`.
/**
 * Conversions between dtypes, complex numbers, and wrappers that only gradients take notice of.
 *
 * @module
 */
import { type DType, type FloatDType } from "../../graph/dtype.d.ts";
import type { DTypeOf, Floating, Like, MaxRank, RankOf, RealOf } from "../../graph/type_arithmetic.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** The dtype that an option stands for, at the level of types. */
export type ResolvedDType<O extends DTypeOption> = O extends "floatX" ? FloatDType : O extends DType ? O : never;
/**
 * `x` with another dtype. Floats become integers by cutting the fraction off and staying within 32 (or
 * 64) bits, NaN becomes 0; integers wrap; to bool is "not zero". A variable that has the dtype is
 * returned as it is.
 *
 * Throws a TypeError for a complex `x` and a real dtype: take `real`, `imag` or `abs`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const labels = T.cast(T.vector("y"), "int32");
 * const weights = T.cast(T.ivector("n"), "floatX");
 * ```
 */
export declare function cast<A extends TensorLike, O extends DTypeOption>(x: A, dtype: O): Variable<ResolvedDType<O>, RankOf<A>>;
/** The bits of `x` read as another dtype of the same width. */
export declare function bitcast<A extends TensorLike, D extends DType>(x: A, dtype: D): Variable<D, RankOf<A>>;
/** The real part; a real `x` is returned as it is. */
export declare function real<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>>;
/** The imaginary part; zeros for a real `x`. */
export declare function imag<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>>;
/** The complex conjugate; a real `x` is returned as it is. */
export declare function conj<A extends TensorLike>(x: A): Like<A>;
/** The angle of a complex number in (-π, π]; for real numbers 0 or π. */
export declare function angle<A extends TensorLike>(x: A): Variable<RealOf<Floating<DTypeOf<A>>>, RankOf<A>>;
/**
 * The complex number with these parts: complex64 of float32 parts, complex128 of float64 ones.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const z = T.complex(T.fvector("re"), T.fvector("im"));
 * ```
 */
export declare function complex<A extends TensorLike, B extends TensorLike>(re: A, im: B): Variable<"complex64" | "complex128", MaxRank<RankOf<A>, RankOf<B>>>;
/** The same value as a new variable. */
export declare function copy<A extends TensorLike>(x: A): Like<A>;
/** The same value; the gradient that comes back to `x` here is zero. JAX's `stop_gradient`. */
export declare function zeroGrad<A extends TensorLike>(x: A): Like<A>;
/** The same value; for gradients the result does not depend on `x`. JAX's `stop_gradient`. */
export declare function disconnectedGrad<A extends TensorLike>(x: A): Like<A>;
/** The same value; taking a gradient through it is an error. */
export declare function undefinedGrad<A extends TensorLike>(x: A): Like<A>;
/**
 * The same value; the gradient that comes back is multiplied by `factor`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const reversed = T.gradScale(T.vector("x"), -1);
 * ```
 */
export declare function gradScale<A extends TensorLike>(x: A, factor: number): Like<A>;
/**
 * The same value; the gradient that comes back is brought into [lower, upper] at this point.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const state = T.gradClip(T.vector("state"), -1, 1);
 * ```
 */
export declare function gradClip<A extends TensorLike>(x: A, lower: number, upper: number): Like<A>;
