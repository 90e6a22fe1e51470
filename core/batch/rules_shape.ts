/**
 * Batching of ops about shapes.
 *
 * @module
 */

import type { Variable } from "../graph/graph.ts";
import { intConstant, staticInt } from "../ops/common/arguments.ts";
import { intDiv, mul } from "../ops/elementwise/elementwise.ts";
import { index, slice } from "../ops/index/indexing.ts";
import { stretched } from "../ops/shape/broadcast_to_op.ts";
import { join } from "../ops/shape/combine.ts";
import { dimshuffle } from "../ops/shape/dimshuffle.ts";
import { reshape } from "../ops/shape/reshape.ts";
import { shapeOf, specifyShapeOp } from "../ops/shape/shape_ops.ts";
import { applyOp } from "../graph/graph.ts";
import {
  aligned,
  type Batched,
  type BatchRule,
  lengthsIn,
  rowLengths,
  spread,
  stacked,
} from "./batched.ts";

const product = (list: readonly Variable[]): Variable =>
  list.reduce((a, b) => mul(a, b), intConstant(1));

const varies = (list: readonly Batched[]) => list.some((one) => one.stacked);

export const shapeRules: Readonly<Record<string, BatchRule>> = {
  dimshuffle: (apply, [x]) => {
    const { pattern } = apply.params as { pattern: readonly (number | "x")[] };
    // Rows of a trace are known to have length 1 where the state has it, whatever the type of a trace.
    const isLost = (axis: number) => !pattern.includes(axis) && x!.value.type.shape[axis + 1] !== 1;
    const axes = apply.inputs[0]!.type.shape.map((_, axis) => axis);
    const whole = axes.filter((axis) => !isLost(axis));
    const value = whole.length === axes.length
      ? x!.value
      : index(x!.value, [slice(), ...axes.map((axis) => isLost(axis) ? 0 : slice())]);
    const moved = pattern.map((axis) => axis === "x" ? axis : whole.indexOf(axis) + 1);
    return stacked(dimshuffle(value, 0, ...moved));
  },

  shapeI: (apply, [x]) => {
    const { axis } = apply.params as { axis: number };
    return [{ value: shapeOf(x!.value, axis + 1), stacked: false }];
  },

  reshape: (_, [x, ...dims], rows) => {
    if (varies(dims)) return null;
    const lengths = dims.map(({ value }) => value);
    // Without rows, nothing but the lengths of one tells an open one.
    const open = lengths.findIndex((length) => staticInt(length) === -1);
    if (open >= 0) {
      const others = lengths.filter((_, d) => d !== open);
      lengths[open] = openLength(rowLengths(x!), others);
    }
    return stacked(reshape(x!.value, [rows.count, ...lengths]));
  },

  broadcastTo: (_, [x, ...dims], rows) => {
    if (varies(dims)) return null;
    const lengths = [rows.count, ...dims.map(({ value }) => value)];
    return stacked(stretched(aligned(x!, dims.length), lengths));
  },

  specifyShape: (apply, [x, ...given]) => {
    if (!x!.stacked || varies(given)) return null;
    const params = apply.params as { shape: readonly unknown[] };
    const all = [x!.value, ...given.map(({ value }) => value)];
    const shape = [null, ...params.shape];
    return stacked(applyOp(specifyShapeOp, all, { ...params, shape } as never).output);
  },

  fill: (apply, [like, value], rows) => {
    const all = like!.stacked ? lengthsIn(like!.value) : [rows.count, ...lengthsIn(like!.value)];
    return stacked(stretched(aligned(value!, apply.output.ndim), all));
  },

  makeVector: (_, scalars, rows) =>
    stacked(join(1, ...scalars.map((scalar) => dimshuffle(spread(scalar, rows), 0, "x")))),
};

/** What the other lengths leave to the one that is not given. */
function openLength(from: readonly Variable[], others: readonly Variable[]): Variable {
  const left = [...from], factors: Variable[] = [];
  for (const other of others) {
    const at = left.findIndex((length) => length === other);
    if (at >= 0) left.splice(at, 1);
    else factors.push(other);
  }
  return factors.length === 0 ? product(left) : intDiv(product(left), product(factors));
}
