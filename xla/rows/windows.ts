/**
 * Windows over axes, the sum that undoes them, and padding.
 *
 * @module
 */

import { foldWindowsOp, padOp, type WindowParams, windowsOp } from "../../core/ops/nn/window.ts";
import type { Block, Hlo } from "../text/block.ts";
import { added } from "./indexing.ts";
import { type OpRow, row } from "./row.ts";

/** The windows of an axis, of which there are `count`: an axis behind the others runs over the elements. */
function windowed(block: Block, x: Hlo, axis: number, size: number, count: number, i: number, {
  stride,
  dilation,
}: WindowParams): Hlo {
  const parts = Array.from({ length: size }, (_, k) => {
    const from = k * dilation[i]!, to = from + (count - 1) * stride[i]! + 1;
    const part = block.sliceAxis(x, axis, from, to, stride[i]!);
    return block.reshape(part, [...part.shape, 1]);
  });
  return block.concatenate(parts, x.shape.length);
}

/** The adjoint: of windows, whose elements the last axis runs over, the axis of length `n`. */
function folded(block: Block, w: Hlo, axis: number, n: number, i: number, {
  stride,
  dilation,
}: WindowParams): Hlo {
  const last = w.shape.length - 1, shape = w.shape.slice(0, -1), count = shape[axis]!;
  const zero = block.constant(w.type, [], 0),
    only = (by: number) => shape.map((_, d) => d === axis ? by : 0);
  const parts = Array.from({ length: w.shape[last]! }, (_, k) => {
    const part = block.reshape(block.sliceAxis(w, last, k, k + 1), shape);
    const from = k * dilation[i]!, to = from + (count - 1) * stride[i]! + 1;
    return block.pad(part, zero, {
      low: only(from),
      high: only(n - to),
      interior: only(stride[i]! - 1),
    });
  });
  return parts.reduce((a, b) => added(block, a, b));
}

/** The rows. */
export const windowRows: readonly OpRow[] = [
  row(windowsOp, (level, { inputs, output, params }) => {
    const shape = level.shape(output), ndim = shape.length - params.axes.length;
    return params.axes.reduce(
      (x, axis, i) => windowed(level.block, x, axis, shape[ndim + i]!, shape[axis]!, i, params),
      level.value(inputs[0]!),
    );
  }),
  row(foldWindowsOp, (level, { inputs, output, params }) => {
    const { block } = level, w = level.value(inputs[0]!), shape = level.shape(output);
    if (w.shape.includes(0)) return block.constant(w.type, shape, 0);
    return params.axes.reduceRight(
      (x, axis, i) => folded(block, x, axis, shape[axis]!, i, params),
      w,
    );
  }),
  row(padOp, (level, { inputs: [x, value, ...given], params: { axes, before, after } }) => {
    const own = level.value(x!);
    let next = 0;
    const widths = [...before, ...after].map((n) => n ?? level.integer(given[next++]!));
    const of = (list: readonly number[]) => own.shape.map((_, d) => list[axes.indexOf(d)] ?? 0);
    const low = of(widths.slice(0, axes.length)), high = of(widths.slice(axes.length));
    return level.block.pad(own, level.value(value!), { low, high });
  }),
];
