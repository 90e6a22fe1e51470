// Made of core/graph/origin.ts by `deno task types`.
/**
 * Where in the user's program something was made.
 *
 * @module
 */
import type { Variable } from "./graph.d.ts";
/** The stack where something was made, and for a part of a gradient what was differentiated. */
export interface Origin {
    /** Formatted when it is read. */
    readonly stack?: string | undefined;
    readonly forward?: Variable;
}
/** What the user wrote: see {@linkcode Variable.written}. */
export interface Written {
    /** `file:line:column`, or "" when unknown. */
    readonly place: string;
    /** The function that they called there, or "". */
    readonly call: string;
    /** For a part of a gradient what was differentiated. */
    readonly forward: Variable | null;
}
/**
 * Calls `build`, and says of all variables it makes that they come from where this was called: one look
 * at the stack for a whole graph.
 */
export declare function withOrigin<T>(build: () => T): T;
/** Says of all variables that `build`, inside {@linkcode withOrigin}, makes that they differentiate `forward`. */
export declare function withForward<T>(forward: Variable, build: () => T): T;
/** What the gradient that is being built differentiates, if one is. */
export declare function differentiated(): Variable | null;
/** Where the user's program is now. */
export declare function captureOrigin(): Origin;
/** Where the user's program was, as `file:line:column`, or "". */
export declare function placeOf(origin: Origin): string;
/** The user's innermost frame, and the function of the library that was called there. */
export declare function frameOf(stack: string): {
    place: string;
    call: string;
};
