// Made of core/ops/elementwise/arithmetic.ts by `deno task types`.
/**
 * Arithmetic and rounding, elementwise with NumPy's broadcasting.
 *
 * @module
 */
import type { DTypeOf, FloatLike, FloatPair, Like, MaxRank, Pair, PairDType, RankOf, RealOf } from "../../graph/type_arithmetic.d.ts";
import type { Variable } from "../../graph/graph.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
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
export declare function add<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** Sum of any number of arguments. */
export declare function add(...args: readonly TensorLike[]): Variable;
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
export declare function sub<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
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
export declare function mul<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** Product of any number of arguments. */
export declare function mul(...args: readonly TensorLike[]): Variable;
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
export declare function div<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B>;
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
export declare function intDiv<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
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
export declare function mod<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
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
export declare function pow<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The greatest of two or more arguments; NaN if any is NaN. The gradient is shared among equals. */
export declare function maximum<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The greatest of any number of arguments. */
export declare function maximum(...args: readonly TensorLike[]): Variable;
/** The least of two or more arguments; NaN if any is NaN. The gradient is shared among equals. */
export declare function minimum<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
/** The least of any number of arguments. */
export declare function minimum(...args: readonly TensorLike[]): Variable;
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
export declare function clip<A extends TensorLike, B extends TensorLike, C extends TensorLike>(x: A, lower: B, upper: C): Variable<PairDType<Pair<A, B>, Pair<A, C>>, MaxRank<RankOf<A>, MaxRank<RankOf<B>, RankOf<C>>>>;
/** -x: NumPy's `negative`. Throws a TypeError for bools: use `invert`. */
export declare function neg<A extends TensorLike>(x: A): Like<A>;
/** |x|; for complex numbers the modulus, which is real. NumPy's `absolute` and `fabs`. */
export declare function abs<A extends TensorLike>(x: A): Variable<RealOf<DTypeOf<A>>, RankOf<A>>;
/** -1, 0 or 1 by the sign of x; NaN stays. PyTensor's `sgn`. */
export declare function sign<A extends TensorLike>(x: A): Like<A>;
/** x²: NumPy's `square`. */
export declare function sqr<A extends TensorLike>(x: A): Like<A>;
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
export declare function sqrt<A extends TensorLike>(x: A): FloatLike<A>;
/**
 * 1 / x. Integers give floatX. `T.inv` of Theano is this, too: the inverse of a matrix is `T.linalg.inv`.
 */
export declare function reciprocal<A extends TensorLike>(x: A): FloatLike<A>;
/** The greatest integer not above x, as a float. */
export declare function floor<A extends TensorLike>(x: A): FloatLike<A>;
/** The least integer not below x, as a float. */
export declare function ceil<A extends TensorLike>(x: A): FloatLike<A>;
/** x without its fraction, as a float. */
export declare function trunc<A extends TensorLike>(x: A): FloatLike<A>;
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
export declare function round<A extends TensorLike>(x: A, mode?: RoundMode): FloatLike<A>;
/** Degrees to radians. */
export declare function deg2rad<A extends TensorLike>(x: A): FloatLike<A>;
/** Radians to degrees. */
export declare function rad2deg<A extends TensorLike>(x: A): FloatLike<A>;
/** The high 32 (or 64) bits of the product of two integers of 32 (or 64) bits. */
export declare function mulhi<A extends TensorLike, B extends TensorLike>(x: A, y: B): Pair<A, B>;
export { div as trueDiv, reciprocal as inv, sign as sgn };
