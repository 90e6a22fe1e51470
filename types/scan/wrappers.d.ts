// Made of scan/wrappers.ts by `deno task types`.
/**
 * Loops of a common form: `map`, `reduce`, `foldl`, `foldr`.
 *
 * @module
 */
import { type LoopOptions, type NonSequences, type OutputsInfo, type ScanUpdates, type Sequences, type StepReturn } from "./scan.d.ts";
import type { ReductionOf, ScanResultOf, StepArguments } from "./types.d.ts";
/** Options of `map`. */
export interface MapOptions<S extends Sequences = Sequences, F extends NonSequences = NonSequences> extends Omit<LoopOptions, "nSteps"> {
    /** What to run over, along the first axis. */
    readonly sequences: S;
    /** Values that are the same at each step. */
    readonly nonSequences?: F;
}
/** Options of `reduce`, `foldl` and `foldr`. */
export interface ReduceLoopOptions<S extends Sequences = Sequences, I extends OutputsInfo = OutputsInfo, F extends NonSequences = NonSequences> extends MapOptions<S, F> {
    /** The value before the first step, for each result. */
    readonly outputsInfo: I;
}
/**
 * Applies a function to every element: a scan without feedback.
 *
 * @example
 * ```ts
 * import { map, T } from "@croton/croton";
 * const x = T.vector("x");
 * const [doubled] = map((element) => element.mul(2), { sequences: x });
 * ```
 */
export declare function map<const R extends StepReturn, const S extends Sequences, const F extends NonSequences = null>(fn: (...args: StepArguments<S, null, F>) => R, options: MapOptions<S, F>): [ScanResultOf<R>, ScanUpdates];
/**
 * Combines the elements into one value: a scan of which only the last results are kept. The step gets
 * `(element, result so far)`.
 *
 * @example
 * ```ts
 * import { reduce, T } from "@croton/croton";
 * const x = T.vector("x");
 * const [total] = reduce((element, sum) => sum.add(element), { sequences: x, outputsInfo: 0 });
 * ```
 */
export declare function reduce<const R extends StepReturn, const S extends Sequences, const I extends OutputsInfo, const F extends NonSequences = null>(fn: (...args: StepArguments<S, I, F>) => R, options: ReduceLoopOptions<S, I, F>): [ReductionOf<R>, ScanUpdates];
/** Combines the elements from the first to the last: see `reduce`. */
export declare function foldl<const R extends StepReturn, const S extends Sequences, const I extends OutputsInfo, const F extends NonSequences = null>(fn: (...args: StepArguments<S, I, F>) => R, options: ReduceLoopOptions<S, I, F>): [ReductionOf<R>, ScanUpdates];
/** Combines the elements from the last to the first: see `reduce`. */
export declare function foldr<const R extends StepReturn, const S extends Sequences, const I extends OutputsInfo, const F extends NonSequences = null>(fn: (...args: StepArguments<S, I, F>) => R, options: ReduceLoopOptions<S, I, F>): [ReductionOf<R>, ScanUpdates];
