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
import type { Apply, Variable } from "../core/graph/graph.ts";
import { endsEarly } from "./inner.ts";
import { partsOf, rebuild, replacements } from "./rewrites/rebuild.ts";

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

/** A loop with another step, whose results are `step`, and with rows of more values of it. */
function traced(apply: Apply, step: readonly Variable[], values: readonly Variable[]) {
  const node = apply as unknown as Apply<ScanParams>, { layout } = node.params.step;
  const parts = partsOf(node);
  let at = 0;
  for (const state of parts.states) state.next = step[at++]!;
  for (const map of parts.maps) map.value = step[at++]!;
  for (const state of parts.carried) state.next = step[at++]!;
  if (parts.until !== null) parts.until = step[at]!;
  const first = parts.states.length + parts.maps.length;
  parts.maps.push(...values.map((value) => ({ value, from: -1 })));
  // What is kept may be of other shapes than the strategy that was asked for can take.
  const { params } = node, isMore = values.length > 0;
  const rebuilt = rebuild(parts, isMore ? { ...params, strategy: null } : params);
  const outputs = replacements(node, parts, rebuilt);
  return {
    outputs: apply.outputs.map((output, i) => outputs[i] ?? output),
    traces: rebuilt.outputs.traces.slice(first),
    steps: endsEarly(layout) ? rebuilt.outputs.count : null,
  };
}
