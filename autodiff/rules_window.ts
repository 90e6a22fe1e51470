/**
 * Derivatives of sliding windows.
 *
 * @module
 */

import { type Apply, apply as applyOp } from "../core/graph/graph.ts";
import { foldWindowsOp, type WindowParams, windowsOp } from "../core/ops/window.ts";
import { knownDims } from "../core/ops/known_lengths.ts";
import type { GradientRule } from "./rule.ts";

/** The rule of `windows`: windows are added up where they overlap. */
export const windowsGradient: GradientRule<WindowParams> = {
  pullback: (apply: Apply<WindowParams>, [g]) => [
    applyOp(foldWindowsOp, [g!, ...knownDims(apply.inputs[0]!)], apply.params),
  ],
};

/** The rule of `foldWindows`: each window sees the gradient at its elements. */
export const foldWindowsGradient: GradientRule<WindowParams> = {
  pullback(apply: Apply<WindowParams>, [g]) {
    // Sizes that the params leave open are the lengths of the last axes of the windows.
    const { axes, size } = apply.params, lengths = knownDims(apply.inputs[0]!).slice(-axes.length);
    const open = size.flatMap((n, i) => n === null ? [lengths[i]!] : []);
    return [applyOp(windowsOp, [g!, ...open], apply.params)];
  },
};
