/**
 * Loops of a common form: `map`, `reduce`, `foldl`, `foldr`.
 *
 * @module
 */

import { index } from "../core/ops/index/indexing.ts";
import type { TensorLike } from "../core/ops/common/literal.ts";
import type { Variable } from "../core/graph/graph.ts";
import type { OutputInfoLike, SequenceLike } from "./arguments.ts";
import {
  type LoopOptions,
  positionalScan as scan,
  type ScanResult,
  type ScanUpdates,
  type StepReturn,
} from "./scan.ts";

/** A step: gets the elements of the sequences, earlier results and non-sequences. */
export type StepFunction = (...args: Variable[]) => StepReturn;

/** Options of `map`. */
export interface MapOptions extends Omit<LoopOptions, "nSteps"> {
  /** What to run over, along the first axis. */
  readonly sequences: SequenceLike | readonly SequenceLike[];
  /** Values that are the same at each step. */
  readonly nonSequences?: TensorLike | readonly TensorLike[] | null;
}

/** Options of `reduce`, `foldl` and `foldr`. */
export interface ReduceLoopOptions extends Omit<LoopOptions, "nSteps"> {
  /** What to run over, along the first axis. */
  readonly sequences: SequenceLike | readonly SequenceLike[];
  /** The value before the first step, for each result. */
  readonly outputsInfo: OutputInfoLike | readonly OutputInfoLike[];
  /** Values that are the same at each step. */
  readonly nonSequences?: TensorLike | readonly TensorLike[] | null;
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
export function reduce(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  const [results, updates] = scan(fn, options);
  const last = (trace: Variable): Variable => index(trace, [-1]);
  if (results === null) return [null, updates];
  return [Array.isArray(results) ? results.map(last) : last(results), updates];
}

/** Combines the elements from the first to the last: see `reduce`. */
export function foldl(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  return reduce(fn, { ...options, goBackwards: false });
}

/** Combines the elements from the last to the first: see `reduce`. */
export function foldr(fn: StepFunction, options: ReduceLoopOptions): [ScanResult, ScanUpdates] {
  return reduce(fn, { ...options, goBackwards: true });
}
