// Made of core/runtime/definition.ts by `deno task types`.
/**
 * What a compiled function is made from.
 *
 * @module
 */
import type { ReportItem } from "../ops/control/reports.d.ts";
import type { Graphs } from "./copies.d.ts";
import type { DeviceOption } from "../base/settings.d.ts";
import type { Mode } from "../rewrite/mode.d.ts";
import type { SharedVariable } from "./shared.d.ts";
import type { InputLike, InputSpec } from "./inputs.d.ts";
import type { Givens, Updates } from "./updates.d.ts";
import type { OutputForm } from "./outputs.d.ts";
/** Which axes are symbols from the first plan on. */
export type DynamicAxes = "auto" | "all" | "none";
/** Options of `compile`. */
export interface CompileOptions {
    /** New values of shared variables after each call; all are computed from the old values. */
    readonly updates?: Updates;
    /** Variables to replace before compiling. */
    readonly givens?: Givens;
    /** Leave out the default updates of all shared variables, or of these. */
    readonly noDefaultUpdates?: boolean | readonly SharedVariable[];
    /** Name in messages and profiles. */
    readonly name?: string;
    /** What to do with an input that nothing uses; default: `config.onUnusedInput`. */
    readonly onUnusedInput?: "raise" | "warn" | "ignore";
    /** Convert arguments to the input's dtype even where that loses something. */
    readonly allowInputDowncast?: boolean;
    /** Which rewrites run, or "debug": check every rewrite and every call against the reference. */
    readonly mode?: Mode;
    /** Where to run; default: `config.device`. */
    readonly device?: DeviceOption;
    /**
     * Which axes of arguments have symbols for lengths in plans, so that other lengths need no new plan:
     * "auto" (default) those that were seen with a second length, "all" those whose length the type
     * leaves open, "none". Axes that loops run over always have.
     */
    readonly dynamicAxes?: DynamicAxes;
    /** Measure calls, kernels and compiling: see `profile` of the function; default: `config.profile`. */
    readonly profile?: boolean;
}
/** Everything that a function is made from; `copy` makes another from a changed one. */
export interface Definition extends Graphs {
    readonly name: string;
    readonly inputs: readonly InputLike[];
    readonly specs: readonly InputSpec[];
    readonly form: OutputForm;
    readonly options: CompileOptions;
    /** What its graph reports. */
    readonly reports: readonly ReportItem[];
}
