/**
 * Jacobian and Hessian matrices.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { intConstant } from "../core/ops/common/arguments.ts";
import { stack } from "../core/ops/shape/combine.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { subtensorOp } from "../core/ops/index/subtensor.ts";
import type { DType } from "../core/graph/dtype.ts";
import type { Plus1 } from "../core/graph/type_arithmetic.ts";
import {
  checkResultOptions,
  expectVariable,
  grad,
  likeWrt,
  type OrNull,
  type ResultOptions,
  type Wrt,
  wrtList,
} from "./grad.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { numberLike } from "./shapes.ts";

/**
 * Makes a loop: `body` is called with the number of the step (an int64 scalar), and its results of all
 * `count` steps are stacked along a new first axis.
 */
type LoopBuilder = (
  count: Variable,
  body: (step: Variable) => readonly Variable[],
) => readonly Variable[];

let loopBuilder: LoopBuilder | null = null;

/**
 * Tells how to make loops, which the matrices of functions need whose number of rows is not known.
 *
 * @param builder Makes a loop.
 */
export function setLoopBuilder(builder: LoopBuilder): void {
  loopBuilder = builder;
}

/** The results of `body` for each step, stacked. */
function stackedLoop(
  length: Variable,
  known: number | null,
  body: (step: Variable) => readonly Variable[],
): readonly Variable[] {
  if (loopBuilder !== null) return loopBuilder(length, body);
  if (known === null || known === 0) {
    throw new TypeError(
      "Cannot make the matrix of a function of unknown length: loops are not loaded (import scan/mod.ts)",
    );
  }
  const rows = Array.from({ length: known }, (_, i) => body(intConstant(i)));
  return rows[0]!.map((_, k) => stack(rows.map((row) => row[k]!)));
}

/** Matrices of derivatives in the form of the variables: for one one, for several an array. */
export type JacobianOf<W extends Wrt, N extends number = number, O = Record<never, never>> =
  W extends Variable<infer D, infer M> ? Variable<D, JacobianRank<N, M>> | OrNull<O>
    : {
      -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M>
        ? Variable<D, JacobianRank<N, M>> | OrNull<O>
        : never;
    };

/** The rank of the derivatives of what has rank N with respect to what has rank M. */
export type JacobianRank<N extends number, M extends number> = number extends N ? number
  : N extends 1 ? Plus1<M>
  : M;

/**
 * The derivatives of all elements of a vector: for each variable a tensor of shape
 * (length, ...shape of the variable). Of a scalar it is the gradient.
 *
 * Throws a TypeError for an expression of rank 2 or more, and otherwise as `grad` does.
 *
 * @param expression A vector, or a scalar.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { jacobian, T } from "@croton/croton";
 *
 * const x = T.dvector("x");
 * const matrix = jacobian(T.exp(x), x); // diagonal
 * ```
 */
export function jacobian<
  const W extends Wrt,
  N extends number = number,
  const O extends ResultOptions = Record<never, never>,
>(expression: Variable<DType, N>, wrt: W, options?: O): JacobianOf<W, N, O>;
export function jacobian(
  expression: Variable,
  wrt: Wrt,
  given: ResultOptions = {},
): unknown {
  const options = checkResultOptions(given);
  expectVariable(expression, "what is differentiated");
  const list = wrtList(wrt);
  if (expression.ndim === 0) {
    return likeWrt(wrt, grad(expression, list, options) as Variable[]);
  }
  if (expression.ndim > 1) {
    throw new TypeError(
      `Cannot make the Jacobian matrix of ${expression.label}: expected a vector or a scalar, got ${expression.type}`,
    );
  }
  const length = shapeOf(expression, 0);
  const missing = new Set<number>();
  const row = (step: Variable): Variable[] => {
    const element = outputOf(subtensorOp, [expression, step], { index: [{ kind: "int" }] });
    const gradients: (Variable | null)[] = grad(element, list, {
      ...options,
      returnDisconnected: "none",
      addNames: false,
    });
    return gradients.flatMap((gradient, i) => {
      if (gradient === null) missing.add(i);
      return gradient === null ? [] : [gradient];
    });
  };
  // A row is made once for what it says of the variables; with none left there is no loop.
  const all = row(intConstant(0)).length === 0
    ? []
    : [...stackedLoop(length, expression.type.shape[0]!, row)];
  const matrices = list.map((variable, i) => {
    if (!missing.has(i)) return all.shift()!;
    if (options.returnDisconnected === "none") return null;
    return stretched(numberLike(variable, 0), [length, ...knownDims(variable)]);
  });
  return likeWrt(wrt, matrices);
}

/**
 * The second derivatives of a scalar with respect to the elements of a vector, as a matrix; for several
 * vectors one matrix for each, without those between two of them. Rows that do not depend on the vector
 * are zero.
 *
 * Throws a TypeError for variables that are no vectors, and otherwise as `grad` does.
 *
 * @param cost A real scalar.
 * @param wrt The vector or vectors.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { hessian, T } from "@croton/croton";
 *
 * const x = T.dvector("x");
 * const matrix = hessian(T.pow(x, 3).sum(), x); // 6x on the diagonal
 * ```
 */
export function hessian<const W extends Wrt, const O extends ResultOptions = Record<never, never>>(
  cost: Variable,
  wrt: W,
  options?: O,
): JacobianOf<W, 1, O>;
export function hessian(cost: Variable, wrt: Wrt, given: ResultOptions = {}): unknown {
  const options = checkResultOptions(given);
  const list = wrtList(wrt);
  for (const variable of list) {
    if (variable.ndim === 1) continue;
    throw new TypeError(
      `Cannot make the Hessian matrix with respect to ${variable.label}: expected a vector, got ${variable.type}`,
    );
  }
  const gradients: (Variable | null)[] = grad(cost, list, { ...options, addNames: false });
  const matrices = gradients.map((gradient, i) =>
    gradient === null
      ? null
      : jacobian(gradient, list[i]!, { ...options, disconnectedInputs: "ignore" })
  );
  return likeWrt(wrt, matrices);
}
