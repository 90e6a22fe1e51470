/**
 * Which axes a kernel has in the end: none of size 1, in the order in which memory is run through, and
 * neighbours that every address runs through as one merged into one.
 *
 * @module
 */

import type { Nest } from "../core/kernel/program.ts";
import type { Address } from "../core/kernel/scalar.ts";
import { countsTogether, mulSize, type Size, sizeKey } from "../core/kernel/size.ts";
import { visitNodes } from "../core/kernel/nodes.ts";

/** Axes and loops of a kernel. */
export interface Arrangement {
  readonly axes: readonly Size[];
  readonly loops: readonly Size[];
  /** The new number of an old axis; those that are missing are always 0. */
  readonly map: ReadonlyMap<number, number>;
}

/** What the axes of a nest are used for. */
interface Uses {
  /** All addresses. */
  readonly addresses: readonly Address[];
  /** Axes whose numbers are values. */
  readonly indexed: ReadonlySet<number>;
  /** Whether the order of the loops matters. */
  readonly ordered: boolean;
}

/** Arranges the axes of a nest. */
export function arrangeAxes(nest: Nest): Arrangement {
  const sizes = [...nest.axes, ...nest.loops];
  const uses = usesOf(nest);
  const numbers = sizes.map((_, axis) => axis).filter((axis) => sizes[axis] !== 1);
  const count = nest.axes.length;
  const axes = axisOrder(nest, numbers.filter((axis) => axis < count));
  const loops = loopOrder(uses, numbers.filter((axis) => axis >= count));
  const map = new Map<number, number>();
  const merged = [axes, loops].map((list) => {
    const result: Size[] = [];
    list.forEach((axis, i) => {
      const next = list[i + 1];
      // The inner one of merged axes has the stride of the whole; the outer ones stay at 0.
      const outer = i > 0 && !map.has(list[i - 1]!) ? result.pop()! : 1;
      const length = mulSize(outer, sizes[axis]!);
      result.push(length);
      const joins = next !== undefined && canMerge(uses, axis, next, sizes[next]!) &&
        countsTogether([length, sizes[next]!], list.map((one) => sizes[one]!));
      if (!joins) map.set(axis, -1);
    });
    return result;
  });
  let number = 0;
  for (const axis of [...axes, ...loops]) if (map.has(axis)) map.set(axis, number++);
  return { axes: merged[0]!, loops: merged[1]!, map };
}

function usesOf(nest: Nest): Uses {
  const stores = [...nest.inner, ...nest.outer];
  const addresses = stores.map(({ address }) => address);
  const indexed = new Set<number>();
  let ordered = nest.inner.length > 0 ||
    nest.reductions.some(({ kind }) => kind === "argmax" || kind === "argmin");
  const roots = [
    ...nest.reductions.map(({ value }) => value),
    ...nest.checks.map(({ failed }) => failed),
    ...stores.flatMap(({ value, guard, address }) => [value, guard, address.rest]),
  ].filter((node) => node !== null);
  visitNodes(roots, (node) => {
    if (node.op === "load") addresses.push(node.address);
    if (node.op === "running") ordered = true;
    if (node.op === "index" && node.axis.kind === "axis") indexed.add(node.axis.axis);
  });
  return { addresses, indexed, ordered };
}

function strideOf(address: Address, axis: number): Size {
  const term = address.terms.find((one) => one.axis.kind === "axis" && one.axis.axis === axis);
  return term?.stride ?? 0;
}

/** Puts axes last along which an address runs fastest, if all its strides are known. */
function bySpeed(axes: readonly number[], address: Address | undefined): number[] {
  const order = [...axes];
  if (address === undefined || address.rest !== null) return order;
  const strides = new Map(axes.map((axis) => [axis, strideOf(address, axis)]));
  const known = [...strides.values()].every((stride) => typeof stride === "number" && stride !== 0);
  if (!known) return order;
  const speed = (axis: number) => Math.abs(strides.get(axis) as number);
  return order.sort((a, b) => speed(b) - speed(a) || a - b);
}

/** The axes are independent of each other: those along which the first store runs fastest come last. */
function axisOrder(nest: Nest, axes: readonly number[]): number[] {
  return bySpeed(axes, (nest.outer[0] ?? nest.inner[0])?.address);
}

/** The same for loops where their order is free, by the first address that runs along all of them. */
function loopOrder({ addresses, ordered }: Uses, loops: readonly number[]): number[] {
  if (ordered || loops.length < 2) return [...loops];
  const address = addresses.find((one) => loops.every((axis) => strideOf(one, axis) !== 0));
  return bySpeed(loops, address);
}

/** Whether every address runs through two axes as through one. */
function canMerge({ addresses, indexed }: Uses, outer: number, inner: number, size: Size): boolean {
  return !indexed.has(outer) && !indexed.has(inner) &&
    addresses.every((address) =>
      sizeKey(strideOf(address, outer)) === sizeKey(mulSize(strideOf(address, inner), size))
    );
}
