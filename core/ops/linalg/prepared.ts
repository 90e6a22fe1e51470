/**
 * Arguments of functions of matrices: brought to a dtype that factorisations are computed in.
 *
 * @module
 */

import { type DType, promote } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import { type Dim, shapeLabel } from "../common/arguments.ts";
import { asFloating, castTo } from "../common/build.ts";
import { broadcastDims, dimVariable } from "../common/lengths.ts";
import { asVariables, type TensorLike } from "../common/literal.ts";
import { ShapeError } from "../../base/errors.ts";
import { stretched } from "../shape/broadcast_to_op.ts";
import { dimsOf } from "../shape/shape_ops.ts";

/** Whether a matrix that cannot be factorised or inverted is an error. */
export interface CheckOption {
  /**
   * By default, and with true, a singular matrix, or one that is not positive definite where it must be,
   * is a `LinAlgError` when the result is read. With false there are NaN or infinities in its place.
   */
  readonly check?: boolean;
}

/** Matrices in float32, float64 or complex dtypes, and their own dtype. */
interface Prepared {
  readonly matrices: Variable;
  /** The dtype of results: float16 is computed in float32. */
  readonly dtype: DType;
}

function computed(dtype: DType): DType {
  return dtype === "float16" ? "float32" : dtype;
}

/** Tensors with at least `least` axes, as floats or complex numbers. */
export function prepare(x: TensorLike, action: string, least = 2): Prepared {
  const v = asFloating(x);
  if (v.ndim < least) {
    const what = least === 2 ? "matrices, in the last two axes" : "a tensor that is no scalar";
    throw new TypeError(`${action} ${v.label}: expected ${what}, got ${v.type}`);
  }
  return { matrices: castTo(v, computed(v.dtype)), dtype: v.dtype };
}

/** The same of square matrices. */
export function prepareSquare(x: TensorLike, action: string): Prepared {
  const made = prepare(x, action);
  const [rows, columns] = made.matrices.type.shape.slice(-2);
  if (rows !== null && columns !== null && rows !== columns) {
    throw new ShapeError(`${action} ${shapeLabel(made.matrices)}: expected square matrices`);
  }
  return made;
}

/** Two tensors in one float or complex dtype. */
export function prepareBoth(
  a: TensorLike,
  b: TensorLike,
  action: string,
): readonly [Prepared, Prepared] {
  const [x, y] = asVariables([a, b]) as [Variable, Variable];
  const [first, second] = [prepareSquare(x, action), prepare(y, action, 1)];
  const dtype = promote(first.dtype, second.dtype), inside = computed(dtype);
  return [
    { matrices: castTo(first.matrices, inside), dtype },
    { matrices: castTo(second.matrices, inside), dtype },
  ];
}

/** Stretches the axes before the last two of matrices until they go together. */
export function sameBatch(x: Variable, y: Variable): readonly [Variable, Variable] {
  const rank = Math.max(x.ndim, y.ndim);
  const dims = [x, y].map((v): Dim[] => [
    ...new Array<Dim>(rank - v.ndim).fill(1),
    ...dimsOf(v),
  ]) as [Dim[], Dim[]];
  const batch = Array.from(
    { length: rank - 2 },
    (_, d) => broadcastDims(dims[0][d]!, dims[1][d]!),
  );
  const spread = (v: Variable, own: readonly Dim[]) =>
    stretched(v, [...batch, ...own.slice(-2)].map(dimVariable));
  return [spread(x, dims[0]), spread(y, dims[1])];
}
