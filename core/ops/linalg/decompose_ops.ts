/**
 * QR, eigenvalues and singular values as ops.
 *
 * @module
 */

import { type DType, realOf } from "../../graph/dtype.ts";
import type { Variable } from "../../graph/graph.ts";
import type { Op } from "../../graph/op.ts";
import { TensorType } from "../../graph/type.ts";
import { kernels } from "../common/kernels.ts";
import { lengthsFrom, likeFirst } from "../common/length_rules.ts";
import { copyValue, zeroValue } from "../common/moving.ts";
import { eighOf, qrOf, svdOf } from "./decompose_reference.ts";
import {
  alongBatch,
  epsilonOf,
  expectMatrices,
  expectSquare,
  expectSquareValues,
  least,
  squareShape,
} from "./matrix_op.ts";
import { zeros } from "./reference.ts";
import { conjugate, eachMatrix, over, plus, Rows, times } from "./reference_numbers.ts";

/** The lengths of matrices and of the axes in front. */
function split<N>(shape: readonly N[]): readonly [batch: readonly N[], m: N, n: N] {
  return [shape.slice(0, -2), shape.at(-2)!, shape.at(-1)!];
}

function type(dtype: TensorType["dtype"], ...shape: readonly (number | null)[]): TensorType {
  return TensorType.of(dtype, shape);
}

/** Params of {@linkcode qrOp}. */
export interface QrParams {
  /** Whether Q is square, with columns for all rows. */
  readonly complete: boolean;
}

/** Q with orthonormal columns and R, an upper triangle, with Q·R the matrix. */
export const qrOp: Op<QrParams> = {
  name: "qr",
  params: { complete: "plain" },
  facts: new Set(["counted"]),
  infer(inputs, { complete }) {
    const [x] = expectMatrices("qr", inputs) as [Variable], [batch, m, n] = split(x.type.shape);
    const k = complete ? m : least(m, n);
    return [type(x.dtype, ...batch, m, k), type(x.dtype, ...batch, k, n)];
  },
  shapes(context, { inputs: [x], params }) {
    const [batch, m, n] = split(context.shape(x!));
    const k = params.complete ? m : context.guards.min(m, n);
    return [[...batch, m, k], [...batch, k, n]];
  },
  lengths: lengthsFrom(1, ([x]) => [...x!.slice(0, -1), null]),
  along: alongBatch,
  evaluate([a], { complete }) {
    const [, m, n] = split(a!.shape), k = complete ? m : Math.min(m, n);
    const q = zeros(a!, [m, k]), r = zeros(a!, [k, n]);
    eachMatrix([copyValue(a!), q, r], ([from, left, right]) => {
      qrOf(from!, m, n, left!);
      right!.data.set(from!.data.subarray(0, right!.data.length));
    });
    return [q, r];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x] }) {
      const { emitQr, whole } = kernels.get().linalg;
      const from = whole(context.buffer(x!));
      const q = context.isUsed(0) ? whole(context.output(0)) : null;
      emitQr(context, from, q, whole(context.output(1)));
    },
  },
};

/** Params of {@linkcode eighOp} and {@linkcode svdOp}. */
export interface VectorParams {
  /** Whether vectors are wanted, too. */
  readonly vectors: boolean;
}

/**
 * Eigenvalues of symmetric or Hermitian matrices, of which the lower triangles are read, and vectors in
 * columns. Complex vectors may have any phase.
 */
export const eighOp: Op<VectorParams> = {
  name: "eigh",
  params: { vectors: "plain" },
  facts: new Set(["counted"]),
  infer(inputs, { vectors }) {
    const [x] = expectMatrices("eigh", inputs) as [Variable];
    expectSquare("eigh", x);
    const [batch, m, n] = split(x.type.shape), k = m ?? n;
    const values = type(realOf(x.dtype), ...batch, k);
    return vectors ? [values, type(x.dtype, ...batch, k, k)] : [values];
  },
  shapes(context, apply) {
    const square = squareShape(context, apply), values = square.slice(0, -1);
    return apply.params.vectors ? [values, square] : [values];
  },
  lengths: lengthsFrom(1, ([x]) => x!.slice(0, -1)),
  along: ({ output: { ndim } }, axis) => axis < ndim - 1 ? [axis] : [],
  evaluate([a], { vectors }) {
    expectSquareValues("eigh", a!);
    const n = a!.shape.at(-1)!, v = zeros(a!, [n, n]), w = zeros(a!, [n, 1], realOf(a!.dtype));
    eachMatrix(
      [a!, w, v],
      ([from, values, to]) => eighOf(from!, n, values!.data, vectors ? to! : null),
    );
    const values = { ...w, shape: w.shape.slice(0, -1) };
    return vectors ? [values, v] : [values];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x], params: { vectors } }) {
      const { emitEigh, whole } = kernels.get().linalg;
      const from = whole(context.buffer(x!));
      emitEigh(context, from, context.output(0), vectors ? context.output(1) : null);
    },
  },
};

/** Params of {@linkcode svdOp}. */
export interface SvdParams extends VectorParams {
  /** Whether the matrices of vectors are square, with vectors for all rows and all columns. */
  readonly full: boolean;
}

/**
 * Singular values in descending order; then left vectors in columns and, for complex matrices as conjugates,
 * right ones in rows. Each pair of complex vectors may have any phase.
 */
