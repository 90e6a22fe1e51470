// Made of core/rewrite/mode.ts by `deno task types`.
/**
 * Which rewrites run, and what is checked, as users say it.
 *
 * @module
 */
import type { Variable } from "../graph/graph.d.ts";
/** What `mode: "nanGuard"` takes for bad. */
export interface NanGuardOptions {
    /** NaN; default true. */
    readonly nan?: boolean;
    /** Infinities; default true. */
    readonly inf?: boolean;
    /** Absolute values above this; default 1e10. */
    readonly huge?: number;
    /** What is bad besides: makes of a result a condition, such as `(v) => T.lt(v, 0)`. */
    readonly test?: (result: Variable) => Variable;
}
/** Changes to the set of rewrites. */
export interface ModeOptions {
    /** Start from all rewrites, from those that numerics and merging need, or from none. */
    readonly base?: "fastRun" | "fastCompile" | "none";
    /** Names of phases or rules, or tags, to add. */
    readonly including?: readonly string[];
    /**
     * Names of phases or rules, or tags, to leave out. Tags are `stabilises`, for rules that give a value where
     * the graph as written overflows or loses digits, `assumesFinite`, for those that may change results where
     * values are not finite, and `mayHideError`.
     */
    readonly excluding?: readonly string[];
    /** Compare every rewrite and every call with the reference interpreter. */
    readonly verify?: boolean;
    /**
     * `verify`, and at the first call also compare the gradients of all outputs and updates by all floats with
     * finite differences, in some elements of each; where they differ there is a GradientError. Where a
     * function has a kink, or differences are not finite or lost in rounding, nothing is compared.
     */
    readonly gradients?: boolean;
    /** Find the first result that is NaN, infinite or huge, or what the options say. */
    readonly nanGuard?: boolean | NanGuardOptions;
}
/** Which rewrites run, and what is checked. */
export type Mode = "fastRun" | "fastCompile" | "debug" | "nanGuard" | ModeOptions;
