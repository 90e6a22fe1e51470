// Made of scan/solvers/fixed_point.ts by `deno task types`.
/**
 * Fixed points of functions.
 *
 * @module
 */
import type { Variable } from "../../core/graph/graph.d.ts";
import { type SolverOptions } from "./options.d.ts";
import { type SolverState, type VariablesOf } from "./states.d.ts";
/** A fixed point. */
export interface FixedPointResult<X> {
    /** The fixed point, in the form of the start. */
    readonly value: X;
    /** Whether the last step changed it by no more than the tolerance (bool). */
    readonly converged: Variable<"bool", 0>;
    /** How often the function was applied (int64). */
    readonly steps: Variable<"int64", 0>;
    /** The greatest change of an element in the last step. */
    readonly change: Variable;
}
/**
 * The fixed point x = f(x) that repeated application leads to, as a loop on the device that ends when no
 * element changes by more than tolerance · (1 + the greatest element).
 *
 * Gradients with respect to what `f` reads are those of the solution (the implicit ones), found by repetition as
 * well, and can be differentiated again; none flows to `x0`.
 *
 * @param f A function of the state, of the same form.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 1000 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const { value } = solvers.fixedPoint((x) => T.cos(x).mul(a), T.cast(1, "float64"));
 * const f = await compile([a], [value, grad(value, a)]);
 * console.assert(Math.abs(f(1)[0].item() - 0.7390851332151607) < 1e-9);
 * ```
 */
export declare function fixedPoint<const S extends SolverState>(f: (x: VariablesOf<S>) => Variable | readonly Variable[], x0: S, options?: SolverOptions): FixedPointResult<VariablesOf<S>>;
