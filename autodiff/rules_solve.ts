/**
 * The derivatives of factorisations and of what they solve. Formulas as in M. B. Giles, "Collected matrix
 * derivative results for forward and reverse mode algorithmic differentiation" (2008), and for Cholesky's
 * factor as in I. Murray, "Differentiation of the Cholesky decomposition" (2016).
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../core/graph/graph.ts";
import { moved } from "../core/ops/common/axes.ts";
import { add, mul, neg, sub } from "../core/ops/elementwise/elementwise.ts";
import {
  type CheckedParams,
  solveTriangularOp,
  type TriangularParams,
} from "../core/ops/linalg/factor_ops.ts";
import { rowsAt, unitLower } from "../core/ops/linalg/rows.ts";
import { matmulOp } from "../core/ops/linalg/matmul.ts";
import { tri, tril, triu } from "../core/ops/linalg/matrices.ts";
import { solveOp, type SolveParams } from "../core/ops/linalg/solve_ops.ts";
import { argsort } from "../core/ops/order/order.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { minDims, subDims } from "../core/ops/common/lengths.ts";
import { padded } from "../core/ops/nn/window.ts";
import { between } from "../core/ops/shape/between.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { type GradientRules, ruleOf } from "./rule.ts";

/** The last two axes exchanged: a view, which products read in place. */
export function transposed(x: Variable): Variable {
  const rank = x.ndim, order = Array.from({ length: rank }, (_, d) => d);
  return moved(x, [...order.slice(0, -2), rank - 1, rank - 2]);
}

/** The products of matrices. */
export function product(a: Variable, b: Variable): Variable {
  return outputOf(matmulOp, [a, b], {});
}

/** The lower triangle, with half of the diagonal. */
function lowerHalf(x: Variable): Variable {
  const n = shapeOf(x, x.ndim - 1);
  const weights = add(tri(n, n, 0, x.dtype), tri(n, n, -1, x.dtype)) as Variable;
  // Above the diagonal there may be anything.
  return mul(tril(x as never), mul(weights, 0.5)) as Variable;
}

/** A gradient of a symmetric matrix of which only the lower triangle is read. */
export function folded(x: Variable): Variable {
  return lowerHalf(add(x, transposed(x)) as Variable);
}

/** The symmetric matrix of which the lower triangle is read. */
export function mirrored(x: Variable): Variable {
  return add(tril(x as never), transposed(tril(x as never, -1) as Variable)) as Variable;
}

/** The sum of what is there. */
export function sumOf(...parts: readonly (Variable | null)[]): Variable {
  return parts.filter((part) => part !== null).reduce((x, y) => add(x, y) as Variable);
}

function solveWith(a: Variable, b: Variable, params: Omit<TriangularParams, "check">): Variable {
  return outputOf<TriangularParams>(solveTriangularOp, [a, b], { ...params, check: false });
}

const lower = { lower: true, unit: false, transposed: false };
const lowerTurned = { ...lower, transposed: true };

/** X·T⁻¹ of a triangle T. */
function over(x: Variable, t: Variable, params: Omit<TriangularParams, "check">): Variable {
  const turned = { ...params, transposed: !params.transposed };
  return transposed(solveWith(t, transposed(x), turned));
}

/** Rules of ops that factorise and solve. */
export const solveGradients: GradientRules = {
  // The gradient in A is L⁻ᵀ·Φ(Lᵀ·G)·L⁻¹, where Φ takes the lower triangle and half of the diagonal.
  cholesky: ruleOf<CheckedParams>({
    pullback({ output: l }, [g]) {
      const inner = lowerHalf(product(transposed(l), tril(g! as never) as Variable));
      return [folded(over(solveWith(l, inner, lowerTurned), l, lower))];
    },
    // L·Φ(L⁻¹·dA·L⁻ᵀ)
    pushforward({ output: l }, [t]) {
      const inner = over(solveWith(l, mirrored(t!), lower), l, lowerTurned);
      return [product(l, lowerHalf(inner))];
    },
  }),
  solveTriangular: ruleOf<TriangularParams>({
    pullback({ inputs: [a], output: x, params }, [g], wanted) {
      const right = outputOf<TriangularParams>(solveTriangularOp, [a!, g!], {
        ...params,
        check: false,
        transposed: !params.transposed,
      });
      if (!wanted[0]) return [null, right];
      const whole = params.transposed
        ? product(x, transposed(right))
        : product(right, transposed(x));
      return [neg(readOf(whole, params)), right];
    },
    // A⁻¹·(dB - dA·X)
    pushforward({ inputs: [a], output: x, params }, [da, db = null]) {
      const part = da ? readOf(da, params) : null;
      const own = part && neg(product(params.transposed ? transposed(part) : part, x));
      return [
        outputOf<TriangularParams>(solveTriangularOp, [a!, sumOf(db, own as Variable | null)], {
          ...params,
          check: false,
        }),
      ];
    },
  }),
  solve: ruleOf<SolveParams>({
    pullback({ inputs: [a], output: x, params }, [g], wanted) {
      const right = outputOf<SolveParams>(solveOp, [a!, g!], {
        ...params,
        check: false,
        transposed: params.positive ? false : !params.transposed,
      });
      if (!wanted[0]) return [null, right];
      if (params.positive) return [folded(neg(product(right, transposed(x)))), right];
      const whole = params.transposed
        ? product(x, transposed(right))
        : product(right, transposed(x));
      return [neg(whole), right];
    },
    // A⁻¹·(dB - dA·X)
    pushforward({ inputs: [a], output: x, params }, [da, db = null]) {
      const turned = da && params.transposed ? transposed(da) : da!;
      const part = da && (params.positive ? mirrored(da) : turned);
      const own = part ? neg(product(part, x)) as Variable : null;
      return [
        outputOf<SolveParams>(solveOp, [a!, sumOf(db, own)], { ...params, check: false }),
      ];
    },
  }),
  // -A⁻ᵀ·G·A⁻ᵀ
  matrixInverse: ruleOf<CheckedParams>({
    pullback({ output: x }, [g]) {
      const turned = transposed(x);
      return [neg(product(product(turned, g!), turned))];
    },
    pushforward: ({ output: x }, [t]) => [neg(product(product(x, t!), x)) as Variable],
  }),
  lu: {
    pullback: (apply, [g]) => [g === null ? null : luGradient(apply, g!)],
    pushforward: (apply, [t]) => [luTangent(apply, t!)],
  },
};

