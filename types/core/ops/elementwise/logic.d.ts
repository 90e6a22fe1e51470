// Made of core/ops/elementwise/logic.ts by `deno task types`.
/**
 * Comparisons, logic, bits and choice, elementwise.
 *
 * @module
 */
import type { BoolLike, BoolPair, Choice, Like, Pair } from "../../graph/type_arithmetic.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
/**
 * Whether x equals y. NaN equals nothing. NumPy's `equal`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const wrong = T.eq(T.ivector("label"), 3);
 * ```
 */
export declare function eq<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/**
 * Whether x differs from y. NumPy's `not_equal`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [p, y] = [T.ivector("p"), T.ivector("y")];
 * const errorRate = T.neq(p, y).mean();
 * ```
 */
export declare function neq<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/** Whether x < y. NumPy's `less`. */
export declare function lt<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/** Whether x <= y. NumPy's `less_equal`. */
export declare function le<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/**
 * Whether x > y. NumPy's `greater`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const positive = T.gt(T.vector("x"), 0);
 * ```
 */
export declare function gt<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/** Whether x >= y. NumPy's `greater_equal`. */
export declare function ge<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B>;
/** Whether both hold, for bools; the common bits, for integers. */
export declare function and<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export declare function and(...args: readonly TensorLike[]): Variable;
/** Whether any holds, for bools; the bits of any, for integers. */
export declare function or<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export declare function or(...args: readonly TensorLike[]): Variable;
/** Whether just one holds, for bools; the bits that differ, for integers. */
export declare function xor<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export declare function xor(...args: readonly TensorLike[]): Variable;
/** Whether x does not hold, for bools; all bits turned over, for integers. */
export declare function invert<A extends TensorLike>(x: A): Like<A>;
/** The bits of x moved up by y places; 0 when y is negative or not below the width. */
export declare function leftShift<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/**
 * The bits of x moved down by y places, filled with the sign; what is left of it when y is
 * negative or not below the width.
 */
export declare function rightShift<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** Whether x is NaN. */
export declare function isnan<A extends TensorLike>(x: A): BoolLike<A>;
/** Whether x is Infinity or -Infinity. */
export declare function isinf<A extends TensorLike>(x: A): BoolLike<A>;
/** Whether x is neither NaN nor infinite. */
export declare function isfinite<A extends TensorLike>(x: A): BoolLike<A>;
/**
 * `a` where the condition holds (is not zero), `b` elsewhere. Both are computed everywhere; to compute
 * only one of them use `ifelse`. Also exported as `switch`. Theano's and PyTensor's `switch`, JAX's `lax.select`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const positive = T.where(x.gt(0), x, 0);
 * ```
 */
export declare function where<C extends TensorLike, A extends TensorLike, B extends TensorLike>(condition: C, a: A, b: B): Choice<C, A, B>;
/** Tolerances of `isclose` and `allclose`. */
export interface CloseOptions {
    /** Part of |y| that x may differ by; default 1e-5. */
    readonly rtol?: number;
    /** What x may differ by in any case; default 1e-8. */
    readonly atol?: number;
    /** Whether NaN is close to NaN; default false. */
    readonly equalNan?: boolean;
}
/** Whether |x - y| <= atol + rtol * |y|; infinities are close only to themselves. */
export declare function isclose<A extends TensorLike, B extends TensorLike>(x: A, y: B, options?: CloseOptions): BoolPair<A, B>;
export { where as switch };
