// Made of scan/arguments.ts by `deno task types`.
/**
 * The arguments of a scan in the forms that users write them, made uniform.
 *
 * @module
 */
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import { Variable } from "../core/graph/graph.d.ts";
/** A sequence with the places it is read at, relative to the step. */
export interface SequenceInfo {
    /** The sequence; scan runs along its first axis. */
    readonly input: TensorLike;
    /** Default [0]. */
    readonly taps?: number | readonly number[];
}
/** An output that is fed back: its first values, and the earlier steps that are read. */
export interface OutputInfo {
    /** The first value, or as many first rows as the taps reach back, oldest first. */
    readonly initial?: TensorLike;
    /** Default [-1]; null or [] when the output is not fed back. */
    readonly taps?: number | readonly number[] | null;
}
/** A sequence as users give it. */
export type SequenceLike = TensorLike | SequenceInfo;
/** What is known of an output as users give it. */
export type OutputInfoLike = TensorLike | OutputInfo | null | undefined;
/** A sequence, made uniform. */
export interface SequenceSpec {
    readonly variable: Variable;
    readonly taps: readonly number[];
    readonly lo: number;
    readonly hi: number;
}
/** An output, made uniform; `initial` null when it is not fed back. */
export interface OutputSpec {
    readonly initial: Variable | null;
    readonly taps: readonly number[];
    /** The initial was a JavaScript number: it takes the dtype of the step. */
    readonly flexible: boolean;
    /** Whether the initial has a leading axis of rows. */
    readonly rows: boolean;
}
/** One value, or a list of values, as a list. Nested numbers are one value. */
export declare function asList<X>(value: X | readonly X[] | null | undefined): readonly X[];
/** Makes a sequence uniform. */
export declare function sequenceSpec(value: SequenceLike, i: number): SequenceSpec;
/** Makes what is known of an output uniform. */
export declare function outputSpec(value: OutputInfoLike, i: number): OutputSpec;
/** The number of steps as an integer scalar, when it is given. */
export declare function stepsVariable(nSteps: TensorLike | undefined | null): Variable | null;
