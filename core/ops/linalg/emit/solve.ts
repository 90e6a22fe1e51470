/**
 * Systems of equations and inverses, by the factors of their matrices.
 *
 * @module
 */

import type { EmitContext, MatrixView, Target } from "../../../graph/op.ts";
import type { Ix } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import { SINGULAR } from "../factor_ops.ts";
import type { SolveParams } from "../solve_ops.ts";
import { emitCholesky } from "./cholesky.ts";
import { emitLu } from "./lu.ts";
import { constantOf, keptIf } from "./numbers.ts";
import { checkDiagonal, emitTriangular } from "./triangular.ts";
import { adjoint, batchOf, fill, readAt, scratch, turned } from "./views.ts";

const lower = { isLower: true, isUnit: false }, upper = { isLower: false, isUnit: false };
const unitLower = { isLower: true, isUnit: true }, unitUpper = { isLower: false, isUnit: true };

/** Factors of matrices in scratch memory. */
function emitFactors(
  context: EmitContext,
  a: MatrixView,
  isChecked: boolean,
): { packed: MatrixView; order: Target } {
  const batch = batchOf(a), packed = scratch(context, "factors", a.target, batch, a.rows, a.rows);
  const order = context.temp("order", "int32", [...batch, a.rows]);
  emitLu(context, a, { packed, order, pivots: null });
  if (isChecked) checkDiagonal(context, packed, SINGULAR);
  return { packed, order };
}

/** Solves systems of equations. */
export function emitSolve(
  context: EmitContext,
  a: MatrixView,
  b: MatrixView,
  to: MatrixView,
  { positive, transposed, check }: SolveParams,
): void {
  const batch = batchOf(a), n = a.rows, { columns } = b;
  const half = scratch(context, "half", a.target, batch, n, columns);
  if (positive) {
    const factor = scratch(context, "factor", a.target, batch, n, n);
    emitCholesky(context, a, factor, check);
    emitTriangular(context, factor, lower, b, half);
    emitTriangular(context, adjoint(factor), upper, half, to);
    return;
  }
  const { packed, order } = emitFactors(context, a, check);
  const moved = scratch(context, "moved", a.target, batch, n, columns);
  if (!transposed) {
    fill(context, "moved", moved, (nest, r, c) => {
      const row = nest.readTarget(order, [...nest.axes.slice(0, -2), r]) as SNode;
      return readAt(nest, b, nest.b.ix(row), c);
    });
    emitTriangular(context, packed, unitLower, moved, half);
    emitTriangular(context, packed, upper, half, to);
    return;
  }
  emitTriangular(context, turned(packed), lower, b, half);
  emitTriangular(context, turned(packed), unitUpper, half, moved);
  context.nest("moved back", [...batch, n, columns], [], (nest) => {
    const [r, c] = nest.axes.slice(-2) as [Ix, Ix], first = nest.axes.slice(0, -2);
    const row = nest.b.ix(nest.readTarget(order, [...first, r]) as SNode);
    nest.storeOuter(to.target, [...first, row, c], readAt(nest, moved, r, c));
  });
}

/** Inverts matrices. */
export function emitInverse(
  context: EmitContext,
  a: MatrixView,
  to: MatrixView,
  isChecked: boolean,
): void {
  const batch = batchOf(a), n = a.rows;
  const { packed, order } = emitFactors(context, a, isChecked);
  const moved = scratch(context, "moved", a.target, batch, n, n);
  const half = scratch(context, "half", a.target, batch, n, n);
  fill(context, "moved", moved, (nest, r, c) => {
    const { b } = nest;
    const row = nest.readTarget(order, [...nest.axes.slice(0, -2), r]) as SNode;
    return keptIf(b, b.compare("eq", row, b.ixNode(c)), constantOf(b, a.target.dtype, 1));
  });
  emitTriangular(context, packed, unitLower, moved, half);
  emitTriangular(context, packed, upper, half, to);
}
