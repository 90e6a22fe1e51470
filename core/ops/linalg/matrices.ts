/**
 * Diagonals, triangles and identity matrices.
 *
 * @module
 */

import { settings } from "../../base/settings.ts";
import type { DType } from "../../graph/dtype.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type {
  DTypeOf,
  Less1,
  Like,
  MatrixRank,
  OfRank,
  RankOf,
  SumDType,
} from "../../graph/type_arithmetic.ts";
import { advIndexOp, type AdvIndexParams } from "../index/adv_index.ts";
import { type Dim, normalizeAxes, shapeLabel } from "../common/arguments.ts";
import type { ResolvedDType } from "../elementwise/conversion.ts";
import { checkedLength } from "../common/checks.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { type DTypeOption, resolveDType } from "../common/dtype_option.ts";
import { moveaxis, type PatternItem } from "../shape/dimshuffle.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { addDims, dimVariable, maxDims, minDims, subDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { arange } from "../create/ranges.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { dimsOf, shapeOf } from "../shape/shape_ops.ts";
import { padded } from "../nn/window.ts";
import { shown } from "../../base/shown.ts";

/** Row and column numbers of a matrix, as a column and a row. */
function numbers(n: Dim, m: Dim): [Variable, Variable] {
  return [shuffled(arange(n), [0, "x"]), shuffled(arange(m), ["x", 0])];
}

/** Compares the column number with the row number plus k, at each place of a matrix. */
function compare(name: "eq" | "le", n: Dim, m: Dim, k: Dim): Variable {
  const [rows, columns] = numbers(n, m);
  const moved = elementwise("add", [rows, castTo(dimVariable(k), "int64")]);
  return elementwise(name, [columns, moved]);
}

function dtypeOr(dtype: DTypeOption | undefined, other: DType): DType {
  return dtype === undefined ? other : resolveDType(dtype);
}

/**
 * The n by m matrix with ones on diagonal k (above the main diagonal if positive) and zeros elsewhere;
 * `dtype` defaults to floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.eye(3);
 * T.eye(3, 4, 1, "int32");
 * ```
 */
export function eye<O extends DTypeOption = "floatX">(
  n: Dim,
  m: Dim | null = null,
  k: Dim = 0,
  dtype?: O,
): Variable<ResolvedDType<O>, 2> {
  const [rows, columns] = [n, m ?? n].map((one) => checkedLength(one, "Cannot make a matrix"));
  return typed(castTo(compare("eq", rows!, columns!, k), dtypeOr(dtype, settings.floatX)));
}

/**
 * The n by n identity matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.identity(3);
 * ```
 */
export function identity<O extends DTypeOption = "floatX">(
  n: Dim,
  dtype?: O,
): Variable<ResolvedDType<O>, 2> {
  return typed(eye(n, null, 0, dtype));
}

/**
 * A matrix of the shape and dtype of x with ones on the main diagonal and zeros elsewhere.
 *
 * Throws a TypeError unless x is a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.identityLike(T.matrix("m"));
 * ```
 */
export function identityLike(x: TensorLike, dtype?: DTypeOption): Variable {
  const v = asVariable(x);
  if (v.ndim !== 2) {
    throw new TypeError(
      `Cannot make an identity like ${v.label}: expected a matrix, got ${v.type}`,
    );
  }
  return eye(shapeOf(v, 0), shapeOf(v, 1), 0, dtypeOr(dtype, v.dtype));
}

/**
 * The n by m matrix with ones on and below diagonal k; `dtype` defaults to floatX.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tri(3);
 * ```
 */
export function tri<O extends DTypeOption = "floatX">(
  n: Dim,
  m: Dim | null = null,
  k: Dim = 0,
  dtype?: O,
): Variable<ResolvedDType<O>, 2> {
  return typed(castTo(compare("le", n, m ?? n, k), dtypeOr(dtype, settings.floatX)));
}

function triangle(x: TensorLike, k: Dim, lower: boolean): Variable {
  const v = asVariable(x);
  if (v.ndim < 2) {
    throw new TypeError(
      `Cannot take a triangle of ${v.label}: expected at least two axes, got ${v.type}`,
    );
  }
  const [n, m] = dimsOf(v).slice(-2) as [Variable, Variable];
  const below = compare("le", n, m, lower ? k : subDims(k, 1));
  const zero = castTo(asVariable(0), v.dtype);
  return elementwise("switch", lower ? [below, v, zero] : [below, zero, v]);
}

/**
 * x with zeros above diagonal k of its last two axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tril(T.matrix("m"), -1); // strictly below the diagonal
 * ```
 */
export function tril<A extends TensorLike>(x: OfRank<A, MatrixRank>, k: Dim = 0): Like<A> {
  return typed(triangle(x as TensorLike, k, true));
}

/**
 * x with zeros below diagonal k of its last two axes.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.triu(T.matrix("m"));
 * ```
 */
