/**
 * `T.linalg`: QR, eigenvalues, singular values, and what is made of them. All functions take matrices in the
 * last two axes, and axes before these count them.
 *
 * @module
 */

import { isComplex, realOf } from "../../graph/dtype.ts";
import { applyOp, outputOf, type Variable } from "../../graph/graph.ts";
import type {
  Floating,
  FloatLike,
  Less1,
  MatrixRank,
  OfRank,
  PairDType,
  RankOf,
  RealOf,
} from "../../graph/type_arithmetic.ts";
import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { transposed, withAxes } from "../common/axes.ts";
import { castTo, typed } from "../common/build.ts";
import { dimVariable, maxDims } from "../common/lengths.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { epsilonOf } from "./matrix_op.ts";
import { abs, div, mul, sqr, sub } from "../elementwise/arithmetic.ts";
import { conj } from "../elementwise/conversion.ts";
import { where } from "../elementwise/elementwise.ts";
import { and, eq, ge, gt } from "../elementwise/logic.ts";
import { padded } from "../nn/window.ts";
import { cumsum } from "../order/order.ts";
import { sum } from "../reduce/reduce.ts";
import { reduceOp, type ReduceParams } from "../reduce/reduce_ops.ts";
import { topOf } from "../reduce/support.ts";
import { between } from "../shape/between.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import {
  eighOp,
  pinvOp,
  type PinvParams,
  qrOp,
  type QrParams,
  sqrtmOp,
  svdOp,
  type SvdParams,
  type VectorParams,
} from "./decompose_ops.ts";
import { matmul } from "./linalg.ts";
import { prepare, prepareSquare } from "./prepared.ts";
import type { Solved, VectorPerMatrix } from "./systems.ts";

/** How many columns Q has. */
export interface QrOptions {
  /** "reduced", the default, has as many as there are rows or columns, "complete" one for each row. */
  readonly mode?: "reduced" | "complete";
}

/** Which vectors belong to singular values. */
export interface SvdOptions {
  /**
   * Whether U and Vᵀ are square, with vectors for all rows and all columns; default false, where there is
   * one for each singular value. (NumPy's default is true.)
   */
  readonly fullMatrices?: boolean;
}

/** From where on singular values count. */
export interface RankOptions {
  /**
   * Singular values up to this part of the largest one count as zero; by default the greater of rows and
   * columns times the distance from 1 to the next number of the dtype.
   */
  readonly rcond?: number;
}

/**
 * `[Q, R]` with A = Q·R, where the columns of Q are orthonormal and R is an upper triangle. Of m rows and n
 * columns, with k the lesser of them, Q is m by k and R is k by n; with `mode: "complete"` they are m by m
 * and m by n. The diagonal of R is real, also for complex matrices.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [q, r] = T.linalg.qr(T.matrix("a"));
 * ```
 */
export function qr<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: QrOptions = {},
): [q: FloatLike<A>, r: FloatLike<A>] {
  const { mode = "reduced" } = checkOptions("Cannot factorise", options, { mode: "any" });
  if (mode !== "reduced" && mode !== "complete") {
    throw new RangeError(
      `Cannot factorise: expected mode "reduced" or "complete", got ${shown(mode)}`,
    );
  }
  const { matrices, dtype } = prepare(a as TensorLike, "Cannot factorise");
  const { outputs } = applyOp<QrParams>(qrOp, [matrices], { complete: mode === "complete" });
  return typed(outputs.map((x) => castTo(x, dtype)));
}

/**
 * `[w, V]`: the eigenvalues of symmetric matrices, or of complex Hermitian ones, in ascending order, and
 * eigenvectors of length 1 in the columns of V, so that A·V = V·diag(w). The values are real. Only the lower
 * triangle is read. The first large number of each vector is real and positive.
 *
 * Where eigenvalues are equal their vectors are not determined, and take no gradient from each other.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.eigh(a));
 * f([[2, 1], [1, 2]]); // 1 and 3, and their vectors
 * ```
 */
