// Made of nn/averages.ts by `deno task types`.
/**
 * Running averages of parameters.
 *
 * @module
 */
import { type TreeOf } from "../core/base/tree.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
import type { ParameterTree } from "./parameters.d.ts";
/** Options of {@linkcode ema}. */
export interface EmaOptions {
    /** What is left of an average after a step; 0.999 if missing. */
    readonly decay?: number;
}
/**
 * Running averages of parameters, which often predict better than the parameters of the last step:
 * a = decay * a + (1 - decay) * p, of the values that the updates give, starting from those of now.
 *
 * @param parameters Shared variables in records and lists.
 * @param updates The updates of a step, as an optimiser gives them.
 * @param options How much of an average is left after a step.
 * @returns The averages in the same records and lists, to take the place of the parameters by `givens`, and
 * all updates: those given and those of the averages.
 *
 * @example
 * ```ts
 * import { compile, nn, shared } from "@croton/croton";
 *
 * const w = shared([3, 4], { name: "w" }), cost = w.sqr().sum();
 * const { averages, updates } = nn.ema({ w }, nn.sgd(cost, [w]), { decay: 0.9 });
 * const train = await compile([], cost, { updates });
 * const test = await compile([], cost, { givens: [[w, averages.w]] });
 * ```
 */
export declare function ema<P extends ParameterTree>(parameters: P, updates: readonly (readonly [SharedVariable, Variable])[], options?: EmaOptions): {
    averages: TreeOf<P, SharedVariable, SharedVariable>;
    updates: (readonly [SharedVariable, Variable])[];
};