export function triu<A extends TensorLike>(x: OfRank<A, MatrixRank>, k: Dim = 0): Like<A> {
  return typed(triangle(x as TensorLike, k, false));
}

/**
 * The diagonal of two axes of x, as a last axis; with a positive offset one above the main diagonal.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diagonal(T.tensor3("t"), 0, 1, 2);
 * ```
 */
export function diagonal<A extends TensorLike>(
  x: OfRank<A, MatrixRank>,
  offset = 0,
  axis1 = 0,
  axis2 = 1,
): Variable<DTypeOf<A>, Less1<RankOf<A>>> {
  const v = asVariable(x as TensorLike), action = `Cannot take a diagonal of ${shapeLabel(v)}`;
  if (v.ndim < 2) throw new TypeError(`${action}: expected at least two axes`);
  if (!Number.isInteger(offset)) {
    throw new TypeError(`${action}: expected an integer offset, got ${shown(offset)}`);
  }
  const axes = normalizeAxes([axis1, axis2], v.ndim, action);
  const turned = moveaxis(v, axes, [v.ndim - 2, v.ndim - 1]);
  const [n, m] = dimsOf(turned).slice(-2) as [Variable, Variable];
  const down = Math.max(-offset, 0), right = Math.max(offset, 0);
  const length = maxDims(minDims(subDims(n, down), subDims(m, right)), 0);
  const [rows, columns] = [down, right].map((from) =>
    arange(from, dimVariable(addDims(length, from)))
  );
  return typed(outputOf<AdvIndexParams>(advIndexOp, [turned, rows!, columns!], {
    axes: [v.ndim - 2, v.ndim - 1],
  }));
}

/**
 * Of a vector: the square matrix with the vector on diagonal k. Of a matrix: its diagonal k.
 *
 * Throws a TypeError for other ranks.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.diag(T.vector("v"));
 * T.diag(T.matrix("m"), 1);
 * ```
 */
export function diag<A extends TensorLike>(x: A, k = 0): Variable<DTypeOf<A>> {
  const v = asVariable(x);
  if (v.ndim === 2) return typed(diagonal(v, k));
  if (v.ndim !== 1 || !Number.isInteger(k)) {
    throw new TypeError(
      `Cannot make or take a diagonal: expected a vector or a matrix and an integer, got ${v.label} of type ${v.type} and ${
        shown(k)
      }`,
    );
  }
  const zero = castTo(asVariable(0), v.dtype);
  const rows = padded(v, zero, [0], [Math.max(-k, 0)], [Math.max(k, 0)]);
  const n = dimVariable(addDims(shapeOf(v, 0), Math.abs(k)));
  return typed(elementwise("switch", [compare("eq", n, n, k), shuffled(rows, [0, "x"]), zero]));
}

/**
 * x with its main diagonal (where all indices are equal) set to a scalar, which takes the dtype of x.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.fillDiagonal(T.matrix("m"), 0);
 * ```
 */
export function fillDiagonal<A extends TensorLike>(x: A, value: TensorLike): Like<A> {
  const v = asVariable(x);
  if (v.ndim < 2) {
    throw new TypeError(
      `Cannot fill the diagonal of ${v.label}: expected at least two axes, got ${v.type}`,
    );
  }
  const scalar = asVariable(value, v.dtype);
  if (scalar.ndim !== 0) {
    throw new TypeError(
      `Cannot fill the diagonal of ${v.label}: expected a scalar, got ${scalar.type}`,
    );
  }
  const places = dimsOf(v).map((n, d) =>
    shuffled(arange(n), Array.from({ length: v.ndim }, (_, e): PatternItem => e === d ? 0 : "x"))
  );
  const same = places.slice(1).map((place, d) => elementwise("eq", [places[d]!, place]));
  const on = same.reduce((all, next) => elementwise("and", [all, next]));
  return typed(elementwise("switch", [on, castTo(scalar, v.dtype), v]));
}

/**
 * The sum of the diagonal of two axes; integers are summed in 64 bits.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.trace(T.matrix("m"));
 * ```
 */
export function trace<A extends TensorLike>(
  x: OfRank<A, MatrixRank>,
  offset = 0,
  axis1 = 0,
  axis2 = 1,
): Variable<SumDType<DTypeOf<A>>, Less1<Less1<RankOf<A>>>> {
  const line = diagonal(x, offset, axis1, axis2);
  const narrow: Partial<Record<DType, DType>> = {
    bool: "int64",
    int8: "int64",
    int16: "int64",
    int32: "int64",
    uint8: "uint64",
    uint16: "uint64",
    uint32: "uint64",
  };
  return typed(outputOf<ReduceParams>(reduceOp, [line], {
    kind: "sum",
    axes: [line.ndim - 1],
    dtype: narrow[line.dtype] ?? line.dtype,
  }));
}
