// Made of core/ops/elementwise/functions.ts by `deno task types`.
/**
 * Exponentials, logarithms, trigonometry and special functions, elementwise. Integers give floatX.
 *
 * @module
 */
import type { FloatLike, FloatPair } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
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
export declare function exp<A extends TensorLike>(x: A): FloatLike<A>;
/** 2 to the power x. */
export declare function exp2<A extends TensorLike>(x: A): FloatLike<A>;
/** exp(x) - 1, accurate for small x. */
export declare function expm1<A extends TensorLike>(x: A): FloatLike<A>;
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
export declare function log<A extends TensorLike>(x: A): FloatLike<A>;
/** The logarithm to base 2. */
export declare function log2<A extends TensorLike>(x: A): FloatLike<A>;
/** The logarithm to base 10. */
export declare function log10<A extends TensorLike>(x: A): FloatLike<A>;
/** log(1 + x), accurate for small x. */
export declare function log1p<A extends TensorLike>(x: A): FloatLike<A>;
/** The sine of x in radians. */
export declare function sin<A extends TensorLike>(x: A): FloatLike<A>;
/** The cosine of x in radians. */
export declare function cos<A extends TensorLike>(x: A): FloatLike<A>;
/** The tangent of x in radians. */
export declare function tan<A extends TensorLike>(x: A): FloatLike<A>;
/** The angle in [-π/2, π/2] whose sine is x. */
export declare function asin<A extends TensorLike>(x: A): FloatLike<A>;
/** The angle in [0, π] whose cosine is x. */
export declare function acos<A extends TensorLike>(x: A): FloatLike<A>;
/** The angle in (-π/2, π/2) whose tangent is x. */
export declare function atan<A extends TensorLike>(x: A): FloatLike<A>;
/** The hyperbolic sine. */
export declare function sinh<A extends TensorLike>(x: A): FloatLike<A>;
/** The hyperbolic cosine. */
export declare function cosh<A extends TensorLike>(x: A): FloatLike<A>;
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
export declare function tanh<A extends TensorLike>(x: A): FloatLike<A>;
/** The inverse of sinh. */
export declare function asinh<A extends TensorLike>(x: A): FloatLike<A>;
/** The inverse of cosh; NaN below 1. */
export declare function acosh<A extends TensorLike>(x: A): FloatLike<A>;
/** The inverse of tanh; NaN outside [-1, 1]. */
export declare function atanh<A extends TensorLike>(x: A): FloatLike<A>;
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
export declare function sigmoid<A extends TensorLike>(x: A): FloatLike<A>;
/** log(1 + exp(x)), without overflow. */
export declare function softplus<A extends TensorLike>(x: A): FloatLike<A>;
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
export declare function log1mexp<A extends TensorLike>(x: A): FloatLike<A>;
/** The error function. */
export declare function erf<A extends TensorLike>(x: A): FloatLike<A>;
/** 1 - erf(x), accurate for large x. */
export declare function erfc<A extends TensorLike>(x: A): FloatLike<A>;
/** The inverse of erf, on [-1, 1]. */
export declare function erfinv<A extends TensorLike>(x: A): FloatLike<A>;
/** The inverse of erfc, on [0, 2]. */
export declare function erfcinv<A extends TensorLike>(x: A): FloatLike<A>;
/** The gamma function; (n - 1)! for a positive integer n. */
export declare function gamma<A extends TensorLike>(x: A): FloatLike<A>;
/** log |gamma(x)|. JAX's and SciPy's `gammaln`, `lgamma` elsewhere. */
export declare function gammaln<A extends TensorLike>(x: A): FloatLike<A>;
/** The derivative of gammaln: `psi` of SciPy and PyTensor. The next ones are `trigamma` and `polygamma`. */
export declare function digamma<A extends TensorLike>(x: A): FloatLike<A>;
/** The derivative of digamma. */
export declare function trigamma<A extends TensorLike>(x: A): FloatLike<A>;
/** The angle in [-π, π] of the point (x, y). */
export declare function atan2<A extends TensorLike, B extends TensorLike>(y: A, x: B): FloatPair<A, B>;
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
export declare function logaddexp<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B>;
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
export declare function logdiffexp<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B>;
export { acos as arccos, acosh as arccosh, asin as arcsin, asinh as arcsinh, atan as arctan, atan2 as arctan2, atanh as arctanh, digamma as psi, };
