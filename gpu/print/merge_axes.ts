/**
 * Neighbouring axes that all addresses run through as if they were one.
 *
 * @module
 */

import { axisUses, joinAxes } from "../../core/ir/axes.ts";
import type { LoopNest } from "../../core/ir/program.ts";
import type { Size } from "../../core/ir/size.ts";

/**
 * The same nest with fewer axes to take a linear number apart into: where all addresses have
 * `stride[d] = stride[d + 1] * size[d + 1]`, axis `d + 1` becomes as long as both and axis `d` gets
 * the length 1. The nodes need not change, because the index of an axis of length 1 is 0.
 */
export function mergeAxes(nest: LoopNest): LoopNest {
  const uses = axisUses(nest), sizes = [...nest.axes, ...nest.loops], count = nest.axes.length;
  const merged = (from: number, to: number): Size[] => {
    const axes = sizes.map((_, axis) => axis).slice(from, to);
    const lengths = joinAxes(uses, axes.filter((axis) => sizes[axis] !== 1), sizes);
    return axes.map((axis) => lengths.get(axis) ?? 1);
  };
  return { ...nest, axes: merged(0, count), loops: merged(count, sizes.length) };
}
