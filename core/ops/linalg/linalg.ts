/**
 * Products of tensors. All of them end in the matrix product.
 *
 * @module
 */

import { isComplex, promote } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type {
  BatchedDotRank,
  DotRank,
  Like,
  MatmulRank,
  MatrixRank,
  OfRank,
  Pair,
  PairDType,
  RankOf,
} from "../../graph/type_arithmetic.ts";
import { type Dim, normalizeAxes, shapeLabel } from "../common/arguments.ts";
import { castTo, elementwise, typed } from "../common/build.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { dimVariable, mulDims, productDims } from "../common/lengths.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { matmulOp } from "./matmul.ts";
import { identityLike } from "./matrices.ts";
import { sameBatch } from "./prepared.ts";
import { ravel } from "../shape/reshape.ts";
import { reshaped } from "../shape/reshape_op.ts";
import { dimsOf } from "../shape/shape_ops.ts";
import { shown } from "../../base/shown.ts";
import { expectList } from "../../base/options.ts";

/** Axes to sum over: how many of the last of a and the first of b, or the axes of each. */
export type ContractedAxes =
  | number
  | readonly [number | readonly number[], number | readonly number[]];

/** The operands in their common dtype. */
function together(a: TensorLike, b: TensorLike): [Variable, Variable] {
  const [x, y] = asVariables([a, b]) as [Variable, Variable];
  const dtype = promote(x.dtype, y.dtype);
  return [castTo(x, dtype), castTo(y, dtype)];
}

/** Matrix products of operands of one dtype and rank, without broadcasting; any dtype. */
export function matrixProduct(a: Variable, b: Variable): Variable {
  if (a.dtype === "bool") {
    // Numpy's product of bools is "or" of "and"s: whether any pair of ones meets.
    const counts = matrixProduct(castTo(a, "int32"), castTo(b, "int32"));
    return castTo(counts, "bool");
  }
  if (!isComplex(a.dtype)) return outputOf(matmulOp, [a, b], {});
  const [ar, ai, br, bi] = [a, b].flatMap((x) => [
    elementwise("real", [x]),
    elementwise("imag", [x]),
  ]) as [Variable, Variable, Variable, Variable];
  const re = elementwise("sub", [matrixProduct(ar, br), matrixProduct(ai, bi)]);
  const im = elementwise("add", [matrixProduct(ar, bi), matrixProduct(ai, br)]);
  return elementwise("complex", [re, im]);
}

function dropAxis(x: Variable, axis: number): Variable {
  return shuffled(x, range(x.ndim).filter((d) => d !== axis));
}

function range(n: number, from = 0): number[] {
  return Array.from({ length: n - from }, (_, i) => from + i);
}

function reshapeTo(x: Variable, dims: readonly Dim[]): Variable {
  return reshaped(x, dims.map(dimVariable));
}

/**
 * NumPy's `dot`: the product of scalars and tensors, of two vectors (a scalar), of matrices and vectors,
 * and for higher ranks the sum over the last axis of a and the last but one of b. The dtype is the
 * promoted one, also for integers.
 *
 * Throws a ShapeError when the lengths that are summed over differ: now if the types tell, else when the
 * function is called.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.dot(T.matrix("x"), T.vector("w"));
 * ```
 */
export function dot<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
): Variable<PairDType<A, B>, DotRank<RankOf<A>, RankOf<B>>>;
export function dot(a: TensorLike, b: TensorLike): Variable {
  const [x, y] = together(a, b);
  if (x.ndim === 0 || y.ndim === 0) return elementwise("mul", [x, y]);
  if (x.ndim <= 2 && y.ndim <= 2) return matmul(x, y);
  return tensordot(x, y, [[x.ndim - 1], [Math.max(0, y.ndim - 2)]]);
}

/**
 * NumPy's `matmul`: the matrix product of the last two axes; axes before them broadcast, and a vector
 * counts as one row on the left and as one column on the right.
 *
 * Throws a TypeError for scalars and a ShapeError for lengths that do not go together.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matmul(T.tensor3("batch"), T.matrix("w"));
 * ```
 */
export function matmul<A extends TensorLike, B extends TensorLike>(
  a: OfRank<A, 1 | MatrixRank>,
  b: OfRank<B, 1 | MatrixRank>,
): Variable<PairDType<A, B>, MatmulRank<RankOf<A>, RankOf<B>>>;
export function matmul(a: TensorLike, b: TensorLike): Variable {
  const [x, y] = together(a, b);
  if (x.ndim === 0 || y.ndim === 0) {
    throw new TypeError(
      `Cannot multiply ${x.label} by ${y.label} as matrices: expected no scalars, got ${x.type} and ${y.type}`,
    );
  }
  checkInner(x, y, x.ndim - 1, Math.max(0, y.ndim - 2));
  if (x.ndim === 1) {
    const row = matmul(shuffled(x, ["x", 0]), y);
    return dropAxis(row, y.ndim === 1 ? 0 : row.ndim - 2);
  }
  if (y.ndim === 1) {
    const column = matmul(x, shuffled(y, [0, "x"]));
    return dropAxis(column, column.ndim - 1);
  }
  if (x.ndim > 2 && y.ndim === 2) {
    // All rows of the batch in one product.
    const dims = dimsOf(x);
    const rows = reshapeTo(x, [productDims(dims.slice(0, -1)), dims.at(-1)!]);
    return reshapeTo(matrixProduct(rows, y), [...dims.slice(0, -1), dimsOf(y)[1]!]);
  }
  return matrixProduct(...sameBatch(x, y));
}

