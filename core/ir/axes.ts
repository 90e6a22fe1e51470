/**
 * What addresses say about the axes of a nest, and which axes can be run through as one.
 *
 * @module
 */

import { nodesOf } from "./nodes.ts";
import type { LoopNest } from "./program.ts";
import type { Address } from "./scalar.ts";
import { countsTogether, mulSize, type Size, sizeKey } from "./size.ts";
import { stepOutputs, storesOf } from "./steps.ts";

/** What the axes of a nest are used for. */
export interface AxisUses {
  /** All addresses, those of stores first. */
  readonly addresses: readonly Address[];
  /** Axes whose numbers are values. */
  readonly indexed: ReadonlySet<number>;
  /** Whether the order of the loops matters. */
  readonly ordered: boolean;
}

/** Finds what the axes of a nest are used for. */
export function axisUses(nest: LoopNest): AxisUses {
  const addresses = storesOf(nest).map(({ address }) => address);
  const indexed = new Set<number>();
  let ordered = nest.inner.length > 0 ||
    nest.reductions.some(({ kind }) => kind === "argmax" || kind === "argmin");
  for (const node of nodesOf(stepOutputs(nest))) {
    if (node.op === "load") addresses.push(node.address);
    if (node.op === "running") ordered = true;
    if (node.op === "index" && node.axis.kind === "axis") indexed.add(node.axis.axis);
  }
  return { addresses, indexed, ordered };
}

/** The stride of an address along an axis; 0 where it doesn't run along it. */
export function strideAlong(address: Address, axis: number): Size {
  for (const term of address.terms) {
    if (term.axis.kind === "axis" && term.axis.axis === axis) return term.stride;
  }
  return 0;
}

/**
 * Joins neighbours among axes (in order, outermost first) that every address runs through as one.
 *
 * @param sizes The lengths of all axes.
 * @returns The lengths by the last axis of those that are joined: it has the stride of the whole, and the
 * others stay at 0.
 */
export function joinAxes(
  uses: AxisUses,
  order: readonly number[],
  sizes: readonly Size[],
): Map<number, Size> {
  const joined = new Map<number, Size>(), all = order.map((axis) => sizes[axis]!);
  let length: Size = 1;
  order.forEach((axis, i) => {
    length = mulSize(length, sizes[axis]!);
    const next = order[i + 1];
    const joins = next !== undefined && runAsOne(uses, axis, next, sizes[next]!) &&
      countsTogether([length, sizes[next]!], all);
    if (joins) return;
    joined.set(axis, length);
    length = 1;
  });
  return joined;
}

/** Whether every address runs through two axes as through one. */
function runAsOne({ addresses, indexed }: AxisUses, outer: number, inner: number, size: Size) {
  return !indexed.has(outer) && !indexed.has(inner) &&
    addresses.every((address) =>
      sizeKey(strideAlong(address, outer)) === sizeKey(mulSize(strideAlong(address, inner), size))
    );
}
