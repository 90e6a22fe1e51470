// Made of autodiff/products.ts by `deno task types`.
/**
 * Products with Jacobian matrices, without making the matrices.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import type { TensorLike } from "../core/ops/common/literal.d.ts";
import { type GradOf, type ResultOptions, type Wrt } from "./grad.d.ts";
export type { ResultOptions } from "./grad.d.ts";
/** One value for each variable, in the same form. */
export type ForEach<W extends Wrt> = W extends Variable ? TensorLike : readonly TensorLike[];
/**
 * The product vᵀJ of a vector with the Jacobian matrix of `f` with respect to `wrt`: the gradient of
 * Σ f·v. It has the form and shapes of `wrt`.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `f`.
 *
 * @param f The variable or variables to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param v A tensor of the shape of `f`; for an array `f` one for each.
 * @param options What to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { Lop, T } from "@croton/croton";
 *
 * const w = T.dmatrix("w"), x = T.dvector("x"), v = T.dvector("v");
 * const gradient = Lop(T.tanh(w.dot(x)), w, v);
 * ```
 */
export declare function Lop<const W extends Wrt, const F extends Wrt, const O extends ResultOptions = Record<never, never>>(f: F, wrt: W, v: ForEach<F>, options?: O): GradOf<W, O>;
/** Options of `Rop`. */
export interface RopOptions {
    /** What to do with an output that does not depend on any variable: an error (default), or zeros. */
    readonly disconnectedOutputs?: "raise" | "ignore";
}
/**
 * The product Jv of the Jacobian matrix of `f` with respect to `wrt` with a vector: the change of `f` when
 * `wrt` changes in the direction v. Several variables are moved together. It has the form and shapes
 * of `f`.
 *
 * It goes forwards through the graph once, so that it costs about as much as `f` itself, whatever the number
 * of its elements. Ops of one's own that say their gradient alone go by that.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `wrt`.
 *
 * @param f The variable or variables to differentiate, of any rank.
 * @param wrt The variable or variables to differentiate with respect to.
 * @param v A tensor of the shape of `wrt`; for an array `wrt` one for each.
 * @param options What to do with outputs that do not depend on the variables.
 *
 * @example
 * ```ts
 * import { Rop, T } from "@croton/croton";
 *
 * const w = T.dmatrix("w"), x = T.dvector("x"), v = T.dmatrix("v");
 * const change = Rop(T.tanh(w.dot(x)), w, v);
 * ```
 */
export declare function Rop<const F extends Wrt, const W extends Wrt>(f: F, wrt: W, v: ForEach<W>, options?: RopOptions): GradOf<F, Record<never, never>>;
