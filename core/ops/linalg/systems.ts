/**
 * `T.linalg`: factorisations by which systems of equations are solved, their solutions and inverses.
 * All of them take matrices in the last two axes, and axes before these count them.
 *
 * @module
 */

import { transposed } from "../common/axes.ts";
import { applyOp, outputOf, type Variable } from "../../graph/graph.ts";
import type {
  DTypeOf,
  Floating,
  FloatLike,
  Less1,
  MatrixRank,
  MaxRank,
  OfRank,
  PairDType,
  RankOf,
  RealOf,
} from "../../graph/type_arithmetic.ts";
import { realOf } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { shapeLabel } from "../common/arguments.ts";
import { castTo, typed } from "../common/build.ts";
import { minDims } from "../common/lengths.ts";
import type { TensorLike } from "../common/literal.ts";
import { add } from "../elementwise/arithmetic.ts";
import { conj, real } from "../elementwise/conversion.ts";
import { eq } from "../elementwise/logic.ts";
import { arange } from "../create/ranges.ts";
import { between } from "../shape/between.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import {
  type CheckedParams,
  choleskyOp,
  luOp,
  type LuParams,
  solveTriangularOp,
  type TriangularParams,
} from "./factor_ops.ts";
import { tril, triu } from "./matrices.ts";
import { type CheckOption, prepare, prepareBoth, prepareSquare, sameBatch } from "./prepared.ts";
import { unitLower } from "./rows.ts";
import { matrixInverseOp, solveOp, type SolveParams } from "./solve_ops.ts";

/** The rank of solutions: right sides that are vectors have as many numbers as a matrix has rows. */
export type SolvedRank<A extends number, B extends number> = number extends A | B ? number
  : B extends 1 ? Less1<A>
  : MaxRank<A, B>;

/** The variable that solving a system gives. */
export type Solved<A, B> = Variable<Floating<PairDType<A, B>>, SolvedRank<RankOf<A>, RankOf<B>>>;

/** The variable that a function gives which makes a number of each matrix. */
export type PerMatrix<A> = Variable<Floating<DTypeOf<A>>, Less1<Less1<RankOf<A>>>>;

/** The same with a real number, also of complex matrices. */
export type RealPerMatrix<A> = Variable<RealOf<Floating<DTypeOf<A>>>, Less1<Less1<RankOf<A>>>>;

/** The variable that a function gives which makes a vector of real numbers of each matrix. */
export type VectorPerMatrix<A> = Variable<RealOf<Floating<DTypeOf<A>>>, Less1<RankOf<A>>>;

/** Which triangle is given, and which is wanted. */
export interface CholeskyOptions extends CheckOption {
  /**
   * Whether A is L·Lᵀ with a lower triangle L, which is the default, or else Uᵀ·U with an upper one;
   * conjugates are taken with the transposes of complex ones.
   */
  readonly lower?: boolean;
}

const choleskyKinds = { lower: "boolean", check: "boolean" } as const;

/** What a triangle is. */
export interface TriangularOptions extends CheckOption {
  /** Whether the lower triangle of the matrix is read; by default the upper one, as in SciPy. */
  readonly lower?: boolean;
  /** Whether the system is that of the transposed triangle, without conjugates; default false. */
  readonly transposed?: boolean;
  /** Whether the diagonal counts as ones, whatever it holds; default false. */
  readonly unitDiagonal?: boolean;
}

/** What is known of the matrix of a system. */
export type Assumption = "general" | "symmetric" | "hermitian" | "positive definite";

/** What is known of a system. */
export interface SolveOptions extends CheckOption {
  /**
   * What the matrix is: "general", the default; "symmetric" or "hermitian", of which the lower triangle is
   * read; or a Hermitian one that is "positive definite", which is solved by Cholesky's factor at half the
   * cost. Of real matrices "hermitian" is "symmetric"; a symmetric one of complex numbers is no Hermitian one.
   */
  readonly assume?: Assumption;
  /** Whether the system is that of the transposed matrix, without conjugates; default false. */
  readonly transposed?: boolean;
}

/**
 * Cholesky's factor of symmetric positive definite matrices: the lower triangle L with A = L·Lᵀ, or with
 * `lower: false` the upper one with A = Uᵀ·U; of complex Hermitian ones, Lᴴ and Uᴴ in their place. Only the
 * triangle of A that is like the result is read.
 *
 * A matrix that is not positive definite is a `LinAlgError` when the result is read; with `check: false`
 * the factor is NaN from the column on where it fails.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.cholesky(a));
 * f([[4, 2], [2, 5]]); // [[2, 0], [1, 2]]
 * ```
 */
