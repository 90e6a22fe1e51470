// Made of autodiff/subgraph.ts by `deno task types`.
/**
 * Differentiating a part of a graph.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import { type KnownGrads } from "./grad.d.ts";
/** What `subgraphGrad` differentiates. */
export interface SubgraphOptions {
    /** The variables to differentiate with respect to. */
    readonly wrt: readonly Variable[];
    /** Where the part ends: nothing flows back past these variables. */
    readonly end: readonly Variable[];
    /** Where the part starts: variables with their gradients. */
    readonly start?: KnownGrads;
    /** A scalar whose gradient is added. */
    readonly cost?: Variable;
}
/**
 * The gradients in a part of a graph, from its start or a cost back to its end. Those of the end are the
 * start of the next part, so that a long graph can be differentiated piece by piece.
 *
 * Returns the gradients of `wrt` and those of `end`; zeros where nothing flows.
 *
 * Throws a TypeError without start and cost, and otherwise as `grad` does.
 *
 * @param options The part of the graph.
 *
 * @example
 * ```ts
 * import { subgraphGrad, T } from "@croton/croton";
 *
 * const v = T.dvector("v"), u = T.dvector("u");
 * const a = T.tanh(v);
 * const [[gu], [ga]] = subgraphGrad({ wrt: [u], end: [a], cost: a.mul(u).sum() });
 * const [[gv]] = subgraphGrad({ wrt: [v], end: [v], start: [[a, ga!]] });
 * ```
 */
export declare function subgraphGrad(options: SubgraphOptions): [Variable[], Variable[]];
