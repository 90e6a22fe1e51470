/**
 * Rules for the axes of inputs that go along with one of the output, and for linear ops, which ops declare.
 *
 * @module
 */

import type { Apply } from "../../graph/graph.ts";
import type { Params } from "../../graph/op.ts";

type Axes = readonly (number | null)[];

/** Axes are those of the output, counted from the last. */
export function broadcastAxes({ inputs, output }: Apply, axis: number): Axes {
  return inputs.map((x) => {
    const own = axis - output.ndim + x.ndim;
    return own < 0 ? null : own;
  });
}

/** Axes are those of the output, but for some along which elements are mixed or moved. */
export function sameAxesBut<P extends Params>(mixed: (params: P) => readonly number[]) {
  return ({ inputs, params }: Apply<P>, axis: number): Axes =>
    mixed(params).includes(axis) ? [] : inputs.map((x) => axis < x.ndim ? axis : null);
}

/** Axes of the first input that are left when some vanish. */
export function axesWithout(
  { inputs, params: { axes } }: Apply<{ axes: readonly number[] }>,
  axis: number,
): Axes {
  const kept = inputs[0]!.type.shape.flatMap((_, d) => axes.includes(d) ? [] : [d]);
  return [kept[axis]!];
}

/** Linear in one input. */
export function linearIn(input: number) {
  return (): readonly (readonly number[])[] => [[input]];
}

/** Linear in each of two inputs, as products are. */
export const linearInEach = (): readonly (readonly number[])[] => [[0], [1]];

/** Linear in two inputs together, as sums are. */
export const linearInBoth = (): readonly (readonly number[])[] => [[0, 1]];
