/**
 * The derivatives of QR, eigenvalues, singular values and pseudoinverses.
 *
 * - QR: S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010).
 * - Eigenvalues: M. B. Giles, "Collected matrix derivative results" (2008).
 * - Singular values: J. Townsend, "Differentiating the singular value decomposition" (2016); C. Ionescu,
 *   O. Vantzos and C. Sminchisescu, "Matrix backpropagation" (2015).
 * - Pseudoinverse: G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses" (1973).
 *
 * @module
 */

import { applyOp, outputOf, type Variable } from "../core/graph/graph.ts";
import { reduced } from "../core/ops/common/axes.ts";
import { minDims } from "../core/ops/common/lengths.ts";
import { add, div, mul, neg, sqr, sqrt, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { eq } from "../core/ops/elementwise/logic.ts";
import {
  eighOp,
  type PinvParams,
  type QrParams,
  svdOp,
  type SvdParams,
  type VectorParams,
} from "../core/ops/linalg/decompose_ops.ts";

import { eye, tril } from "../core/ops/linalg/matrices.ts";
import { solveTriangularOp, type TriangularParams } from "../core/ops/linalg/factor_ops.ts";
import { join } from "../core/ops/shape/combine.ts";
import { between } from "../core/ops/shape/between.ts";
import { shuffled } from "../core/ops/shape/dimshuffle_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { UndefinedGradient } from "./gradient.ts";
import { type GradientRules, ruleOf } from "./rule.ts";
import { folded, mirrored, product, sumOf, transposed } from "./rules_solve.ts";

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
  return mul(asColumn(x), eye(n, n, 0, x.dtype)) as Variable;
}

/** The diagonals of the products of two matrices each. */
function diagonalOf(a: Variable, b: Variable): Variable {
  return reduced("sum", mul(transposed(a), b) as Variable, [a.ndim - 2]);
}