/** Throws a ShapeError if summed lengths are known and differ. */
function checkInner(a: Variable, b: Variable, axisA: number, axisB: number): void {
  const n = a.type.shape[axisA]!, m = b.type.shape[axisB]!;
  if (n === null || m === null || n === m) return;
  throw new ShapeError(
    `Cannot multiply ${shapeLabel(a)} by ${shapeLabel(b)}: the inner lengths must agree, got ${
      shown(n)
    } and ${m}`,
  );
}

/**
 * NumPy's `tensordot`: the sum over pairs of axes. `axes` is how many of the last axes of a meet the
 * first axes of b, or two lists of axes.
 *
 * Throws a RangeError for lists of different length or axes that are not there, and a ShapeError for
 * lengths that differ.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.tensordot(T.tensor3("a"), T.tensor3("b"), [[1, 2], [0, 1]]);
 * ```
 */
export function tensordot<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
  axes: ContractedAxes = 2,
): Variable<PairDType<A, B>> {
  const [x, y] = together(a, b);
  const action = `Cannot contract ${shapeLabel(x)} with ${shapeLabel(y)}`;
  const [first, second] = contracted(x, y, axes, action);
  const freeX = range(x.ndim).filter((d) => !first.includes(d));
  const freeY = range(y.ndim).filter((d) => !second.includes(d));
  const dimsX = dimsOf(x), dimsY = dimsOf(y);
  const inner = productDims(first.map((d) => dimsX[d]!));
  const rows = freeX.map((d) => dimsX[d]!), columns = freeY.map((d) => dimsY[d]!);
  const left = reshapeTo(shuffled(x, [...freeX, ...first]), [productDims(rows), inner]);
  const right = reshapeTo(shuffled(y, [...second, ...freeY]), [
    productDims(second.map((d) => dimsY[d]!)),
    productDims(columns),
  ]);
  return typed(reshapeTo(matrixProduct(left, right), [...rows, ...columns]));
}

function contracted(
  x: Variable,
  y: Variable,
  axes: ContractedAxes,
  action: string,
): [number[], number[]] {
  let pair: [number[], number[]];
  if (typeof axes === "number") {
    if (!Number.isInteger(axes) || axes < 0 || axes > Math.min(x.ndim, y.ndim)) {
      throw new RangeError(
        `${action}: expected a number of axes from 0 to ${Math.min(x.ndim, y.ndim)}, got ${
          shown(axes)
        }`,
      );
    }
    pair = [range(x.ndim, x.ndim - axes), range(axes)];
  } else {
    const lists = expectList(action, axes, "a number of axes or two lists").map((list) =>
      typeof list === "number" ? [list] : list
    );
    pair = [normalizeAxes(lists[0]!, x.ndim, action), normalizeAxes(lists[1]!, y.ndim, action)];
  }
  if (pair[0].length !== pair[1].length) {
    throw new RangeError(
      `${action}: expected as many axes of each, got ${pair[0].length} and ${pair[1].length}`,
    );
  }
  pair[0].forEach((axis, i) => checkInner(x, y, axis, pair[1][i]!));
  return pair;
}

/**
 * The matrix product of each pair of items: axis 0 of both counts the items. Items may be matrices or
 * vectors, as in {@linkcode matmul}.
 *
 * Throws a TypeError for operands without items of rank 1 or 2, and a ShapeError for different numbers
 * of items.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.batchedDot(T.tensor3("a"), T.tensor3("b"));
 * ```
 */
export function batchedDot<A extends TensorLike, B extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  b: OfRank<B, MatrixRank>,
): Variable<PairDType<A, B>, BatchedDotRank<RankOf<A>, RankOf<B>>> {
  const [x, y] = together(a as TensorLike, b as TensorLike);
  for (const v of [x, y]) {
    if (v.ndim < 2) {
      throw new TypeError(
        `Cannot multiply batches: expected batches of vectors or of matrices, got ${v.label} of type ${v.type}`,
      );
    }
  }
  if (x.ndim > 3 || y.ndim > 3) {
    return typed(batchedTensordot(x, y, [[x.ndim - 1], [Math.max(1, y.ndim - 2)]]));
  }
  const left = x.ndim === 2 ? shuffled(x, [0, "x", 1]) : x;
  const right = y.ndim === 2 ? shuffled(y, [0, 1, "x"]) : y;
  const items = matrixProduct(left, right);
  const pattern = [0, ...(x.ndim === 2 ? [] : [1]), ...(y.ndim === 2 ? [] : [2])];
  return typed(shuffled(items, pattern));
}

