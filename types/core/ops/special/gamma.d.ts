// Made of core/ops/special/gamma.ts by `deno task types`.
/**
 * Functions around the gamma function: incomplete ones, derivatives of its logarithm, the beta function.
 *
 * @module
 */
import type { FloatLike, FloatPair } from "../../graph/type_arithmetic.d.ts";
import type { TensorLike } from "../common/literal.d.ts";
/**
 * The regularised lower incomplete gamma function P(a, x): the distribution function at x of gamma numbers of
 * shape a. It has derivatives in both. SciPy's `gammainc`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = await T.gammainc(1, T.constant(2)).eval(); // 1 - exp(-2)
 * console.assert(Math.abs(p.item() - 0.8646647) < 1e-6);
 * ```
 */
export declare function gammainc<A extends TensorLike, X extends TensorLike>(a: A, x: X): FloatPair<A, X>;
/**
 * The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with all digits where it is small.
 * SciPy's `gammaincc`.
 */
export declare function gammaincc<A extends TensorLike, X extends TensorLike>(a: A, x: X): FloatPair<A, X>;
/** log(Γ(a) Γ(b) / Γ(a + b)) of positive numbers, with all digits also of large ones. SciPy's `betaln`. */
export declare function betaln<A extends TensorLike, B extends TensorLike>(a: A, b: B): FloatPair<A, B>;
/**
 * The n-th derivative of {@linkcode digamma}, for a number n from 0 on. SciPy's `polygamma`.
 *
 * Throws a RangeError for another n.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const y = await T.polygamma(2, T.constant(1)).eval(); // -2 ζ(3)
 * console.assert(Math.abs(y.item() + 2.4041138) < 1e-5);
 * ```
 */
export declare function polygamma<A extends TensorLike>(n: number, x: A): FloatLike<A>;
