// Made of core/ops/create/alloc.ts by `deno task types`.
/**
 * Tensors filled with one value.
 *
 * @module
 */
import type { DType, FloatDType } from "../../graph/dtype.d.ts";
import { Variable } from "../../graph/graph.d.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.d.ts";
import { type Dim } from "../common/arguments.d.ts";
import { type TensorLike } from "../common/literal.d.ts";
import type { ShapeLike, ShapeRank } from "../shape/shape.d.ts";
/**
 * `value`, broadcast to a shape: the lengths follow it, as numbers, integer scalars or one vector.
 *
 * Throws a TypeError when `value` has more axes than there are lengths.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const v = T.vector("v");
 * T.alloc(v, 2, v.shape[0]!); // two rows
 * ```
 */
export declare function alloc<A extends TensorLike>(value: A, ...shape: readonly (Dim | readonly Dim[])[]): Variable<DTypeOf<A>>;
/**
 * b broadcast to the shape of a; the dtype is that of b. Elements of a do not matter.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fill(T.matrix("m"), 1);
 * ```
 */
export declare function fill(a: TensorLike, b: TensorLike): Variable;
/** Another name of {@linkcode fill}. */
export declare function second(a: TensorLike, b: TensorLike): Variable;
/**
 * Zeros; `dtype` defaults to floatX. For a shape vector of unknown length give `ndim`.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.zeros([2, 3]);
 * ```
 */
export declare function zeros<const S extends ShapeLike, D extends DType = FloatDType>(shape: S, dtype?: D, ndim?: number): Variable<D, ShapeRank<S>>;
/**
 * Ones; `dtype` defaults to floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.ones([2, 3], "int32");
 * ```
 */
export declare function ones<const S extends ShapeLike, D extends DType = FloatDType>(shape: S, dtype?: D, ndim?: number): Variable<D, ShapeRank<S>>;
/**
 * A tensor of the given shape filled with a value, which may be a variable; `dtype` is for numbers.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.full([2, 3], 0.5);
 * ```
 */
export declare function full(shape: ShapeLike, value: TensorLike, dtype?: DType, ndim?: number): Variable;
/**
 * Zeros of the shape and dtype of x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.zerosLike(T.imatrix("m")); // int32
 * ```
 */
export declare function zerosLike<A extends TensorLike, D extends DType = DTypeOf<A>>(x: A, dtype?: D): Variable<D, RankOf<A>>;
/**
 * Ones of the shape and dtype of x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.onesLike(T.matrix("m"));
 * ```
 */
export declare function onesLike<A extends TensorLike, D extends DType = DTypeOf<A>>(x: A, dtype?: D): Variable<D, RankOf<A>>;
/**
 * A tensor of the shape of x filled with a number; the dtype is that of x unless given.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fullLike(T.matrix("m"), -1);
 * ```
 */
export declare function fullLike<A extends TensorLike, D extends DType = DTypeOf<A>>(x: A, value: number | bigint | boolean, dtype?: D): Variable<D, RankOf<A>>;
