// Made of core/api/methods.ts by `deno task types`.
/**
 * The operations as methods of variables.
 *
 * @module
 */
import type { Givens } from "../runtime/updates.d.ts";
import type { DType } from "../graph/dtype.d.ts";
import { Variable } from "../graph/graph.d.ts";
import { type AxesArguments, type Dim } from "../ops/common/arguments.d.ts";
import { type PatternItem } from "../ops/shape/dimshuffle.d.ts";
import type { IndexItem } from "../ops/index/index_spec.d.ts";
import { type TakeMode } from "../ops/index/selecting.d.ts";
import type { TensorLike } from "../ops/common/literal.d.ts";
import type { AxesList, AxesOf, Reduced, SumOptions, VarianceOptions } from "../ops/reduce/reduce.d.ts";
import { type Counted } from "../ops/order/order.d.ts";
import type { AxisRank } from "../ops/shape/shape.d.ts";
import type { Tensor } from "../runtime/tensor.d.ts";
import type { DotRank, DTypeOf, Floating, ForAxes, IndexedRank, Less1, MatmulRank, PairDType, Plus1, RankOf, RealOf, SumDType, TakenRank } from "../graph/type_arithmetic.d.ts";
import { type ElementwiseMethods } from "./methods_elementwise.d.ts";
/** The operations as methods of variables; see {@linkcode Variable}. */
export interface Methods<D extends DType = DType, N extends number = number> extends ElementwiseMethods<D, N> {
    /** Lengths of the axes, as 0-d int64 variables. `T.shape(x)` gives them as one vector. */
    readonly shape: ForAxes<Variable<"int64", 0>>[N];
    /** Number of elements, a 0-d int64 variable. */
    readonly size: Variable<"int64", 0>;
    /** The axes in reverse order. */
    readonly T: Variable<D, N>;
    /** The sum over axes: all of them, one, several, or as options say. */
    sum<S extends Variable, const X extends AxesList<SumOptions> = []>(this: S, ...axes: X): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>>;
    /** The product over axes. */
    prod<S extends Variable, const X extends AxesList<SumOptions> = []>(this: S, ...axes: X): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>>;
    /** The mean over axes. */
    mean<S extends Variable, const X extends AxesList<SumOptions> = []>(this: S, ...axes: X): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>>;
    /** The variance over axes. */
    var<S extends Variable, const X extends AxesList<VarianceOptions> = []>(this: S, ...axes: X): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
    /** The standard deviation over axes. */
    std<S extends Variable, const X extends AxesList<VarianceOptions> = []>(this: S, ...axes: X): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
    /** The greatest element over axes. */
    max<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<DTypeOf<S>, S, AxesOf<X>>;
    /** The least element over axes. */
    min<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<DTypeOf<S>, S, AxesOf<X>>;
    /** max - min over axes. */
    ptp<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<DTypeOf<S>, S, AxesOf<X>>;
    /** The position of the greatest element over axes. */
    argmax<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<"int64", S, AxesOf<X>>;
    /** The position of the least element over axes. */
    argmin<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<"int64", S, AxesOf<X>>;
    /** Whether any element over axes is not zero. */
    any<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<"bool", S, AxesOf<X>>;
    /** Whether all elements over axes are not zero. */
    all<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<"bool", S, AxesOf<X>>;
    /** (sum |x|^order)^(1/order) over axes. */
    norm<S extends Variable, const X extends AxesList = []>(this: S, order?: number, ...axes: X): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
    /** log(sum(exp(x))) over axes. */
    logsumexp<S extends Variable, const X extends AxesList = []>(this: S, ...axes: X): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>>;
    /** NumPy's `dot`. */
    dot<S extends Variable, A extends TensorLike>(this: S, other: A): Variable<PairDType<S, A>, DotRank<RankOf<S>, RankOf<A>>>;
    /** The matrix product over the last two axes; axes before them stretch by NumPy's rule. */
    matmul<S extends Variable, A extends TensorLike>(this: S, other: A): Variable<PairDType<S, A>, MatmulRank<RankOf<S>, RankOf<A>>>;
    /** The product of every element with every element of `other`, a matrix. */
    outer<S extends Variable, A extends TensorLike>(this: S, other: A): Variable<PairDType<S, A>, 2>;
    /**
     * A part by NumPy's indexing, one argument for each axis: integers, 0-d integer variables, slices
     * (`{ start, stop, step }` or `T.slice(…)`), null for a new axis, "..." for the axes between,
     * positions, masks, or text such as `"1:, ::-1"`.
     *
     * @example
     * ```ts
     * import { T } from "@croton/croton";
     *
     * const x = T.matrix("x");
     * const [first, last, rest] = [x.at(0), x.at("...", -1), x.at("1:")];
     * ```
     */
    at<const I extends readonly IndexItem[]>(...items: I): Variable<D, IndexedRank<N, I>>;
    /** The part of axis 0 from `start` to before `stop`, every `step`-th. */
    slice(start?: Dim | null, stop?: Dim | null, step?: Dim | null): Variable<D, N>;
    /** Elements at positions along an axis; of all elements when the axis is null. */
    take<S extends Variable, const I extends TensorLike, const X extends number | null = null>(this: S, positions: I, axis?: X, mode?: TakeMode): Variable<DTypeOf<S>, TakenRank<RankOf<S>, RankOf<I>, X>>;
    /** The elements sorted along an axis, the last one by default. */
    sort<S extends Variable, const X extends number | null = number>(this: S, axis?: X): Variable<DTypeOf<S>, AxisRank<S, X>>;
    /** The positions that sort the elements along an axis. */
    argsort<S extends Variable, const X extends number | null = number>(this: S, axis?: X): Variable<"int64", AxisRank<S, X>>;
    /** Sums of the elements up to and including each one. */
    cumsum<S extends Variable, const X extends number | null = null>(this: S, axis?: X): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>>;
    /** Products of the elements up to and including each one. */
    cumprod<S extends Variable, const X extends number | null = null>(this: S, axis?: X): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>>;
    /** Each element several times. */
    repeat<S extends Variable, const X extends number | null = null>(this: S, counts: Dim | TensorLike, axis?: X): Variable<DTypeOf<S>, AxisRank<S, X>>;
    /** The diagonal of two axes. */
    diagonal(offset?: number, axis1?: number, axis2?: number): Variable<D, Less1<N>>;
    /** The sum along the diagonal. */
    trace<S extends Variable>(this: S, offset?: number): Variable<SumDType<DTypeOf<S>>, Less1<Less1<RankOf<S>>>>;
    /** The same elements in another shape, in a list or one by one; one length may be -1. */
    reshape<const L extends readonly Dim[]>(shape: L): Variable<D, L["length"]>;
    /** The same, with the lengths one by one. */
    reshape<const L extends readonly Dim[]>(...shape: L): Variable<D, L["length"]>;
    /** The first `ndim` - 1 axes, and one of all that is left. */
    flatten<const K extends number = 1>(ndim?: K): Variable<D, K>;
    /** All elements in one axis. */
    ravel(): Variable<D, 1>;
    /** Axes in another order, one by one or in a list; "x" makes a new axis of length 1. */
    dimshuffle<const P extends readonly PatternItem[]>(...pattern: P): Variable<D, P["length"]>;
    /** The same, in a list. */
    dimshuffle<const P extends readonly PatternItem[]>(pattern: P): Variable<D, P["length"]>;
    /** Axes in another order, one by one or in a list; reversed without any. */
    transpose(...axes: AxesArguments): Variable<D, N>;
    /** Two axes exchanged. */
    swapaxes(a: number, b: number): Variable<D, N>;
    /** Without axes of length 1: those given, or all known ones. */
    squeeze<S extends Variable, const X extends AxesArguments>(this: S, ...axes: X): Variable<DTypeOf<S>, X extends readonly [number] ? Less1<RankOf<S>> : number>;
    /** With new axes of length 1 at these places. */
    expandDims<S extends Variable, const X extends AxesArguments>(this: S, ...axes: X): Variable<DTypeOf<S>, X extends readonly [number] ? Plus1<RankOf<S>> : number>;
    /** Stretched to a shape, in a list or one by one, by NumPy's rule. */
    broadcastTo<const L extends readonly Dim[]>(shape: L): Variable<D, L["length"]>;
    /** The same, with the lengths one by one. */
    broadcastTo<const L extends readonly Dim[]>(...shape: L): Variable<D, L["length"]>;
    /** `value` stretched to this shape. */
    fill<A extends TensorLike>(value: A): Variable<DTypeOf<A>, N>;
    /** Zeros of this shape and dtype. */
    zerosLike(): Variable<D, N>;
    /** Ones of this shape and dtype. */
    onesLike(): Variable<D, N>;
    /**
     * Compiles and computes this variable. `givens` are values for the variables that it depends on. An equal
     * graph, also one that is built anew, over other data or other numbers in lists, is compiled once.
     *
     * Throws a MissingInputError for a variable without a value.
     *
     * @example
     * ```ts
     * import { T } from "@croton/croton";
     *
     * const x = T.scalar("x");
     * const y = await x.sqr().eval([[x, 3]]);
     * ```
     */
    eval(givens?: Givens): Promise<Tensor<D, N>>;
}