export const svdOp: Op<SvdParams> = {
  name: "svd",
  params: { vectors: "plain", full: "plain" },
  facts: new Set(["counted"]),
  infer(inputs, { vectors, full }) {
    const [x] = expectMatrices("svd", inputs) as [Variable], [batch, m, n] = split(x.type.shape);
    const k = least(m, n), values = type(realOf(x.dtype), ...batch, k);
    if (!vectors) return [values];
    const [left, right] = full ? [m, n] : [k, k];
    return [values, type(x.dtype, ...batch, m, left), type(x.dtype, ...batch, right, n)];
  },
  shapes(context, { inputs: [x], params }) {
    const [batch, m, n] = split(context.shape(x!)), k = context.guards.min(m, n);
    if (!params.vectors) return [[...batch, k]];
    const [left, right] = params.full ? [m, n] : [k, k];
    return [[...batch, k], [...batch, m, left], [...batch, right, n]];
  },
  lengths: lengthsFrom(1, ([x]) => [...x!.slice(0, -2), null]),
  along: ({ output: { ndim } }, axis) => axis < ndim - 1 ? [axis] : [],
  evaluate([a], { vectors, full }) {
    const [, m, n] = split(a!.shape), k = Math.min(m, n);
    const [u, v] = [zeros(a!, [m, full ? m : k]), zeros(a!, [full ? n : k, n])];
    const s = zeros(a!, [k, 1], realOf(a!.dtype));
    eachMatrix(
      [a!, s, u, v],
      ([from, values, left, right]) =>
        svdOf(from!, m, n, values!.data, vectors ? { u: left!, v: right! } : null),
    );
    const values = { ...s, shape: s.shape.slice(0, -1) };
    return vectors ? [values, u, v] : [values];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x], params: { vectors } }) {
      const { emitSvd, whole } = kernels.get().linalg;
      emitSvd(context, whole(context.buffer(x!)), {
        values: context.output(0),
        u: vectors ? whole(context.output(1)) : null,
        v: vectors ? whole(context.output(2)) : null,
      });
    },
  },
};

/** Params of {@linkcode pinvOp}. */
export interface PinvParams {
  /** Singular values up to this part of the largest count as zero; null for the dtype's own limit. */
  readonly rcond: number | null;
}

/** The part of the largest singular value up to which others count as zero. */
function limitOf({ rcond }: PinvParams, dtype: DType, m: number, n: number): number {
  return rcond ?? Math.max(m, n) * epsilonOf(dtype);
}

/** The pseudoinverses of matrices. */
export const pinvOp: Op<PinvParams> = {
  name: "pinv",
  params: { rcond: "plain" },
  facts: new Set(["counted"]),
  infer(inputs) {
    const [x] = expectMatrices("pinv", inputs) as [Variable], [batch, m, n] = split(x.type.shape);
    return [type(x.dtype, ...batch, n, m)];
  },
  shapes(context, { inputs: [x] }) {
    const [batch, m, n] = split(context.shape(x!));
    return [[...batch, n, m]];
  },
  lengths: lengthsFrom(1, ([x]) => [...x!.slice(0, -2), x!.at(-1)!, x!.at(-2)!]),
  along: alongBatch,
  evaluate([a], params) {
    const [, m, n] = split(a!.shape), k = Math.min(m, n), p = zeros(a!, [n, m]);
    const limit = limitOf(params, a!.dtype, m, n);
    eachMatrix([a!, p], ([from, to]) => {
      const { isComplex } = from!, s = new Float64Array(k);
      const u = Rows.zeros(m * k, isComplex), v = Rows.zeros(k * n, isComplex);
      svdOf(from!, m, n, s, { u, v });
      for (let h = 0; h < k; h++) {
        for (let i = 0; i < n && s[h]! > limit * s[0]!; i++) {
          for (let j = 0; j < m; j++) {
            const more = over(conjugate(times(v.at(h * n + i), u.at(j * k + h))), s[h]!);
            to!.put(i * m + j, plus(to!.at(i * m + j), more));
          }
        }
      }
    });
    return [p];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x], params: { rcond } }) {
      const { emitPinv, whole } = kernels.get().linalg;
      emitPinv(context, whole(context.buffer(x!)), whole(context.output(0)), rcond);
    },
  },
};

/** The square roots of symmetric or Hermitian matrices, of which the lower triangles are read; NaN for negative ones. */
export const sqrtmOp: Op = {
  name: "sqrtm",
  facts: new Set(["counted"]),
  infer(inputs) {
    const [x] = expectMatrices("sqrtm", inputs) as [Variable];
    expectSquare("sqrtm", x);
    const [batch, m, n] = split(x.type.shape), k = m ?? n;
    return [type(x.dtype, ...batch, k, k)];
  },
  shapes: (context, apply) => [squareShape(context, apply)],
  lengths: likeFirst.lengths,
  along: alongBatch,
  evaluate([a]) {
    expectSquareValues("sqrtm", a!);
    const n = a!.shape.at(-1)!, root = zeroValue(a!.dtype, a!.shape);
    eachMatrix([a!, root], ([from, to]) => {
      const w = new Float64Array(n), v = Rows.zeros(n * n, from!.isComplex);
      eighOf(from!, n, w, v);
      const epsilon = epsilonOf(a!.dtype);
      const noise = n * epsilon * Math.max(Math.abs(w[0] ?? 0), Math.abs(w.at(-1) ?? 0));
      const roots = w.map((x) => x < -noise ? NaN : Math.sqrt(Math.max(x, 0)));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let h = 0; h < n; h++) {
            const more = times(times(v.at(i * n + h), roots[h]!), conjugate(v.at(j * n + h)));
            to!.put(i * n + j, plus(to!.at(i * n + j), more));
          }
        }
      }
    });
    return [root];
  },
  lowering: {
    kind: "emit",
    buffers: [0],
    emit(context, { inputs: [x] }) {
      const { emitSqrtm, whole } = kernels.get().linalg;
      emitSqrtm(context, whole(context.buffer(x!)), whole(context.output(0)));
    },
  },
};