export function cholesky<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: CholeskyOptions = {},
): FloatLike<A> {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot factorise");
  const { lower = true, check = true } = checkOptions("Cannot factorise", options, choleskyKinds);
  const factor = (x: Variable) => outputOf<CheckedParams>(choleskyOp, [x], { check });
  return typed(castTo(lower ? factor(matrices) : transposed(factor(transposed(matrices))), dtype));
}

/** Solves for right sides that are vectors or matrices. */
function solved(
  a: TensorLike,
  b: TensorLike,
  action: string,
  solve: (a: Variable, b: Variable) => Variable,
): Variable {
  const [{ matrices: left, dtype }, { matrices: right }] = prepareBoth(a, b, action);
  const isVector = right.ndim === 1;
  const [n, m] = [left.type.shape.at(-1)!, right.type.shape.at(isVector ? -1 : -2)!];
  if (n !== null && m !== null && n !== m) {
    throw new ShapeError(
      `${action} ${shapeLabel(left)} with right sides ${
        shapeLabel(right)
      }: expected as many rows of both`,
    );
  }
  const sides = isVector ? shuffled(right, [0, "x"]) : right;
  const x = solve(...sameBatch(left, sides));
  const vector = Array.from({ length: x.ndim - 1 }, (_, d) => d);
  return castTo(isVector ? shuffled(x, vector) : x, dtype);
}

/**
 * The solution x of a·x = b, where `a` is a triangle: the upper one of what is given, or with `lower: true`
 * the lower one; the rest is not read. A vector `b` is one right side, matrices hold one in each column.
 *
 * A zero on the diagonal is a `LinAlgError` when the result is read; with `check: false` there are
 * infinities and NaN.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const l = T.linalg.cholesky(T.matrix("a"));
 * const whitened = T.linalg.solveTriangular(l, T.vector("b"), { lower: true });
 * ```
 */
export function solveTriangular<A extends TensorLike, B extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  b: B,
  options: TriangularOptions = {},
): Solved<A, B> {
  const { lower = false, transposed = false, unitDiagonal: unit = false, check = true } =
    checkOptions(
      "Cannot solve",
      options,
      { lower: "boolean", transposed: "boolean", unitDiagonal: "boolean", check: "boolean" },
    );
  return typed(solved(
    a as TensorLike,
    b,
    "Cannot solve",
    (left, right) =>
      outputOf<TriangularParams>(solveTriangularOp, [left, right], {
        lower,
        transposed,
        unit,
        check,
      }),
  ));
}

/**
 * The solution x of A·x = b by Cholesky's lower factor of A, as {@linkcode cholesky} gives it.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const l = T.linalg.cholesky(T.matrix("a"));
 * const x = T.linalg.choleskySolve(l, T.vector("b"));
 * ```
 */
export function choleskySolve<A extends TensorLike, B extends TensorLike>(
  factor: OfRank<A, MatrixRank>,
  b: B,
  options: CholeskyOptions = {},
): Solved<A, B> {
  const { lower = true, check = true } = checkOptions("Cannot solve", options, choleskyKinds);
  const of = (sides: TensorLike, transposed: boolean) => {
    const by = { lower, transposed, check: check && transposed !== lower };
    if (!transposed) return solveTriangular(factor as never, sides, by) as Variable;
    // Of the adjoint.
    return conj(solveTriangular(factor as never, conj(sides), by)) as Variable;
  };
  return typed(of(of(b, !lower), lower));
}

/** L and U in one matrix, where rows came from, and which were exchanged. */
export function factorsOf(matrices: Variable, square = false): readonly Variable[] {
  return applyOp<LuParams>(luOp, [matrices], { square }).outputs;
}

/**
 * `[P, L, U]` with A = P·L·U: rows exchanged so that the largest come first, a lower triangle with ones on
 * its diagonal, and an upper one. Matrices of any shape; with k, the lesser of m rows and n columns, L is
 * m by k and U is k by n. Singular matrices have factors, too. The size of complex numbers is |re| + |im| here,
 * as in LAPACK; P is real.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [p, l, u] = T.linalg.lu(T.matrix("a"));
 * T.matrixDot(p, l, u); // a
 * ```
 */
