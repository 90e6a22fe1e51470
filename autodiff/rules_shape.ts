/**
 * Derivatives of ops that move, stretch, join and split, and of sliding windows.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { moved, reduced } from "../core/ops/common/axes.ts";
import { type Dim, intConstant, staticDim } from "../core/ops/common/arguments.ts";
import type { DimshuffleParams } from "../core/ops/shape/dimshuffle_op.ts";
import type { JoinParams } from "../core/ops/shape/join.ts";
import { addDims, dimVariable } from "../core/ops/common/lengths.ts";
import { reshaped } from "../core/ops/shape/reshape_op.ts";
import {
  type IndexEntry,
  subtensorOp,
  type SubtensorParams,
  wholeEntry,
} from "../core/ops/index/subtensor.ts";
import {
  foldWindowsOp,
  type PadParams,
  type WindowParams,
  windowsOp,
} from "../core/ops/nn/window.ts";
import { sub } from "../core/ops/elementwise/elementwise.ts";
import { zeroGradient } from "./gradient.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { isZeroPiece } from "./pieces.ts";
import { type GradientRules, neverConnected, ruleOf } from "./rule.ts";
import { spreadLike, unstretched } from "./shapes.ts";

const part: IndexEntry = { kind: "slice", start: true, stop: true, step: false };

/** x[…, start:stop, …] along some axes. */
function sliced(
  x: Variable,
  axes: readonly number[],
  ranges: readonly (readonly [Dim, Dim])[],
): Variable {
  const last = Math.max(...axes);
  const index = Array.from({ length: last + 1 }, (_, d) => axes.includes(d) ? part : wholeEntry);
  const order = axes.map((axis, i) => ({ axis, i })).sort((a, b) => a.axis - b.axis);
  const scalars = order.flatMap(({ i }) => ranges[i]!.map(dimVariable));
  return outputOf<SubtensorParams>(subtensorOp, [x, ...scalars], { index });
}

/** The rules of ops that move, stretch, join and split. */
export const shapeGradients: GradientRules = {
  // A length does not depend on elements.
  shapeI: neverConnected,
  jointLength: neverConnected,
  length: neverConnected,
  // Its inputs are whole numbers.
  arange: neverConnected,
  makeVector: {
    pullback(apply, [g], wanted) {
      return apply.inputs.map((_, i) => {
        if (!wanted[i]) return null;
        return isZeroPiece(g!, 0, i, i + 1)
          ? zeroGradient
          : outputOf(subtensorOp, [g!, intConstant(i)], { index: [{ kind: "int" }] });
      });
    },
  },
  specifyShape: { pullback: (_apply, [g]) => [g!] },
  // Of its first input only the shape matters.
  fill: {
    connected: (_apply, input) => input === 1,
    pullback: (_apply, [g]) => [null, reduced("sum", g!, g!.type.shape.map((_, axis) => axis))],
  },
  // The axes go back.
  dimshuffle: ruleOf<DimshuffleParams>({
    pullback(apply, [g]) {
      const { pattern } = apply.params;
      const back = apply.inputs[0]!.type.shape.map((_, axis) => {
        const at = pattern.indexOf(axis);
        return at < 0 ? "x" : at;
      });
      return [moved(g!, back)];
    },
  }),
  reshape: {
    pullback: (apply, [g]) => [reshaped(g!, knownDims(apply.inputs[0]!))],
  },
  // The sum over what was stretched.
  broadcastTo: {
    pullback: (apply, [g]) => [unstretched(g!, apply.inputs[0]!, apply.output)],
  },
  // Stretched again.
  sumTo: {
    pullback: (apply, [g]) => [spreadLike(g!, apply.inputs[0]!)],
  },
  // Each part gets its piece.
  join: ruleOf<JoinParams>({
    pullback(apply, [g], wanted) {
      const { axis } = apply.params;
      let start: Dim = 0;
      return apply.inputs.map((x, i) => {
        const from = start, stop: Dim = addDims(from, knownDims(x)[axis]!);
        start = stop;
        if (!wanted[i]) return null;
        return isZeroPiece(g!, axis, staticDim(from), staticDim(stop))
          ? zeroGradient
          : sliced(g!, [axis], [[from, stop]]);
      });
    },
  }),
  // The inner part, and the sum of the rest for the value.
  pad: ruleOf<PadParams>({
    pullback(apply, [g], wanted) {
      const x = apply.inputs[0]!, { axes, before } = apply.params;
      const dims = knownDims(x);
      // Widths that the params leave open are inputs: first those in front.
      let next = 2;
      const starts = before.map((n): Dim => n ?? apply.inputs[next++]!);
      const inner = axes.length === 0 ? g! : sliced(
        g!,
        axes,
        axes.map((axis, i) => [starts[i]!, addDims(starts[i]!, dims[axis]!)]),
      );
      const all = x.type.shape.map((_, axis) => axis);
      return [inner, wanted[1] ? sub(reduced("sum", g!, all), reduced("sum", inner, all)) : null];
    },
  }),
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
