/**
 * The factorisations that systems of equations are solved by: Cholesky's, LU, and triangular systems.
 *
 * @module
 */

import { ShapeError } from "../../base/errors.ts";
import { type Apply, asWritten, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op, Params, ShapeContext } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { makeValue } from "../../graph/value.ts";
import { type Size, sizeValue } from "../../ir/size.ts";
import { shapeText } from "../../base/shown.ts";
import { expectSameDType, shapeLabel } from "../common/arguments.ts";
import { kernels } from "../common/kernels.ts";
import { lengthsFrom, likeFirst } from "../common/length_rules.ts";
import { copyValue } from "../common/moving.ts";
import { linearIn } from "../common/row_rules.ts";
import {
  alongBatch,
  expectMatrices,
  expectSquare,
  expectSquareValues,
  least,
  NOT_POSITIVE,
  squareShape,
} from "./matrix_op.ts";
import { choleskyOf, luOf, substitute, zeros } from "./reference.ts";
import { eachMatrix, isZero } from "./reference_numbers.ts";
import { LinAlgError } from "../../base/errors.ts";

/** Params of ops that may refuse a matrix. */
export interface CheckedParams extends Params {
  /** Whether a matrix that cannot be is an error; else there are NaN or infinities. */
  readonly check: boolean;
}

/**
 * The lower Cholesky factor of symmetric or Hermitian positive definite matrices, of which the lower triangles
 * are read.
 */
export const choleskyOp: Op<CheckedParams> = {
  name: "cholesky",
  params: { check: "plain" },
  facts: new Set(["counted"]),
  infer(inputs) {
    const [x] = expectMatrices("cholesky", inputs) as [Variable];
    expectSquare("cholesky", x);
    return [x.type];
  },
  shapes: (context, apply) => [squareShape(context, apply)],
  lengths: likeFirst.lengths,
  along: alongBatch,
  evaluate([a], { check }) {
    expectSquareValues("cholesky", a!);
    const n = a!.shape.at(-1)!, l = zeros(a!, [n, n]);
    eachMatrix([a!, l], ([from, to]) => choleskyOf(from!, n, to!, check, NOT_POSITIVE));
    return [l];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x], params }) {
      const { emitCholesky, whole } = kernels.get().linalg;
      const from = whole(context.buffer(x!));
      emitCholesky(context, from, whole(context.output(0)), params.check);
    },
  },
};

/** Params of {@linkcode solveTriangularOp}. */
export interface TriangularParams extends CheckedParams {
  /** Whether the lower triangle is read, or else the upper one. */
  readonly lower: boolean;
  /** Whether ones are on the diagonal, whatever the matrix holds there. */
  readonly unit: boolean;
  /** Whether the system is that of the transposed triangle. */
  readonly transposed: boolean;
}

/** What the error says of a matrix with no inverse. */
export const SINGULAR =
  "Cannot solve: the matrix is singular; give check: false for infinities and NaN in the place of an error";

/** Checks that matrices and right sides go together, as far as their lengths are known. */
export function expectSides(name: string, inputs: readonly Variable[]): void {
  const [a, b] = expectMatrices(name, inputs, 2) as [Variable, Variable];
  expectSameDType(name, inputs);
  expectSquare(name, a);
  const labels = () => [shapeLabel(asWritten(a)), shapeLabel(asWritten(b))] as const;
  if (a.ndim !== b.ndim) throw sidesApart(name, ...labels());
  for (let d = 0; d < a.ndim - 1; d++) {
    const [n, m] = [a.type.shape[d]!, b.type.shape[d]!];
    if (n !== null && m !== null && n !== m) throw sidesApart(name, ...labels());
  }
}

function sidesApart(name: string, a: string, b: string): ShapeError {
  return new ShapeError(
    `Cannot apply "${name}" to ${a} and right sides ${b}: expected as many rows of both`,
  );
}

/** The shape of right sides, and of solutions, at plan time. */
export function sidesShape(context: ShapeContext, apply: Apply<Params>): readonly Size[] {
  const square = squareShape(context, apply), [a, b] = apply.inputs as [Variable, Variable];
  const shape = context.shape(b);
  if (!shape.slice(0, -1).every((n, d) => context.guards.equal(n, square[d]!))) {
    const words = (v: Variable) =>
      `${writtenLabel(v)} of shape ${shapeText(context.shape(asWritten(v)).map(sizeValue))}`;
    throw sidesApart(apply.op.name, words(a), words(b));
  }
  return shape;
}

/** The type of right sides, with what the matrices say of it. */
export function sidesType([a, b]: readonly Variable[]): TensorType {
  const shape = b!.type.shape.map((n, d) => d < b!.ndim - 1 ? n ?? a!.type.shape[d]! : n);
  return TensorType.of(b!.dtype, shape);
}

