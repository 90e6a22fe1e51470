/**
 * The elementwise operations as methods of variables.
 *
 * @module
 */

import type { DType } from "../graph/dtype.ts";
import type { Variable } from "../graph/graph.ts";
import type { DTypeOption } from "../ops/common/dtype_option.ts";
import type { RoundMode } from "../ops/elementwise/arithmetic.ts";
import type { ResolvedDType } from "../ops/elementwise/conversion.ts";
import * as ops from "../ops/elementwise/elementwise.ts";
import type { TensorLike } from "../ops/common/literal.ts";
import type {
  BoolPair,
  DTypeOf,
  Floating,
  FloatPair,
  MaxRank,
  Pair,
  PairDType,
  RankOf,
  RealOf,
} from "../graph/type_arithmetic.ts";

// The methods take their types from `this`, so that variables of narrower types stay assignable to
// variables of wider ones and the compiler has little to compare.

/** A variable with the elementwise operations; see {@linkcode Variable}. */
export interface ElementwiseMethods<D extends DType = DType, N extends number = number> {
  /** The sum. */
  add<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** The difference. */
  sub<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** The product, element by element. */
  mul<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** True division; of integers it gives floatX. */
  div<S extends Variable, A extends TensorLike>(this: S, other: A): FloatPair<S, A>;
  /** floor(this / other). */
  intDiv<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** The remainder with the sign of the divisor. */
  mod<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** This to the power of `other`. */
  pow<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** The greater of the two; NaN if one is NaN. */
  maximum<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** The lesser of the two; NaN if one is NaN. */
  minimum<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** This brought into [lower, upper]. */
  clip<S extends Variable, A extends TensorLike, B extends TensorLike>(
    this: S,
    lower: A,
    upper: B,
  ): Variable<
    PairDType<Pair<S, A>, Pair<S, B>>,
    MaxRank<RankOf<S>, MaxRank<RankOf<A>, RankOf<B>>>
  >;
  /** Whether equal. */
  eq<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** Whether different. */
  neq<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** this < other */
  lt<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** this <= other */
  le<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** this > other */
  gt<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** this >= other */
  ge<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A>;
  /** Whether both hold; the common bits of integers. */
  and<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** Whether any holds; the bits of any of two integers. */
  or<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** Whether just one holds; the bits in which integers differ. */
  xor<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** Bits moved up. */
  leftShift<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** Bits moved down. */
  rightShift<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A>;
  /** Whether it does not hold; all bits of integers turned over. */
  invert(): Variable<D, N>;
  /** -this */
  neg(): Variable<D, N>;
  /** -1, 0 or 1. */
  sign(): Variable<D, N>;
  /** |this| */
  abs<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N>;
  /** The square. */
  sqr(): Variable<D, N>;
  /** The nearest integer, ties to even unless `mode` says otherwise. */
  round<S extends Variable>(this: S, mode?: RoundMode): Variable<Floating<DTypeOf<S>>, N>;
  /** The square root. */
  sqrt<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** 1 / this */
  reciprocal<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The greatest integer not above. */
  floor<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The least integer not below. */
  ceil<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** Without its fraction. */
  trunc<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** e to this power. */
  exp<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** 2 to this power. */
  exp2<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** exp(this) - 1 */
  expm1<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The natural logarithm. */
  log<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The logarithm to base 2. */
  log2<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The logarithm to base 10. */
  log10<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** log(1 + this) */
  log1p<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The sine. */
  sin<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The cosine. */
  cos<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The tangent. */
  tan<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The angle with this sine. */
  asin<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The angle with this cosine. */
  acos<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The angle with this tangent. */
  atan<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The hyperbolic sine. */
  sinh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The hyperbolic cosine. */
  cosh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The hyperbolic tangent. */
  tanh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The inverse of sinh. */
  asinh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The inverse of cosh. */
  acosh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The inverse of tanh. */
  atanh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** 1 / (1 + exp(-this)) */
  sigmoid<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** log(1 + exp(this)) */
  softplus<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** log(1 - exp(this)) */
  log1mexp<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The error function. */
  erf<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** 1 - erf(this) */
  erfc<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The gamma function. */
  gamma<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** log |gamma(this)| */
  gammaln<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** The derivative of gammaln. */
  digamma<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N>;
  /** Whether NaN. */
  isnan<S extends Variable>(this: S): Variable<"bool", N>;
  /** Whether infinite. */
  isinf<S extends Variable>(this: S): Variable<"bool", N>;
  /** Whether neither NaN nor infinite. */
  isfinite<S extends Variable>(this: S): Variable<"bool", N>;
  /** With another dtype. */
  cast<S extends Variable, O extends DTypeOption>(
    this: S,
    dtype: O,
  ): Variable<ResolvedDType<O>, N>;
  /** With another dtype; the same as `cast`. */
  astype<S extends Variable, O extends DTypeOption>(
    this: S,
    dtype: O,
  ): Variable<ResolvedDType<O>, N>;
  /** The real part. */
  real<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N>;
  /** The imaginary part. */
  imag<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N>;
  /** The complex conjugate. */
  conj(): Variable<D, N>;
  /** The angle of a complex number. */
  angle<S extends Variable>(this: S): Variable<RealOf<Floating<DTypeOf<S>>>, N>;
  /** The same value as a new variable. */
  copy(): Variable<D, N>;
}

