// Made of autodiff/jacobian.ts by `deno task types`.
/**
 * Jacobian and Hessian matrices, and the same of tensors.
 *
 * @module
 */
import { Variable } from "../core/graph/graph.d.ts";
import { type DType } from "../core/graph/dtype.d.ts";
import type { Less1, Plus1 } from "../core/graph/type_arithmetic.d.ts";
import { type OrNull, type ResultOptions, type Wrt } from "./grad.d.ts";
/**
 * Makes a loop: `body` is called with the number of the step (an int64 scalar), and its results of all
 * `count` steps are stacked along a new first axis.
 */
type LoopBuilder = (count: Variable, body: (step: Variable) => readonly Variable[]) => readonly Variable[];
/**
 * Tells how to make loops, which the matrices of functions need whose number of rows is not known.
 *
 * @param builder Makes a loop.
 */
export declare function setLoopBuilder(builder: LoopBuilder): void;
/** Derivatives in the form of the variables: for one one, for several an array. */
export type JacobianOf<W extends Wrt, N extends number = number, O = Record<never, never>> = W extends Variable<infer D, infer M> ? Variable<D, JacobianRank<N, M>> | OrNull<O> : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M> ? Variable<D, JacobianRank<N, M>> | OrNull<O> : never;
};
/** The rank of the derivatives of what has rank N with respect to what has rank M. */
export type JacobianRank<N extends number, M extends number> = number extends N | M ? number : N extends 0 ? M : JacobianRank<Less1<N>, Plus1<M>>;
/** Second derivatives in the form of the variables: for one one, for several an array. */
export type HessianOf<W extends Wrt, O = Record<never, never>> = W extends Variable<infer D, infer M> ? Variable<D, JacobianRank<M, M>> | OrNull<O> : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer M> ? Variable<D, JacobianRank<M, M>> | OrNull<O> : never;
};
/**
 * The derivatives of all elements of an expression: for each variable a tensor of the shape of the
 * expression, then that of the variable. Of a vector in a vector it is the Jacobian matrix, of a scalar
 * the gradient.
 *
 * It goes backwards for each element of the expression, or, where a variable has fewer elements and its type
 * tells that these are few, forwards for each of them.
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
export declare function jacobian<const W extends Wrt, N extends number = number, const O extends ResultOptions = Record<never, never>>(expression: Variable<DType, N>, wrt: W, options?: O): JacobianOf<W, N, O>;
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
export declare function hessian<const W extends Wrt, const O extends ResultOptions = Record<never, never>>(cost: Variable, wrt: W, options?: O): HessianOf<W, O>;
export {};
