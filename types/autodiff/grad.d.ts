// Made of autodiff/grad.ts by `deno task types`.
/**
 * The gradient of a scalar.
 *
 * @module
 */
import { Variable } from "../core/graph/graph.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import { type Gradient } from "./gradient.d.ts";
import { type Found } from "./pullback.d.ts";
/** Gradients by variable. */
export type KnownGrads = ReadonlyMap<Variable, TensorLike> | readonly (readonly [Variable, TensorLike])[];
/** Options of `grad`. */
export interface GradOptions {
    /** Variables that count as constants: nothing flows back past them. */
    readonly considerConstant?: readonly Variable[];
    /**
     * What to do when the cost does not depend on a variable, or only through its shape, through indices or
     * through `disconnectedGrad`. Default "raise".
     */
    readonly disconnectedInputs?: "raise" | "warn" | "ignore";
    /**
     * Gradients of variables inside the graph that are known already. They take the place of what would be
     * computed for them; the cost may be null then.
     */
    readonly knownGrads?: KnownGrads;
    /** What to give for such a variable if that is no error: zeros (the default), or null. */
    readonly returnDisconnected?: "zero" | "none";
    /** What to do about a gradient that is not defined: an error (the default), or NaN everywhere. */
    readonly nullGradients?: "raise" | "return";
    /** Whether to name gradients `(dcost/dx)` if cost and variable have names; default true. */
    readonly addNames?: boolean;
}
/** What `returnDisconnected: "none"` adds to a gradient. */
export type OrNull<O> = O extends {
    readonly returnDisconnected: "none";
} ? null : O extends {
    readonly returnDisconnected: "zero";
} ? never : O extends {
    readonly returnDisconnected?: infer R;
} ? "none" extends R ? unknown extends R ? never : null : never : never;
/** One or several variables. */
export type Wrt = Variable | readonly Variable[];
/** Gradients in the form in which variables were given: for one one, for several an array. */
export type GradOf<W extends Wrt, O = GradOptions> = W extends Variable<infer D, infer N> ? Variable<D, N> | OrNull<O> : {
    -readonly [K in keyof W]: W[K] extends Variable<infer D, infer N> ? Variable<D, N> | OrNull<O> : never;
};
/** Throws a TypeError for something that is no variable. */
export declare function expectVariable(value: unknown, what: string): asserts value is Variable;
/**
 * The variables to differentiate with respect to, as a list.
 *
 * Throws a TypeError for what is no variable or array of them, and for integers.
 */
export declare function wrtList(wrt: Wrt): readonly Variable[];
/** Results in the form of the argument. */
export declare function likeWrt<W extends Wrt, O>(wrt: W, results: readonly (Variable | null)[]): GradOf<W, O>;
/** A given gradient, checked and in the dtype of its variable. */
export declare function givenGradient(variable: Variable, gradient: TensorLike): Variable;
/** Variables with gradients that an option gives, checked. */
export declare function knownPairs(option: string, known: KnownGrads | undefined): [Variable, Variable][];
/** The gradient of a cost with respect to itself. Throws a TypeError for one that is no real scalar. */
export declare function seedOf(cost: unknown): Gradient;
/** What to do about gradients that are not there. */
export type ResultOptions = Pick<GradOptions, "disconnectedInputs" | "returnDisconnected" | "nullGradients">;
/** The options `given` to what is done, checked. */
export declare function checkResultOptions(given: ResultOptions | undefined): ResultOptions;
/** Turns what a pass has found into variables, or complains. */
export declare function finished(found: readonly Found[], wrt: readonly Variable[], of: string, options: ResultOptions): (Variable | null)[];
/**
 * The gradient of a scalar with respect to variables: expressions for the derivatives, which are compiled
 * like any others and can be differentiated again.
 *
 * The result has the form of `wrt`: for a variable a variable, for an array an array. A gradient has the
 * shape and dtype of its variable. Variables may be inputs, shared variables or intermediate results; of
 * the latter it is the derivative through all uses of them.
 *
 * Conventions where there is a choice: equal elements share the gradient of `max`, `min`, `maximum` and
 * `minimum`; `abs` has slope 0 at 0; `clip` passes the gradient on the closed interval; the derivative of
 * `x ** y` with respect to `y` is 0 where `x` is 0; products are exact where factors are 0. For complex
 * variables the gradient is dL/dRe + i dL/dIm. Rounding, comparisons and casts to integers have zero
 * gradient.
 *
 * Throws a TypeError for a cost that is no real scalar and for integer variables, a
 * DisconnectedInputError for a variable that the cost does not depend on, and a NullGradientError for a
 * gradient that is not defined.
 *
 * @param cost A real scalar; null if `knownGrads` says where to start.
 * @param wrt The variable or variables.
 * @param options What counts as constant, and what to do about gradients that are not there.
 *
 * @example
 * ```ts
 * import { grad, T } from "@croton/croton";
 *
 * const x = T.dvector("x"), w = T.dvector("w");
 * const cost = x.mul(w).sum().sqr();
 * const [gx, gw] = grad(cost, [x, w]);
 * ```
 */
export declare function grad<const W extends Wrt, const O extends GradOptions = Record<never, never>>(cost: Variable | null, wrt: W, options?: O): GradOf<W, O>;
