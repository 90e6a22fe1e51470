/**
 * `T.linalg`: norms and condition numbers.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { FloatLike, MatrixRank, OfRank } from "../../graph/type_arithmetic.ts";
import { checkOptions } from "../../base/options.ts";
import { shown } from "../../base/shown.ts";
import { normalizeAxes, shapeLabel } from "../common/arguments.ts";
import { asFloating, typed } from "../common/build.ts";
import type { TensorLike } from "../common/literal.ts";
import { withAxes } from "../common/axes.ts";
import { abs, mul } from "../elementwise/arithmetic.ts";
import { max, min, norm as vectorNorm, sum } from "../reduce/reduce.ts";
import { moveaxis } from "../shape/dimshuffle.ts";
import { ravel } from "../shape/reshape.ts";
import { conditionOf, svdvals } from "./decompositions.ts";
import { inv, type PerMatrix } from "./systems.ts";

/** Norms of matrices: Frobenius, of singular values, of rows and columns. */
export type MatrixOrder = "fro" | "nuc" | 1 | -1 | 2 | -2;

/** Over what a norm is taken. */
export interface NormOptions {
  /** One axis for norms of vectors, two for norms of matrices; default: all, of a vector or a matrix. */
  readonly axis?: number | readonly [number, number] | null;
  /** Whether these axes are kept, with length 1; default false. */
  readonly keepdims?: boolean;
}

/** A norm of matrices in the last two axes. */
function matrixNorm(x: Variable, order: number | string, action: string): Variable {
  const size: Variable = abs(x);
  switch (order) {
    case "fro":
      return vectorNorm(x, 2, [-2, -1]);
    case "nuc":
      return sum(svdvals(x as never), -1);
    case 2:
      return max(svdvals(x as never), -1);
    case -2:
      return min(svdvals(x as never), -1);
    case 1:
      return max(sum(size, -2), -1);
    case -1:
      return min(sum(size, -2), -1);
    case Infinity:
      return max(sum(size, -1), -1);
    case -Infinity:
      return min(sum(size, -1), -1);
  }
  throw new RangeError(
    `${action}: expected the order of a norm of matrices ("fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity), got ${
      shown(order)
    }`,
  );
}

/**
 * Norms as NumPy's `linalg.norm` gives them: of vectors along one axis, with any order as in `T.norm`; of
 * matrices in two axes: "fro", the root of the sum of squares; "nuc", the sum of the singular values; 2 and
 * -2, the greatest and the least of them; 1 and -1, of the sums of columns; Infinity and -Infinity, of the
 * sums of rows. Without an order it is the root of the sum of squares, and without an axis that of all
 * elements.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const a = T.matrix("a");
 * T.linalg.norm(a, "nuc");
 * T.linalg.norm(a, 1, { axis: 0 });
 * ```
 */
export function norm(
  x: TensorLike,
  order: number | MatrixOrder | null = null,
  options: NormOptions = {},
): Variable {
  const v = asFloating(x), action = `Cannot take the norm of ${shapeLabel(v)}`;
  const kinds = { axis: "any", keepdims: "boolean" } as const;
  const { axis = null, keepdims = false } = checkOptions(action, options, kinds);
  const all = Array.from({ length: v.ndim }, (_, d) => d);
  if (axis === null && order === null) {
    const length: Variable = vectorNorm(ravel(v), 2);
    return keepdims ? withAxes(length, all) : length;
  }
  if (axis === null && v.ndim !== 1 && v.ndim !== 2) {
    throw new TypeError(`${action}: expected a vector or a matrix, or the axes of some`);
  }
  const axes = normalizeAxes(axis === null ? all : [axis].flat(), v.ndim, action);
  if (axes.length !== 1 && axes.length !== 2) {
    throw new TypeError(`${action}: expected one axis or two, got ${shown(axis)}`);
  }
  if (axes.length === 1) {
    if (typeof order === "string") {
      throw new RangeError(
        `${action}: expected a number as the order for vectors, got ${shown(order)}`,
      );
    }
    return vectorNorm(v, order ?? 2, { axis: axes[0]!, keepdims });
  }
  const last: Variable = moveaxis(v, [...axes], [-2, -1]);
  const found = matrixNorm(last, order ?? "fro", action);
  return keepdims ? withAxes(found, [...axes].sort((a, b) => a - b)) : found;
}

/**
 * Condition numbers: how many times larger errors of solutions may be than those of right sides. By default,
 * and for orders 2 and -2, quotients of singular values; else norms of matrices times those of inverses.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const c = T.linalg.cond(T.matrix("a"));
 * ```
 */
export function cond<A extends TensorLike>(
  a: OfRank<A, MatrixRank>,
  order: number | MatrixOrder | null = null,
): PerMatrix<A> {
  const v = asFloating(a as TensorLike), action = `Cannot take the condition of ${shapeLabel(v)}`;
  if (v.ndim < 2) throw new TypeError(`${action}: expected matrices`);
  if (order === null || order === 2 || order === -2) {
    const quotient = conditionOf(v);
    return typed(order === -2 ? (quotient.pow(-1) as Variable) : quotient);
  }
  const inverse: Variable = inv(v as never, { check: false }) as FloatLike<Variable>;
  return typed(mul(matrixNorm(v, order, action), matrixNorm(inverse, order, action)));
}