/** For each method the function that it calls, with the variable first. */
export type Functions<M> = Readonly<
  Record<keyof M, (x: Variable, ...args: readonly never[]) => unknown>
>;

/** Functions of any number of arguments are methods with one other. */
const withOne =
  (f: (x: Variable, other: TensorLike) => unknown) => (x: Variable, other: TensorLike) =>
    f(x, other);

/** What the elementwise methods call. */
export const elementwiseFunctions: Functions<ElementwiseMethods> = {
  add: withOne(ops.add),
  sub: ops.sub,
  mul: withOne(ops.mul),
  div: ops.div,
  intDiv: ops.intDiv,
  mod: ops.mod,
  pow: ops.pow,
  maximum: withOne(ops.maximum),
  minimum: withOne(ops.minimum),
  clip: ops.clip,
  eq: ops.eq,
  neq: ops.neq,
  lt: ops.lt,
  le: ops.le,
  gt: ops.gt,
  ge: ops.ge,
  and: withOne(ops.and),
  or: withOne(ops.or),
  xor: withOne(ops.xor),
  leftShift: ops.leftShift,
  rightShift: ops.rightShift,
  invert: ops.invert,
  neg: ops.neg,
  sign: ops.sign,
  abs: ops.abs,
  sqr: ops.sqr,
  round: ops.round,
  sqrt: ops.sqrt,
  reciprocal: ops.reciprocal,
  floor: ops.floor,
  ceil: ops.ceil,
  trunc: ops.trunc,
  exp: ops.exp,
  exp2: ops.exp2,
  expm1: ops.expm1,
  log: ops.log,
  log2: ops.log2,
  log10: ops.log10,
  log1p: ops.log1p,
  sin: ops.sin,
  cos: ops.cos,
  tan: ops.tan,
  asin: ops.asin,
  acos: ops.acos,
  atan: ops.atan,
  sinh: ops.sinh,
  cosh: ops.cosh,
  tanh: ops.tanh,
  asinh: ops.asinh,
  acosh: ops.acosh,
  atanh: ops.atanh,
  sigmoid: ops.sigmoid,
  softplus: ops.softplus,
  log1mexp: ops.log1mexp,
  erf: ops.erf,
  erfc: ops.erfc,
  gamma: ops.gamma,
  gammaln: ops.gammaln,
  digamma: ops.digamma,
  isnan: ops.isnan,
  isinf: ops.isinf,
  isfinite: ops.isfinite,
  cast: ops.cast,
  astype: ops.cast,
  real: ops.real,
  imag: ops.imag,
  conj: ops.conj,
  angle: ops.angle,
  copy: ops.copy,
};
