/**
 * Derivatives of ops that move, stretch, join and split.
 *
 * @module
 */

import { type Apply, outputOf, type Variable } from "../core/graph/graph.ts";
import type { Params } from "../core/graph/op.ts";
import { type Dim, intConstant, staticDim } from "../core/ops/common/arguments.ts";
import type { DimshuffleParams } from "../core/ops/shape/dimshuffle.ts";
import type { JoinParams } from "../core/ops/shape/join.ts";
import { addDims, dimVariable } from "../core/ops/common/lengths.ts";
import { reshaped } from "../core/ops/shape/reshape.ts";
import { type IndexEntry, subtensorOp, type SubtensorParams } from "../core/ops/index/subtensor.ts";
import type { SumToParams } from "../core/ops/reduce/sum_to.ts";
import type { PadParams } from "../core/ops/nn/window.ts";
import { sub } from "../core/ops/elementwise/elementwise.ts";
import { type Gradient, zeroGradient } from "./gradient.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import { isZeroPiece } from "./pieces.ts";
import { type GradientRule, neverConnected } from "./rule.ts";
import { spreadLike, sumOver, turned, unstretched } from "./shapes.ts";

const whole: IndexEntry = { kind: "slice", start: false, stop: false, step: false };
const part: IndexEntry = { kind: "slice", start: true, stop: true, step: false };

/** x[…, start:stop, …] along some axes. */
function sliced(
  x: Variable,
  axes: readonly number[],
  ranges: readonly (readonly [Dim, Dim])[],
): Variable {
  const last = Math.max(...axes);
  const index = Array.from({ length: last + 1 }, (_, d) => axes.includes(d) ? part : whole);
  const order = axes.map((axis, i) => ({ axis, i })).sort((a, b) => a.axis - b.axis);
  const scalars = order.flatMap(({ i }) => ranges[i]!.map(dimVariable));
  return outputOf<SubtensorParams>(subtensorOp, [x, ...scalars], { index });
}

/** The rule of `shapeI`: a length does not depend on elements. */
export const shapeIGradient: GradientRule = neverConnected;

/** The rule of `jointLength`, of which the same is true. */
export const jointLengthGradient: GradientRule = neverConnected;

/** The rule of `arange`: its inputs are whole numbers. */
export const arangeGradient: GradientRule = neverConnected;

/** The rule of `makeVector`. */
export const makeVectorGradient: GradientRule = {
  pullback(apply: Apply, [g], wanted): Gradient[] {
    return apply.inputs.map((_, i) => {
      if (!wanted[i]) return null;
      return isZeroPiece(g!, 0, i, i + 1)
        ? zeroGradient
        : outputOf(subtensorOp, [g!, intConstant(i)], { index: [{ kind: "int" }] });
    });
  },
};

/** The rule of `specifyShape`. */
export const specifyShapeGradient: GradientRule = { pullback: (_apply, [g]) => [g!] };

/** The rule of `fill`: of its first input only the shape matters. */
export const fillGradient: GradientRule = {
  connected: (_apply, input) => input === 1,
  pullback: (_apply, [g]) => [null, sumOver(g!, g!.type.shape.map((_, axis) => axis))],
};

/** The rule of `dimshuffle`: the axes go back. */
export const dimshuffleGradient: GradientRule<DimshuffleParams> = {
  pullback(apply: Apply<DimshuffleParams>, [g]): Gradient[] {
    const { pattern } = apply.params;
    const back = apply.inputs[0]!.type.shape.map((_, axis) => {
      const at = pattern.indexOf(axis);
      return at < 0 ? "x" : at;
    });
    return [turned(g!, back)];
  },
};

/** The rule of `reshape`. */
export const reshapeGradient: GradientRule = {
  pullback: (apply: Apply, [g]) => [reshaped(g!, knownDims(apply.inputs[0]!))],
};

/** The rule of `broadcastTo`: the sum over what was stretched. */
export const broadcastToGradient: GradientRule<Params> = {
  pullback: (apply: Apply, [g]) => [unstretched(g!, apply.inputs[0]!, apply.output)],
};

/** The rule of `sumTo`: stretched again. */
export const sumToGradient: GradientRule<SumToParams> = {
  pullback: (apply: Apply<SumToParams>, [g]) => [spreadLike(g!, apply.inputs[0]!)],
};

/** The rule of `join`: each part gets its piece. */
export const joinGradient: GradientRule<JoinParams> = {
  pullback(apply: Apply<JoinParams>, [g], wanted): Gradient[] {
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
};

/** The rule of `pad`: the inner part, and the sum of the rest for the value. */
export const padGradient: GradientRule<PadParams> = {
  pullback(apply: Apply<PadParams>, [g], wanted): Gradient[] {
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
    return [inner, wanted[1] ? sub(sumOver(g!, all), sumOver(inner, all)) as Variable : null];
  },
};
