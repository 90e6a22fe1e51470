// Made of core/ops/special/normal.ts by `deno task types`.
/**
 * Functions around the normal distribution, the logistic one and the sine.
 *
 * @module
 */
import type { FloatLike } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/**
 * The distribution function Φ of the standard normal distribution: the area under the bell up to x. SciPy's
 * `ndtr` and `norm.cdf`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const half = await T.ndtr(0).eval();
 * console.assert(half.item() === 0.5);
 * ```
 */
export declare function ndtr<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * log Φ(x), exact to the last digits in both tails. SciPy's `log_ndtr` and `norm.logcdf`.
 */
export declare function logNdtr<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The inverse of Φ: the quantile of the standard normal distribution, or probit; ∓Infinity at 0 and 1, NaN
 * beyond. SciPy's `ndtri` and `norm.ppf`.
 */
export declare function ndtri<A extends TensorLike>(p: A): FloatLike<A>;
/**
 * log(p / (1 - p)): the inverse of the sigmoid; ∓Infinity at 0 and 1, NaN beyond. SciPy's `logit`.
 */
export declare function logit<A extends TensorLike>(p: A): FloatLike<A>;
/**
 * sin(πx) / (πx), and 1 at 0; exactly 0 at the other integers. NumPy's `sinc`.
 */
export declare function sinc<A extends TensorLike>(x: A): FloatLike<A>;
