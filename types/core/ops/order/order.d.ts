// Made of core/ops/order/order.ts by `deno task types`.
/**
 * Sorting, running sums, differences and counting.
 *
 * @module
 */
import { type DType } from "../../graph/dtype.d.ts";
import { type Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, Floating, Like, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type DTypeOption } from "../common/dtype_option.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { AxisRank } from "../shape/shape.d.ts";
/**
 * Sums of the elements up to and including each one, along an axis or of the flattened x. The dtype is
 * kept, except that bools are counted in int64.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.cumsum(T.matrix("m"), 0);
 * ```
 */
export declare function cumsum<A extends TensorLike, const X extends number | null = null>(x: A, axis?: X): Variable<Counted<DTypeOf<A>>, AxisRank<A, X>>;
/**
 * Products of the elements up to and including each one, along an axis or of the flattened x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.cumprod(T.vector("v"));
 * ```
 */
export declare function cumprod<A extends TensorLike, const X extends number | null = null>(x: A, axis?: X): Variable<Counted<DTypeOf<A>>, AxisRank<A, X>>;
/**
 * The greatest of the elements up to and including each one, along an axis or of the flattened x. NaN
 * stays from where it is met. The gradient goes to the first of the equal ones.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.cummax(x));
 * f([1, 3, 2, 5]).arraySync(); // [1, 3, 3, 5]
 * ```
 */
export declare function cummax<A extends TensorLike, const X extends number | null = null>(x: A, axis?: X): Variable<DTypeOf<A>, AxisRank<A, X>>;
/** The least of the elements up to and including each one; otherwise as {@linkcode cummax}. */
export declare function cummin<A extends TensorLike, const X extends number | null = null>(x: A, axis?: X): Variable<DTypeOf<A>, AxisRank<A, X>>;
/**
 * log(cumsum(exp(x))) along an axis or of the flattened x, without overflow.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x");
 * const f = await compile([x], T.logcumsumexp(x));
 * f([1000, 1000]).arraySync(); // [1000, 1000.6931]
 * ```
 */
export declare function logcumsumexp<A extends TensorLike, const X extends number | null = null>(x: A, axis?: X): Variable<Floating<DTypeOf<A>>, AxisRank<A, X>>;
/** The dtype of running sums: bools are counted. */
export type Counted<D extends DType> = D extends "bool" ? "int64" : D;
/**
 * The elements of x in ascending order along an axis (the last one if missing; null flattens). NaN comes
 * last. Complex numbers are in the order of their real parts, then of their imaginary parts.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.sort(T.matrix("m"), 0);
 * ```
 */
export declare function sort<A extends TensorLike, const X extends number | null = number>(x: A, axis?: X): Variable<DTypeOf<A>, AxisRank<A, X>>;
/**
 * The int64 positions along an axis (the last one if missing; null flattens) that sort x. Equal elements
 * keep their order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.argsort(T.vector("v"));
 * ```
 */
export declare function argsort<A extends TensorLike, const X extends number | null = number>(x: A, axis?: X): Variable<"int64", AxisRank<A, X>>;
/**
 * The k largest elements along an axis, largest first; for negative k the -k smallest, smallest first.
 * null as the axis flattens. A symbolic k counts as positive. More than there are is an error.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.topk(T.vector("scores"), 5);
 * ```
 */
export declare function topk<A extends TensorLike, const X extends number | null = number>(x: A, k: Dim, axis?: X): Variable<DTypeOf<A>, AxisRank<A, X>>;
/**
 * The int64 positions of what {@linkcode topk} gives.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.argtopk(T.vector("scores"), 5);
 * ```
 */
export declare function argtopk<A extends TensorLike, const X extends number | null = number>(x: A, k: Dim, axis?: X): Variable<"int64", AxisRank<A, X>>;
/** The results of {@linkcode topk} and {@linkcode argtopk}. */
export declare function topkAndArgtopk(x: TensorLike, k: Dim, axis?: number | null): [values: Variable, positions: Variable];
/**
 * The n-th differences of neighbours along an axis; of bools, whether they differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diff(T.vector("v"));
 * ```
 */
export declare function diff<A extends TensorLike>(x: A, n?: number, axis?: number): Like<A>;
/**
 * How often each integer from 0 to the largest one occurs in x, as int64; with weights the sums of their
 * elements. There are at least `minlength` counts.
 *
 * Throws a TypeError for floats, and an IndexError for negative numbers when the function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.bincount(T.ivector("labels"), null, 10);
 * ```
 */
export declare function bincount(x: TensorLike, weights?: TensorLike | null, minlength?: Dim): Variable;
/**
 * Ones where a last axis, of length `count`, has the position that x holds, and zeros elsewhere; `dtype`
 * defaults to floatX.
 *
 * Throws a TypeError for floats. A position below 0 or from `count` on is an IndexError when the function
 * is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.toOneHot(T.ivector("labels"), 10);
 * ```
 */
export declare function toOneHot(x: TensorLike, count: Dim, dtype?: DTypeOption): Variable;
/**
 * For each element of v the int64 position in the sorted vector x where it would be put in: before equal
 * elements ("left") or after them ("right"). Work and memory traffic grow with the product of both sizes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.searchsorted(T.vector("edges"), T.vector("values"), "right");
 * ```
 */
export declare function searchsorted<V extends TensorLike>(x: TensorLike, v: V, side?: "left" | "right"): Variable<"int64", RankOf<V>>;
