/**
 * Jacobian and Hessian matrices, and the same of tensors.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { intConstant } from "../core/ops/common/arguments.ts";
import { stack } from "../core/ops/shape/combine.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { ravel } from "../core/ops/shape/reshape.ts";
import { reshaped } from "../core/ops/shape/reshape_op.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { subtensorOp } from "../core/ops/index/subtensor.ts";
import type { DType } from "../core/graph/dtype.ts";
import type { Less1, Plus1 } from "../core/graph/type_arithmetic.ts";
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

/** Derivatives in the form of the variables: for one one, for several an array. */
export type JacobianOf<W extends Wrt, N extends number = number, O = Record<never, never>> =
  W extends Variable<infer D, infer M> ? Variable<D, JacobianRank<N, M>> | OrNull<O>
    : {
      -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M>
        ? Variable<D, JacobianRank<N, M>> | OrNull<O>
        : never;
    };

/** The rank of the derivatives of what has rank N with respect to what has rank M. */
export type JacobianRank<N extends number, M extends number> = number extends N | M ? number
  : N extends 0 ? M
  : JacobianRank<Less1<N>, Plus1<M>>;

/** Second derivatives in the form of the variables: for one one, for several an array. */
export type HessianOf<W extends Wrt, O = Record<never, never>> = W extends
  Variable<infer D, infer M> ? Variable<D, JacobianRank<M, M>> | OrNull<O>
  : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M>
      ? Variable<D, JacobianRank<M, M>> | OrNull<O>
      : never;
  };

/**
 * The derivatives of all elements of an expression: for each variable a tensor of the shape of the
 * expression, then that of the variable. Of a vector in a vector it is the Jacobian matrix, of a scalar
 * the gradient.
 *
 * Throws as `grad` does.
 *
 * @param expression What to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { jacobian, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), m = T.dmatrix("m");
 * const matrix = jacobian(T.exp(x), x); // diagonal
 * const all = jacobian(m.dot(m), m); // of rank 4
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
  // Rows are those of the expression as one vector.
  const vector = ravel(expression), length = shapeOf(vector, 0);
  const missing = new Set<number>();
  const row = (step: Variable): Variable[] => {
    const element = outputOf(subtensorOp, [vector, step], { index: [{ kind: "int" }] });
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
    : [...stackedLoop(length, vector.type.shape[0]!, row)];
  const matrices = list.map((variable, i) => {
    const dims = [...knownDims(expression), ...knownDims(variable)];
    if (!missing.has(i)) return vector === expression ? all.shift()! : reshaped(all.shift()!, dims);
    if (options.returnDisconnected === "none") return null;
    return stretched(numberLike(variable, 0), dims);
  });
  return likeWrt(wrt, matrices);
}

/**
 * The second derivatives of a scalar with respect to the elements of a variable: a tensor of the
 * variable's shape twice, which for a vector is the Hessian matrix. For several variables it is one for
 * each, without those between two of them. What does not depend on the variable is zero.
 *
 * Throws as `grad` does.
 *
 * @param cost A real scalar.
 * @param wrt The variable or variables, of any rank.
 * @param given What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { hessian, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), m = T.dmatrix("m");
 * const matrix = hessian(T.pow(x, 3).sum(), x); // 6x on the diagonal
 * const all = hessian(m.dot(m).sum(), m); // of rank 4
 * ```
 */
export function hessian<const W extends Wrt, const O extends ResultOptions = Record<never, never>>(
  cost: Variable,
  wrt: W,
  options?: O,
): HessianOf<W, O>;
export function hessian(cost: Variable, wrt: Wrt, given: ResultOptions = {}): unknown {
  const options = checkResultOptions(given);
  const list = wrtList(wrt);
  const gradients: (Variable | null)[] = grad(cost, list, { ...options, addNames: false });
  const matrices = gradients.map((gradient, i) =>
    gradient === null
      ? null
      : jacobian(gradient, list[i]!, { ...options, disconnectedInputs: "ignore" })
  );
  return likeWrt(wrt, matrices);
}
