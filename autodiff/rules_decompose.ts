/**
 * The derivatives of QR, eigenvalues, singular values and pseudoinverses.
 *
 * - QR: S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010).
 * - Eigenvalues: M. B. Giles, "Collected matrix derivative results" (2008).
 * - Singular values: J. Townsend, "Differentiating the singular value decomposition" (2016); C. Ionescu,
 *   O. Vantzos and C. Sminchisescu, "Matrix backpropagation" (2015).
 * - Pseudoinverse: G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses" (1973).
 *
 * Complex vectors are determined but for their phases. Their changes are those that leave phases as they are,
 * as far as that can be; who puts phases on them differentiates that by himself.
 *
 * @module
 */

import { isComplex } from "../core/graph/dtype.ts";
import { applyOp, type Variable } from "../core/graph/graph.ts";
import { reduced } from "../core/ops/common/axes.ts";
import { minDims } from "../core/ops/common/lengths.ts";
import {
  add,
  cast,
  complex,
  div,
  imag,
  mul,
  neg,
  real,
  sqr,
  sqrt,
  sub,
  where,
} from "../core/ops/elementwise/elementwise.ts";
import { eq } from "../core/ops/elementwise/logic.ts";
import {
  eighOp,
  type PinvParams,
  type QrParams,
  svdOp,
  type SvdParams,
  type VectorParams,
} from "../core/ops/linalg/decompose_ops.ts";

import { eye, tril, triu } from "../core/ops/linalg/matrices.ts";
import { join } from "../core/ops/shape/combine.ts";
import { between } from "../core/ops/shape/between.ts";
import { shuffled } from "../core/ops/shape/dimshuffle_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { UndefinedGradient } from "./gradient.ts";
import { type GradientRules, ruleOf } from "./rule.ts";
import { transposed } from "../core/ops/common/axes.ts";
import { adjoint, folded, mirrored, over, overAdjoint, product, sumOf } from "./rules_solve.ts";

/** Vectors as rows, one for each matrix; or as columns. */
function asRow(x: Variable): Variable {
  const axes = Array.from({ length: x.ndim - 1 }, (_, d) => d);
  return shuffled(x, [...axes, "x", x.ndim - 1]);
}

function asColumn(x: Variable): Variable {
  return shuffled(x, [...Array.from({ length: x.ndim }, (_, d) => d), "x"]);
}

/** A vector on the diagonals of matrices. */
function onDiagonal(x: Variable): Variable {
  const n = shapeOf(x, x.ndim - 1);
  return mul(asColumn(x), eye(n, n, 0, x.dtype));
}

/** The diagonals of the products of two matrices each. */
function diagonalOf(a: Variable, b: Variable): Variable {
  return reduced("sum", mul(transposed(a), b), [a.ndim - 2]);
}

/** 1/(xⱼ - xᵢ) in row i and column j, and 0 where they are equal: there vectors are not determined. */
function gaps(x: Variable): Variable {
  const difference: Variable = sub(asRow(x), asColumn(x));
  const isNone = eq(difference, 0);
  return where(isNone, 0, div(1, where(isNone, 1, difference)));
}

const upper = { lower: false, unit: false, transposed: false };

/** The imaginary parts of the diagonals of matrices, as imaginary numbers in matrices; null if they are real. */
function imaginaryDiagonal(x: Variable): Variable | null {
  if (!isComplex(x.dtype)) return null;
  return complex(0, imag(tril(triu(x as never) as never)));
}

/** 1/x, and 0 for 0. */
function inverseOf(x: Variable): Variable {
  const isNone = eq(x, 0);
  return where(isNone, 0, div(1, where(isNone, 1, x)));
}

const openColumns = new UndefinedGradient(
  "the columns of a complete Q that belong to no column of the matrix are not determined; take the reduced one",
);
const openVectors = new UndefinedGradient(
  "vectors of singular values that are not there are not determined; take those without fullMatrices",
);

