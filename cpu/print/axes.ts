/**
 * Which axes a kernel has in the end: none of size 1, in the order in which memory is run through, and
 * neighbours that every address runs through as one merged into one.
 *
 * @module
 */

import { type AxisUses, axisUses, joinAxes, strideAlong } from "../../core/ir/axes.ts";
import type { LoopNest } from "../../core/ir/program.ts";
import type { Address } from "../../core/ir/scalar.ts";
import { type Size, sizeValue } from "../../core/ir/size.ts";

/** Axes and loops of a kernel. */
interface Arrangement {
  readonly axes: readonly Size[];
  readonly loops: readonly Size[];
  /** The new number of an old axis; those that are missing are always 0. */
  readonly map: ReadonlyMap<number, number>;
}

/** Arranges the axes of a nest. */
export function arrangeAxes(nest: LoopNest): Arrangement {
  const sizes = [...nest.axes, ...nest.loops];
  const uses = axisUses(nest);
  const numbers = sizes.map((_, axis) => axis).filter((axis) => sizes[axis] !== 1);
  const count = nest.axes.length;
  const axes = joinAxes(uses, axisOrder(nest, numbers.filter((axis) => axis < count)), sizes);
  const loops = joinAxes(uses, loopOrder(uses, numbers.filter((axis) => axis >= count)), sizes);
  const map = new Map([...axes.keys(), ...loops.keys()].map((axis, number) => [axis, number]));
  return { axes: [...axes.values()], loops: [...loops.values()], map };
}

/**
 * Puts axes last along which an address runs fastest, by the strides that the plan was made for: any order is
 * right.
 */
function bySpeed(axes: readonly number[], address: Address | undefined): number[] {
  const order = [...axes];
  if (address === undefined || address.rest !== null) return order;
  const speeds = new Map(
    axes.map((axis) => [axis, Math.abs(sizeValue(strideAlong(address, axis)))]),
  );
  if ([...speeds.values()].includes(0)) return order;
  const speed = (axis: number) => speeds.get(axis)!;
  return order.sort((a, b) => speed(b) - speed(a) || a - b);
}

/** The axes are independent of each other: those along which the first store runs fastest come last. */
function axisOrder(nest: LoopNest, axes: readonly number[]): number[] {
  return bySpeed(axes, (nest.outer[0] ?? nest.inner[0])?.address);
}

/** The same for loops where their order is free, by the first address that runs along all of them. */
function loopOrder({ addresses, ordered }: AxisUses, loops: readonly number[]): number[] {
  if (ordered || loops.length < 2) return [...loops];
  const address = addresses.find((one) => loops.every((axis) => strideAlong(one, axis) !== 0));
  return bySpeed(loops, address);
}
