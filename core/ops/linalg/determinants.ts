/**
 * `T.linalg`: determinants.
 *
 * The gradient of a determinant is the matrix of cofactors. Of a regular matrix it is the determinant times the
 * transposed inverse; of a singular one, or of one that is nearly so, it is made of products of singular values,
 * and so is its own derivative.
 *
 * @module
 */

import { applyOp, outputOf, type Variable } from "../../graph/graph.ts";
import { isComplex, realOf } from "../../graph/dtype.ts";
import type { MatrixRank, OfRank } from "../../graph/type_arithmetic.ts";
import { castTo, typed } from "../common/build.ts";
import type { TensorLike } from "../common/literal.ts";
import { customVjp } from "../control/custom_vjp.ts";
import { ifelse } from "../control/control.ts";
import { arange } from "../create/ranges.ts";
import { abs, div, mul, sign as signOf, sub } from "../elementwise/arithmetic.ts";
import { conj } from "../elementwise/conversion.ts";
import { where } from "../elementwise/elementwise.ts";
import { log } from "../elementwise/functions.ts";
import { eq, le, or } from "../elementwise/logic.ts";
import { advIndexOp, type AdvIndexParams } from "../index/adv_index.ts";
import { any, prod, sum } from "../reduce/reduce.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { svdOp, type SvdParams } from "./decompose_ops.ts";
import { matmul } from "./linalg.ts";
import { eye } from "./matrices.ts";
import { epsilonOf } from "./matrix_op.ts";
import { prepareSquare } from "./prepared.ts";
import type { CheckedParams } from "./factor_ops.ts";
import { matrixInverseOp } from "./solve_ops.ts";
import { factorsOf, type PerMatrix, type RealPerMatrix } from "./systems.ts";

/** What numbers are when their absolute values are 1, and 0 for 0. */
function unitOf(x: Variable): Variable {
  if (!isComplex(x.dtype)) return signOf(x);
  const size: Variable = abs(x);
  return div(x, where(eq(size, 0), 1, size));
}

/** The diagonal of U, and the sign that the exchanged rows give. */
function pivotsOf(matrices: Variable): { diagonal: Variable; parity: Variable } {
  const [packed, , pivots] = factorsOf(matrices, true) as Variable[];
  const own: Variable = arange(shapeOf(matrices, matrices.ndim - 2));
  const signs = where(eq(pivots!, own), 1, -1);
  return {
    diagonal: outputOf<AdvIndexParams>(advIndexOp, [packed!, own, own], {
      axes: [packed!.ndim - 2, packed!.ndim - 1],
    }),
    parity: castTo(prod(signs, -1), packed!.dtype),
  };
}

/** Axes after those that x has. */
function beside(x: Variable, pattern: readonly ("x" | number)[]): Variable {
  const batch = Array.from(
    { length: x.ndim - pattern.filter((d) => d !== "x").length },
    (_, d) => d,
  );
  return shuffled(x, [...batch, ...pattern.map((d) => d === "x" ? d : d + batch.length)]);
}

const forEach = (x: Variable): Variable => beside(x, ["x", "x"]);
const asRow = (x: Variable): Variable => beside(x, ["x", 0]);
const asColumn = (x: Variable): Variable => beside(x, [0, "x"]);
const transposed = (x: Variable): Variable => beside(x, [1, 0]);
const adjoint = (x: Variable): Variable => transposed(conj(x));
const product = (a: Variable, b: Variable): Variable => matmul(a as never, b as never);

/** The determinants, whose gradients are computed as they are. */
function determinantsOf(matrices: Variable): Variable {
  const { diagonal, parity } = pivotsOf(matrices);
  return mul(prod(diagonal, -1), parity);
}

/** The gradients of determinants: cofactors. */
const byCofactors = {
  pullback: (_: Variable, [matrices]: readonly Variable[], gradient: Variable) => [
    mul(forEach(gradient), conj(cofactorsOf(matrices!))) as Variable,
  ],
};

/** Cofactors of any matrices; it is seldom that one of them is singular. */
function cofactorsOf(matrices: Variable): Variable {
  const sizes: Variable = abs(pivotsOf(matrices).diagonal);
  const limit: Variable = mul(sum(sizes, -1), Math.sqrt(epsilonOf(matrices.dtype)));
  const isOpen: Variable = any(le(sizes, beside(limit, ["x"])), -1), isEach = forEach(isOpen);
  const n = shapeOf(matrices, matrices.ndim - 1), one: Variable = eye(n, n, 0, matrices.dtype);
  const [singular, regular] = [[matrices, one], [one, matrices]].map(([a, b]) =>
    where(isEach, a!, b!)
  ) as [Variable, Variable];
  const either = where(isEach, singularCofactors(singular), regularCofactors(regular));
  return ifelse(any(isOpen), either, regularCofactors(matrices));
}

