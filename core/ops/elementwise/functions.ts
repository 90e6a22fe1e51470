/**
 * Exponentials, logarithms, trigonometry and special functions, elementwise. Integers give floatX.
 *
 * @module
 */

import type { FloatLike, FloatPair } from "../../graph/type_arithmetic.ts";
import { floating, floatingMeeting } from "../common/build.ts";
import type { TensorLike } from "../common/literal.ts";

/**
 * e to the power x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const odds = T.exp(T.vector("x"));
 * ```
 */
export function exp<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("exp", x);
}

/** 2 to the power x. */
export function exp2<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("exp2", x);
}

/** exp(x) - 1, accurate for small x. */
export function expm1<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("expm1", x);
}

/**
 * The natural logarithm; -Infinity at 0, NaN below.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const nll = T.neg(T.log(T.vector("p"))).mean();
 * ```
 */
export function log<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("log", x);
}

/** The logarithm to base 2. */
export function log2<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("log2", x);
}

/** The logarithm to base 10. */
export function log10<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("log10", x);
}

/** log(1 + x), accurate for small x. */
export function log1p<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("log1p", x);
}

/** The sine of x in radians. */
export function sin<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("sin", x);
}

/** The cosine of x in radians. */
export function cos<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("cos", x);
}

/** The tangent of x in radians. */
export function tan<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("tan", x);
}

/** The angle in [-π/2, π/2] whose sine is x. */
export function asin<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("asin", x);
}

/** The angle in [0, π] whose cosine is x. */
export function acos<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("acos", x);
}

/** The angle in (-π/2, π/2) whose tangent is x. */
export function atan<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("atan", x);
}

/** The hyperbolic sine. */
export function sinh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("sinh", x);
}

/** The hyperbolic cosine. */
export function cosh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("cosh", x);
}

/**
 * The hyperbolic tangent.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x, w] = [T.matrix("x"), T.matrix("w")];
 * const hidden = T.tanh(T.dot(x, w));
 * ```
 */
export function tanh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("tanh", x);
}

/** The inverse of sinh. */
export function asinh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("asinh", x);
}

/** The inverse of cosh; NaN below 1. */
export function acosh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("acosh", x);
}

/** The inverse of tanh; NaN outside [-1, 1]. */
export function atanh<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("atanh", x);
}

/**
 * 1 / (1 + exp(-x)), without overflow. SciPy's `expit`; its inverse is `logit`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = T.sigmoid(T.vector("z"));
 * ```
 */
export function sigmoid<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("sigmoid", x);
}

/** log(1 + exp(x)), without overflow. */
export function softplus<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("softplus", x);
}

/**
 * log(1 - exp(x)), without loss of digits: 0 for -Infinity, -Infinity at 0, NaN above.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const logSurvival = T.log1mexp(T.vector("logP"));
 * ```
 */
export function log1mexp<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("log1mexp", x);
}

/** The error function. */
export function erf<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("erf", x);
}

/** 1 - erf(x), accurate for large x. */
export function erfc<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("erfc", x);
}

/** The inverse of erf, on [-1, 1]. */
export function erfinv<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("erfinv", x);
}

/** The inverse of erfc, on [0, 2]. */
export function erfcinv<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("erfcinv", x);
}

/** The gamma function; (n - 1)! for a positive integer n. */
export function gamma<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("gamma", x);
}

/** log |gamma(x)|. JAX's and SciPy's `gammaln`, `lgamma` elsewhere. */
export function gammaln<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("gammaln", x);
}

/** The derivative of gammaln: `psi` of SciPy and PyTensor. The next ones are `trigamma` and `polygamma`. */
export function digamma<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("digamma", x);
}

/** The derivative of digamma. */
export function trigamma<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("trigamma", x);
}

/** The angle in [-π, π] of the point (x, y). */
export function atan2<A extends TensorLike, B extends TensorLike>(y: A, x: B): FloatPair<A, B> {
  return floatingMeeting("atan2", y, x);
}

/**
 * log(exp(x) + exp(y)), without overflow; of two times -Infinity it is -Infinity. No digits are lost where
 * the larger one is not negative; where it is, the result may be near 0, and then it is as accurate as that
 * one.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const logEither = T.logaddexp(T.vector("logP"), T.vector("logQ"));
 * ```
 */
export function logaddexp<A extends TensorLike, B extends TensorLike>(
  x: A,
  y: B,
): FloatPair<A, B> {
  return floatingMeeting("logaddexp", x, y);
}

/**
 * log(exp(x) - exp(y)), without overflow: -Infinity where they are equal, NaN where y is larger. No digits
 * are lost where x is not positive, as logarithms of probabilities are; where it is, the result may be near
 * 0, and then it is as accurate as x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const logBetween = T.logdiffexp(T.vector("logCdfHigh"), T.vector("logCdfLow"));
 * ```
 */
export function logdiffexp<A extends TensorLike, B extends TensorLike>(
  x: A,
  y: B,
): FloatPair<A, B> {
  return floatingMeeting("logdiffexp", x, y);
}

export {
  acos as arccos,
  acosh as arccosh,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atan2 as arctan2,
  atanh as arctanh,
  digamma as psi,
};
