// Made of scan/request.ts by `deno task types`.
/**
 * What a scan is built of, and what comes of it.
 *
 * @module
 */
import type { Variable } from "../core/graph/graph.d.ts";
import type { LoopStrategy } from "../core/ir/program.d.ts";
import type { SharedVariable } from "../core/runtime/shared.d.ts";
import type { OutputSpec, SequenceSpec } from "./arguments.d.ts";
/** A scan, its arguments made uniform. */
export interface ScanRequest {
    readonly sequences: readonly SequenceSpec[];
    readonly outputs: readonly OutputSpec[] | null;
    /** Results beyond those in `outputs` are allowed, and not fed back. */
    readonly openOutputs?: boolean;
    readonly nonSequences: readonly Variable[];
    readonly nSteps: Variable | null;
    readonly goBackwards: boolean;
    readonly truncateGradient: number;
    readonly strict: boolean;
    readonly name: string | null;
    readonly strategy: LoopStrategy | null;
    readonly checkpoint: number | "sqrt" | null;
}
/** What the step gives, made uniform. */
export interface StepResult {
    readonly outputs: readonly Variable[];
    readonly updates: ReadonlyMap<SharedVariable, Variable>;
    readonly until: Variable | null;
}
/** Placeholders that the step function gets. */
export interface StepArguments {
    /** For each sequence, one variable for each tap. */
    readonly sequences: readonly (readonly Variable[])[];
    /** For each output, one variable for each tap; none when it is not fed back. */
    readonly states: readonly (readonly Variable[])[];
}
/** What a built scan gives. */
export interface BuiltScan {
    /** One for each output of the step, with a leading axis of steps. */
    readonly outputs: readonly Variable[];
    readonly updates: Map<SharedVariable, Variable>;
}
