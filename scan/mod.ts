/**
 * Loops inside the graph.
 *
 * @module
 */

import { beforeCompiling } from "../core/base/later.ts";
import { registerBatching, setRowLoop } from "../core/batch/rules.ts";
import { setLoopBuilder } from "../autodiff/jacobian.ts";
import { neverConnected } from "../autodiff/rule.ts";
import { registerGradient } from "../autodiff/rules.ts";
import { registerTracing } from "../core/ops/control/reports.ts";
import { registerLastRow } from "../core/ops/index/last_row.ts";
import { lastOfTrace } from "./rewrites/last_value.ts";
import { batchCeilSqrt, batchScan, rowLoop } from "./batch.ts";
import { ceilSqrtOp } from "./checkpoint.ts";
import { scanConnected, scanGradient } from "./gradient.ts";
import type { ScanParams } from "./node.ts";
import { scanPushforward } from "./pushforward.ts";
import { stackedRows } from "./rows.ts";
import { traced } from "./tracing.ts";

beforeCompiling(async () =>
  void await /* @ts-types="../core/runtime/late.ts" */ import("./compiling.ts")
);
registerLastRow(lastOfTrace);
registerTracing("scan", traced);
registerGradient<ScanParams>("scan", {
  pullback: scanGradient,
  pushforward: scanPushforward,
  connected: scanConnected,
});
registerGradient(ceilSqrtOp.name, neverConnected);
setLoopBuilder(stackedRows);
registerBatching("scan", batchScan);
registerBatching(ceilSqrtOp.name, batchCeilSqrt);
setRowLoop(rowLoop);

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
