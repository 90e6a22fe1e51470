/**
 * Arithmetic and rounding, elementwise with NumPy's broadcasting.
 *
 * @module
 */

import type {
  DTypeOf,
  FloatLike,
  FloatPair,
  Like,
  MaxRank,
  Pair,
  PairDType,
  RankOf,
  RealOf,
} from "../../graph/type_arithmetic.ts";
import type { Variable } from "../../graph/graph.ts";
import {
  asFloating,
  elementwise,
  floating,
  floatingMeeting,
  folded,
  meeting,
  unary,
} from "../common/build.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { shown } from "../../base/shown.ts";

/**
 * Sum of two or more arguments; of bools alone, whether any holds.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.imatrix("x");
 * const y = T.add(x, 1); // int32: a number takes the dtype of what it meets
 * ```
 */
export function add<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** Sum of any number of arguments. */
export function add(...args: readonly TensorLike[]): Variable;
export function add(...args: readonly TensorLike[]): Variable {
  return folded("add", "or", args);
}

/**
 * Difference. Throws a TypeError for two bools: use `xor`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const centred = T.sub(x, T.mean(x));
 * ```
 */
export function sub<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("sub", x, y);
}

/**
 * Product of two or more arguments; of bools alone, whether all hold.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const scaled = T.mul(x, 0.5);
 * ```
 */
export function mul<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** Product of any number of arguments. */
export function mul(...args: readonly TensorLike[]): Variable;
export function mul(...args: readonly TensorLike[]): Variable {
  return folded("mul", "and", args);
}

/**
 * True division; of integers it gives floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.ivector("x");
 * const half = T.div(x, 2); // floatX
 * ```
 */
export function div<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B> {
  return floatingMeeting("div", x, y);
}

/**
 * floor(x / y), with NumPy's result for floats (1 divided by 0.1 gives 9). An integer divided by
 * 0 gives 0. NumPy's `floor_divide`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const row = T.intDiv(T.ivector("i"), 28);
 * ```
 */
export function intDiv<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("intDiv", x, y);
}

/**
 * Remainder with the sign of the divisor. The remainder of an integer by 0 is 0. NumPy's `remainder`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const column = T.mod(T.ivector("i"), 28);
 * ```
 */
export function mod<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("mod", x, y);
}

/**
 * x to the power y. Integers stay integers and wrap; a negative power of an integer is the
 * reciprocal without its fraction.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.dscalar("x");
 * const y = T.pow(x, 2);
 * ```
 */
export function pow<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("pow", x, y);
}

/** The greatest of two or more arguments; NaN if any is NaN. The gradient is shared among equals. */
export function maximum<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The greatest of any number of arguments. */
export function maximum(...args: readonly TensorLike[]): Variable;
export function maximum(...args: readonly TensorLike[]): Variable {
  return folded("maximum", "or", args);
}

/** The least of two or more arguments; NaN if any is NaN. The gradient is shared among equals. */
export function minimum<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The least of any number of arguments. */
export function minimum(...args: readonly TensorLike[]): Variable;
export function minimum(...args: readonly TensorLike[]): Variable {
  return folded("minimum", "and", args);
}

/**
 * `x` brought into [lower, upper]: lower where x < lower, upper where x > upper, NaN stays. If lower
 * is above upper, what is below lower gives lower.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = T.clip(T.vector("p"), 1e-7, 1 - 1e-7);
 * ```
 */
export function clip<A extends TensorLike, B extends TensorLike, C extends TensorLike>(
  x: A,
  lower: B,
  upper: C,
): Variable<
  PairDType<Pair<A, B>, Pair<A, C>>,
  MaxRank<RankOf<A>, MaxRank<RankOf<B>, RankOf<C>>>
> {
  return meeting("clip", x, lower, upper);
}

/** -x: NumPy's `negative`. Throws a TypeError for bools: use `invert`. */
export function neg<A extends TensorLike>(x: A): Like<A> {
  return unary("neg", x);
}

/** |x|; for complex numbers the modulus, which is real. NumPy's `absolute` and `fabs`. */
export function abs<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>> {
  const variable = asVariable(x);
  const value = variable.dtype === "bool" ? variable : elementwise("abs", [variable]);
  return value as Variable<RealOf<DTypeOf<A>>, RankOf<A>>;
}

/** -1, 0 or 1 by the sign of x; NaN stays. PyTensor's `sgn`. */
export function sign<A extends TensorLike>(x: A): Like<A> {
  return unary("sign", x);
}

/** x²: NumPy's `square`. */
export function sqr<A extends TensorLike>(x: A): Like<A> {
  const variable = asVariable(x);
  return (variable.dtype === "bool" ? variable : elementwise("sqr", [variable])) as Like<A>;
}

/**
 * The square root; NaN for negative numbers. Integers give floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const length = T.sqrt(T.sqr(T.vector("x")).sum());
 * ```
 */
export function sqrt<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("sqrt", x);
}

/**
 * 1 / x. Integers give floatX. `T.inv` of Theano is this, too: the inverse of a matrix is `T.linalg.inv`.
 */
export function reciprocal<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("reciprocal", x);
}

/** The greatest integer not above x, as a float. */
export function floor<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("floor", x);
}

/** The least integer not below x, as a float. */
export function ceil<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("ceil", x);
}

/** x without its fraction, as a float. */
export function trunc<A extends TensorLike>(x: A): FloatLike<A> {
  return floating("trunc", x);
}

/** How `round` breaks ties. */
export type RoundMode = "halfToEven" | "halfAwayFromZero";

/**
 * The nearest integer, as a float; ties go to the even one, or away from zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const [even, away] = [T.round(x), T.round(x, "halfAwayFromZero")];
 * ```
 */
export function round<A extends TensorLike>(x: A, mode: RoundMode = "halfToEven"): FloatLike<A> {
  if (mode !== "halfToEven" && mode !== "halfAwayFromZero") {
    throw new TypeError(
      `Cannot round: expected mode "halfToEven" or "halfAwayFromZero", got ${shown(mode)}`,
    );
  }
  return floating(mode === "halfToEven" ? "round" : "roundHalfAway", x);
}

/** Degrees to radians. */
export function deg2rad<A extends TensorLike>(x: A): FloatLike<A> {
  return mul(asFloating(x), Math.PI / 180) as FloatLike<A>;
}

/** Radians to degrees. */
export function rad2deg<A extends TensorLike>(x: A): FloatLike<A> {
  return mul(asFloating(x), 180 / Math.PI) as FloatLike<A>;
}

/** The high 32 (or 64) bits of the product of two integers of 32 (or 64) bits. */
export function mulhi<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B> {
  return meeting("mulhi", x, y);
}

export { div as trueDiv, reciprocal as inv, sign as sgn };
