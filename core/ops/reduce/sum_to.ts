/**
 * Undoing a stretch: the sum over axes that turn out to have been stretched.
 *
 * @module
 */

import { isDiscrete } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { type Apply, outputOf, type Variable, writtenLabel } from "../../graph/graph.ts";
import type { Op, ShapeContext } from "../../graph/op.ts";
import { rounded, type Value } from "../../graph/value.ts";
import { sizeValue } from "../../ir/size.ts";
import { TensorType } from "../../graph/type.ts";
import { expectIndexScalars, expectInputs, shapeLabel, staticInt } from "../common/arguments.ts";
import { shapeText } from "../../base/shown.ts";
import { lengthsWith } from "../common/length_rules.ts";
import {
  addElement,
  broadcastPosition,
  forEachIndex,
  scalarOf,
  zeroValue,
} from "../common/moving.ts";
import { linearIn, sameAxesBut } from "../common/row_rules.ts";

/** Params of {@linkcode sumToOp}. */
export interface SumToParams {
  /** The axes that may have to be summed: one for each length that follows x. */
  readonly axes: readonly number[];
}

function sumError(
  label: string,
  shape: readonly (number | null)[],
  axis: number,
  wanted: number,
): ShapeError {
  return new ShapeError(
    `Cannot sum ${label} of shape ${
      shapeText(shape)
    } to length ${wanted} of axis ${axis}: expected 1 or the length that it has`,
  );
}

/** The axes that are summed: those where length 1 is asked for, and x has another. */
function summed(context: ShapeContext, apply: Apply<SumToParams>): number[] {
  const [x, ...dims] = apply.inputs as [Variable, ...Variable[]];
  const shape = context.shape(x), { guards } = context;
  return apply.params.axes.filter((axis, i) => {
    const wanted = context.integer(dims[i]!);
    if (guards.equal(wanted, shape[axis]!)) return false;
    if (guards.equal(wanted, 1)) return true;
    throw sumError(writtenLabel(x), shape.map(sizeValue), axis, sizeValue(wanted));
  });
}

/**
 * x, with each of some axes summed to length 1 if that is the length asked for: x, then one length for
 * each of these axes, which is 1 or the length of x. Where x has these lengths already, it is x.
 */
export const sumToOp: Op<SumToParams> = {
  name: "sumTo",
  params: { axes: "axes" },
  indexFrom: 1,
  infer(inputs, { axes }) {
    expectInputs("sumTo", inputs, 1 + axes.length);
    expectIndexScalars("sumTo", inputs, 1);
    const [x, ...dims] = inputs as [Variable, ...Variable[]];
    axes.forEach((axis, i) => {
      if (Number.isInteger(axis) && axis > (axes[i - 1] ?? -1) && axis < x.ndim) return;
      throw new RangeError(
        `Cannot sum ${
          shapeLabel(x)
        } to lengths of axes [${axes}]: expected ascending axes below ${x.ndim}`,
      );
    });
    const shape = x.type.shape.map((n, axis) => {
      const at = axes.indexOf(axis), wanted = at < 0 ? n : staticInt(dims[at]!);
      if (at >= 0 && wanted !== null && wanted !== 1 && n !== null && n !== wanted) {
        throw sumError(x.label, x.type.shape, axis, wanted);
      }
      return at < 0 || n === 1 ? n : wanted;
    });
    return [TensorType.of(x.dtype, shape)];
  },
  shapes(context, apply) {
    const axes = summed(context, apply);
    return [context.shape(apply.inputs[0]!).map((n, axis) => axes.includes(axis) ? 1 : n)];
  },
  lengths: lengthsWith((own, named, { axes }) =>
    own.map((n, axis) => named[axes.indexOf(axis)] ?? n)
  ),
  along: sameAxesBut(({ axes }) => axes),
  linear: linearIn(0),
  evaluate(inputs, { axes }) {
    const [x, ...dims] = inputs as [Value, ...Value[]];
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      const wanted = scalarOf(dims[i]!);
      if (wanted !== 1 && wanted !== shape[axis]) throw sumError("a value", x.shape, axis, wanted);
      shape[axis] = wanted;
    });
    if (shape.every((n, axis) => n === x.shape[axis])) return [x];
    const out = zeroValue(x.dtype, shape);
    forEachIndex(
      x.shape,
      (index, from) => addElement(out, broadcastPosition(index, shape), x, from),
    );
    return [isDiscrete(out.dtype) ? rounded(out) : out];
  },
  lowering: {
    kind: "byShape",
    choose(context, apply) {
      const axes = summed(context, apply);
      if (axes.length > 0) {
        return {
          kind: "reduce",
          reduction: (_params, dtype) => ({
            kind: "sum",
            axes,
            accumulator: dtype,
            keepdims: true,
          }),
        };
      }
      return {
        kind: "virtual",
        view: true,
        cost: 0,
        same: true,
        element: (elements, { inputs }, index) => elements.read(inputs[0]!, index),
      };
    },
  },
};

/** Sums, without checking arguments; where all lengths are known to be those of x it is x. */
export function summedTo(
  x: Variable,
  axes: readonly number[],
  dims: readonly Variable[],
): Variable {
  const open = axes.flatMap((axis, i) => {
    const have = x.type.shape[axis]!;
    return have !== null && have === staticInt(dims[i]!) ? [] : [i];
  });
  if (open.length === 0) return x;
  return outputOf<SumToParams>(sumToOp, [x, ...open.map((i) => dims[i]!)], {
    axes: open.map((i) => axes[i]!),
  });
}
