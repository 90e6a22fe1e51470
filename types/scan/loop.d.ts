// Made of scan/loop.ts by `deno task types`.
/**
 * `scan`, by places or by names.
 *
 * @module
 */
import type { TensorLike } from "../core/ops/common/literal.d.ts";
import type { Variable } from "../core/graph/graph.d.ts";
import type { OutputInfo, SequenceInfo } from "./arguments.d.ts";
import { type NamedResult, type NamedReturn, type NamedScanOptions, type StepRecord } from "./named.d.ts";
import { type NonSequences, type OutputsInfo, type ScanOptions, type ScanUpdates, type Sequences, type StepReturn } from "./scan.d.ts";
import type { ScanResultOf, StepArguments } from "./types.d.ts";
/**
 * Runs a step function over sequences and earlier results, as a loop inside the graph.
 *
 * The step gets, in this order: all taps of the first sequence, of the second, …; all taps of the first
 * output that is fed back, of the second, …; the non-sequences. It returns outputs, updates of shared
 * variables, `until(condition)`, or any of them together in a list.
 *
 * By names: `scan({ sequences, carry, nonSequences }, step)`. The step gets an object: sequences and carried
 * values are read by `at(tap)`, and it returns an object with the new carried values and any other results.
 * The result is an object of the same names.
 *
 * By places it returns `[outputs, updates]`. Each output has a leading axis of steps; first values are not part of it.
 *
 * Throws a TypeError or RangeError that names the sequence or output for taps and first values that
 * cannot be, for a state whose dtype or rank changes, and when the number of steps is unknown.
 *
 * @example
 * ```ts
 * import { scan, T } from "@croton/croton";
 * const x = T.vector("x");
 * const [sums] = scan((element, sum) => sum.add(element), { sequences: x, outputsInfo: 0 });
 * console.assert(sums.ndim === 1);
 * ```
 */
export declare function scan<const S extends Readonly<Record<string, TensorLike | SequenceInfo>> = Record<never, never>, const C extends Readonly<Record<string, TensorLike | OutputInfo>> = Record<never, never>, const F extends Readonly<Record<string, TensorLike>> = Record<never, never>, R extends Readonly<Record<string, Variable>> = Record<never, never>>(options: NamedScanOptions<S, C, F>, fn: (record: StepRecord<S, C, F>) => NamedReturn<R>): NamedResult<R>;
/** By places, as in Theano. */
export declare function scan<const R extends StepReturn, const S extends Sequences = null, const I extends OutputsInfo = null, const F extends NonSequences = null, W extends boolean = false>(fn: (...args: StepArguments<S, I, F>) => R, options?: ScanOptions<S, I, F, W>): [ScanResultOf<R, W>, ScanUpdates];
