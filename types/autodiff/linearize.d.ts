// Made of autodiff/linearize.ts by `deno task types`.
/**
 * Functions with their changes: values and products with the Jacobian matrix, forwards.
 *
 * @module
 */
import { type Variable } from "../core/graph/graph.d.ts";
import { type GradOf, type Wrt } from "./grad.d.ts";
import { type ForEach } from "./products.d.ts";
/** The variables that a function gets, one by one. */
export type Primals<W extends Wrt> = W extends Variable ? [W] : {
    -readonly [K in keyof W]: W[K];
};
/** A function of variables, or what it gives. */
export type Differentiable<F extends Wrt, W extends Wrt> = F | ((...primals: Primals<W>) => F);
/**
 * The value of a function, and its change when its arguments change: the product of its Jacobian matrix with
 * the vector of changes, in one pass forwards. Several arguments are moved together.
 *
 * `f` is a function of the variables, as in JAX, or an expression of them. Outputs that do not depend on them
 * do not change. It is {@linkcode Rop} with the value beside it.
 *
 * Throws as `grad` does, and a TypeError if `tangents` do not go with `primals`.
 *
 * @param f A function of `primals`, or what it gives: one variable or several.
 * @param primals The variable or variables that change.
 * @param tangents Their changes: for each a tensor of its shape.
 *
 * @example
 * ```ts
 * import { compile, jvp, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), dx = T.dvector("dx");
 * const [value, change] = jvp((x) => T.sin(x).mul(x), x, dx);
 * const f = await compile([x, dx], [value, change]);
 * console.log(f([0, 1], [1, 0.5]));
 * ```
 */
export declare function jvp<const F extends Wrt, const W extends Wrt>(f: Differentiable<F, W>, primals: W, tangents: ForEach<W>): [value: F, change: GradOf<F, Record<never, never>>];
/**
 * The value of a function, and the linear function that it is close to there: from changes of its arguments
 * to the change of its value. However often that is used, what it shares with the value, and with itself, is
 * computed once.
 *
 * Throws as {@linkcode jvp} does.
 *
 * @param f A function of `primals`, or what it gives: one variable or several.
 * @param primals The variable or variables that change.
 *
 * @example
 * ```ts
 * import { compile, linearize, T } from "@croton/croton";
 *
 * const x = T.dvector("x");
 * const [value, linear] = linearize((x) => T.exp(x).sum(), x);
 * const f = await compile([x], [value, linear([1, 0]), linear([0, 1])]);
 * console.log(f([1, 2]));
 * ```
 */
export declare function linearize<const F extends Wrt, const W extends Wrt>(f: Differentiable<F, W>, primals: W): [value: F, linear: (tangents: ForEach<W>) => GradOf<F, Record<never, never>>];
/**
 * The product of the Hessian matrix of a scalar with a vector, without making the matrix: the change of the
 * gradient when the variables change, forwards over backwards. For several variables it is the product with
 * the whole matrix, with the derivatives between them. It has the form and shapes of `wrt`, and costs a few
 * times as much as `cost`.
 *
 * Throws as `grad` does, and a TypeError if `v` does not go with `wrt`.
 *
 * @param cost A real scalar.
 * @param wrt The variable or variables, of any rank.
 * @param v A tensor of the shape of `wrt`; for an array `wrt` one for each.
 *
 * @example
 * ```ts
 * import { compile, hessianVectorProduct, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), v = T.dvector("v");
 * const f = await compile([x, v], hessianVectorProduct(T.pow(x, 3).sum(), x, v));
 * console.log(f([1, 2], [1, 10])); // 6x times v
 * ```
 */
export declare function hessianVectorProduct<const W extends Wrt>(cost: Variable, wrt: W, v: ForEach<W>): GradOf<W, Record<never, never>>;
