/**
 * The operations as methods of variables.
 *
 * @module
 */

import { evaluate } from "../runtime/evaluate.ts";
import type { Givens } from "../runtime/updates.ts";
import type { DType } from "../graph/dtype.ts";
import { Variable } from "../graph/graph.ts";
import { type AxesArguments, type Dim, listed } from "../ops/common/arguments.ts";
import { fill, onesLike, zerosLike } from "../ops/create/alloc.ts";
import { broadcastTo } from "../ops/shape/broadcast_to.ts";
import {
  dimshuffle,
  expandDims,
  type PatternItem,
  squeeze,
  swapaxes,
  transpose,
} from "../ops/shape/dimshuffle.ts";
import type { IndexItem } from "../ops/index/index_spec.ts";
import { index, slice } from "../ops/index/indexing.ts";
import { take, type TakeMode } from "../ops/index/selecting.ts";
import { dot, matmul, outer } from "../ops/linalg/linalg.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import type {
  AxesList,
  AxesOf,
  Reduced,
  SumOptions,
  VarianceOptions,
} from "../ops/reduce/reduce.ts";
import { argsort, type Counted, cumprod, cumsum, sort } from "../ops/order/order.ts";
import { countOf } from "../ops/reduce/support.ts";
import * as reductions from "../ops/reduce/reduce.ts";
import { flatten, ravel, reshape } from "../ops/shape/reshape.ts";
import { diagonal, trace } from "../ops/linalg/matrices.ts";
import { repeat } from "../ops/shape/repeat.ts";
import type { AxisRank, ShapeLike } from "../ops/shape/shape.ts";
import { dimsOf } from "../ops/shape/shape_ops.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type {
  DotRank,
  DTypeOf,
  Floating,
  ForAxes,
  IndexedRank,
  Less1,
  MatmulRank,
  PairDType,
  Plus1,
  RankOf,
  RealOf,
  SumDType,
  TakenRank,
} from "../graph/type_arithmetic.ts";
import { ElementwiseMethods } from "./methods_elementwise.ts";

/** A shape given as one argument, which may be a vector, or as several. */
function lengthsOf(shape: readonly (Dim | readonly Dim[])[]): ShapeLike {
  return shape.length === 1 ? shape[0]! : shape as readonly Dim[];
}

