// Made of scan/scan.ts by `deno task types`.
/**
 * The positional form of `scan`, as in Theano.
 *
 * @module
 */
import type { LoopStrategy } from "../core/ir/program.d.ts";
import { type TensorLike } from "../core/ops/common/literal.d.ts";
import { SharedVariable } from "../core/runtime/shared.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import { type OutputInfoLike, type SequenceLike } from "./arguments.d.ts";
import type { StepResult } from "./request.d.ts";
import { Until } from "./until.d.ts";
import { type OptionKinds } from "../core/base/options.d.ts";
/** Updates that a step may return: a Map, or pairs in a list. */
export type StepUpdates = ReadonlyMap<SharedVariable, TensorLike> | readonly (readonly [SharedVariable, TensorLike])[];
/** What a step may return: outputs, updates and a condition, alone or together in a list. */
export type StepReturn = Variable | Until | StepUpdates | readonly unknown[] | null | undefined | void;
/** Options that all loops share. */
export interface LoopOptions {
    /** Number of steps: an integer, or an integer scalar. Default: as many as the shortest sequence allows. */
    readonly nSteps?: TensorLike;
    /** Run over the sequences from their ends; outputs are in the order of the steps. */
    readonly goBackwards?: boolean;
    /** Let the gradient go back this many steps from the end only; -1 for all. */
    readonly truncateGradient?: number;
    /** Every shared variable that the step uses must be listed in `nonSequences`. */
    readonly strict?: boolean;
    /** Label in profiles and messages. */
    readonly name?: string;
    /** For the gradient, keep every n-th state and compute the others again: n, or "sqrt" of the steps. */
    readonly checkpoint?: number | "sqrt";
    /**
     * How to run the loop on a GPU; default: what the planner finds best. "parallel" takes the steps in
     * pieces side by side, where they are associative in their state: sums, products, maxima, `a * s + b`.
     * Float products are taken so only when asked for, since a product of many factors can overflow
     * though no state does. A strategy that the step does not allow is a TypeError that says why.
     */
    readonly strategy?: LoopStrategy;
}
/** What the options of loops must be. */
export declare const loopKinds: OptionKinds<LoopOptions>;
/** One sequence, or several. */
export type Sequences = SequenceLike | readonly SequenceLike[] | null;
/** What is known of one output, or of several. */
export type OutputsInfo = OutputInfoLike | readonly OutputInfoLike[];
/** One value that stays the same, or several. */
export type NonSequences = TensorLike | readonly TensorLike[] | null;
/** Options of `scan`. */
export interface ScanOptions<S extends Sequences = Sequences, I extends OutputsInfo = OutputsInfo, F extends NonSequences = NonSequences, W extends boolean = boolean> extends LoopOptions {
    /** What to run over: along the first axis, read at the step itself or at other taps. */
    readonly sequences?: S;
    /** For each output, the first value if it is fed back, or null. */
    readonly outputsInfo?: I;
    /** Values that are the same at each step; they come last among the arguments of the step. */
    readonly nonSequences?: F;
    /** Give outputs as a list, also a single one. */
    readonly returnList?: W;
}
/** The outputs of a scan: none, one, or a list. */
export type ScanResult = Variable | Variable[] | null;
/** New values of shared variables after the loop; pass them to `compile` as updates. */
export type ScanUpdates = Map<SharedVariable, Variable>;
/** Builds a scan in the positional form: see `scan`. */
export declare function positionalScan(fn: (...args: Variable[]) => StepReturn, options?: ScanOptions): [ScanResult, ScanUpdates];
/** Checks the option `checkpoint`. */
export declare function checkCheckpoint(checkpoint: LoopOptions["checkpoint"], label: string): void;
/** Checks the option `truncateGradient`. */
export declare function expectTruncation(steps: number, label: string): number;
/** Tells outputs, updates and the condition apart, by their kinds. */
export declare function parseReturn(value: unknown, label: string): StepResult;
