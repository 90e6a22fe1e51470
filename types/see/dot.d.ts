// Made of see/dot.ts by `deno task types`.
/**
 * Graphs for Graphviz.
 *
 * @module
 */
import { type Drawable, type DrawOptions } from "./model.d.ts";
/**
 * A graph as text for Graphviz, in the colours and shapes of Theano's pictures: ops are ellipses, values
 * boxes; inputs green, outputs blue, shared variables cyan, loops yellow; the steps of loops are clusters. A
 * compiled function says which device it runs on.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 * import { toDot } from "@croton/croton/see";
 *
 * const dot = toDot(T.dscalar("x").exp());
 * console.assert(dot.startsWith("digraph"));
 * ```
 */
export declare function toDot(what: Drawable, options?: DrawOptions): string;
/** The kinds of the options of pictures. */
export declare const drawKinds: {
    readonly stage: readonly ["written", "compiled"];
    readonly steps: "boolean";
};