/** The operations as methods of variables; see {@linkcode Variable}. */
export abstract class Methods<D extends DType = DType, N extends number = number>
  extends ElementwiseMethods<D, N> {
  /** Lengths of the axes, as 0-d int64 variables. `T.shape(x)` gives them as one vector. */
  get shape(): ForAxes<Variable<"int64", 0>>[N] {
    const dims = Object.freeze(dimsOf(this as unknown as Variable)) as readonly Variable<
      "int64",
      0
    >[];
    return dims;
  }

  /** Number of elements, a 0-d int64 variable. */
  get size(): Variable<"int64", 0> {
    return countOf(this as unknown as Variable) as Variable<"int64", 0>;
  }

  /** The axes in reverse order. */
  get T(): Variable<D, N> {
    return transpose(this as unknown as Variable) as Variable as Variable<D, N>;
  }

  /** The sum over axes: all of them, one, several, or as options say. */
  sum<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>> {
    return reductions.sum<S, X>(this, ...axes);
  }

  /** The product over axes. */
  prod<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>> {
    return reductions.prod<S, X>(this, ...axes);
  }

  /** The mean over axes. */
  mean<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>> {
    return reductions.mean<S, X>(this, ...axes);
  }

  /** The variance over axes. */
  var<S extends Variable, const X extends AxesList<VarianceOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>> {
    return reductions.var<S, X>(this, ...axes);
  }

  /** The standard deviation over axes. */
  std<S extends Variable, const X extends AxesList<VarianceOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>> {
    return reductions.std<S, X>(this, ...axes);
  }

  /** The greatest element over axes. */
  max<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>> {
    return reductions.max<S, X>(this, ...axes);
  }

  /** The least element over axes. */
  min<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>> {
    return reductions.min<S, X>(this, ...axes);
  }

  /** max - min over axes. */
  ptp<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>> {
    return reductions.ptp<S, X>(this, ...axes);
  }

  /** The position of the greatest element over axes. */
  argmax<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"int64", S, AxesOf<X>> {
    return reductions.argmax<S, X>(this, ...axes);
  }

  /** The position of the least element over axes. */
  argmin<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"int64", S, AxesOf<X>> {
    return reductions.argmin<S, X>(this, ...axes);
  }

  /** Whether any element over axes is not zero. */
  any<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"bool", S, AxesOf<X>> {
    return reductions.any<S, X>(this, ...axes);
  }

  /** Whether all elements over axes are not zero. */
  all<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"bool", S, AxesOf<X>> {
    return reductions.all<S, X>(this, ...axes);
  }

  /** (sum |x|^order)^(1/order) over axes. */
  norm<S extends Variable, const X extends AxesList = []>(
    this: S,
    order?: number,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>> {
    return reductions.norm<S, X>(this, order, ...axes);
  }

  /** log(sum(exp(x))) over axes. */
  logsumexp<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>> {
    return reductions.logsumexp<S, X>(this, ...axes);
  }

  /** NumPy's `dot`. */
  dot<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, DotRank<RankOf<S>, RankOf<A>>> {
    return dot(this, other);
  }

  /** The matrix product over the last two axes; axes before them stretch by NumPy's rule. */
  matmul<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, MatmulRank<RankOf<S>, RankOf<A>>> {
    const product: Variable = matmul<Variable, TensorLike>(this, other);
    return product as Variable<PairDType<S, A>, MatmulRank<RankOf<S>, RankOf<A>>>;
  }

  /** The product of every element with every element of `other`, a matrix. */
  outer<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, 2> {
    return outer(this, other) as Variable as Variable<PairDType<S, A>, 2>;
  }

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
  at<const I extends readonly IndexItem[]>(...items: I): Variable<D, IndexedRank<N, I>> {
    return index(this as unknown as Variable, items) as Variable as Variable<D, IndexedRank<N, I>>;
  }

  /** The part of axis 0 from `start` to before `stop`, every `step`-th. */
  slice(
    start: Dim | null = null,
    stop: Dim | null = null,
    step: Dim | null = null,
  ): Variable<D, N> {
    return index(this as unknown as Variable, slice(start, stop, step)) as Variable as Variable<
      D,
      N
    >;
  }

  /** Elements at positions along an axis; of all elements when the axis is null. */
  take<S extends Variable, const I extends TensorLike, const X extends number | null = null>(
    this: S,
    positions: I,
    axis?: X,
    mode?: TakeMode,
  ): Variable<DTypeOf<S>, TakenRank<RankOf<S>, RankOf<I>, X>> {
    return take<S, I, X>(this, positions, axis, mode);
  }

  /** The elements sorted along an axis, the last one by default. */
  sort<S extends Variable, const X extends number | null = number>(
    this: S,
    axis?: X,
  ): Variable<DTypeOf<S>, AxisRank<S, X>> {
    return sort<S, X>(this, axis);
  }

  /** The positions that sort the elements along an axis. */
  argsort<S extends Variable, const X extends number | null = number>(
    this: S,
    axis?: X,
  ): Variable<"int64", AxisRank<S, X>> {
    return argsort<S, X>(this, axis);
  }

  /** Sums of the elements up to and including each one. */
  cumsum<S extends Variable, const X extends number | null = null>(
    this: S,
    axis?: X,
  ): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>> {
    return cumsum<S, X>(this, axis);
  }

  /** Products of the elements up to and including each one. */
  cumprod<S extends Variable, const X extends number | null = null>(
    this: S,
    axis?: X,
  ): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>> {
    return cumprod<S, X>(this, axis);
  }

  /** Each element several times. */
  repeat<S extends Variable, const X extends number | null = null>(
    this: S,
    counts: Dim | TensorLike,
    axis?: X,
  ): Variable<DTypeOf<S>, AxisRank<S, X>> {
    return repeat<S, X>(this, counts, axis);
  }

  /** The diagonal of two axes. */
  diagonal(offset = 0, axis1 = 0, axis2 = 1): Variable<D, Less1<N>> {
    const part = diagonal(this as unknown as Variable, offset, axis1, axis2);
    return part as Variable as Variable<D, Less1<N>>;
  }

  /** The sum along the diagonal. */
  trace<S extends Variable>(
    this: S,
    offset = 0,
  ): Variable<SumDType<DTypeOf<S>>, Less1<Less1<RankOf<S>>>> {
    const sum: Variable = trace<Variable>(this, offset);
    return sum as Variable<SumDType<DTypeOf<S>>, Less1<Less1<RankOf<S>>>>;
  }

  /** The same elements in another shape, in a list or one by one; one length may be -1. */
  reshape<const L extends readonly Dim[]>(shape: L): Variable<D, L["length"]>;
  /** The same, with the lengths one by one. */
  reshape<const L extends readonly Dim[]>(...shape: L): Variable<D, L["length"]>;
  reshape(...shape: readonly (Dim | readonly Dim[])[]): Variable {
    return reshape(this as unknown as Variable, lengthsOf(shape));
  }

  /** The first `ndim` - 1 axes, and one of all that is left. */
  flatten<const K extends number = 1>(ndim?: K): Variable<D, K> {
    return flatten(this as unknown as Variable, ndim) as Variable as Variable<D, K>;
  }

  /** All elements in one axis. */
  ravel(): Variable<D, 1> {
    return ravel(this as unknown as Variable) as Variable as Variable<D, 1>;
  }

  /** Axes in another order, one by one or in a list; "x" makes a new axis of length 1. */
  dimshuffle<const P extends readonly PatternItem[]>(...pattern: P): Variable<D, P["length"]>;
  /** The same, in a list. */
  dimshuffle<const P extends readonly PatternItem[]>(pattern: P): Variable<D, P["length"]>;
  dimshuffle(...pattern: readonly (PatternItem | readonly PatternItem[])[]): Variable {
    return dimshuffle(this as unknown as Variable, listed(pattern));
  }

  /** Axes in another order, one by one or in a list; reversed without any. */
  transpose(...axes: AxesArguments): Variable<D, N> {
    return transpose(this as unknown as Variable, ...axes) as Variable as Variable<D, N>;
  }

  /** Two axes exchanged. */
  swapaxes(a: number, b: number): Variable<D, N> {
    return swapaxes(this as unknown as Variable, a, b) as Variable as Variable<D, N>;
  }

  /** Without axes of length 1: those given, or all known ones. */
  squeeze<S extends Variable, const X extends AxesArguments>(
    this: S,
    ...axes: X
  ): Variable<DTypeOf<S>, X extends readonly [number] ? Less1<RankOf<S>> : number> {
    return squeeze<S, X>(this, ...axes);
  }

  /** With new axes of length 1 at these places. */
  expandDims<S extends Variable, const X extends AxesArguments>(
    this: S,
    ...axes: X
  ): Variable<DTypeOf<S>, X extends readonly [number] ? Plus1<RankOf<S>> : number> {
    return expandDims<S, X>(this, ...axes);
  }

  /** Stretched to a shape, in a list or one by one, by NumPy's rule. */
  broadcastTo<const L extends readonly Dim[]>(shape: L): Variable<D, L["length"]>;
  /** The same, with the lengths one by one. */
  broadcastTo<const L extends readonly Dim[]>(...shape: L): Variable<D, L["length"]>;
  broadcastTo(...shape: readonly (Dim | readonly Dim[])[]): Variable {
    return broadcastTo(this as unknown as Variable, lengthsOf(shape));
  }

  /** `value` stretched to this shape. */
  fill<A extends TensorLike>(value: A): Variable<DTypeOf<A>, N> {
    return fill(this as unknown as Variable, value) as Variable as Variable<DTypeOf<A>, N>;
  }

  /** Zeros of this shape and dtype. */
  zerosLike(): Variable<D, N> {
    return zerosLike(this as unknown as Variable) as Variable as Variable<D, N>;
  }

  /** Ones of this shape and dtype. */
  onesLike(): Variable<D, N> {
    return onesLike(this as unknown as Variable) as Variable as Variable<D, N>;
  }

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
  eval(givens: Givens = []): Promise<Tensor<D, N>> {
    return evaluate(this as unknown as Variable, givens) as Promise<Tensor> as Promise<
      Tensor<D, N>
    >;
  }
}

for (const { prototype } of [ElementwiseMethods, Methods]) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(prototype);
  Object.defineProperties(Variable.prototype, methods);
}
