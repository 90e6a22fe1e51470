// Made of core/runtime/updates.ts by `deno task types`.
/**
 * Updates and givens in the forms that users write them.
 *
 * @module
 */
import { type TensorLike } from "../ops/common/literal.d.ts";
import { SharedVariable } from "./shared.d.ts";
import { Variable } from "../graph/graph.d.ts";
/** One update: the shared variable and its new value. */
export type UpdatePair = readonly [SharedVariable, TensorLike];
/** Updates: pairs in a list or a Map, or an object whose values are pairs. */
export type Updates = readonly UpdatePair[] | ReadonlyMap<SharedVariable, TensorLike> | Readonly<Record<string, UpdatePair>>;
/** Replacements: pairs in a list or a Map. */
export type Givens = readonly (readonly [Variable, TensorLike])[] | ReadonlyMap<Variable, TensorLike>;
/** The pairs of updates, checked: targets are shared and differ, new values have the same type. */
export declare function checkUpdates(updates: Updates | undefined, what: string): [SharedVariable, Variable][];
/**
 * Variables and what stands for each, in a list of pairs or a Map. Throws a TypeError for anything else.
 *
 * @param what How the message starts, as in "Cannot compile f: givens".
 */
export declare function replacementPairs(given: unknown, what: string): [Variable, unknown][];
/** The replacements of givens, checked. */
export declare function checkGivens(givens: Givens | undefined, inputs: readonly Variable[], what: string): Map<Variable, Variable>;
/** What decides which default updates a function applies. */
interface DefaultUpdateRequest {
    /** Variables that have an update already. */
    readonly targets: readonly SharedVariable[];
    /** Leave out all default updates, or these. */
    readonly suppressed: boolean | readonly SharedVariable[];
    /** Variables that something else stands for. */
    readonly replaced: ReadonlySet<Variable>;
    /** Puts what was given in the place of variables. */
    substitute(graph: readonly Variable[]): Variable[];
    readonly what: string;
}
/**
 * The default updates of the shared variables that a graph reads, also through other updates. The graph
 * is that after replacing: what is replaced is not read, and so not advanced.
 */
export declare function defaultUpdates(graph: readonly Variable[], { targets, suppressed, replaced, substitute, what }: DefaultUpdateRequest): [SharedVariable, Variable][];
export {};
