/**
 * Comparisons, logic, bits and choice, elementwise.
 *
 * @module
 */

import type { BoolLike, BoolPair, Choice, Like, Pair } from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import { asFloating, elementwise, folded, meeting, unary } from "../common/build.ts";
import { abs, add, mul, sub } from "./arithmetic.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { checkOptions } from "../../base/options.ts";

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
export function eq<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("eq", x, y);
}

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
export function neq<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("neq", x, y);
}

/** Whether x < y. NumPy's `less`. */
export function lt<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("lt", x, y);
}

/** Whether x <= y. NumPy's `less_equal`. */
export function le<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("le", x, y);
}

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
export function gt<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("gt", x, y);
}

/** Whether x >= y. NumPy's `greater_equal`. */
export function ge<A extends TensorLike, B extends TensorLike>(x: A, y: B): BoolPair<A, B> {
  return meeting("ge", x, y);
}

/** Whether both hold, for bools; the common bits, for integers. */
export function and<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export function and(...args: readonly TensorLike[]): Variable;
export function and(...args: readonly TensorLike[]): Variable {
  return folded("and", null, args);
}

/** Whether any holds, for bools; the bits of any, for integers. */
export function or<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export function or(...args: readonly TensorLike[]): Variable;
export function or(...args: readonly TensorLike[]): Variable {
  return folded("or", null, args);
}

/** Whether just one holds, for bools; the bits that differ, for integers. */
export function xor<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The same for any number of arguments, from left to right. */
export function xor(...args: readonly TensorLike[]): Variable;
export function xor(...args: readonly TensorLike[]): Variable {
  return folded("xor", null, args);
}

/** Whether x does not hold, for bools; all bits turned over, for integers. */
export function invert<A extends TensorLike>(x: A): Like<A> {
  return unary("invert", x);
}

/** The bits of x moved up by y places; 0 when y is negative or not below the width. */
export function leftShift<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("leftShift", x, y);
}

/**
 * The bits of x moved down by y places, filled with the sign; what is left of it when y is
 * negative or not below the width.
 */
export function rightShift<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("rightShift", x, y);
}

/** Whether x is NaN. */
export function isnan<A extends TensorLike>(x: A): BoolLike<A> {
  return unary("isnan", x);
}

/** Whether x is Infinity or -Infinity. */
export function isinf<A extends TensorLike>(x: A): BoolLike<A> {
  return unary("isinf", x);
}

/** Whether x is neither NaN nor infinite. */
export function isfinite<A extends TensorLike>(x: A): BoolLike<A> {
  return unary("isfinite", x);
}

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
export function where<C extends TensorLike, A extends TensorLike, B extends TensorLike>(
  condition: C,
  a: A,
  b: B,
): Choice<C, A, B> {
  const [x, y] = asVariables([a, b]) as [Variable, Variable];
  return elementwise("switch", [asVariable(condition), x, y]) as Choice<C, A, B>;
}

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
export function isclose<A extends TensorLike, B extends TensorLike>(
  x: A,
  y: B,
  options: CloseOptions = {},
): BoolPair<A, B> {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = checkOptions("Cannot compare", options, {
    rtol: "number",
    atol: "number",
    equalNan: "boolean",
  });
  const [p, q] = asVariables([x, y]).map(asFloating) as [Variable, Variable];
  const near = le(abs(sub(p, q)), add(atol, mul(rtol, abs(q))));
  const close = or(eq(p, q), and(near, isfinite(q)));
  const result = equalNan ? or(close, and(isnan(p), isnan(q))) : close;
  return result as BoolPair<A, B>;
}

export { where as switch };
