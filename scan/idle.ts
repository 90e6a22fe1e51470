/**
 * Plans a scan that makes no step: its states are what they start as, and nothing of the step is looked at.
 *
 * @module
 */

import { IndexError } from "../core/base/errors.ts";
import type { Apply, Variable } from "../core/graph/graph.ts";
import { type Ix, sizeIx } from "../core/ir/builder.ts";
import type { BufferView } from "../core/plan/buffer_view.ts";
import { KernelBuilder } from "../core/plan/kernel.ts";
import type { Scope } from "../core/plan/scope.ts";
import { depthOf } from "./inner.ts";
import { scanInputs, scanLabel, scanOutputs, type ScanParams } from "./node.ts";

/** Places the outputs of a loop without steps. */
export function lowerIdle(scope: Scope, apply: Apply<ScanParams>): void {
  const { params } = apply, { states } = params.step.layout;
  const given = scanInputs(params, apply.inputs), made = scanOutputs(apply);
  const place = (output: Variable): BufferView => {
    const view = scope.destinationOf(output);
    scope.bind(output, view);
    return view;
  };
  const copy = (output: Variable, from: Variable, row: readonly Ix[]) => {
    const view = place(output), kernel = new KernelBuilder(scope, view.shape, [], false);
    kernel.storeView(view, kernel.axes, kernel.read(from, [...row, ...kernel.axes]));
    scope.finish("first", kernel);
  };
  // Traces have no rows to write.
  for (const output of [...made.traces, ...made.histories]) if (scope.isUsed(output)) place(output);
  made.finals.forEach((output, i) => {
    if (!scope.isUsed(output)) return;
    const taps = states[i];
    if (taps !== undefined) return copy(output, given.initials[i]!, [sizeIx(depthOf(taps) - 1)]);
    throw new IndexError(
      `Cannot take the last result of ${scanLabel(params)}: it has no steps, and result ${
        i - states.length
      } no first value`,
    );
  });
  made.carried.forEach((output, i) => {
    if (scope.isUsed(output)) copy(output, given.carried[i]!, []);
  });
  if (!scope.isUsed(made.count)) return;
  const view = place(made.count), kernel = new KernelBuilder(scope, [], [], false);
  kernel.storeView(view, [], kernel.b.constant(scope.planner.storage.scalar("int64"), 0));
  scope.finish("steps", kernel);
}
