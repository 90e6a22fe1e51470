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
import {
  elementwiseFunctions,
  type ElementwiseMethods,
  type Functions,
} from "./methods_elementwise.ts";

/** A shape given as one argument, which may be a vector, or as several. */
type Lengths = readonly (Dim | readonly Dim[])[];

function lengthsOf(shape: Lengths): ShapeLike {
  return shape.length === 1 ? shape[0]! : shape as readonly Dim[];
}

/** The operations as methods of variables; see {@linkcode Variable}. */
export interface Methods<D extends DType = DType, N extends number = number>
  extends ElementwiseMethods<D, N> {
  /** Lengths of the axes, as 0-d int64 variables. `T.shape(x)` gives them as one vector. */
  readonly shape: ForAxes<Variable<"int64", 0>>[N];
  /** Number of elements, a 0-d int64 variable. */
  readonly size: Variable<"int64", 0>;
  /** The axes in reverse order. */
  readonly T: Variable<D, N>;
  /** The sum over axes: all of them, one, several, or as options say. */
  sum<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>>;
  /** The product over axes. */
  prod<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<SumDType<DTypeOf<S>>, S, AxesOf<X>>;
  /** The mean over axes. */
  mean<S extends Variable, const X extends AxesList<SumOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>>;
  /** The variance over axes. */
  var<S extends Variable, const X extends AxesList<VarianceOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
  /** The standard deviation over axes. */
  std<S extends Variable, const X extends AxesList<VarianceOptions> = []>(
    this: S,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
  /** The greatest element over axes. */
  max<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>>;
  /** The least element over axes. */
  min<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>>;
  /** max - min over axes. */
  ptp<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<DTypeOf<S>, S, AxesOf<X>>;
  /** The position of the greatest element over axes. */
  argmax<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"int64", S, AxesOf<X>>;
  /** The position of the least element over axes. */
  argmin<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"int64", S, AxesOf<X>>;
  /** Whether any element over axes is not zero. */
  any<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"bool", S, AxesOf<X>>;
  /** Whether all elements over axes are not zero. */
  all<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<"bool", S, AxesOf<X>>;
  /** (sum |x|^order)^(1/order) over axes. */
  norm<S extends Variable, const X extends AxesList = []>(
    this: S,
    order?: number,
    ...axes: X
  ): Reduced<RealOf<Floating<DTypeOf<S>>>, S, AxesOf<X>>;
  /** log(sum(exp(x))) over axes. */
  logsumexp<S extends Variable, const X extends AxesList = []>(
    this: S,
    ...axes: X
  ): Reduced<Floating<DTypeOf<S>>, S, AxesOf<X>>;
  /** NumPy's `dot`. */
  dot<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, DotRank<RankOf<S>, RankOf<A>>>;
  /** The matrix product over the last two axes; axes before them stretch by NumPy's rule. */
  matmul<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, MatmulRank<RankOf<S>, RankOf<A>>>;
  /** The product of every element with every element of `other`, a matrix. */
  outer<S extends Variable, A extends TensorLike>(
    this: S,
    other: A,
  ): Variable<PairDType<S, A>, 2>;
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
  slice(
    start?: Dim | null,
    stop?: Dim | null,
    step?: Dim | null,
  ): Variable<D, N>;
  /** Elements at positions along an axis; of all elements when the axis is null. */
  take<S extends Variable, const I extends TensorLike, const X extends number | null = null>(
    this: S,
    positions: I,
    axis?: X,
    mode?: TakeMode,
  ): Variable<DTypeOf<S>, TakenRank<RankOf<S>, RankOf<I>, X>>;
  /** The elements sorted along an axis, the last one by default. */
  sort<S extends Variable, const X extends number | null = number>(
    this: S,
    axis?: X,
  ): Variable<DTypeOf<S>, AxisRank<S, X>>;
  /** The positions that sort the elements along an axis. */
  argsort<S extends Variable, const X extends number | null = number>(
    this: S,
    axis?: X,
  ): Variable<"int64", AxisRank<S, X>>;
  /** Sums of the elements up to and including each one. */
  cumsum<S extends Variable, const X extends number | null = null>(
    this: S,
    axis?: X,
  ): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>>;
  /** Products of the elements up to and including each one. */
  cumprod<S extends Variable, const X extends number | null = null>(
    this: S,
    axis?: X,
  ): Variable<Counted<DTypeOf<S>>, AxisRank<S, X>>;
  /** Each element several times. */
  repeat<S extends Variable, const X extends number | null = null>(
    this: S,
    counts: Dim | TensorLike,
    axis?: X,
  ): Variable<DTypeOf<S>, AxisRank<S, X>>;
  /** The diagonal of two axes. */
  diagonal(offset?: number, axis1?: number, axis2?: number): Variable<D, Less1<N>>;
  /** The sum along the diagonal. */
  trace<S extends Variable>(
    this: S,
    offset?: number,
  ): Variable<SumDType<DTypeOf<S>>, Less1<Less1<RankOf<S>>>>;
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
  squeeze<S extends Variable, const X extends AxesArguments>(
    this: S,
    ...axes: X
  ): Variable<DTypeOf<S>, X extends readonly [number] ? Less1<RankOf<S>> : number>;
  /** With new axes of length 1 at these places. */
  expandDims<S extends Variable, const X extends AxesArguments>(
    this: S,
    ...axes: X
  ): Variable<DTypeOf<S>, X extends readonly [number] ? Plus1<RankOf<S>> : number>;
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

/** What the methods call, with the variable first. */
const functions: Functions<Omit<Methods, keyof ElementwiseMethods | "shape" | "size" | "T">> = {
  sum: reductions.sum,
  prod: reductions.prod,
  mean: reductions.mean,
  var: reductions.var,
  std: reductions.std,
  max: reductions.max,
  min: reductions.min,
  ptp: reductions.ptp,
  argmax: reductions.argmax,
  argmin: reductions.argmin,
  any: reductions.any,
  all: reductions.all,
  norm: reductions.norm,
  logsumexp: reductions.logsumexp,
  dot,
  matmul,
  outer,
  at: (x: Variable, ...items: readonly IndexItem[]) => index(x, items),
  slice: (x: Variable, ...range: Parameters<typeof slice>) => index(x, slice(...range)),
  take,
  sort,
  argsort,
  cumsum,
  cumprod,
  repeat,
  diagonal,
  trace: (x: Variable, offset?: number) => trace(x, offset),
  reshape: (x: Variable, ...shape: Lengths) => reshape(x, lengthsOf(shape)),
  flatten,
  ravel,
  dimshuffle: (x: Variable, ...pattern: readonly (PatternItem | readonly PatternItem[])[]) =>
    dimshuffle(x, listed(pattern)),
  transpose,
  swapaxes,
  squeeze,
  expandDims,
  broadcastTo: (x: Variable, ...shape: Lengths) => broadcastTo(x, lengthsOf(shape)),
  fill,
  zerosLike: (x: Variable) => zerosLike(x),
  onesLike: (x: Variable) => onesLike(x),
  eval: (x: Variable, givens: Givens = []) => evaluate(x, givens),
};

const getters: object & ThisType<Variable> = {
  get shape() {
    return Object.freeze(dimsOf(this));
  },
  get size() {
    return countOf(this);
  },
  get T() {
    return transpose(this);
  },
};

for (const [name, getter] of Object.entries(Object.getOwnPropertyDescriptors(getters))) {
  // What lists the fields of a variable must not build nodes.
  Object.defineProperty(Variable.prototype, name, { ...getter, enumerable: false });
}
for (const [name, f] of Object.entries({ ...elementwiseFunctions, ...functions })) {
  // Named, so that stacks say which method was called.
  const method = {
    [name](this: Variable, ...args: readonly never[]) {
      return f(this, ...args);
    },
  };
  Object.defineProperty(Variable.prototype, name, {
    value: method[name],
    writable: true,
    configurable: true,
  });
}