/**
 * {@linkcode tensordot} of each pair of items: axis 0 of both counts the items and is not summed over.
 * Lists of axes count axis 0, too; a number means the last axes of a and those after axis 0 of b.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.batchedTensordot(T.tensor3("a"), T.tensor3("b"), [[2], [1]]);
 * ```
 */
export function batchedTensordot<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
  axes: ContractedAxes = 2,
): Variable<PairDType<A, B>> {
  const [x, y] = together(a, b);
  const action = `Cannot contract batches ${shapeLabel(x)} and ${shapeLabel(y)}`;
  if (x.ndim === 0 || y.ndim === 0) throw new TypeError(`${action}: expected no scalars`);
  const count = typeof axes === "number" ? axes : null;
  const pair = count === null
    ? contracted(x, y, axes, action)
    : contracted(x, y, [range(x.ndim, x.ndim - count), range(count + 1, 1)], action);
  const [first, second] = pair;
  if (first.includes(0) || second.includes(0)) {
    throw new RangeError(`${action}: axis 0 counts the items and cannot be summed over`);
  }
  const freeX = range(x.ndim, 1).filter((d) => !first.includes(d));
  const freeY = range(y.ndim, 1).filter((d) => !second.includes(d));
  const dimsX = dimsOf(x), dimsY = dimsOf(y);
  const rows = freeX.map((d) => dimsX[d]!), columns = freeY.map((d) => dimsY[d]!);
  const left = reshapeTo(shuffled(x, [0, ...freeX, ...first]), [
    dimsX[0]!,
    productDims(rows),
    productDims(first.map((d) => dimsX[d]!)),
  ]);
  const right = reshapeTo(shuffled(y, [0, ...second, ...freeY]), [
    dimsY[0]!,
    productDims(second.map((d) => dimsY[d]!)),
    productDims(columns),
  ]);
  return typed(reshapeTo(matrixProduct(left, right), [dimsX[0]!, ...rows, ...columns]));
}

/**
 * The products of all pairs of elements: both arguments are flattened, and the result is a matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.outer(T.vector("a"), T.vector("b"));
 * ```
 */
export function outer<A extends TensorLike, B extends TensorLike>(
  a: A,
  b: B,
): Variable<PairDType<A, B>, 2> {
  const [x, y] = together(a, b);
  return typed(elementwise("mul", [shuffled(ravel(x), [0, "x"]), shuffled(ravel(y), ["x", 0])]));
}

/**
 * The product of several matrices, from left to right.
 *
 * Throws a TypeError without any.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matrixDot(T.matrix("a"), T.matrix("b"), T.matrix("c"));
 * ```
 */
export function matrixDot(...matrices: readonly TensorLike[]): Variable {
  const all = asVariables(matrices);
  if (all.length === 0) {
    throw new TypeError("Cannot multiply matrices: expected at least one, got none");
  }
  return all.reduce((product, next) => dot(product, next));
}

/**
 * A square matrix multiplied by itself: M to the n-th power for an integer n >= 0, by repeated squaring.
 *
 * Throws a RangeError for other exponents and a TypeError for what is no matrix.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.matrixPower(T.matrix("transitions"), 10);
 * ```
 */
export function matrixPower<A extends TensorLike>(matrix: OfRank<A, 2>, n: number): Like<A> {
  const m = asVariable(matrix as TensorLike);
  if (m.ndim !== 2) {
    throw new TypeError(`Cannot raise ${m.label} to a power: expected a matrix, got ${m.type}`);
  }
  if (!Number.isInteger(n) || n < 0) {
    throw new RangeError(`Cannot raise ${m.label} to the power ${n}: expected an integer >= 0`);
  }
  if (n === 0) return typed(identityLike(m));
  let result: Variable | null = null, square = m;
  for (let rest = n;;) {
    if (rest % 2 === 1) result = result === null ? square : dot(result, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return typed(result!);
    square = dot(square, square);
  }
}

/**
 * The Kronecker product of two tensors; axes are matched from the last on.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * T.kron(T.matrix("a"), T.matrix("b"));
 * ```
 */
export function kron<A extends TensorLike, B extends TensorLike>(a: A, b: B): Pair<A, B> {
  const [x, y] = together(a, b);
  const rank = Math.max(x.ndim, y.ndim);
  const dims = [x, y].map((v) => [...new Array<Dim>(rank - v.ndim).fill(1), ...dimsOf(v)]) as [
    Dim[],
    Dim[],
  ];
  // Axes of x and y alternate, so that each pair can be merged into one.
  const spread = (v: Variable, odd: boolean) =>
    shuffled(
      v,
      range(2 * rank).map((d) => {
        const axis = Math.floor(d / 2) - (rank - v.ndim);
        return (d % 2 === 1) === odd && axis >= 0 ? axis : "x";
      }),
    );
  const pairs = elementwise("mul", [spread(x, false), spread(y, true)]);
  return typed(reshapeTo(pairs, range(rank).map((d) => mulDims(dims[0][d]!, dims[1][d]!))));
}
