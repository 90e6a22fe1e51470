// Made of core/runtime/copies.ts by `deno task types`.
/**
 * Copies of functions: other shared variables in the place of some, updates left out.
 *
 * @module
 */
import type { Variable } from "../graph/graph.d.ts";
import { SharedVariable } from "./shared.d.ts";
import type { CopyOptions } from "./types.d.ts";
/** The graphs of a function. */
export interface Graphs {
    readonly outputs: readonly Variable[];
    readonly updates: readonly (readonly [SharedVariable, Variable])[];
    /** New values of the inputs that have an update, in the order of those inputs, then what is reported. */
    readonly states: readonly Variable[];
}
/** Which shared variable stands in the place of which of those that a function uses. */
export declare function checkSwaps(swaps: CopyOptions["swap"], shared: readonly SharedVariable[], action: string): Map<Variable, SharedVariable>;
/** The graphs with shared variables swapped, and with the first `kept` of the updates. */
export declare function swapped({ outputs, updates, states }: Graphs, kept: number, swap: ReadonlyMap<Variable, SharedVariable>, action: string): Graphs;