export function eigh<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
): [values: VectorPerMatrix<A>, vectors: FloatLike<A>] {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take eigenvalues of");
  const { outputs } = applyOp<VectorParams>(eighOp, [matrices], { vectors: true });
  const [values, vectors] = outputs as [Variable, Variable], phases = phasesOf(vectors, -2);
  const determined = phases === null ? vectors : mul(vectors, conj(phases)) as Variable;
  return typed([castTo(values, realOf(dtype)), castTo(determined, dtype)]);
}

/**
 * What the first large number of each vector along an axis is when its size is 1; null for real numbers, whose
 * signs are as they should be. Graphs put phases on vectors, so that these have derivatives.
 */
function phasesOf(x: Variable, axis: number): Variable | null {
  if (!isComplex(x.dtype)) return null;
  const size: Variable = abs(x), axes = [x.ndim + axis];
  const most = outputOf<ReduceParams>(reduceOp, [size], {
    kind: "max",
    axes,
    dtype: size.dtype,
    empty: true,
  });
  const isLarge: Variable = ge(size, mul(withAxes(most, axes), 0.37));
  const isFirst: Variable = and(isLarge, eq(cumsum(castTo(isLarge, "int32"), axis), 1));
  const first: Variable = sum(where(isFirst, x, 0), { axis, keepdims: true });
  const length: Variable = abs(first), isNone: Variable = eq(length, 0);
  return where(isNone, 1, div(first, where(isNone, 1, length)));
}

/**
 * The eigenvalues of symmetric matrices, or of complex Hermitian ones, in ascending order, of which the lower
 * triangle is read.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.eigvalsh(T.matrix("a"));
 * ```
 */
export function eigvalsh<A extends TensorLike>(a: OfRank<A, MatrixRank>): VectorPerMatrix<A> {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take eigenvalues of");
  return typed(
    castTo(outputOf<VectorParams>(eighOp, [matrices], { vectors: false }), realOf(dtype)),
  );
}

/**
 * `[U, s, Vᵀ]` with A = U·diag(s)·Vᵀ: singular values in descending order, left vectors in the columns of U
 * and right ones in the rows of Vᵀ; of complex matrices Vᴴ in its place. The values are real. The first large
 * number of each row of Vᵀ is real and positive.
 *
 * Where singular values are equal their vectors are not determined, and take no gradient from each other.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [u, s, vt] = T.linalg.svd(T.matrix("a"));
 * ```
 */
export function svd<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: SvdOptions = {},
): [u: FloatLike<A>, values: VectorPerMatrix<A>, vt: FloatLike<A>] {
  const action = "Cannot take singular values of";
  const { fullMatrices: full = false } = checkOptions(action, options, { fullMatrices: "boolean" });
  const { matrices, dtype } = prepare(a as TensorLike, action);
  const params = { vectors: true, full };
  const [m, n] = matrices.type.shape.slice(-2);
  const isWide = typeof m === "number" && typeof n === "number" && m < n && !full;
  // Fewer columns are turned in fewer rounds.
  const given = isWide ? transposed(matrices) : matrices;
  const [s, u, vt] = applyOp<SvdParams>(svdOp, [given], params).outputs as [
    Variable,
    Variable,
    Variable,
  ];
  const [left, right] = isWide ? phased(transposed(vt), transposed(u)) : phased(u, vt);
  return typed([castTo(left, dtype), castTo(s, realOf(dtype)), castTo(right, dtype)]);
}

/** Left vectors in columns and right ones in rows, with phases that are determined. */
function phased(u: Variable, vt: Variable): [u: Variable, vt: Variable] {
  const phases = phasesOf(vt, -1), last = u.ndim - 1;
  if (phases === null) return [u, vt];
  // Left vectors that have no right one stay as they are.
  const columns = shapeOf(u, last), one = castTo(asVariable(1), phases.dtype);
  const all = padded(transposed(phases), one, [last], [0], [columns]);
  const own: Variable = mul(u, between(all, last, null, columns));
  return [own, mul(vt, conj(phases))];
}

/**
 * The singular values of matrices in descending order.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.svdvals(T.matrix("a"));
 * ```
 */
