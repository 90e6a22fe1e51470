// Made of core/ops/statistics/counts.ts by `deno task types`.
/**
 * Counting elements: in bins, by segments and by value.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * The sums of the values that have the same id: element i of the result is the sum of those whose id is i,
 * 0 where there are none. `values` has the axes of `ids` first; what is behind them is summed by itself.
 *
 * Throws a TypeError for ids that are no integers. An id below 0 or from `count` on is an IndexError when
 * the function is called.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x"), ids = T.ivector("ids");
 * const f = await compile([x, ids], T.segmentSum(x, ids, 3));
 * f([1, 2, 3, 4], [0, 2, 0, 2]).arraySync(); // [4, 0, 6]
 * ```
 */
export declare function segmentSum<A extends TensorLike, I extends TensorLike>(values: A, ids: I, count: Dim): RankOf<I> extends 1 ? Variable<DTypeOf<A>, RankOf<A>> : Variable<DTypeOf<A>>;
/** Options of {@linkcode histogram}. */
export interface HistogramOptions {
    /** The least and the greatest number that are counted, where bins are a number; those of x if missing. */
    readonly range?: readonly [TensorLike, TensorLike];
    /** What each element counts; 1 if missing. */
    readonly weights?: TensorLike;
    /** Whether the counts are divided by their sum and the widths of bins; default false. */
    readonly density?: boolean;
}
/**
 * How many elements of x lie in each bin, and the edges of the bins. Bins are a number of equally wide ones,
 * 10 if missing, or a vector of edges that rise. A bin holds its lower edge, the last one both; elements
 * outside, and NaN, are not counted. Counts are int64, or sums of weights. Where there are no elements, bins
 * are those between 0 and 1.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const [counts, edges] = T.histogram(x, 2);
 * const f = await compile([x], [counts, edges]);
 * f([0, 1, 2, 4]).map((v) => v.arraySync()); // [[2n, 2n], [0, 2, 4]]
 * ```
 */
export declare function histogram(x: TensorLike, bins?: number | TensorLike, options?: HistogramOptions): [counts: Variable, edges: Variable];
/**
 * For each element of x the int64 number of the bin that it lies in, given edges that rise: 0 below the
 * first edge, i where bins[i - 1] <= x < bins[i], and the number of edges from the last one on. With
 * `right` a bin holds its upper edge instead of its lower one. Edges may fall, too: then it is i where
 * bins[i - 1] > x >= bins[i], or with `right` bins[i - 1] >= x > bins[i].
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const grades = T.digitize(T.vector("scores"), [50, 70, 90]);
 * ```
 */
export declare function digitize<A extends TensorLike>(x: A, bins: TensorLike, options?: {
    readonly right?: boolean;
}): Variable<"int64", RankOf<A>>;
/**
 * The positions of the elements that are not zero, a row each.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const places = T.argwhere(T.gt(T.matrix("m"), 0));
 * ```
 */
export declare function argwhere(x: TensorLike): Variable<"int64", 2>;
/** The distinct elements of a tensor and where they are. */
export interface Unique<D extends DType = DType> {
    /** The distinct elements, in ascending order; NaN, if there is one, comes last and once. */
    readonly values: Variable<D, 1>;
    /** The row-major position of the first of each. */
    readonly indices: Variable<"int64", 1>;
    /** For each element of x, in its shape, the position of its like among the values. */
    readonly inverse: Variable<"int64">;
    /** How often each one occurs. */
    readonly counts: Variable<"int64", 1>;
}
/**
 * The distinct elements of x in ascending order with their first positions, counts, and what maps them back.
 * What isn't used costs nothing.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.ivector("x"), { values, counts } = T.uniqueAll(x);
 * const f = await compile([x], [values, counts]);
 * f([3, 1, 3, 3]).map((v) => v.arraySync()); // [[1, 3], [1n, 3n]]
 * ```
 */
export declare function uniqueAll<A extends TensorLike>(x: A): Unique<DTypeOf<A>>;
/**
 * The distinct elements of x as a vector in ascending order.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.unique(x));
 * f([2, 0.5, 2]).arraySync(); // [0.5, 2]
 * ```
 */
export declare function unique<A extends TensorLike>(x: A): Variable<DTypeOf<A>, 1>;