/** The axis of right sides that goes along with one of the solutions. */
export function alongSides({ output: { ndim } }: Apply<Params>, axis: number): (number | null)[] {
  return axis === ndim - 2 ? [] : [axis === ndim - 1 ? null : axis, axis];
}

/** Whether the triangle of some params is a lower one as it is used. */
function isLowerIn({ lower, transposed }: TriangularParams): boolean {
  return lower !== transposed;
}

/** The solutions X of systems T·X = B of triangles T. */
export const solveTriangularOp: Op<TriangularParams> = {
  name: "solveTriangular",
  params: { check: "plain", lower: "plain", unit: "plain", transposed: "plain" },
  facts: new Set(["counted"]),
  infer(inputs) {
    expectSides("solveTriangular", inputs);
    return [sidesType(inputs)];
  },
  shapes: (context, apply) => [sidesShape(context, apply)],
  lengths: lengthsFrom(2, ([, b]) => b!),
  along: alongSides,
  linear: linearIn(1),
  evaluate([a, b], params) {
    expectSquareValues("solveTriangular", a!, b!);
    const x = copyValue(b!), n = a!.shape.at(-1)!, columns = b!.shape.at(-1)!;
    eachMatrix([a!, x], ([from, to]) => {
      const { unit, check, transposed } = params;
      const at = (i: number, j: number) => from!.at(transposed ? j * n + i : i * n + j);
      for (let i = 0; i < n && check && !unit; i++) {
        if (isZero(at(i, i))) throw new LinAlgError(SINGULAR);
      }
      substitute({ n, isLower: isLowerIn(params), isUnit: unit, at }, to!, columns);
    });
    return [x];
  },
  lowering: {
    kind: "emit",
    buffers: [0, 1],
    emit(context, { inputs: [a, b], params }) {
      const { checkDiagonal, emitTriangular, turned, whole } = kernels.get().linalg;
      const held = whole(context.buffer(a!)), right = whole(context.buffer(b!));
      if (params.check && !params.unit) checkDiagonal(context, held, SINGULAR);
      const triangle = { isLower: isLowerIn(params), isUnit: params.unit };
      const matrix = params.transposed ? turned(held) : held;
      emitTriangular(context, matrix, triangle, right, whole(context.output(0)));
    },
  },
};

/** Params of {@linkcode luOp}. */
export interface LuParams {
  /** Whether only square matrices will do. */
  readonly square: boolean;
}

/**
 * L (below the diagonal, with ones on it) and U (from the diagonal on) of matrices whose rows are
 * exchanged so that the largest come first; where each row came from; and with which each was exchanged.
 */
export const luOp: Op<LuParams> = {
  name: "lu",
  params: { square: "plain" },
  facts: new Set(["counted"]),
  infer(inputs, { square }) {
    const [x] = expectMatrices("lu", inputs) as [Variable], { shape } = x.type;
    if (square) expectSquare("lu", x);
    const [m, n] = shape.slice(-2) as [number | null, number | null];
    const batch = shape.slice(0, -2);
    return [
      x.type,
      TensorType.of("int64", [...batch, m]),
      TensorType.of("int64", [...batch, least(m, n)]),
    ];
  },
  shapes(context, apply) {
    const [x] = apply.inputs, { square } = apply.params;
    const shape = square ? squareShape(context, apply) : context.shape(x!);
    const [m, n] = shape.slice(-2) as [Size, Size];
    const batch = shape.slice(0, -2);
    return [shape, [...batch, m], [...batch, context.guards.min(m, n)]];
  },
  lengths: likeFirst.lengths,
  along: alongBatch,
  evaluate([a], { square }) {
    if (square) expectSquareValues("lu", a!);
    const packed = copyValue(a!), [m, n] = a!.shape.slice(-2) as [number, number];
    const orders: number[] = [], exchanged: number[] = [];
    eachMatrix([packed], ([rows]) => {
      const { order, pivots } = luOf(rows!, m, n);
      orders.push(...order);
      exchanged.push(...pivots);
    });
    const batch = a!.shape.slice(0, -2);
    return [
      packed,
      makeValue("int64", [...batch, m], orders),
      makeValue("int64", [...batch, Math.min(m, n)], exchanged),
    ];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x] }) {
      const { emitLu, whole } = kernels.get().linalg;
      const from = whole(context.buffer(x!));
      emitLu(context, from, {
        packed: whole(context.output(0)),
        order: context.isUsed(1) ? context.output(1) : null,
        pivots: context.isUsed(2) ? context.output(2) : null,
      });
    },
  },
};