/** The part of a matrix that solving with it reads. */
function readOf(x: Variable, { lower, unit }: TriangularParams): Variable {
  return (lower ? tril : triu)(x as never, unit ? (lower ? -1 : 1) : 0) as Variable;
}

const unitTurned = { lower: true, unit: true, transposed: true };
const unitLowerOnly = { lower: true, unit: true, transposed: false };
const upperOnly = { lower: false, unit: false, transposed: false };
const upperTurned = { lower: false, unit: false, transposed: true };

/** The gradient in a square matrix of its factors, which are L below the diagonal and U from it on. */
function squareLu(factors: Variable, below: Variable, above: Variable): Variable {
  const left = tril(product(transposed(unitLower(factors)), below) as never, -1);
  const right = triu(product(above, transposed(triu(factors as never) as Variable)) as never);
  const inner = add(left, right) as Variable;
  return over(solveWith(factors, inner, unitTurned), factors, upperTurned);
}

/**
 * The gradient in A where P·A = L·U: P of it is L⁻ᵀ·(the lower triangle of Lᵀ·Gₗ below the diagonal, and
 * the upper one of Gᵤ·Uᵀ)·U⁻ᵀ. Rows below a square are L₂ = A₂·U⁻¹, columns right of one U₂ = L⁻¹·A₂.
 */
function luGradient({ inputs: [a], outputs: [packed, order] }: Apply, g: Variable): Variable {
  const [m, n] = a!.type.shape.slice(-2);
  const lowerOf = (x: Variable) => tril(x as never, -1) as Variable;
  const upperOf = (x: Variable) => triu(x as never) as Variable;
  let rows: Variable;
  if (m !== null && m === n) rows = squareLu(packed!, lowerOf(g), upperOf(g));
  else {
    const { part, whole } = blocksOf(a!);
    const [factors, own] = [part(packed!, false, false), part(g, false, false)];
    const down = over(part(g, true, false), factors, upperTurned);
    const right = solveWith(factors, part(g, false, true), unitTurned);
    const fromRight = product(right, transposed(part(packed!, false, true)));
    const fromDown = product(transposed(part(packed!, true, false)), down);
    const square = squareLu(
      factors,
      lowerOf(sub(own, fromRight) as Variable),
      upperOf(sub(own, fromDown) as Variable),
    );
    rows = whole(square, down, right);
  }
  return rowsAt(rows, argsort(order!, -1) as Variable);
}

/** The largest square in the corner of matrices, and what is beside it. */
function blocksOf(a: Variable) {
  const [row, column] = [a.ndim - 2, a.ndim - 1], axes = [row, column];
  const [height, width] = [shapeOf(a, row), shapeOf(a, column)];
  const least = minDims(height, width);
  const part = (x: Variable, isDown: boolean, isRight: boolean) => {
    const rows = isDown ? between(x, row, least, null) : between(x, row, null, least);
    return isRight ? between(rows, column, least, null) : between(rows, column, null, least);
  };
  const zero = asVariable(0, a.dtype);
  const [more, wider] = [subDims(height, least), subDims(width, least)];
  const whole = (square: Variable, down: Variable, right: Variable) =>
    sumOf(
      padded(square, zero, axes, [0, 0], [more, wider]),
      padded(down, zero, axes, [least, 0], [0, wider]),
      padded(right, zero, axes, [0, least], [more, 0]),
    );
  return { part, whole };
}

/** The changes of the factors of square matrices, from the change of P·A. */
function squareLuTangent(factors: Variable, t: Variable): [below: Variable, above: Variable] {
  const inner = over(solveWith(factors, t, unitLowerOnly), factors, upperOnly);
  return [
    product(unitLower(factors), tril(inner as never, -1) as Variable),
    product(triu(inner as never) as Variable, triu(factors as never) as Variable),
  ];
}

/** The change of the factors: that of L is L·(the lower triangle of F below the diagonal), that of U the upper one·U. */
function luTangent({ inputs: [a], outputs: [packed, order] }: Apply, t: Variable): Variable {
  const [m, n] = a!.type.shape.slice(-2), rows = rowsAt(t, order!);
  if (m !== null && m === n) return sumOf(...squareLuTangent(packed!, rows));
  const { part, whole } = blocksOf(a!);
  const factors = part(packed!, false, false);
  const [below, above] = squareLuTangent(factors, part(rows, false, false));
  const minus = (x: Variable, y: Variable) => sub(x, y) as Variable;
  const down = over(
    minus(part(rows, true, false), product(part(packed!, true, false), above)),
    factors,
    upperOnly,
  );
  const right = solveWith(
    factors,
    minus(part(rows, false, true), product(below, part(packed!, false, true))),
    unitLowerOnly,
  );
  return whole(sumOf(below, above), down, right);
}
