// Made of scan/mod.ts by `deno task types`.
/**
 * Loops inside the graph.
 *
 * @module
 */
export { type OutputInfo, type OutputInfoLike, type SequenceInfo, type SequenceLike, } from "./arguments.d.ts";
export { scan } from "./loop.d.ts";
export { type NamedResult, type NamedReturn, type NamedScanOptions, type StepRecord, Tapped, type TappedAs, } from "./named.d.ts";
export { type LoopOptions, type NonSequences, type OutputsInfo, type ScanOptions, type ScanResult, type ScanUpdates, type Sequences, type StepReturn, type StepUpdates, } from "./scan.d.ts";
export type { ElementOf, FixedArguments, FixedOf, ForTaps, KnownCount, Listed, Packed, ReductionOf, ScanResultOf, SequenceArguments, StateArguments, StateDType, StateOf, StateRank, StepArguments, StepOutputs, TraceOf, TracesOf, } from "./types.d.ts";
export { Until, until } from "./until.d.ts";
export { foldl, foldr, map, type MapOptions, reduce, type ReduceLoopOptions } from "./wrappers.d.ts";
