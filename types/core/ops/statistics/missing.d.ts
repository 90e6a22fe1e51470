// Made of core/ops/statistics/missing.ts by `deno task types`.
/**
 * Reductions of the elements that are not NaN, as NumPy's `nansum` and its like.
 *
 * @module
 */
import type { DTypeOf, Floating, RealOf, SumDType } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import { type AxesList, type AxesOf, type Reduced, type VarianceOptions } from "../reduce/reduce.d.ts";
/**
 * The sum over axes of the elements that are not NaN; 0 for none.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const f = await compile([x], [T.nansum(x, 0), T.nanmean(x, 1)]);
 * f([[1, NaN], [3, 4]]).map((v) => v.arraySync()); // [[4, 4], [1, 3.5]]
 * ```
 */
export declare function nansum<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>>;
/** The product over axes of the elements that are not NaN; 1 for none. */
export declare function nanprod<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>>;
/** The mean over axes of the elements that are not NaN; NaN for none. */
export declare function nanmean<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>>;
/** The variance over axes of the elements that are not NaN; NaN where there are no more than `ddof`. */
export declare function nanvar<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(x: A, ...axes: X): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>>;
/** The standard deviation over axes of the elements that are not NaN. */
export declare function nanstd<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(x: A, ...axes: X): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>>;
/** The greatest element over axes that is not NaN; NaN where all are. */
export declare function nanmax<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<DTypeOf<A>, A, AxesOf<X>>;
/** The least element over axes that is not NaN; NaN where all are. */
export declare function nanmin<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<DTypeOf<A>, A, AxesOf<X>>;
/** The position of the greatest element that is not NaN, as `argmax` counts; 0 where all are NaN. */
export declare function nanargmax<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"int64", A, AxesOf<X>>;
/** The position of the least element that is not NaN, as `argmin` counts; 0 where all are NaN. */
export declare function nanargmin<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"int64", A, AxesOf<X>>;
