/**
 * The derivatives of factorisations and of what they solve. Formulas as in M. B. Giles, "Collected matrix
 * derivative results for forward and reverse mode algorithmic differentiation" (2008), and for Cholesky's
 * factor as in I. Murray, "Differentiation of the Cholesky decomposition" (2016). Transposes of complex numbers
 * have conjugates.
 *
 * @module
 */

import { isComplex } from "../core/graph/dtype.ts";
import { type Apply, outputOf, type Variable } from "../core/graph/graph.ts";
import { transposed } from "../core/ops/common/axes.ts";
import { add, cast, conj, mul, neg, real, sub } from "../core/ops/elementwise/elementwise.ts";
import {
  type CheckedParams,
  solveTriangularOp,
  type TriangularParams,
} from "../core/ops/linalg/factor_ops.ts";
import { rowsAt, unitLower } from "../core/ops/linalg/rows.ts";
import { matrixProduct } from "../core/ops/linalg/linalg.ts";
import { tri, tril, triu } from "../core/ops/linalg/matrices.ts";
import { solveOp, type SolveParams } from "../core/ops/linalg/solve_ops.ts";
import { argsort } from "../core/ops/order/order.ts";
import { asVariable } from "../core/ops/common/literal.ts";
import { minDims, subDims } from "../core/ops/common/lengths.ts";
import { padded } from "../core/ops/nn/window.ts";
import { between } from "../core/ops/shape/between.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { type GradientRules, ruleOf } from "./rule.ts";

/** The transposes of matrices with conjugates. */
export function adjoint(x: Variable): Variable {
  return conj(transposed(x));
}

/** The products of matrices. */
export const product = matrixProduct;

/** The real parts of numbers, in their own dtype. */
function realPart(x: Variable): Variable {
  return isComplex(x.dtype) ? cast(real(x), x.dtype) : x;
}

/** The lower triangle, with half of the diagonal. */
function lowerHalf(x: Variable): Variable {
  const n = shapeOf(x, x.ndim - 1);
  const weights: Variable = add(tri(n, n, 0, x.dtype), tri(n, n, -1, x.dtype));
  // Above the diagonal there may be anything.
  return mul(tril(x as never), mul(weights, 0.5));
}

/** A gradient of a symmetric or Hermitian matrix of which only the lower triangle is read. */
export function folded(x: Variable): Variable {
  return lowerHalf(add(x, adjoint(x)));
}

/** The symmetric or Hermitian matrix of which the lower triangle is read. */
export function mirrored(x: Variable): Variable {
  const below: Variable = tril(x as never, -1);
  if (!isComplex(x.dtype)) return add(tril(x as never), transposed(below));
  const diagonal = realPart(tril(triu(x as never) as never));
  return add(below, diagonal, adjoint(below));
}

/** The sum of what is there. */
export function sumOf(...parts: readonly (Variable | null)[]): Variable {
  return parts.filter((part) => part !== null).reduce((x, y) => add(x, y));
}

type Triangle = Omit<TriangularParams, "check">;

function solveWith(a: Variable, b: Variable, params: Triangle): Variable {
  return outputOf<TriangularParams>(solveTriangularOp, [a, b], { ...params, check: false });
}

/** Solves a system of the adjoint of what some params make of a triangle. */
function solveAdjoint(a: Variable, b: Variable, params: Triangle): Variable {
  const turned = { ...params, transposed: !params.transposed };
  return conj(solveWith(a, conj(b), turned));
}

const lower = { lower: true, unit: false, transposed: false };

/** X·T⁻¹ of a triangle T. */
export function over(x: Variable, t: Variable, params: Triangle): Variable {
  const turned = { ...params, transposed: !params.transposed };
  return transposed(solveWith(t, transposed(x), turned));
}

/** X·T⁻ᴴ of a triangle T. */
export function overAdjoint(x: Variable, t: Variable, params: Triangle): Variable {
  return adjoint(solveWith(t, adjoint(x), params));
}

