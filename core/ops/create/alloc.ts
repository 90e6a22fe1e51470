/**
 * Tensors filled with one value.
 *
 * @module
 */

import { typed } from "../common/build.ts";
import { settings } from "../../base/settings.ts";
import type { DType, FloatDType } from "../../graph/dtype.ts";
import { makeConstant, Variable } from "../../graph/graph.ts";
import type { DTypeOf, RankOf } from "../../graph/type_arithmetic.ts";
import { type Dim, listed, shapeLabel } from "../common/arguments.ts";
import { checkedLength } from "../common/checks.ts";
import { stretched } from "../shape/broadcast_to_op.ts";
import { asVariable, type TensorLike, valueOf } from "../common/literal.ts";
import type { ShapeLike, ShapeRank } from "../shape/shape.ts";
import { asDims, dimsOf } from "../shape/shape_ops.ts";

/** Lengths that the user gives. */
function lengthsOf(shape: ShapeLike, action: string, ndim?: number): Variable[] {
  return asDims(shape, action, ndim).map((n) => checkedLength(n, action));
}

function filled(value: number, shape: ShapeLike, dtype: DType, ndim?: number): Variable {
  const scalar = makeConstant(valueOf(value, dtype));
  return stretched(scalar, lengthsOf(shape, "Cannot make a tensor", ndim));
}

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
export function alloc<A extends TensorLike>(
  value: A,
  ...shape: readonly (Dim | readonly Dim[])[]
): Variable<DTypeOf<A>>;
export function alloc(value: TensorLike, ...lengths: readonly (Dim | readonly Dim[])[]): Variable {
  const shape = listed(lengths);
  const v = asVariable(value), action = `Cannot broadcast ${shapeLabel(v)}`;
  const first = shape[0];
  if (shape.length === 1 && first instanceof Variable && first.ndim === 1) {
    return stretched(v, lengthsOf(first, action));
  }
  return stretched(v, lengthsOf(shape, action));
}

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
export function fill(a: TensorLike, b: TensorLike): Variable {
  const v = asVariable(a);
  return stretched(asVariable(b, v.dtype), dimsOf(v));
}

/** Another name of {@linkcode fill}. */
export function second(a: TensorLike, b: TensorLike): Variable {
  return fill(a, b);
}

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
export function zeros<const S extends ShapeLike, D extends DType = FloatDType>(
  shape: S,
  dtype?: D,
  ndim?: number,
): Variable<D, ShapeRank<S>> {
  return typed(filled(0, shape, dtype ?? settings.floatX, ndim));
}

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
export function ones<const S extends ShapeLike, D extends DType = FloatDType>(
  shape: S,
  dtype?: D,
  ndim?: number,
): Variable<D, ShapeRank<S>> {
  return typed(filled(1, shape, dtype ?? settings.floatX, ndim));
}

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
export function full(
  shape: ShapeLike,
  value: TensorLike,
  dtype?: DType,
  ndim?: number,
): Variable {
  const v = dtype === undefined || value instanceof Variable
    ? asVariable(value)
    : makeConstant(valueOf(value, dtype));
  return stretched(v, lengthsOf(shape, "Cannot make a tensor", ndim));
}

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
export function zerosLike<A extends TensorLike, D extends DType = DTypeOf<A>>(
  x: A,
  dtype?: D,
): Variable<D, RankOf<A>> {
  return typed(fullLike(x, 0, dtype));
}

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
export function onesLike<A extends TensorLike, D extends DType = DTypeOf<A>>(
  x: A,
  dtype?: D,
): Variable<D, RankOf<A>> {
  return typed(fullLike(x, 1, dtype));
}

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
export function fullLike<A extends TensorLike, D extends DType = DTypeOf<A>>(
  x: A,
  value: number | bigint | boolean,
  dtype?: D,
): Variable<D, RankOf<A>> {
  const v = asVariable(x);
  return typed(stretched(makeConstant(valueOf(value, dtype ?? v.dtype)), dimsOf(v)));
}
