/**
 * The derivatives of eigenvalues and vectors of matrices of any kind: C. F. van Loan and others, as in M. B.
 * Giles, "Collected matrix derivative results" (2008), with vectors that keep their length and phase.
 *
 * With M = V⁻¹·dA·V the change of the values is the diagonal of M, and that of the vectors V·(F∘M), where Fᵢⱼ is
 * 1/(wⱼ - wᵢ), less each vector times a number: the real part of it keeps the length at 1, and the imaginary one
 * the element real that is.
 *
 * @module
 */

import { applyOp, outputOf, type Variable } from "../core/graph/graph.ts";
import { reduced } from "../core/ops/common/axes.ts";
import { castTo, elementwise } from "../core/ops/common/build.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { zerosLike } from "../core/ops/create/alloc.ts";
import { add, div, mul, sub, where } from "../core/ops/elementwise/elementwise.ts";
import { and, eq, ge } from "../core/ops/elementwise/logic.ts";
import type { VectorParams } from "../core/ops/linalg/decompose_ops.ts";
import { eigOp } from "../core/ops/linalg/eig_op.ts";
import { eye } from "../core/ops/linalg/matrices.ts";
import { solveOp, type SolveParams } from "../core/ops/linalg/solve_ops.ts";
import { argmax } from "../core/ops/reduce/reduce.ts";
import { topOf } from "../core/ops/reduce/support.ts";
import { shuffled } from "../core/ops/shape/dimshuffle_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { type GradientRules, ruleOf } from "./rule.ts";
import { adjoint, product } from "./rules_solve.ts";

const realOf = (x: Variable): Variable => elementwise("real", [x]);
const imagOf = (x: Variable): Variable => elementwise("imag", [x]);
const conjugate = (x: Variable): Variable => elementwise("conj", [x]);
const complexOf = (re: Variable, im: Variable): Variable => elementwise("complex", [re, im]);

function asRow(x: Variable): Variable {
  return shuffled(x, [...Array.from({ length: x.ndim - 1 }, (_, d) => d), "x", x.ndim - 1]);
}

function asColumn(x: Variable): Variable {
  return shuffled(x, [...Array.from({ length: x.ndim }, (_, d) => d), "x"]);
}

/** Complex numbers of which a part, or all, may be missing. */
function joined(re: Variable | null, im: Variable | null): Variable | null {
  if (re === null && im === null) return null;
  return complexOf(re ?? zerosLike(im!), im ?? zerosLike(re!));
}

/** A⁻¹·B */
function solved(a: Variable, b: Variable): Variable {
  const params = { positive: false, transposed: false, check: false };
  return outputOf<SolveParams>(solveOp, [a, b], params);
}

/** Values and vectors. */
function partsOf(inputs: readonly Variable[]): { w: Variable; v: Variable } {
  const { outputs } = applyOp<VectorParams>(eigOp, inputs, { vectors: true });
  const [wr, wi, vr, vi] = outputs as [Variable, Variable, Variable, Variable];
  return { w: complexOf(wr, wi), v: complexOf(vr, vi) };
}

/** 1/(xⱼ - xᵢ) in row i and column j, and 0 where they are equal: there vectors are not determined. */
function gaps(x: Variable): Variable {
  const difference: Variable = sub(asRow(x), asColumn(x));
  const isNone: Variable = and(eq(realOf(difference), 0), eq(imagOf(difference), 0));
  return where(isNone, 0, div(1, where(isNone, 1, difference)));
}

/** Ones where vectors in columns have the element that is real, and these elements. */
function heads(v: Variable): { readonly mask: Variable; readonly values: Variable } {
  const [re, im] = [realOf(v), imagOf(v)], rows = v.ndim - 2;
  const squares: Variable = add(mul(re, re), mul(im, im));
  const isLarge: Variable = ge(squares, mul(topOf(squares, [rows]), 0.37 ** 2));
  const place: Variable = argmax(castTo(isLarge, "int32"), rows);
  const mask: Variable = eq(asColumn(arange(shapeOf(v, rows))), asRow(place));
  return { mask, values: reduced("sum", where(mask, re, 0), [rows]) };
}

/** A matrix with a vector on its diagonal. */
function onDiagonal(x: Variable): Variable {
  const n = shapeOf(x, x.ndim - 1), isOn: Variable = eye(n, n, 0, "bool");
  return where(isOn, asColumn(x), 0);
}

const sumOfRows = (x: Variable): Variable => reduced("sum", x, [x.ndim - 2]);

/** The rule of eigenvalues of matrices of any kind. */
export const eigGradients: GradientRules = {
  eig: ruleOf<VectorParams>({
    // V⁻ᴴ·(diag(Gw) + conj(F)∘(Vᴴ·G))·Vᴴ, where G is Gv less what would change length or phase
    pullback({ inputs }, [gwr = null, gwi = null, gvr = null, gvi = null]) {
      const { w, v } = partsOf(inputs), gw = joined(gwr, gwi), gv = joined(gvr, gvi);
      const parts = gw === null ? [] : [onDiagonal(gw)];
      if (gv !== null) {
        const s = sumOfRows(mul(conjugate(gv), v)), { mask, values } = heads(v);
        const along: Variable = mul(v, asRow(realOf(s)));
        const turn: Variable = where(mask, asRow(div(imagOf(s), values)), 0);
        const own: Variable = add(sub(gv, along), complexOf(zerosLike(turn), turn));
        parts.push(mul(conjugate(gaps(w)), product(adjoint(v), own)));
      }
      const inner = parts.reduce((x, y) => add(x, y));
      const total = solved(adjoint(v), product(inner, adjoint(v)));
      return inputs.map((_, i) => i === 0 ? realOf(total) : imagOf(total));
    },
    pushforward({ inputs, params }, [tr = null, ti = null]) {
      const { w, v } = partsOf(inputs), change = joined(tr, ti)!;
      const inner = solved(v, product(change, v)), n = shapeOf(v, v.ndim - 1);
      const isOn: Variable = eye(n, n, 0, "bool");
      const dw = sumOfRows(where(isOn, inner, 0));
      if (!params.vectors) return [realOf(dw), imagOf(dw)];
      const dv = product(v, mul(gaps(w), inner)), { mask, values } = heads(v);
      const along = realOf(sumOfRows(mul(conjugate(v), dv)));
      const turn: Variable = div(sumOfRows(where(mask, imagOf(dv), 0)), values);
      const kept: Variable = sub(dv, mul(v, asRow(complexOf(along, turn))));
      return [realOf(dw), imagOf(dw), realOf(kept), imagOf(kept)];
    },
  }),
};
