/**
 * Conversions between dtypes, complex numbers, and wrappers that only gradients take notice of.
 *
 * @module
 */

import { type DType, dtypeInfo, type FloatDType, isComplex } from "../../graph/dtype.ts";
import type {
  DTypeOf,
  Floating,
  Like,
  MaxRank,
  RankOf,
  RealOf,
} from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import { asFloating, castTo, elementwise, floatingMeeting, unary } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { shown } from "../../base/shown.ts";

/** The dtype that an option stands for, at the level of types. */
export type ResolvedDType<O extends DTypeOption> = O extends "floatX" ? FloatDType
  : O extends DType ? O
  : never;

/**
 * `x` with another dtype. Floats become integers by cutting the fraction off and staying within 32 (or
 * 64) bits, NaN becomes 0; integers wrap; to bool is "not zero". A variable that has the dtype is
 * returned as it is.
 *
 * Throws a TypeError for a complex `x` and a real dtype: take `real`, `imag` or `abs`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const labels = T.cast(T.vector("y"), "int32");
 * const weights = T.cast(T.ivector("n"), "floatX");
 * ```
 */
export function cast<A extends TensorLike, O extends DTypeOption>(
  x: A,
  dtype: O,
): Variable<ResolvedDType<O>, RankOf<A>> {
  const value = castTo(asVariable(x), resolveDType(dtype));
  return value as Variable as Variable<ResolvedDType<O>, RankOf<A>>;
}

/** The bits of `x` read as another dtype of the same width. */
export function bitcast<A extends TensorLike, D extends DType>(
  x: A,
  dtype: D,
): Variable<D, RankOf<A>> {
  const variable = asVariable(x);
  dtypeInfo(dtype);
  if (variable.dtype === dtype) return variable as Variable as Variable<D, RankOf<A>>;
  return elementwise("bitcast", [variable], { dtype }) as Variable as Variable<D, RankOf<A>>;
}

/** The real part; a real `x` is returned as it is. */
export function real<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>> {
  const variable = asVariable(x);
  const value = isComplex(variable.dtype) ? elementwise("real", [variable]) : variable;
  return value as Variable<RealOf<DTypeOf<A>>, RankOf<A>>;
}

/** The imaginary part; zeros for a real `x`. */
export function imag<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>> {
  return unary("imag", x);
}

/** The complex conjugate; a real `x` is returned as it is. */
export function conj<A extends TensorLike>(x: A): Like<A> {
  const variable = asVariable(x);
  return (isComplex(variable.dtype) ? elementwise("conj", [variable]) : variable) as Like<A>;
}

/** The angle of a complex number in (-π, π]; for real numbers 0 or π. */
export function angle<A extends TensorLike>(
  x: A,
): Variable<RealOf<Floating<DTypeOf<A>>>, RankOf<A>> {
  return elementwise("angle", [asFloating(x)]) as Variable<
    RealOf<Floating<DTypeOf<A>>>,
    RankOf<A>
  >;
}

/**
 * The complex number with these parts: complex64 of float32 parts, complex128 of float64 ones.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const z = T.complex(T.fvector("re"), T.fvector("im"));
 * ```
 */
export function complex<A extends TensorLike, B extends TensorLike>(
  re: A,
  im: B,
): Variable<"complex64" | "complex128", MaxRank<RankOf<A>, RankOf<B>>> {
  return floatingMeeting("complex", re, im);
}

/** The same value as a new variable. */
export function copy<A extends TensorLike>(x: A): Like<A> {
  return unary("copy", x);
}

/** The same value; the gradient that comes back to `x` here is zero. JAX's `stop_gradient`. */
export function zeroGrad<A extends TensorLike>(x: A): Like<A> {
  return unary("zeroGrad", x);
}

/** The same value; for gradients the result does not depend on `x`. JAX's `stop_gradient`. */
export function disconnectedGrad<A extends TensorLike>(x: A): Like<A> {
  return unary("disconnectedGrad", x);
}

/** The same value; taking a gradient through it is an error. */
export function undefinedGrad<A extends TensorLike>(x: A): Like<A> {
  return unary("undefinedGrad", x);
}

/**
 * The same value; the gradient that comes back is multiplied by `factor`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const reversed = T.gradScale(T.vector("x"), -1);
 * ```
 */
export function gradScale<A extends TensorLike>(x: A, factor: number): Like<A> {
  return elementwise("gradScale", [asVariable(x)], { factor: finite(factor, "factor") }) as Like<A>;
}

/**
 * The same value; the gradient that comes back is brought into [lower, upper] at this point.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const state = T.gradClip(T.vector("state"), -1, 1);
 * ```
 */
export function gradClip<A extends TensorLike>(x: A, lower: number, upper: number): Like<A> {
  const params = { lower: bound(lower, "lower"), upper: bound(upper, "upper") };
  return elementwise("gradClip", [asVariable(x)], params) as Like<A>;
}

function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) {
    throw new TypeError(`Cannot scale a gradient: expected a finite ${what}, got ${shown(value)}`);
  }
  return value;
}

function bound(value: number, what: string): number {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(
      `Cannot clip a gradient: expected a number as ${what} bound, got ${shown(value)}`,
    );
  }
  return value;
}
