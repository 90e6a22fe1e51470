// Made of core/ops/signal/signal.ts by `deno task types`.
/**
 * Functions of sampled functions: convolution, interpolation, integrals, polynomials.
 *
 * @module
 */
import { type FloatDType } from "../../graph/dtype.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating, Less1, PairDType, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/** Which part of a convolution: all of it, as much as the longer one has, or where both overlap. */
export type ConvolveMode = "full" | "same" | "valid";
/**
 * The discrete convolution of two vectors, sum_m a[m] v[n - m]: all of it ("full"), as much of its middle as
 * the longer vector has elements ("same"), or where both overlap wholly ("valid").
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.vector("a");
 * const f = await compile([a], T.convolve(a, [0, 1, 0.5]));
 * f([1, 2, 3]).arraySync(); // [0, 1, 2.5, 4, 1.5]
 * ```
 */
export declare function convolve<A extends TensorLike, B extends TensorLike>(a: A, v: B, mode?: ConvolveMode): Variable<PairDType<A, B>, 1>;
/**
 * The cross-correlation of two vectors, sum_n a[n + k] conj(v[n]) for each shift k, "valid" if no mode is
 * given; modes as for {@linkcode convolve}.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const match = T.correlate(T.vector("signal"), T.vector("pattern"));
 * ```
 */
export declare function correlate<A extends TensorLike, B extends TensorLike>(a: A, v: B, mode?: ConvolveMode): Variable<PairDType<A, B>, 1>;
/** Options of {@linkcode interp}. */
export interface InterpOptions {
    /** The value below the first point; that of the first point if missing. */
    readonly left?: TensorLike;
    /** The value above the last point; that of the last point if missing. */
    readonly right?: TensorLike;
    /**
     * After which distance the line repeats itself, in which case the xp may come in any order, and there is
     * neither left nor right.
     */
    readonly period?: TensorLike;
}
/**
 * The values at x of the line through the points (xp, fp), of which the xp rise. The dtype is the one that
 * x and the points meet in.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.interp(x, [1, 2, 3], [3, 2, 0]));
 * f([0, 1.5, 2.5, 9]).arraySync(); // [3, 2.5, 1, 0]
 * ```
 */
export declare function interp<A extends TensorLike>(x: A, xp: TensorLike, fp: TensorLike, options?: InterpOptions): Variable<FloatDType, RankOf<A>>;
/** Options of {@linkcode trapezoid}. */
export interface TrapezoidOptions {
    /** Where the samples are: a vector along the axis, or a tensor that broadcasts with them. */
    readonly x?: TensorLike;
    /** The distance of samples where there is no x; 1 if missing. */
    readonly dx?: number;
    /** The axis of samples; the last one if missing. */
    readonly axis?: number;
}
/**
 * The integral of samples along an axis by the trapezoidal rule.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const y = T.vector("y");
 * const f = await compile([y], T.trapezoid(y, { x: [0, 1, 3] }));
 * f([0, 2, 4]).item(); // 7
 * ```
 */
export declare function trapezoid<A extends TensorLike>(y: A, options?: TrapezoidOptions): Variable<Floating<DTypeOf<A>>, Less1<RankOf<A>>>;
/**
 * The polynomial with the coefficients p, that of the highest power first, at x, by Horner's rule where the
 * number of coefficients is known, else as a sum of powers.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.polyval([3, 0, 1], x));
 * f([0, 1, 2]).arraySync(); // [1, 4, 13]
 * ```
 */
export declare function polyval<P extends TensorLike, A extends TensorLike>(p: P, x: A): Variable<PairDType<P, A>, RankOf<A>>;
/**
 * The cross product of vectors of three elements along an axis, the last one if missing.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.vector("a"), b = T.vector("b");
 * const f = await compile([a, b], T.cross(a, b));
 * f([1, 0, 0], [0, 1, 0]).arraySync(); // [0, 0, 1]
 * ```
 */
export declare function cross<A extends TensorLike, B extends TensorLike>(a: A, b: B, axis?: number): Variable<PairDType<A, B>>;
/** The sum of conj(a) * b over all elements. */
export declare function vdot<A extends TensorLike, B extends TensorLike>(a: A, b: B): Variable<PairDType<A, B>, 0>;
