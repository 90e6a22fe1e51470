/**
 * What gradients, batching and tracing need to know of loops.
 *
 * @module
 */

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
