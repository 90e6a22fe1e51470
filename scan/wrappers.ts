/**
 * Loops of a common form: `map`, `reduce`, `foldl`, `foldr`.
 *
 * @module
 */

import { index } from "../core/ops/index/indexing.ts";
import type { Variable } from "../core/graph/graph.ts";
import {
  type LoopOptions,
  type NonSequences,
  type OutputsInfo,
  positionalScan as scan,
  type ScanResult,
  type ScanUpdates,
  type Sequences,
  type StepReturn,
} from "./scan.ts";
import type { ReductionOf, ScanResultOf, StepArguments } from "./types.ts";

/** A step: gets the elements of the sequences, earlier results and non-sequences. */
type StepFunction = (...args: Variable[]) => StepReturn;

/** Options of `map`. */
export interface MapOptions<
  S extends Sequences = Sequences,
  F extends NonSequences = NonSequences,
> extends Omit<LoopOptions, "nSteps"> {
  /** What to run over, along the first axis. */
  readonly sequences: S;
  /** Values that are the same at each step. */
  readonly nonSequences?: F;
}

/** Options of `reduce`, `foldl` and `foldr`. */
export interface ReduceLoopOptions<
  S extends Sequences = Sequences,
  I extends OutputsInfo = OutputsInfo,
  F extends NonSequences = NonSequences,
> extends MapOptions<S, F> {
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
export function map<
  const R extends StepReturn,
  const S extends Sequences,
  const F extends NonSequences = null,
>(
  fn: (...args: StepArguments<S, null, F>) => R,
  options: MapOptions<S, F>,
): [ScanResultOf<R>, ScanUpdates];
export function map(fn: StepFunction, options: MapOptions): [ScanResult, ScanUpdates] {
  return scan(fn, { ...options, outputsInfo: null });
}

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
export function reduce<
  const R extends StepReturn,
  const S extends Sequences,
  const I extends OutputsInfo,
  const F extends NonSequences = null,
>(
  fn: (...args: StepArguments<S, I, F>) => R,
  options: ReduceLoopOptions<S, I, F>,
): [ReductionOf<R>, ScanUpdates];
export function reduce(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  const [results, updates] = scan(fn, options);
  const last = (trace: Variable): Variable => index(trace, [-1]);
  if (results === null) return [null, updates];
  return [Array.isArray(results) ? results.map(last) : last(results), updates];
}

/** Combines the elements from the first to the last: see `reduce`. */
export function foldl<
  const R extends StepReturn,
  const S extends Sequences,
  const I extends OutputsInfo,
  const F extends NonSequences = null,
>(
  fn: (...args: StepArguments<S, I, F>) => R,
  options: ReduceLoopOptions<S, I, F>,
): [ReductionOf<R>, ScanUpdates];
export function foldl(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  return reduce(fn, { ...options, goBackwards: false });
}

/** Combines the elements from the last to the first: see `reduce`. */
export function foldr<
  const R extends StepReturn,
  const S extends Sequences,
  const I extends OutputsInfo,
  const F extends NonSequences = null,
>(
  fn: (...args: StepArguments<S, I, F>) => R,
  options: ReduceLoopOptions<S, I, F>,
): [ReductionOf<R>, ScanUpdates];
export function foldr(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  return reduce(fn, { ...options, goBackwards: true });
}