/** 1/(xⱼ - xᵢ) in row i and column j, and 0 where they are equal: there vectors are not determined. */
function gaps(x: Variable): Variable {
  const difference = sub(asRow(x), asColumn(x)) as Variable;
  const isNone = eq(difference, 0);
  return where(isNone, 0, div(1, where(isNone, 1, difference))) as Variable;
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
      // Columns right of a square are Qᵀ·Y.
      const extra = isTall || gr === null ? null : product(right(a!), transposed(right(gr!)));
      const flow = gq === null ? extra : extra === null ? gq! : add(gq!, extra) as Variable;
      const inner = [
        ...gr === null ? [] : [product(square, transposed(left(gr!)))],
        ...flow === null ? [] : [neg(product(transposed(flow), q!)) as Variable],
      ].reduce((x, y) => add(x, y) as Variable);
      const both = add(tril(inner as never), transposed(tril(inner as never, -1) as Variable));
      const turned = product(q!, both as Variable);
      const total = flow === null ? turned : add(flow, turned) as Variable;
      const x = transposed(
        outputOf<TriangularParams>(solveTriangularOp, [square, transposed(total)], {
          lower: false,
          unit: false,
          transposed: false,
          check: false,
        }),
      );
      if (isTall) return [x];
      const y = gr === null ? mul(right(a!), 0) as Variable : product(q!, right(gr!));
      return [join(last, x, y)];
    },
    // Q·Ω + F - Q·M and (M - Ω)·R, where F = dA·R⁻¹, M = Qᵀ·F and Ω is skew with the lower triangle of M.
    pushforward({ inputs: [a], outputs: [q, r], params }, [t]) {
      const [m, n] = a!.type.shape.slice(-2) as [number | null, number | null];
      const isTall = m !== null && n !== null && m >= n;
      if (params.complete && (m === null || n === null || m > n)) return [openColumns, openColumns];
      const last = a!.ndim - 1, least = minDims(shapeOf(a!, last - 1), shapeOf(a!, last));
      const left = (x: Variable) => isTall ? x : between(x, last, null, least);
      const right = (x: Variable) => between(x, last, least, null);
      const square = left(r!);
      const scaled = transposed(
        outputOf<TriangularParams>(solveTriangularOp, [square, transposed(left(t!))], {
          lower: false,
          unit: false,
          transposed: true,
          check: false,
        }),
      );
      const inner = product(transposed(q!), scaled), below = tril(inner as never, -1) as Variable;
      const skew = sub(below, transposed(below)) as Variable, rest = sub(inner, skew) as Variable;
      const dq = sub(scaled, product(q!, rest)) as Variable, dr = product(rest, square);
      if (isTall) return [dq, dr];
      const beside = sumOf(
        product(transposed(dq), right(a!)),
        product(transposed(q!), right(t!)),
      );
      return [dq, join(last, dr, beside)];
    },
  }),
  // V·(diag(Gw) + gaps∘(Vᵀ·Gv))·Vᵀ
  eigh: ruleOf<VectorParams>({
    pullback({ inputs: [a] }, [gw = null, gv = null]) {
      const [w, v] = applyOp<VectorParams>(eighOp, [a!], { vectors: true }).outputs as [
        Variable,
        Variable,
      ];
      const inner = [
        ...gw === null ? [] : [onDiagonal(gw)],
        ...gv === null ? [] : [mul(gaps(w), product(transposed(v), gv)) as Variable],
      ].reduce((x, y) => add(x, y) as Variable);
      return [folded(product(product(v, inner), transposed(v)))];
    },
    // The diagonal of M and V·(gaps∘M), where M = Vᵀ·dA·V
    pushforward({ inputs: [a], params }, [t]) {
      const [w, v] = applyOp<VectorParams>(eighOp, [a!], { vectors: true }).outputs as [
        Variable,
        Variable,
      ];
      const half = product(mirrored(t!), v), values = diagonalOf(transposed(v), half);
      if (!params.vectors) return [values];
      return [values, product(v, mul(gaps(w), product(transposed(v), half)) as Variable)];
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
      const v = transposed(vt), gv = gt === null ? null : transposed(gt);
      const skew = (x: Variable) => sub(x, transposed(x)) as Variable;
      const around = gaps(sqr(s) as Variable);
      const column = asColumn(s), row = asRow(s);
      const inner = [
        ...gs === null ? [] : [onDiagonal(gs)],
        ...gu === null ? [] : [mul(mul(skew(product(transposed(u), gu)), around), row) as Variable],
        ...gv === null ? [] : [mul(column, mul(skew(product(vt, gv)), around)) as Variable],
      ].reduce((x, y) => add(x, y) as Variable);
      let total = product(product(u, inner), vt);
      const inverse = div(1, s) as Variable;
      if (gu !== null && !isSquare) {
        const beside = sub(gu, product(u, product(transposed(u), gu))) as Variable;
        total = add(total, product(mul(beside, asRow(inverse)) as Variable, vt)) as Variable;
      }
      if (gv !== null && !isSquare) {
        const beside = sub(gv, product(v, product(vt, gv))) as Variable;
        const scaled = mul(beside, asRow(inverse)) as Variable;
        total = add(total, product(u, transposed(scaled))) as Variable;
      }
      return [total];
    },
    // The same forwards, of M = Uᵀ·dA·V.
    pushforward({ inputs: [a], params }, [t]) {
      const [m, n] = a!.type.shape.slice(-2) as [number | null, number | null];
      const isSquare = m !== null && m === n;
      const [s, u, vt] = applyOp<SvdParams>(svdOp, [a!], { vectors: true, full: false })
        .outputs as [Variable, Variable, Variable];
      const v = transposed(vt), right = product(t!, v), values = diagonalOf(transposed(u), right);
      if (!params.vectors) return [values];
      if (params.full && !isSquare) return [values, openVectors, openVectors];
      const inner = product(transposed(u), right), turned = transposed(inner);
      const around = gaps(sqr(s) as Variable), column = asColumn(s), row = asRow(s);
      const both = (x: Variable, y: Variable) =>
        mul(around, add(mul(x, row), mul(column, y))) as Variable;
      const beside = (x: Variable, flow: Variable) =>
        isSquare ? null : div(sub(flow, product(x, product(transposed(x), flow))), row) as Variable;
      const du = sumOf(product(u, both(inner, turned)), beside(u, right));
      const dv = sumOf(product(v, both(turned, inner)), beside(v, product(transposed(t!), u)));
      return [values, du, transposed(dv)];
    },
  }),
  // -Pᵀ·G·Pᵀ + (I - A·P)·Gᵀ·P·Pᵀ + Pᵀ·P·Gᵀ·(I - P·A)
  pinv: ruleOf<PinvParams>({
    pullback({ inputs: [a], output: p }, [g]) {
      const turned = transposed(p), flow = transposed(g!);
      const left = sub(flow, product(a!, product(p, flow))) as Variable;
      const right = sub(flow, product(product(flow, p), a!)) as Variable;
      return [
        add(
          neg(product(turned, product(g!, turned))) as Variable,
          product(left, product(p, turned)),
          product(product(turned, p), right),
        ),
      ];
    },
    // -P·dA·P + P·Pᵀ·dAᵀ·(I - A·P) + (I - P·A)·dAᵀ·Pᵀ·P
    pushforward({ inputs: [a], output: p }, [t]) {
      const turned = transposed(p), flow = transposed(t!);
      const left = product(product(p, turned), flow), right = product(flow, product(turned, p));
      return [
        add(
          neg(product(p, product(t!, p))) as Variable,
          sub(left, product(product(left, a!), p)) as Variable,
          sub(right, product(p, product(a!, right))) as Variable,
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

/** X where S·X + X·S is given, and S is the root of a symmetric matrix. */
function rootTangent(a: Variable, given: Variable): Variable {
  const [w, v] = applyOp<VectorParams>(eighOp, [a], { vectors: true }).outputs as [
    Variable,
    Variable,
  ];
  const root = sqrt(w) as Variable;
  const inner = product(transposed(v), product(given, v));
  const solved = div(inner, add(asRow(root), asColumn(root))) as Variable;
  return product(v, product(solved, transposed(v)));
}