export function svdvals<A extends TensorLike>(a: OfRank<A, MatrixRank>): VectorPerMatrix<A> {
  const { matrices, dtype } = prepare(a as TensorLike, "Cannot take singular values of");
  const values = outputOf<SvdParams>(svdOp, [matrices], { vectors: false, full: false });
  return typed(castTo(values, realOf(dtype)));
}

/**
 * The pseudoinverses of matrices, by singular values.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const p = T.linalg.pinv(T.matrix("a"));
 * ```
 */
export function pinv<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: RankOptions = {},
): FloatLike<A> {
  const { rcond } = checkOptions("Cannot invert", options, { rcond: "number" });
  const { matrices, dtype } = prepare(a as TensorLike, "Cannot invert");
  return typed(castTo(outputOf<PinvParams>(pinvOp, [matrices], { rcond: rcond ?? null }), dtype));
}

/** Which singular values count, and the values. */
function countedValues(
  matrices: Variable,
  options: RankOptions,
): readonly [values: Variable, counted: Variable] {
  const { rcond } = checkOptions("Cannot take the rank of", options, { rcond: "number" });
  const values = outputOf<SvdParams>(svdOp, [matrices], { vectors: false, full: false });
  const [m, n] = [2, 1].map((d) => shapeOf(matrices, matrices.ndim - d)) as [Variable, Variable];
  const most = castTo(dimVariable(maxDims(m, n)), values.dtype);
  const part = rcond ?? mul(most, epsilonOf(values.dtype));
  // Of no values the greatest is -Infinity.
  const limit: Variable = mul(topOf(values, [values.ndim - 1]), part as Variable);
  return [values, gt(values, limit)];
}

/**
 * The rank of matrices: how many singular values are not zero.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const rank = T.linalg.matrixRank(T.matrix("a"));
 * ```
 */
export function matrixRank<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: RankOptions = {},
): Variable<"int64", Less1<Less1<RankOf<A>>>> {
  const { matrices } = prepare(a as TensorLike, "Cannot take the rank of");
  return typed(sum(castTo(countedValues(matrices, options)[1], "int64"), -1));
}

/**
 * `[x, residuals, rank, s]`: the x for which the squares of b - A·x have the least sum, and the shortest of
 * all such; those sums, one for each right side; and the rank and the singular values of A. A vector `b` is
 * one right side, matrices hold one in each column.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [x] = T.linalg.lstsq(T.matrix("a"), T.vector("b"));
 * ```
 */
export function lstsq<A extends TensorLike, B extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  b: B,
  options: RankOptions = {},
): [
  x: Solved<A, B>,
  residuals: Variable<RealOf<Floating<PairDType<A, B>>>>,
  rank: Variable<"int64", Less1<Less1<RankOf<A>>>>,
  values: VectorPerMatrix<A>,
] {
  const given = asVariable(b), inverse: Variable = pinv(a as never, options);
  const x: Variable = matmul(inverse as never, given as never);
  const rest: Variable = sub(given, matmul(asVariable(a as TensorLike) as never, x as never));
  const squares: Variable = sqr(isComplex(rest.dtype) ? abs(rest) : rest);
  const residuals: Variable = sum(squares, given.ndim === 1 ? -1 : -2);
  return typed([x, residuals, matrixRank(a as never, options), svdvals(a as never)]);
}

/**
 * The square root S of symmetric matrices, or of complex Hermitian ones, that have no negative eigenvalue:
 * S·S = A. Only the lower triangle is read; there is NaN if an eigenvalue is negative.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const root = T.linalg.sqrtm(T.matrix("covariance"));
 * ```
 */
export function sqrtm<A extends TensorLike>(a: OfRank<A, MatrixRank>): FloatLike<A> {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take the square root of");
  return typed(castTo(outputOf(sqrtmOp, [matrices], {}), dtype));
}

/** The quotient of the greatest and the least singular value. */
export function conditionOf(a: TensorLike): Variable {
  const s: Variable = svdvals(a as never), last = s.ndim - 1;
  const end = (from: number | null, to: number | null) =>
    sum(between(s, last, from, to), -1) as Variable;
  return div(end(0, 1), end(-1, null));
}
