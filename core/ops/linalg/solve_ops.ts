/**
 * Systems of equations and inverses, of matrices of any kind.
 *
 * @module
 */

import { LinAlgError } from "../../base/errors.ts";
import type { Apply, Variable } from "../../graph/graph.ts";
import type { EmitContext, MatrixView, Op, ShapeContext, Target } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import type { Value } from "../../graph/value.ts";
import type { Ix } from "../../ir/builder.ts";
import type { SNode } from "../../ir/scalar.ts";
import type { Size } from "../../ir/size.ts";
import { lengthsFrom, sameLengths } from "../common/length_rules.ts";
import { copyValue, zeroValue } from "../common/moving.ts";
import { linearIn } from "../common/row_rules.ts";
import { emitCholesky, NOT_POSITIVE } from "./emit/cholesky.ts";
import { emitLu } from "./emit/lu.ts";
import { checkDiagonal, emitTriangular } from "./emit/triangular.ts";
import { constantOf, keptIf } from "./emit/numbers.ts";
import { adjoint, batchOf, fill, readAt, scratch, turned, whole } from "./emit/views.ts";
import {
  alongSides,
  type CheckedParams,
  expectSides,
  sidesShape,
  sidesType,
  SINGULAR,
} from "./factor_ops.ts";
import {
  alongBatch,
  expectMatrices,
  expectSquare,
  expectSquareValues,
  squareShape,
} from "./matrix_op.ts";
import { choleskyOf, luOf, substitute } from "./reference.ts";
import { conjugate, eachMatrix, type Entry, isZero, Rows } from "./reference_numbers.ts";

/** Params of {@linkcode solveOp}. */
export interface SolveParams extends CheckedParams {
  /** Whether matrices are symmetric, or Hermitian, and positive definite: only their lower triangles are read. */
  readonly positive: boolean;
  /** Whether the system is that of the transposed matrix. */
  readonly transposed: boolean;
}

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

function emitSolve(
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

/** Solves in place, by the factors of a copy of the matrix. */
function solveRows(a: Rows, n: number, x: Rows, columns: number, params: SolveParams): void {
  const { positive, transposed, check } = params;
  const solve = (at: (i: number, j: number) => Entry, isLower: boolean, isUnit: boolean) =>
    substitute({ n, isLower, isUnit, at }, x, columns);
  if (positive) {
    const l = Rows.zeros(n * n, a.isComplex);
    choleskyOf(a, n, l, check, NOT_POSITIVE);
    solve((i, j) => l.at(i * n + j), true, false);
    solve((i, j) => conjugate(l.at(j * n + i)), false, false);
    return;
  }
  const packed = a.copy(), { order } = luOf(packed, n, n);
  for (let i = 0; i < n && check; i++) {
    if (isZero(packed.at(i * n + i))) throw new LinAlgError(SINGULAR);
  }
  const move = (back: boolean) => {
    const before = x.copy();
    order.forEach((from, to) => {
      const [target, source] = back ? [from, to] : [to, from];
      for (let c = 0; c < columns; c++) {
        x.put(target * columns + c, before.at(source * columns + c));
      }
    });
  };
  const at = (i: number, j: number) => packed.at(transposed ? j * n + i : i * n + j);
  if (!transposed) move(false);
  solve(at, true, !transposed);
  solve(at, false, transposed);
  if (transposed) move(true);
}

/** The solutions X of systems A·X = B. */
export const solveOp: Op<SolveParams> = {
  name: "solve",
  params: { check: "plain", positive: "plain", transposed: "plain" },
  facts: new Set(["counted"]),
  infer(inputs: readonly Variable[]): readonly TensorType[] {
    expectSides("solve", inputs);
    return [sidesType(inputs)];
  },
  shapes: (context: ShapeContext, apply: Apply<SolveParams>): readonly (readonly Size[])[] => [
    sidesShape(context, apply),
  ],
  lengths: lengthsFrom(2, ([, b]) => b!),
  along: alongSides,
  linear: linearIn(1),
  evaluate([a, b]: readonly Value[], params: SolveParams): readonly Value[] {
    expectSquareValues("solve", a!, b!);
    const x = copyValue(b!), n = a!.shape.at(-1)!, columns = b!.shape.at(-1)!;
    eachMatrix([a!, x], ([from, to]) => solveRows(from!, n, to!, columns, params));
    return [x];
  },
  lowering: {
    kind: "emit",
    buffers: [0, 1],
    emit(context, { inputs: [a, b], params }): void {
      const [left, right] = [whole(context.buffer(a!)), whole(context.buffer(b!))];
      emitSolve(context, left, right, whole(context.output(0)), params);
    },
  },
};

/** The inverses of matrices. */
export const matrixInverseOp: Op<CheckedParams> = {
  name: "matrixInverse",
  params: { check: "plain" },
  facts: new Set(["counted"]),
  infer(inputs: readonly Variable[]): readonly TensorType[] {
    const [x] = expectMatrices("matrixInverse", inputs) as [Variable];
    expectSquare("matrixInverse", x);
    const { shape } = x.type, n = shape.at(-1) ?? shape.at(-2)!;
    return [TensorType.of(x.dtype, [...shape.slice(0, -2), n, n])];
  },
  shapes: (context: ShapeContext, apply: Apply<CheckedParams>): readonly (readonly Size[])[] => [
    squareShape(context, apply),
  ],
  lengths: sameLengths,
  along: alongBatch,
  evaluate([a]: readonly Value[], { check }: CheckedParams): readonly Value[] {
    expectSquareValues("matrixInverse", a!);
    const n = a!.shape.at(-1)!, x = zeroValue(a!.dtype, a!.shape);
    const params = { check, positive: false, transposed: false };
    eachMatrix([a!, x], ([from, to]) => {
      for (let i = 0; i < n; i++) to!.put(i * n + i, 1);
      solveRows(from!, n, to!, n, params);
    });
    return [x];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x], params }): void {
      const a = whole(context.buffer(x!)), batch = batchOf(a), n = a.rows;
      const { packed, order } = emitFactors(context, a, params.check);
      const moved = scratch(context, "moved", a.target, batch, n, n);
      const half = scratch(context, "half", a.target, batch, n, n);
      fill(context, "moved", moved, (nest, r, c) => {
        const { b } = nest;
        const row = nest.readTarget(order, [...nest.axes.slice(0, -2), r]) as SNode;
        return keptIf(b, b.compare("eq", row, b.ixNode(c)), constantOf(b, a.target.dtype, 1));
      });
      emitTriangular(context, packed, unitLower, moved, half);
      emitTriangular(context, packed, upper, half, whole(context.output(0)));
    },
  },
};
