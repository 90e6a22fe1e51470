// Made of scan/solvers/minimize.ts by `deno task types`.
/**
 * Minima of functions.
 *
 * @module
 */
import { Variable } from "../../core/graph/graph.d.ts";
import { type SolverOptions } from "./options.d.ts";
import { type SolverState, type VariablesOf } from "./states.d.ts";
/** Options of {@linkcode minimize}. */
export interface MinimizeOptions extends SolverOptions {
    /**
     * "lbfgs", the default, needs gradients only, for any number of unknowns; "newton" solves a system of the
     * Hessian matrix in each step.
     */
    readonly method?: "lbfgs" | "newton";
    /** How many steps L-BFGS remembers; 10 if missing. */
    readonly memory?: number;
}
/** A minimum. */
export interface MinimizeResult<X> {
    /** Where it is, in the form of the start. */
    readonly value: X;
    /** The cost there. */
    readonly cost: Variable;
    /** Whether the gradient is within the tolerance (bool), and the cost has an end there. */
    readonly converged: Variable<"bool", 0>;
    /** How often the cost and its gradient were computed (int64). */
    readonly steps: Variable<"int64", 0>;
    /** The greatest element of the gradient, as an absolute value. */
    readonly gradientNorm: Variable;
}
/**
 * A local minimum of a cost, by L-BFGS or by Newton's method, as a loop on the device. It ends when no element
 * of the gradient is greater than tolerance · max(1, |cost|) (nor Σ |x·gradient| than a tenth of max(1, |cost|),
 * as it is where a cost falls without end), or when there is no way on, as where a cost is rounded too coarsely.
 *
 * Gradients with respect to what `cost` reads are those of the minimum (the implicit ones) and can be
 * differentiated again. They solve a system of the Hessian matrix: by conjugate gradients with "lbfgs", which must
 * be positive definite then, as a matrix with "newton". None flows to `x0`.
 *
 * @param cost A real scalar, a function of the state.
 * @param x0 Where to start: a tensor, or a list of variables.
 * @param options The method, the tolerance (1e-10 in float64, 1e-5 in float32), and `maxSteps`, 1000 if missing.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const a = T.dscalar("a");
 * const rosenbrock = (x: ReturnType<typeof T.dvector>) =>
 *   T.add(T.sqr(T.sub(a, x.at(0))), T.mul(T.sqr(T.sub(x.at(1), T.sqr(x.at(0)))), 100));
 * const start = T.constant([-1.2, 1], { dtype: "float64" });
 * const { value, converged } = solvers.minimize(rosenbrock, start);
 * const f = await compile([a], [value, grad(value.sum(), a), converged]);
 * const [x, slope] = f(1); // at (a, a²), with the slope 1 + 2a of the sum
 * console.assert(Math.abs(Number(x.dataSync()[1]) - 1) < 1e-6 && Math.abs(slope.item() - 3) < 1e-5);
 * ```
 */
export declare function minimize<const S extends SolverState>(cost: (x: VariablesOf<S>) => Variable, x0: S, options?: MinimizeOptions): MinimizeResult<VariablesOf<S>>;
