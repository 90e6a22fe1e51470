// Made of nn/lbfgs.ts by `deno task types`.
/**
 * L-BFGS as an optimiser: one step of `solvers.minimize` in each call.
 *
 * @module
 */
import { Variable } from "../core/graph/graph.d.ts";
import { type OptimiserUpdates } from "./optimiser.d.ts";
import { type ParameterTree } from "./parameters.d.ts";
/** Options of {@linkcode lbfgs}. */
export interface LbfgsOptions {
    /** How many steps are remembered; 10 if missing. */
    readonly memory?: number;
}
/**
 * L-BFGS with a line search, for costs of all the data at once: there is no learning rate to choose. A call
 * computes the cost and its gradients once, and the parameters move to the point that the line search wants to
 * know next; where the cost does not fall there, the next call goes back. `state.x` has the best point so far,
 * all parameters one after the other in a vector, and `state.f` the cost there.
 *
 * @param cost A scalar; gradients alone do not tell how far to go.
 * @param parameters Shared variables in records and lists.
 * @param options How many steps are remembered.
 * @returns Updates for `compile` or for a step of `scan`.
 *
 * @example
 * ```ts
 * import { compile, nn, shared, T } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = T.sqr(w.sub([1, 2])).sum();
 * const train = await compile([], cost, { updates: nn.lbfgs(cost, w) });
 * for (let step = 0; step < 10; step++) train();
 * console.assert(Number(train().item()) < 1e-9);
 * ```
 */
export declare function lbfgs(cost: Variable, parameters: ParameterTree, options?: LbfgsOptions): OptimiserUpdates;
