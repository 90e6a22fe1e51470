// Made of scan/solvers/odeint.ts by `deno task types`.
/**
 * Ordinary differential equations.
 *
 * @module
 */
import { type Variable } from "../../core/graph/graph.d.ts";
import type { DTypeOf, Floating, Plus1, RankOf } from "../../core/graph/type_arithmetic.d.ts";
import type { TensorLike } from "../../core/ops/common/literal.d.ts";
import { type SolverState, type VariablesOf } from "./states.d.ts";
/** Options of {@linkcode odeint}. */
export interface OdeOptions<Y = never> {
    /**
     * "dopri5", the default, is Dormand's and Prince's method of order 5, which chooses its steps; "rk4" the
     * classical one of order 4 with steps of equal size.
     */
    readonly method?: "dopri5" | "rk4";
    /** Of "dopri5": the error that a step may have, in parts of the state; 1e-7 in float64, else 1e-5. */
    readonly rtol?: number;
    /** Of "dopri5": the error that a step may have beside that; 1e-9 in float64, else 1e-6. */
    readonly atol?: number;
    /** Of "dopri5": the most steps from one time to the next, 1000 if missing; what takes more is NaN. */
    readonly maxSteps?: number;
    /** Of "dopri5": the size of the first step; found from the equation if missing. */
    readonly firstStep?: number;
    /** Of "rk4": how many steps lead from one time to the next; 1 if missing. */
    readonly steps?: number;
    /**
     * "steps", the default, differentiates the steps as they were made, exactly; "adjoint" solves the equation of
     * the gradients backwards in time instead, with memory for the results alone.
     */
    readonly gradient?: "steps" | "adjoint";
    /** Ends the results with the first of the times, after the one at the start, at which it holds. */
    readonly until?: (y: Y, t: Variable) => Variable;
}
/** The states at all times: for a variable one with an axis of times in front, for a list a list. */
export type TrajectoryOf<S> = S extends readonly Variable[] ? {
    -readonly [K in keyof S]: S[K] extends Variable<infer D, infer N> ? Variable<D, Plus1<N>> : never;
} : Variable<Floating<DTypeOf<S>>, Plus1<RankOf<S>>>;
/**
 * The solution of dy/dt = f(y, t) from the state `y0` at the first of some times: the states at all of them,
 * along a new first axis. The times may rise or fall. Everything is a loop on the device.
 *
 * Gradients go to `y0`, to the times and to all that `f` reads beside y and t, and can be differentiated again. A
 * batch of states shares its steps; with `vmap` each has its own.
 *
 * @param f The derivatives of the state, of the same form.
 * @param y0 The state at the first time: a tensor, or a list of variables.
 * @param times A vector.
 * @param options The method and its steps.
 *
 * @example
 * ```ts
 * import { compile, grad, solvers, T } from "@croton/croton";
 *
 * const rate = T.dscalar("rate");
 * const y = solvers.odeint((y) => y.mul(rate).neg(), T.cast(1, "float64"), [0, 0.5, 1]);
 * const f = await compile([rate], [y, grad(y.at(-1), rate)]);
 * const [decay, slope] = f(2); // exp(-2t), and -exp(-2)
 * console.assert(Math.abs(Number(decay.dataSync()[2]) - Math.exp(-2)) < 1e-6);
 * console.assert(Math.abs(slope.item() + Math.exp(-2)) < 1e-6);
 * ```
 */
export declare function odeint<const S extends SolverState>(f: (y: VariablesOf<S>, t: Variable) => Variable | readonly Variable[], y0: S, times: TensorLike, options?: OdeOptions<VariablesOf<S>>): TrajectoryOf<S>;
