/**
 * `T.linalg`: eigenvalues and vectors of square matrices of any kind.
 *
 * @module
 */

import { applyOp, type Variable } from "../../graph/graph.ts";
import { isComplex } from "../../graph/dtype.ts";
import type { DTypeOf, Less1, MatrixRank, OfRank, RankOf } from "../../graph/type_arithmetic.ts";
import { ShapeError } from "../../base/errors.ts";
import { shapeLabel } from "../common/arguments.ts";
import { asFloating, castTo, elementwise, typed } from "../common/build.ts";
import type { TensorLike } from "../common/literal.ts";
import type { VectorParams } from "./decompose_ops.ts";
import { eigOp } from "./eig_op.ts";

/** The complex dtype of eigenvalues. */
export type ComplexLike<A> = DTypeOf<A> extends "float64" | "complex128" ? "complex128"
  : DTypeOf<A> extends "float32" | "float16" | "complex64" ? "complex64"
  : "complex64" | "complex128";

function decomposed(a: TensorLike, vectors: boolean): Variable[] {
  const action = "Cannot take eigenvalues of", x = asFloating(a);
  if (x.ndim < 2) {
    throw new TypeError(
      `${action} ${x.label}: expected matrices, in the last two axes, got ${x.type}`,
    );
  }
  const [rows, columns] = x.type.shape.slice(-2);
  if (rows !== null && columns !== null && rows !== columns) {
    throw new ShapeError(`${action} ${shapeLabel(x)}: expected square matrices`);
  }
  const parts = isComplex(x.dtype)
    ? [elementwise("real", [x]), elementwise("imag", [x])]
    : [x.dtype === "float16" ? castTo(x, "float32") : x];
  const { outputs } = applyOp<VectorParams>(eigOp, parts, { vectors });
  return outputs.flatMap((re, i) =>
    i % 2 === 0 ? [elementwise("complex", [re, outputs[i + 1]!])] : []
  );
}

/**
 * `[w, V]`: the eigenvalues of square matrices, real or complex, and eigenvectors in the columns of V, so that
 * A·V = V·diag(w). Both are complex. Values come in the order of their real parts, and of their imaginary parts
 * where real ones are equal up to rounding; those of real matrices are real or conjugates of each other. Vectors
 * have length 1, and the first large number of each is real and positive. Of symmetric matrices
 * {@linkcode eigh} is faster and more accurate.
 *
 * A matrix that isn't diagonalisable has as few different vectors as there are; its values are as exact as
 * they can be, which is to the k-th root of rounding for k equal ones. Where there is NaN or infinity in a
 * matrix all of its results are NaN.
 *
 * Gradients flow through values and vectors (whose length and phase stay as they are said to be here). Where
 * values are equal their vectors are not determined, and take no gradient from each other; of a matrix that isn't
 * diagonalisable gradients are infinite or NaN.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.eig(a));
 * f([[0, -1], [1, 0]]); // -i and i, and their vectors
 * ```
 */
export function eig<A extends TensorLike>(a: OfRank<A, MatrixRank>): [
  values: Variable<ComplexLike<A>, Less1<RankOf<A>>>,
  vectors: Variable<ComplexLike<A>, RankOf<A>>,
] {
  return typed(decomposed(a as TensorLike, true));
}

/**
 * The eigenvalues of square matrices, real or complex, as {@linkcode eig} gives them.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const values = T.linalg.eigvals(T.matrix("a"));
 * ```
 */
export function eigvals<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
): Variable<ComplexLike<A>, Less1<RankOf<A>>> {
  return typed(decomposed(a as TensorLike, false)[0]!);
}
