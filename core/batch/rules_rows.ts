/**
 * Batching of ops that make rows of rows: elementwise ones, those with axes, and products.
 *
 * @module
 */

import { applyOp, makeConstant, type Variable } from "../graph/graph.ts";
import type { ParamKind } from "../graph/op.ts";
import { castTo } from "../ops/common/build.ts";
import { asVariable } from "../ops/common/literal.ts";
import { mul, where } from "../ops/elementwise/elementwise.ts";
import { matmul } from "../ops/linalg/linalg.ts";
import { stretched } from "../ops/shape/broadcast_to_op.ts";
import { dimshuffle } from "../ops/shape/dimshuffle.ts";
import { reshape } from "../ops/shape/reshape.ts";
import { shapeOf } from "../ops/shape/shape_ops.ts";
import {
  aligned,
  type Batched,
  type BatchRule,
  heldPositions,
  rowLengths,
  spread,
  stacked,
} from "./batched.ts";

export const elementwise: BatchRule = (apply, inputs) => {
  const args = inputs.map((input) => aligned(input, apply.output.ndim));
  return stacked(applyOp(apply.op, args, apply.params).output);
};

/** Params with axes of the inputs moved up by one. */
function movedUp(
  kinds: Readonly<Record<string, ParamKind>>,
  params: object,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (kinds[key] === "axis") return [key, value as number + 1];
      if (kinds[key] !== "axes" || !Array.isArray(value)) return [key, value];
      return [key, value.map((axis: number) => axis + 1)];
    }),
  );
}

/** The same op with its axes moved up by one, if what it makes of the rows of its inputs are rows. */
export const rowByRow: BatchRule = (apply, inputs, rows) => {
  const { op } = apply, kinds: Readonly<Record<string, ParamKind>> = op.params ?? {};
  const hasAxes = Object.values(kinds).some((kind) => kind === "axis" || kind === "axes");
  if (op.along === undefined || !hasAxes || apply.outputs.length > 1) return null;
  const all = inputs.map((input) =>
    input.stacked || input.value.ndim === 0 ? input.value : spread(input, rows)
  );
  // Where an op wants a scalar, it takes no row of them.
  if (inputs.some(({ stacked }, i) => stacked && apply.inputs[i]!.ndim === 0)) return null;
  const made = applyOp(op, all, movedUp(kinds, apply.params)), along = op.along(made, 0);
  const goesAlong = inputs.every(({ stacked }, i) =>
    (along[i] ?? null) === 0 || !stacked && all[i]!.ndim === 0
  );
  return goesAlong ? stacked(made.output) : null;
};

/** The outputs of an op that takes any axes in front, with one more. */
export const counted: BatchRule = (apply, inputs, rows) => {
  const all = inputs.map((input) => spread(input, rows));
  const { outputs } = applyOp(apply.op, all, apply.params);
  return outputs.map((value) => ({ value, stacked: true }));
};

/** (rows, m, k) times (k, n), as one product of (rows*m, k). */
function rowsTimes(all: Variable, matrix: Variable): Variable {
  const [count, m, k] = [0, 1, 2].map((d) => shapeOf(all, d)) as [Variable, Variable, Variable];
  const product = matmul(reshape(all, [mul(count, m), k]), matrix);
  return reshape(product, [count, m, shapeOf(matrix, 1)]);
}

export const rowRules: Readonly<Record<string, BatchRule>> = {
  matmul: (apply, [a, b], rows) => {
    if (apply.output.ndim !== 2 || a!.stacked === b!.stacked) {
      return stacked(matmul(spread(a!, rows), spread(b!, rows)));
    }
    if (a!.stacked) return stacked(rowsTimes(a!.value, b!.value));
    // A times B_t is the transpose of B_t' times A'.
    const turned = rowsTimes(dimshuffle(b!.value, 0, 2, 1), dimshuffle(a!.value, 1, 0));
    return stacked(dimshuffle(turned, 0, 2, 1));
  },

  pad: (apply, inputs, rows) => {
    const [x, by, ...widths] = inputs as [Batched, Batched, ...Batched[]];
    if (!by.stacked) {
      return rowByRow(apply, [{ value: spread(x, rows), stacked: true }, by, ...widths], rows);
    }
    // With another value for each row: zeros, and where they are.
    const fill = (of: Variable, value: Variable) =>
      applyOp(apply.op, [of, value, ...apply.inputs.slice(2)], apply.params);
    const zero = castTo(asVariable(0), by.value.dtype);
    const no = makeConstant({ dtype: "bool", shape: [], data: Float64Array.of(0) });
    const yes = makeConstant({ dtype: "bool", shape: [], data: Float64Array.of(1) });
    if (widths.some((width) => width.stacked)) return null;
    const inside = fill(stretched(yes, rowLengths(x)), no).output;
    const all = { value: spread(x, rows), stacked: true };
    const [made] = rowByRow(apply, [all, { value: zero, stacked: false }, ...widths], rows) ?? [];
    if (made === undefined) return null;
    return stacked(where(inside, made.value, aligned(by, apply.output.ndim)));
  },

  foldWindows: (apply, inputs, rows) => {
    const [windows, ...lengths] = inputs as [Batched, ...Batched[]];
    if (lengths.some((length) => length.stacked)) return null;
    const params = movedUp(apply.op.params ?? {}, apply.params);
    const all = [windows.value, rows.count, ...lengths.map(({ value }) => value)];
    return stacked(applyOp(apply.op, all, params).output);
  },

  inRange: (apply, [x, limit], rows) => {
    if (limit?.stacked) return null;
    const { value } = heldPositions({ value: spread(x!, rows), stacked: true }, rows);
    const all = limit === undefined ? [value] : [value, limit.value];
    return stacked(applyOp(apply.op, all, apply.params).output);
  },
};
