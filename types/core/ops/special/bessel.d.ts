// Made of core/ops/special/bessel.ts by `deno task types`.
/**
 * Bessel functions of orders 0 and 1.
 *
 * Near 0 they are means over a circle, of which 80 points in equal distances give all digits; far off they
 * are Hankel's series. Both can be differentiated term by term, any number of times.
 *
 * @module
 */
import type { FloatLike } from "../../graph/type_arithmetic.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * The Bessel function of the first kind of order 0. SciPy's `j0`.
 */
export declare function j0<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The Bessel function of the first kind of order 1. SciPy's `j1`.
 */
export declare function j1<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The Bessel function of the second kind of order 0, also called Neumann's or Weber's: -Infinity at 0, NaN for
 * x below. SciPy's `y0`.
 */
export declare function y0<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The Bessel function of the second kind of order 1, also called Neumann's or Weber's: -Infinity at 0, NaN for
 * x below. SciPy's `y1`.
 */
export declare function y1<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The modified Bessel function of the first kind of order 0. NumPy's and SciPy's `i0`.
 */
export declare function i0<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * The modified Bessel function of the first kind of order 1. SciPy's `i1`.
 */
export declare function i1<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * exp(-|x|) i0(x), which does not overflow. SciPy's `i0e`.
 */
export declare function i0e<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * exp(-|x|) i1(x), which does not overflow. SciPy's `i1e`.
 */
export declare function i1e<A extends TensorLike>(x: A): FloatLike<A>;
