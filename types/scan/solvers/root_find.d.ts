// Made of scan/solvers/root_find.ts by `deno task types`.
/**
 * Roots of functions.
 *
 * @module
 */
import type { Variable } from "../../core/graph/graph.d.ts";
import { type SolverOptions } from "./options.d.ts";
import { type SolverState, type VariablesOf } from "./states.d.ts";
/** A root. */
export interface RootResult<X> {
    /** The root, in the form of the start. */
    readonly value: X;
    /** Whether the residual is within the tolerance (bool). */
    readonly converged: Variable<"bool", 0>;
    /** How often the function and its Jacobian matrix were computed (int64). */
    readonly steps: Variable<"int64", 0>;
    /** The greatest absolute value that the function has at the root. */
    readonly residual: Variable;
}
/**
 * A root of a function, f(x) = 0, by Newton's method with steps that are shortened until the sum of squares
 * falls: a loop on the device that ends when no element of f(x) is greater than the tolerance, or when there is
 * no way on.
 *
 * Gradients with respect to what `f` reads are those of the root (the implicit ones) and can be differentiated
 * again; where the Jacobian matrix is singular they are not finite. None flows to `x0`.
 *
 * @param f A function of the state, of the same form: as many equations as unknowns.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 100 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const { value } = solvers.rootFind((x) => x.sqr().sub(a), T.cast(1, "float64"));
 * const f = await compile([a], [value, grad(value, a)]);
 * console.assert(Math.abs(f(4)[0].item() - 2) < 1e-12 && Math.abs(f(4)[1].item() - 0.25) < 1e-12);
 * ```
 */
export declare function rootFind<const S extends SolverState>(f: (x: VariablesOf<S>) => Variable | readonly Variable[], x0: S, options?: SolverOptions): RootResult<VariablesOf<S>>;
