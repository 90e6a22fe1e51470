/**
 * Loops inside the graph.
 *
 * @module
 */

import { beforeCompiling } from "../core/base/later.ts";
import "./registered.ts";

beforeCompiling(async () => void await import("./compiling.ts"));

export {
  type OutputInfo,
  type OutputInfoLike,
  type SequenceInfo,
  type SequenceLike,
} from "./arguments.ts";
export { scan } from "./loop.ts";
export {
  type NamedResult,
  type NamedReturn,
  type NamedScanOptions,
  type StepRecord,
  Tapped,
  type TappedAs,
} from "./named.ts";
export {
  type LoopOptions,
  type NonSequences,
  type OutputsInfo,
  type ScanOptions,
  type ScanResult,
  type ScanUpdates,
  type Sequences,
  type StepReturn,
  type StepUpdates,
} from "./scan.ts";
export type {
  ElementOf,
  FixedArguments,
  FixedOf,
  ForTaps,
  KnownCount,
  Listed,
  Packed,
  ReductionOf,
  ScanResultOf,
  SequenceArguments,
  StateArguments,
  StateDType,
  StateOf,
  StateRank,
  StepArguments,
  StepOutputs,
  TraceOf,
  TracesOf,
} from "./types.ts";
export { Until, until } from "./until.ts";
export { foldl, foldr, map, type MapOptions, reduce, type ReduceLoopOptions } from "./wrappers.ts";