/** Rules of decompositions. */
export const decomposeGradients: GradientRules = {
  qr: ruleOf<QrParams>({
    pullback({ inputs: [a], outputs: [q, r], params }, [gq, gr]) {
      const { shape } = a!.type, [m, n] = shape.slice(-2) as [number | null, number | null];
      if (params.complete && (m === null || n === null || m > n)) return [openColumns];
      const last = a!.ndim - 1, least = minDims(shapeOf(a!, last - 1), shapeOf(a!, last));
      const left = (x: Variable) =>
        m !== null && n !== null && m >= n ? x : between(x, last, null, least);
      const right = (x: Variable) => between(x, last, least, null);
      const isTall = m !== null && n !== null && m >= n, square = left(r!);
      // Columns right of a square are Qᴴ·Y.
      const extra = isTall || gr === null ? null : product(right(a!), adjoint(right(gr!)));
      const flow = gq === null ? extra : extra === null ? gq! : add(gq!, extra) as Variable;
      const inner = [
        ...gr === null ? [] : [product(square, adjoint(left(gr!)))],
        ...flow === null ? [] : [neg(product(adjoint(flow), q!)) as Variable],
      ].reduce((x, y) => add(x, y));
      const turned = product(q!, mirrored(inner));
      const total = flow === null ? turned : add(flow, turned) as Variable;
      const x = overAdjoint(total, square, upper);
      if (isTall) return [x];
      const y = gr === null ? mul(right(a!), 0) as Variable : product(q!, right(gr!));
      return [join(last, x, y)];
    },
    // Q·Ω + F - Q·M and (M - Ω)·R, where F = dA·R⁻¹, M = Qᴴ·F and Ω is skew with the lower triangle of M.
    pushforward({ inputs: [a], outputs: [q, r], params }, [t]) {
      const [m, n] = a!.type.shape.slice(-2) as [number | null, number | null];
      const isTall = m !== null && n !== null && m >= n;
      if (params.complete && (m === null || n === null || m > n)) return [openColumns, openColumns];
      const last = a!.ndim - 1, least = minDims(shapeOf(a!, last - 1), shapeOf(a!, last));
      const left = (x: Variable) => isTall ? x : between(x, last, null, least);
      const right = (x: Variable) => between(x, last, least, null);
      const square = left(r!);
      const scaled = over(left(t!), square, upper);
      const inner = product(adjoint(q!), scaled), below: Variable = tril(inner as never, -1);
      const plain: Variable = sub(below, adjoint(below));
      const skew = sumOf(plain, imaginaryDiagonal(inner)), rest: Variable = sub(inner, skew);
      const dq: Variable = sub(scaled, product(q!, rest)), dr = product(rest, square);
      if (isTall) return [dq, dr];
      const beside = sumOf(
        product(adjoint(dq), right(a!)),
        product(adjoint(q!), right(t!)),
      );
      return [dq, join(last, dr, beside)];
    },
  }),
  // V·(diag(Gw) + gaps∘(Vᴴ·Gv))·Vᴴ
  eigh: ruleOf<VectorParams>({
    pullback({ inputs: [a] }, [gw = null, gv = null]) {
      const [w, v] = applyOp<VectorParams>(eighOp, [a!], { vectors: true }).outputs as [
        Variable,
        Variable,
      ];
      const inner = [
        ...gw === null ? [] : [onDiagonal(cast(gw, v.dtype))],
        ...gv === null ? [] : [mul(gaps(w), product(adjoint(v), gv)) as Variable],
      ].reduce((x, y) => add(x, y));
      return [folded(product(product(v, inner), adjoint(v)))];
    },
    // The diagonal of M and V·(gaps∘M), where M = Vᴴ·dA·V
    pushforward({ inputs: [a], params }, [t]) {
      const [w, v] = applyOp<VectorParams>(eighOp, [a!], { vectors: true }).outputs as [
        Variable,
        Variable,
      ];
      const half = product(mirrored(t!), v), turned = adjoint(v);
      const values: Variable = real(diagonalOf(turned, half));
      if (!params.vectors) return [values];
      return [values, product(v, mul(gaps(w), product(turned, half)))];
    },
  }),
  svd: ruleOf<SvdParams>({
    pullback({ inputs: [a], params }, [gs = null, gu = null, gt = null]) {
      const [m, n] = a!.type.shape.slice(-2) as [number | null, number | null];
      const isSquare = m !== null && m === n;
      if (params.full && params.vectors && !isSquare && (gu !== null || gt !== null)) {
        return [openVectors];
      }
      const [s, u, vt] = applyOp<SvdParams>(svdOp, [a!], { vectors: true, full: false })
        .outputs as [Variable, Variable, Variable];
      const v = adjoint(vt), gv = gt === null ? null : adjoint(gt);
      const skew = (x: Variable) => sub(x, adjoint(x)) as Variable;
      const around = gaps(sqr(s));
      const column = asColumn(s), row = asRow(s);
      const left = gu && product(adjoint(u), gu), alone = left && imaginaryDiagonal(left);
      const inner = sumOf(
        gs && onDiagonal(cast(gs, u.dtype)),
        left && mul(mul(skew(left), around), row),
        alone && mul(alone, inverseOf(row)),
        gv && mul(column, mul(skew(product(vt, gv)), around)),
      );
      let total = product(product(u, inner), vt);
      const inverse: Variable = div(1, s);
      if (gu !== null && !isSquare) {
        const beside: Variable = sub(gu, product(u, left!));
        total = add(total, product(mul(beside, asRow(inverse)), vt));
      }
      if (gv !== null && !isSquare) {
        const beside: Variable = sub(gv, product(v, product(vt, gv)));
        const scaled: Variable = mul(beside, asRow(inverse));
        total = add(total, product(u, adjoint(scaled)));
      }
      return [total];
    },
    // The same forwards, of M = Uᴴ·dA·V; the phase of U changes by what is imaginary of its diagonal.
    pushforward({ inputs: [a], params }, [t]) {
      const [m, n] = a!.type.shape.slice(-2) as [number | null, number | null];
      const isSquare = m !== null && m === n;
      const [s, u, vt] = applyOp<SvdParams>(svdOp, [a!], { vectors: true, full: false })
        .outputs as [Variable, Variable, Variable];
      const v = adjoint(vt), right = product(t!, v), left = adjoint(u);
      const values: Variable = real(diagonalOf(left, right));
      if (!params.vectors) return [values];
      if (params.full && !isSquare) return [values, openVectors, openVectors];
      const inner = product(left, right), turned = adjoint(inner), alone = imaginaryDiagonal(inner);
      const around = gaps(sqr(s)), column = asColumn(s), row = asRow(s);
      const both = (x: Variable, y: Variable) =>
        mul(around, add(mul(x, row), mul(column, y))) as Variable;
      const beside = (x: Variable, flow: Variable) =>
        isSquare ? null : div(sub(flow, product(x, product(adjoint(x), flow))), row) as Variable;
      const inside = sumOf(both(inner, turned), alone && mul(alone, inverseOf(row)));
      const du = sumOf(product(u, inside), beside(u, right));
      const dv = sumOf(product(v, both(turned, inner)), beside(v, product(adjoint(t!), u)));
      return [values, du, adjoint(dv)];
    },
  }),
  // -Pᴴ·G·Pᴴ + (I - A·P)·Gᴴ·P·Pᴴ + Pᴴ·P·Gᴴ·(I - P·A)
  pinv: ruleOf<PinvParams>({
    pullback({ inputs: [a], output: p }, [g]) {
      const turned = adjoint(p), flow = adjoint(g!);
      const left: Variable = sub(flow, product(a!, product(p, flow)));
      const right: Variable = sub(flow, product(product(flow, p), a!));
      return [
        add(
          neg(product(turned, product(g!, turned))),
          product(left, product(p, turned)),
          product(product(turned, p), right),
        ),
      ];
    },
    // -P·dA·P + P·Pᴴ·dAᴴ·(I - A·P) + (I - P·A)·dAᴴ·Pᴴ·P
    pushforward({ inputs: [a], output: p }, [t]) {
      const turned = adjoint(p), flow = adjoint(t!);
      const left = product(product(p, turned), flow), right = product(flow, product(turned, p));
      return [
        add(
          neg(product(p, product(t!, p))),
          sub(left, product(product(left, a!), p)),
          sub(right, product(p, product(a!, right))),
        ),
      ];
    },
  }),
  // S·X + X·S = G
  sqrtm: {
    pullback: ({ inputs: [a] }, [g]) => [folded(rootTangent(a!, g!))],
    pushforward: ({ inputs: [a] }, [t]) => [rootTangent(a!, mirrored(t!))],
  },
};

/** X where S·X + X·S is given, and S is the root of a symmetric or Hermitian matrix. */
function rootTangent(a: Variable, given: Variable): Variable {
  const [w, v] = applyOp<VectorParams>(eighOp, [a], { vectors: true }).outputs as [
    Variable,
    Variable,
  ];
  const root: Variable = sqrt(w);
  const inner = product(adjoint(v), product(given, v));
  const solved: Variable = div(inner, add(asRow(root), asColumn(root)));
  return product(v, product(solved, adjoint(v)));
}
