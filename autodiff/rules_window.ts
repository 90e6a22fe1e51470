/**
 * Derivatives of sliding windows.
 *
 * @module
 */

import { outputOf } from "../core/graph/graph.ts";
import { foldWindowsOp, type WindowParams, windowsOp } from "../core/ops/nn/window.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { type GradientRules, ruleOf } from "./rule.ts";

/** The rules of sliding windows. */
export const windowGradients: GradientRules = {
  // Windows are added up where they overlap.
  windows: ruleOf<WindowParams>({
    pullback: (apply, [g]) => [
      outputOf(foldWindowsOp, [g!, ...knownDims(apply.inputs[0]!)], apply.params),
    ],
  }),
  // Each window sees the gradient at its elements.
  foldWindows: ruleOf<WindowParams>({
    pullback(apply, [g]) {
      const { params } = apply, dims = knownDims(apply.inputs[0]!).slice(-params.axes.length);
      const open = dims.filter((_, i) => params.size[i] === null);
      return [outputOf(windowsOp, [g!, ...open], params)];
    },
  }),
};
