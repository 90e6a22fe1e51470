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
export abstract class ElementwiseMethods<D extends DType = DType, N extends number = number> {
  /** The sum. */
  add<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.add(this, other);
  }

  /** The difference. */
  sub<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.sub(this, other);
  }

  /** The product, element by element. */
  mul<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.mul(this, other);
  }

  /** True division; of integers it gives floatX. */
  div<S extends Variable, A extends TensorLike>(this: S, other: A): FloatPair<S, A> {
    return ops.div(this, other);
  }

  /** floor(this / other). */
  intDiv<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.intDiv(this, other);
  }

  /** The remainder with the sign of the divisor. */
  mod<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.mod(this, other);
  }

  /** This to the power of `other`. */
  pow<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.pow(this, other);
  }

  /** The greater of the two; NaN if one is NaN. */
  maximum<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.maximum(this, other);
  }

  /** The lesser of the two; NaN if one is NaN. */
  minimum<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.minimum(this, other);
  }

  /** This brought into [lower, upper]. */
  clip<S extends Variable, A extends TensorLike, B extends TensorLike>(
    this: S,
    lower: A,
    upper: B,
  ): Variable<
    PairDType<Pair<S, A>, Pair<S, B>>,
    MaxRank<RankOf<S>, MaxRank<RankOf<A>, RankOf<B>>>
  > {
    return ops.clip(this, lower, upper);
  }

  /** Whether equal. */
  eq<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.eq(this, other);
  }

  /** Whether different. */
  neq<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.neq(this, other);
  }

  /** this < other */
  lt<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.lt(this, other);
  }

  /** this <= other */
  le<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.le(this, other);
  }

  /** this > other */
  gt<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.gt(this, other);
  }

  /** this >= other */
  ge<S extends Variable, A extends TensorLike>(this: S, other: A): BoolPair<S, A> {
    return ops.ge(this, other);
  }

  /** Whether both hold; the common bits of integers. */
  and<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.and(this, other);
  }

  /** Whether any holds; the bits of any of two integers. */
  or<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.or(this, other);
  }

  /** Whether just one holds; the bits in which integers differ. */
  xor<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.xor(this, other);
  }

  /** Bits moved up. */
  leftShift<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.leftShift(this, other);
  }

  /** Bits moved down. */
  rightShift<S extends Variable, A extends TensorLike>(this: S, other: A): Pair<S, A> {
    return ops.rightShift(this, other);
  }

  /** Whether it does not hold; all bits of integers turned over. */
  invert(): Variable<D, N> {
    return ops.invert(this as unknown as Variable) as unknown as Variable<D, N>;
  }

  /** -this */
  neg(): Variable<D, N> {
    return ops.neg(this as unknown as Variable) as unknown as Variable<D, N>;
  }

  /** -1, 0 or 1. */
  sign(): Variable<D, N> {
    return ops.sign(this as unknown as Variable) as unknown as Variable<D, N>;
  }

  /** |this| */
  abs<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N> {
    return ops.abs(this) as unknown as Variable<RealOf<DTypeOf<S>>, N>;
  }

  /** The square. */
  sqr(): Variable<D, N> {
    return ops.sqr(this as unknown as Variable) as unknown as Variable<D, N>;
  }

  /** The nearest integer, ties to even unless `mode` says otherwise. */
  round<S extends Variable>(this: S, mode?: RoundMode): Variable<Floating<DTypeOf<S>>, N> {
    return ops.round(this, mode) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The square root. */
  sqrt<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.sqrt(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** 1 / this */
  reciprocal<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.reciprocal(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The greatest integer not above. */
  floor<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.floor(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The least integer not below. */
  ceil<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.ceil(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** Without its fraction. */
  trunc<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.trunc(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** e to this power. */
  exp<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.exp(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** 2 to this power. */
  exp2<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.exp2(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** exp(this) - 1 */
  expm1<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.expm1(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The natural logarithm. */
  log<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.log(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The logarithm to base 2. */
  log2<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.log2(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The logarithm to base 10. */
  log10<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.log10(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** log(1 + this) */
  log1p<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.log1p(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The sine. */
  sin<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.sin(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The cosine. */
  cos<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.cos(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The tangent. */
  tan<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.tan(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The angle with this sine. */
  asin<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.asin(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The angle with this cosine. */
  acos<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.acos(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The angle with this tangent. */
  atan<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.atan(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The hyperbolic sine. */
  sinh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.sinh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The hyperbolic cosine. */
  cosh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.cosh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The hyperbolic tangent. */
  tanh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.tanh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The inverse of sinh. */
  asinh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.asinh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The inverse of cosh. */
  acosh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.acosh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The inverse of tanh. */
  atanh<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.atanh(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** 1 / (1 + exp(-this)) */
  sigmoid<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.sigmoid(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** log(1 + exp(this)) */
  softplus<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.softplus(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** log(1 - exp(this)) */
  log1mexp<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.log1mexp(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The error function. */
  erf<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.erf(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** 1 - erf(this) */
  erfc<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.erfc(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The gamma function. */
  gamma<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.gamma(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** log |gamma(this)| */
  gammaln<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.gammaln(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** The derivative of gammaln. */
  digamma<S extends Variable>(this: S): Variable<Floating<DTypeOf<S>>, N> {
    return ops.digamma(this) as unknown as Variable<Floating<DTypeOf<S>>, N>;
  }

  /** Whether NaN. */
  isnan<S extends Variable>(this: S): Variable<"bool", N> {
    return ops.isnan(this) as unknown as Variable<"bool", N>;
  }

  /** Whether infinite. */
  isinf<S extends Variable>(this: S): Variable<"bool", N> {
    return ops.isinf(this) as unknown as Variable<"bool", N>;
  }

  /** Whether neither NaN nor infinite. */
  isfinite<S extends Variable>(this: S): Variable<"bool", N> {
    return ops.isfinite(this) as unknown as Variable<"bool", N>;
  }

  /** With another dtype. */
  cast<S extends Variable, O extends DTypeOption>(
    this: S,
    dtype: O,
  ): Variable<ResolvedDType<O>, N> {
    return ops.cast(this, dtype) as unknown as Variable<ResolvedDType<O>, N>;
  }

  /** With another dtype; the same as `cast`. */
  astype<S extends Variable, O extends DTypeOption>(
    this: S,
    dtype: O,
  ): Variable<ResolvedDType<O>, N> {
    return ops.cast(this, dtype) as unknown as Variable<ResolvedDType<O>, N>;
  }

  /** The real part. */
  real<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N> {
    return ops.real(this) as unknown as Variable<RealOf<DTypeOf<S>>, N>;
  }

  /** The imaginary part. */
  imag<S extends Variable>(this: S): Variable<RealOf<DTypeOf<S>>, N> {
    return ops.imag(this) as unknown as Variable<RealOf<DTypeOf<S>>, N>;
  }

  /** The complex conjugate. */
  conj(): Variable<D, N> {
    return ops.conj(this as unknown as Variable) as unknown as Variable<D, N>;
  }

  /** The angle of a complex number. */
  angle<S extends Variable>(this: S): Variable<RealOf<Floating<DTypeOf<S>>>, N> {
    return ops.angle(this) as unknown as Variable<RealOf<Floating<DTypeOf<S>>>, N>;
  }

  /** The same value as a new variable. */
  copy(): Variable<D, N> {
    return ops.copy(this as unknown as Variable) as unknown as Variable<D, N>;
  }
}