export function lu<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
): [p: Variable<RealOf<Floating<DTypeOf<A>>>, RankOf<A>>, l: FloatLike<A>, u: FloatLike<A>] {
  const { matrices, dtype } = prepare(a as TensorLike, "Cannot factorise");
  const [packed, order] = factorsOf(matrices) as [Variable, Variable];
  const [row, column] = [packed.ndim - 2, packed.ndim - 1], m = shapeOf(packed, row);
  const least = minDims(m, shapeOf(packed, column));
  const axes = Array.from({ length: row }, (_, d) => d);
  // Row i of L·U is row order[i] of A: column i of P has its one there.
  const places = shuffled(order, [...axes, "x", row]);
  const p: Variable = eq(shuffled(arange(m), [0, "x"]), places);
  return typed([
    castTo(p, realOf(dtype)),
    castTo(unitLower(between(packed, column, null, least)), dtype),
    castTo(triu(between(packed, row, null, least) as never), dtype),
  ]);
}

/**
 * `[LU, pivots]` as of LAPACK: L below the diagonal and U from it on in one matrix, and the int64 number of
 * the row that each row was exchanged with, one after the other.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [factors, pivots] = T.linalg.luFactor(T.matrix("a"));
 * ```
 */
export function luFactor<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
): [factors: FloatLike<A>, pivots: Variable<"int64", Less1<RankOf<A>>>] {
  const { matrices, dtype } = prepare(a as TensorLike, "Cannot factorise");
  const [packed, , pivots] = factorsOf(matrices) as Variable[];
  return typed([castTo(packed!, dtype), pivots!]);
}

/**
 * The solution x of A·x = b for square matrices A. A vector `b` is one right side, matrices hold one in
 * each column. Say with `assume` what is known of A.
 *
 * A singular matrix is a `LinAlgError` when the result is read; with `check: false` there are infinities
 * and NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a"), b = T.vector("b");
 * const f = await compile([a, b], T.linalg.solve(a, b));
 * f([[2, 0], [1, 4]], [2, 9]); // [1, 2]
 * ```
 */
export function solve<A extends TensorLike, B extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  b: B,
  options: SolveOptions = {},
): Solved<A, B> {
  const { assume = "general", transposed = false, check = true } = checkOptions(
    "Cannot solve",
    options,
    { assume: "any", transposed: "boolean", check: "boolean" },
  );
  if (!["general", "symmetric", "hermitian", "positive definite"].includes(assume)) {
    throw new RangeError(
      `Cannot solve: expected assume to be "general", "symmetric", "hermitian" or "positive definite", got ${
        shown(assume)
      }`,
    );
  }
  const positive = assume === "positive definite", isHermitian = positive || assume === "hermitian";
  return typed(solved(a as TensorLike, b, "Cannot solve", (given, right) => {
    // The transposes of Hermitian matrices are their conjugates.
    const left = transposed && isHermitian ? conj(given) as Variable : given;
    const whole = assume === "symmetric"
      ? mirrored(left, left)
      : assume === "hermitian"
      ? mirrored(left, conj(left))
      : left;
    return outputOf<SolveParams>(solveOp, [whole, right], {
      positive,
      transposed: transposed && assume === "general",
      check,
    });
  }));
}

/** The lower triangle of a matrix, and above it what is below the diagonal of another one. */
function mirrored(x: Variable, other: Variable): Variable {
  const upper = transposed(tril(other as never, -1));
  if (x === other) return add(tril(x as never), upper);
  const diagonal = castTo(real(triu(tril(x as never) as never)), x.dtype);
  return add(tril(x as never, -1), diagonal, upper);
}

/**
 * The inverses of square matrices. Where a system is to be solved, {@linkcode solve} is faster and more
 * accurate; products of an inverse and something else are computed by it. `T.inv` is 1/x of each element.
 *
 * A singular matrix is a `LinAlgError` when the result is read; with `check: false` there are infinities
 * and NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.inv(a));
 * f([[2, 0], [0, 4]]); // [[0.5, 0], [0, 0.25]]
 * ```
 */
export function inv<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  options: CheckOption = {},
): FloatLike<A> {
  const { check = true } = checkOptions("Cannot invert", options, { check: "boolean" });
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot invert");
  return typed(castTo(outputOf<CheckedParams>(matrixInverseOp, [matrices], { check }), dtype));
}
