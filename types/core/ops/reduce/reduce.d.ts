// Made of core/ops/reduce/reduce.ts by `deno task types`.
/**
 * Sums, means, extremes and what is composed of them, over all axes, one or several.
 *
 * The axes are given as numbers, as a list, or in options: `sum(x)`, `sum(x, 0)`, `sum(x, [0, -1])`,
 * `sum(x, 0, -1)`, `sum(x, { axis: 0, keepdims: true })`, `sum(x, 0, { keepdims: true })`.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating, RankOf, RealOf, ReducedRank, SumDType } from "../../graph/type_arithmetic.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import { type CloseOptions } from "../elementwise/logic.d.ts";
import { type ReduceOptions } from "./support.d.ts";
export type { ReduceOptions } from "./support.d.ts";
/** Options of sums, products and means. */
export interface SumOptions extends ReduceOptions {
    /** dtype of the result. */
    readonly dtype?: DTypeOption;
    /** dtype in which values are added; must hold those of the argument. */
    readonly accDtype?: DTypeOption;
}
/** Options of variances. */
export interface VarianceOptions extends ReduceOptions {
    /** What is taken from the number of elements before dividing; default 0. */
    readonly ddof?: number;
}
/** Axes, or options with axes. */
export type Axes<O extends ReduceOptions = ReduceOptions> = number | readonly number[] | null | undefined | O;
/** Axes as arguments: one by one, or in a list, or in options, which may also come last. */
export type AxesList<O extends ReduceOptions = ReduceOptions> = readonly [] | readonly [axes: Axes<O>] | readonly [axes: number | readonly number[] | null | undefined, options: O | undefined] | readonly number[] | readonly [...number[], O];
/** Axes or options that a list of arguments stands for. */
export type AxesOf<X extends readonly unknown[]> = X extends readonly [] ? undefined : X extends readonly [infer A] ? A : X extends readonly number[] ? X : X extends readonly [...infer A extends readonly number[], infer O] ? Omit<O, "axis"> & {
    readonly axis: A;
} : X extends readonly [infer A, infer O] ? Omit<O, "axis"> & {
    readonly axis: A;
} : undefined;
/** A reduced variable: the dtype `D`, and the rank that is left of `A` over the axes `X`. */
export type Reduced<D extends DType, A, X> = Variable<D, ReducedRank<RankOf<A>, X> extends infer N extends number ? N : never>;
/**
 * The sum over axes. bool and signed integers give int64, unsigned ones uint64, floats their own
 * dtype; the sum of nothing is 0.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const [all, columns] = [T.sum(x), T.sum(x, 0)];
 * const kept = T.sum(x, { axis: 1, keepdims: true });
 * ```
 */
export declare function sum<A extends TensorLike, const X extends AxesList<SumOptions> = []>(x: A, ...axes: X): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>>;
/** The product over axes, with the dtypes of `sum`; the product of nothing is 1. */
export declare function prod<A extends TensorLike, const X extends AxesList<SumOptions> = []>(x: A, ...axes: X): Reduced<SumDType<DTypeOf<A>>, A, AxesOf<X>>;
/**
 * The mean over axes. Integers and bools give floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [p, y] = [T.ivector("p"), T.ivector("y")];
 * const errorRate = T.mean(T.neq(p, y));
 * ```
 */
export declare function mean<A extends TensorLike, const X extends AxesList<SumOptions> = []>(x: A, ...axes: X): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>>;
/**
 * The variance over axes, in two passes: the sum of squared distances from the mean, divided by the
 * number of reduced elements less `ddof`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const unbiased = T.var(T.matrix("x"), { axis: 0, ddof: 1 });
 * ```
 */
declare function variance<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(x: A, ...axes: X): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>>;
/** The standard deviation: the square root of the variance. */
export declare function std<A extends TensorLike, const X extends AxesList<VarianceOptions> = []>(x: A, ...axes: X): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>>;
/**
 * The greatest element over axes; NaN if there is one. The gradient is shared among equals. Of no
 * elements it is an error when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.matrix("x");
 * const shifted = x.sub(T.max(x, { axis: 1, keepdims: true }));
 * ```
 */
export declare function max<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<DTypeOf<A>, A, AxesOf<X>>;
/** The least element over axes; NaN if there is one. The gradient is shared among equals. */
export declare function min<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<DTypeOf<A>, A, AxesOf<X>>;
/** max - min over axes. */
export declare function ptp<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<DTypeOf<A>, A, AxesOf<X>>;
/**
 * The position of the greatest element, the first one among equals, as int64; over several axes (or
 * all) the flat position within them. NaN counts as the greatest.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const prediction = T.argmax(T.matrix("scores"), 1);
 * ```
 */
export declare function argmax<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"int64", A, AxesOf<X>>;
/** The position of the least element; otherwise as `argmax`. */
export declare function argmin<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"int64", A, AxesOf<X>>;
/** The greatest element and its position. */
export declare function maxAndArgmax<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): [Reduced<DTypeOf<A>, A, AxesOf<X>>, Reduced<"int64", A, AxesOf<X>>];
/** Whether any element over axes is not zero; false for none. */
export declare function any<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"bool", A, AxesOf<X>>;
/** Whether all elements over axes are not zero; true for none. */
export declare function all<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<"bool", A, AxesOf<X>>;
/** Whether all elements of two tensors are close; see `isclose`. */
export declare function allclose(x: TensorLike, y: TensorLike, options?: CloseOptions): Variable<"bool", 0>;
/**
 * The norm (sum |x|^order)^(1/order) over axes. Infinity and -Infinity give the greatest and the least
 * absolute value, 0 the number of elements that are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const lengths = T.norm(T.matrix("x"), 2, 1);
 * ```
 */
export declare function norm<A extends TensorLike, const X extends AxesList = []>(x: A, order?: number, ...axes: X): Reduced<RealOf<Floating<DTypeOf<A>>>, A, AxesOf<X>>;
/**
 * log(sum(exp(x))) over axes, without overflow; -Infinity for no elements. SciPy's and JAX's `logsumexp`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const logZ = T.logsumexp(T.matrix("scores"), 1);
 * ```
 */
export declare function logsumexp<A extends TensorLike, const X extends AxesList = []>(x: A, ...axes: X): Reduced<Floating<DTypeOf<A>>, A, AxesOf<X>>;
export { variance as var };