/** Rules of ops that factorise and solve. */
export const solveGradients: GradientRules = {
  // The gradient in A is L⁻ᴴ·Φ(Lᴴ·G)·L⁻¹, where Φ takes the lower triangle and half of the diagonal.
  cholesky: ruleOf<CheckedParams>({
    pullback({ output: l }, [g]) {
      const inner = lowerHalf(product(adjoint(l), tril(g! as never)));
      return [folded(over(solveAdjoint(l, inner, lower), l, lower))];
    },
    // L·Φ(L⁻¹·dA·L⁻ᴴ)
    pushforward({ output: l }, [t]) {
      const inner = overAdjoint(solveWith(l, mirrored(t!), lower), l, lower);
      return [product(l, lowerHalf(inner))];
    },
  }),
  solveTriangular: ruleOf<TriangularParams>({
    pullback({ inputs: [a], output: x, params }, [g], wanted) {
      const right = solveAdjoint(a!, g!, params);
      if (!wanted[0]) return [null, right];
      const whole = product(right, adjoint(x));
      return [neg(readOf(params.transposed ? transposed(whole) : whole, params)), right];
    },
    // A⁻¹·(dB - dA·X)
    pushforward({ inputs: [a], output: x, params }, [da, db = null]) {
      const part = da ? readOf(da, params) : null;
      const own = part && neg(product(params.transposed ? transposed(part) : part, x));
      return [
        outputOf<TriangularParams>(solveTriangularOp, [a!, sumOf(db, own)], {
          ...params,
          check: false,
        }),
      ];
    },
  }),
  solve: ruleOf<SolveParams>({
    pullback({ inputs: [a], output: x, params }, [g], wanted) {
      const solved = (sides: Variable, transposed: boolean) =>
        outputOf<SolveParams>(solveOp, [a!, sides], { ...params, check: false, transposed });
      const right = params.positive
        ? solved(g!, false)
        : conj(solved(conj(g!), !params.transposed)) as Variable;
      if (!wanted[0]) return [null, right];
      const whole: Variable = neg(product(right, adjoint(x)));
      if (params.positive) return [folded(whole), right];
      return [params.transposed ? transposed(whole) : whole, right];
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
  // -A⁻ᴴ·G·A⁻ᴴ
  matrixInverse: ruleOf<CheckedParams>({
    pullback({ output: x }, [g]) {
      const turned = adjoint(x);
      return [neg(product(product(turned, g!), turned))];
    },
    pushforward: ({ output: x }, [t]) => [neg(product(product(x, t!), x))],
  }),
  lu: {
    pullback: (apply, [g]) => [g === null ? null : luGradient(apply, g!)],
    pushforward: (apply, [t]) => [luTangent(apply, t!)],
  },
};

/** The part of a matrix that solving with it reads. */
function readOf(x: Variable, { lower, unit }: TriangularParams): Variable {
  return (lower ? tril : triu)(x as never, unit ? (lower ? -1 : 1) : 0);
}

const unitLowerOnly = { lower: true, unit: true, transposed: false };
const upperOnly = { lower: false, unit: false, transposed: false };

/** The gradient in a square matrix of its factors, which are L below the diagonal and U from it on. */
function squareLu(factors: Variable, below: Variable, above: Variable): Variable {
  const left = tril(product(adjoint(unitLower(factors)), below) as never, -1);
  const right = triu(product(above, adjoint(triu(factors as never))) as never);
  const inner: Variable = add(left, right);
  return overAdjoint(solveAdjoint(factors, inner, unitLowerOnly), factors, upperOnly);
}

/**
 * The gradient in A where P·A = L·U: P of it is L⁻ᴴ·(the lower triangle of Lᴴ·Gₗ below the diagonal, and
 * the upper one of Gᵤ·Uᴴ)·U⁻ᴴ. Rows below a square are L₂ = A₂·U⁻¹, columns right of one U₂ = L⁻¹·A₂.
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
    const down = overAdjoint(part(g, true, false), factors, upperOnly);
    const right = solveAdjoint(factors, part(g, false, true), unitLowerOnly);
    const fromRight = product(right, adjoint(part(packed!, false, true)));
    const fromDown = product(adjoint(part(packed!, true, false)), down);
    const square = squareLu(factors, lowerOf(sub(own, fromRight)), upperOf(sub(own, fromDown)));
    rows = whole(square, down, right);
  }
  return rowsAt(rows, argsort(order!, -1));
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
    product(unitLower(factors), tril(inner as never, -1)),
    product(triu(inner as never), triu(factors as never)),
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
