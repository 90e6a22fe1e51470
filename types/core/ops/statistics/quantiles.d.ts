// Made of core/ops/statistics/quantiles.ts by `deno task types`.
/**
 * Order statistics: medians, quantiles and percentiles.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import { type AxesList, type AxesOf, type Reduced } from "../reduce/reduce.d.ts";
import { type ReduceOptions } from "../reduce/support.d.ts";
/** What a quantile between two elements is. */
export type QuantileMethod = "linear" | "lower" | "higher" | "nearest" | "midpoint";
/** Options of quantiles. */
export interface QuantileOptions extends ReduceOptions {
    /** What a quantile between two elements is: on the line between them if missing. */
    readonly method?: QuantileMethod;
}
/** The rank of quantiles: that of a reduction for one of them; not known for several. */
export type QuantilesOf<A, Q, X> = Q extends number ? Reduced<Floating<DTypeOf<A>>, A, X> : Variable<Floating<DTypeOf<A>>>;
/**
 * Quantiles over axes (all by default): for q from 0 to 1 the value below which that part of the elements
 * lies, on the line between the two elements around it or as `method` says. For a vector q the quantiles
 * come along a first axis. NaN among the elements gives NaN.
 *
 * A q that is not from 0 to 1, and no elements, are errors: of a number when this is called, else an
 * IndexError when the function is.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.quantile(x, [0.25, 0.75], { axis: 1 }));
 * f([[1, 2, 3, 4, 5], [0, 0, 10, 20, 0]]).arraySync(); // [[2, 0], [4, 10]]
 * ```
 */
export declare function quantile<A extends TensorLike, const Q extends TensorLike, const X extends AxesList<QuantileOptions> = []>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>>;
/** As {@linkcode quantile}, of the elements that are not NaN; NaN where all are. */
export declare function nanquantile<A extends TensorLike, const Q extends TensorLike, const X extends AxesList<QuantileOptions> = []>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>>;
/**
 * Percentiles: {@linkcode quantile} of q / 100.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const limits = T.percentile(T.vector("x"), [5, 95]);
 * ```
 */
export declare function percentile<A extends TensorLike, const Q extends TensorLike, const X extends AxesList<QuantileOptions> = []>(x: A, q: Q, ...axes: X): QuantilesOf<A, Q, AxesOf<X>>;
/**
 * The median over axes (all by default): the element in the middle of the sorted ones, or the mean of the
 * two in the middle. NaN among the elements gives NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.median(x));
 * f([3, 1, 10, 2]).item(); // 2.5
 * ```
 */
export declare function median<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>>;
/** As {@linkcode median}, of the elements that are not NaN; NaN where all are. */
export declare function nanmedian<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>>;
