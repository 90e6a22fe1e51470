/**
 * Systems of equations and inverses, of matrices of any kind.
 *
 * @module
 */

import { LinAlgError } from "../../base/errors.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { kernels } from "../common/kernels.ts";
import { lengthsFrom, likeFirst } from "../common/length_rules.ts";
import { copyValue, zeroValue } from "../common/moving.ts";
import { linearIn } from "../common/row_rules.ts";
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
  NOT_POSITIVE,
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
  infer(inputs) {
    expectSides("solve", inputs);
    return [sidesType(inputs)];
  },
  shapes: (context, apply) => [sidesShape(context, apply)],
  lengths: lengthsFrom(2, ([, b]) => b!),
  along: alongSides,
  linear: linearIn(1),
  evaluate([a, b], params) {
    expectSquareValues("solve", a!, b!);
    const x = copyValue(b!), n = a!.shape.at(-1)!, columns = b!.shape.at(-1)!;
    eachMatrix([a!, x], ([from, to]) => solveRows(from!, n, to!, columns, params));
    return [x];
  },
  lowering: {
    kind: "emit",
    buffers: [0, 1],
    emit(context, { inputs: [a, b], params }) {
      const { emitSolve, whole } = kernels.get().linalg;
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
  infer(inputs) {
    const [x] = expectMatrices("matrixInverse", inputs) as [Variable];
    expectSquare("matrixInverse", x);
    const { shape } = x.type, n = shape.at(-1) ?? shape.at(-2)!;
    return [TensorType.of(x.dtype, [...shape.slice(0, -2), n, n])];
  },
  shapes: (context, apply) => [squareShape(context, apply)],
  lengths: likeFirst.lengths,
  along: alongBatch,
  evaluate([a], { check }) {
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
    emit(context, { inputs: [x], params }) {
      const { emitInverse, whole } = kernels.get().linalg;
      emitInverse(context, whole(context.buffer(x!)), whole(context.output(0)), params.check);
    },
  },
};