function regularCofactors(matrices: Variable): Variable {
  const inverse = outputOf<CheckedParams>(matrixInverseOp, [matrices], { check: false });
  return mul(forEach(determinantsOf(matrices)), transposed(inverse));
}

/** Singular values and vectors, and the sign of the determinant of the product of these. */
function partsOf(matrices: Variable) {
  const { outputs } = applyOp<SvdParams>(svdOp, [matrices], { vectors: true, full: false });
  const [s, u, vt] = outputs as [Variable, Variable, Variable];
  const { diagonal, parity } = pivotsOf(product(u, vt));
  const sign: Variable = mul(prod(unitOf(diagonal), -1), parity);
  const n = shapeOf(s, s.ndim - 1), places: Variable = arange(n);
  return { s, u, vt, sign: forEach(sign), places };
}

/**
 * Of A = U·diag(s)·Vᴴ they are conj(U)·diag(products of the other values)·conj(Vᴴ), times the determinant of
 * U·Vᴴ.
 */
function singularCofactors(matrices: Variable): Variable {
  const { s, u, vt, sign, places } = partsOf(matrices);
  const isOwn = eq(shuffled(places, [0, "x"]), shuffled(places, ["x", 0]));
  const others: Variable = prod(where(isOwn, 1, asRow(s)), -1);
  const value: Variable = mul(sign, conj(product(mul(u, asRow(others)), vt)));
  return customVjp(value, [matrices], byMinors);
}

/**
 * The gradient of cofactors, of which the derivative is its own transpose: with Y = Uᴴ·conj(G)·V and pᵢⱼ, the
 * product of all singular values but two, the conjugate of conj(U)·Z·conj(Vᴴ) with Σⱼ pᵢⱼ·Yⱼⱼ on the diagonal of
 * Z, and -pᵢⱼ·Yⱼᵢ elsewhere, times the determinant of U·Vᴴ.
 */
const byMinors = {
  pullback(_: Variable, [matrices]: readonly Variable[], gradient: Variable) {
    const { s, u, vt, sign, places } = partsOf(matrices!);
    const at = (pattern: readonly (0 | "x")[]) => shuffled(places, pattern);
    const [i, j, k] = [at([0, "x", "x"]), at(["x", 0, "x"]), at(["x", "x", 0])];
    const isLeft = or(eq(i, k), eq(j, k)), values = beside(s, ["x", "x", 0]);
    const all: Variable = prod(where(isLeft, 1, values), -1);
    const isOwn = eq(at([0, "x"]), at(["x", 0])), p: Variable = where(isOwn, 0, all);
    const inner = product(product(adjoint(u), conj(gradient)), adjoint(vt));
    const diagonal: Variable = sum(where(isOwn, inner, 0), -1);
    const sums = product(p, asColumn(diagonal));
    const z: Variable = sub(where(isOwn, sums, 0), mul(p, transposed(inner)));
    return [mul(conj(sign), product(product(u, conj(z)), vt)) as Variable];
  },
};

/**
 * The determinants of square matrices. Those of large ones overflow: see {@linkcode slogdet}. Their first and
 * second derivatives are right for singular matrices, too.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * const f = await compile([a], T.linalg.det(a));
 * f([[1, 2], [3, 4]]); // -2
 * ```
 */
export function det<A extends TensorLike>(a: OfRank<A, MatrixRank>): PerMatrix<A> {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take the determinant of");
  return typed(castTo(customVjp(determinantsOf(matrices), [matrices], byCofactors), dtype));
}

/**
 * `[sign, logabsdet]`: the sign of the determinants of square matrices, which for complex ones is a number of
 * size 1, and the logarithm of their absolute values. Of a singular matrix they are 0 and -Infinity.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const [sign, logabsdet] = T.linalg.slogdet(T.matrix("a"));
 * ```
 */
export function slogdet<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
): [sign: PerMatrix<A>, logabsdet: RealPerMatrix<A>] {
  const { matrices, dtype } = prepareSquare(a as TensorLike, "Cannot take the determinant of");
  const { diagonal, parity } = pivotsOf(matrices);
  const sign: Variable = mul(prod(unitOf(diagonal), -1), parity);
  const size: Variable = sum(log(abs(diagonal)), -1);
  return typed([castTo(sign, dtype), castTo(size, realOf(dtype))]);
}
