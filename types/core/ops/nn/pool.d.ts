// Made of core/ops/nn/pool.ts by `deno task types`.
/**
 * Pooling: one number for each window along one, two or three axes.
 *
 * @module
 */
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating, MatrixRank, OfRank, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { EachAxis, Spatial } from "./convolve.d.ts";
/** What is taken of a window; averages count the padding or leave it out. */
export type PoolMode = "max" | "sum" | "average_inc_pad" | "average_exc_pad";
/** Options of {@linkcode pool2d}, and of the same along `R` axes. */
export interface PoolOptions<R extends Spatial = 2> {
    /** Whether windows that reach over the border are left out; false if missing. */
    readonly ignoreBorder?: boolean;
    /** Distance between windows; the size of a window if missing. */
    readonly stride?: number | EachAxis<number, R> | null;
    /** Padding on both sides of all axes, or of each; only with `ignoreBorder`. */
    readonly pad?: number | EachAxis<number, R>;
    /** "max" if missing. */
    readonly mode?: PoolMode;
}
/**
 * The maximum, sum or average of the windows of the last two axes of x. Windows of `size` elements
 * follow each other at `stride` (the size if missing). Padding never counts for a maximum.
 *
 * With `ignoreBorder` there are floor((n + 2*pad - size) / stride) + 1 windows; without it partial
 * windows at the end are kept, which gives floor((n - 1) / stride) + 1 windows if the stride is at least
 * the size, else max(0, floor((n - 1 - size + stride) / stride)) + 1.
 *
 * Throws a TypeError for fewer than two axes, and a RangeError for padding of at least the size or
 * together with partial windows.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool2d(T.tensor4("images"), [2, 2], { ignoreBorder: true });
 * ```
 */
export declare function pool2d<A extends TensorLike>(x: OfRank<A, MatrixRank>, size: number | readonly [number, number], options?: PoolOptions): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>>;
/**
 * {@linkcode pool2d} along the last axis.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool1d(T.tensor3("sequences"), 2, { mode: "average_inc_pad", ignoreBorder: true });
 * ```
 */
export declare function pool1d<A extends TensorLike>(x: OfRank<A, 1 | MatrixRank>, size: number | readonly [number], options?: PoolOptions<1>): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>>;
/**
 * {@linkcode pool2d} along the last three axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.pool3d(T.tensor5("volumes"), [1, 2, 2], { ignoreBorder: true });
 * ```
 */
export declare function pool3d<A extends TensorLike>(x: OfRank<A, Exclude<MatrixRank, 2>>, size: number | readonly [number, number, number], options?: PoolOptions<3>): Variable<DTypeOf<A> | Floating<DTypeOf<A>>, RankOf<A>>;
