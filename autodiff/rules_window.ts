/**
 * Derivatives of sliding windows.
 *
 * @module
 */

import { type Apply, outputOf } from "../core/graph/graph.ts";
import { foldWindowsOp, type WindowParams, windowsOp } from "../core/ops/nn/window.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import type { Gradient } from "./gradient.ts";
import type { GradientRule } from "./rule.ts";

/** The rule of `windows`: windows are added up where they overlap. */
export const windowsGradient: GradientRule<WindowParams> = {
  pullback: (apply: Apply<WindowParams>, [g]) => [
    outputOf(foldWindowsOp, [g!, ...knownDims(apply.inputs[0]!)], apply.params),
  ],
};

/** The rule of `foldWindows`: each window sees the gradient at its elements. */
export const foldWindowsGradient: GradientRule<WindowParams> = {
  pullback(apply: Apply<WindowParams>, [g]): Gradient[] {
    const { params } = apply, dims = knownDims(apply.inputs[0]!).slice(-params.axes.length);
    const open = dims.filter((_, i) => params.size[i] === null);
    return [outputOf(windowsOp, [g!, ...open], params)];
  },
};
