// Made of core/ops/statistics/moments.ts by `deno task types`.
/**
 * Weighted means, covariances and correlations.
 *
 * @module
 */
import type { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import { type Reduced } from "../reduce/reduce.d.ts";
import { type ReduceOptions } from "../reduce/support.d.ts";
/** Options of {@linkcode average}. */
export interface AverageOptions extends ReduceOptions {
    /** How much elements count: a tensor that broadcasts with x, or a vector along the one reduced axis. */
    readonly weights?: TensorLike;
}
/** Axes that options name. */
type AxisIn<O> = O extends {
    readonly keepdims: true;
} ? O : O extends {
    readonly axis: infer X;
} ? X : undefined;
/**
 * The mean over axes (all by default) of elements that count as much as their weights say: the sum of their
 * products, divided by the sum of the weights.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.average(x, { axis: 1, weights: [3, 1] }));
 * f([[1, 5], [0, 4]]).arraySync(); // [2, 1]
 * ```
 */
export declare function average<A extends TensorLike, const O extends AverageOptions = AverageOptions>(x: A, options?: O): Reduced<Floating<DTypeOf<A>>, A, AxisIn<O>>;
/** Options of {@linkcode cov}. */
export interface CovarianceOptions {
    /** Whether each row is a variable and each column an observation, or the other way round; default true. */
    readonly rowvar?: boolean;
    /** What is taken from the number of observations before dividing; default 1. */
    readonly ddof?: number;
    /** How much each observation counts: a vector of numbers that are not negative. */
    readonly weights?: TensorLike;
}
/**
 * The covariance matrix of variables, by default the rows of m: the products of their distances from their
 * means, averaged over the observations. Of a vector it is a matrix of one element.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], T.cov(x));
 * f([[0, 1, 2], [2, 1, 0]]).arraySync(); // [[1, -1], [-1, 1]]
 * ```
 */
export declare function cov<A extends TensorLike>(m: A, options?: CovarianceOptions): Variable<Floating<DTypeOf<A>>, 2>;
/**
 * The correlation coefficients of variables, by default the rows of m: their covariances divided by their
 * standard deviations, from -1 to 1. NaN where a variable doesn't vary.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const correlations = T.corrcoef(T.matrix("x"), { rowvar: false });
 * ```
 */
export declare function corrcoef<A extends TensorLike>(m: A, options?: Pick<CovarianceOptions, "rowvar">): Variable<Floating<DTypeOf<A>>, 2>;
export {};
