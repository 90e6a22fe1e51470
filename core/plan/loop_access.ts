/**
 * Which memory the steps of a loop touch, as far as it decides how the loop can be run.
 *
 * @module
 */

import { nodesOf } from "../ir/nodes.ts";
import { stepOutputs, type Touch, touchesOf } from "../ir/steps.ts";
import type { Loop, LoopNest } from "../ir/program.ts";
import type { Address, SNode } from "../ir/scalar.ts";
import { addSize, mulSize, type Size, sizeKey, subSize } from "../ir/size.ts";
import { axisKey } from "../ir/builder.ts";

/** One load or store in the body of a loop. */
export interface NestAccess extends Touch {
  /** The number of the nest in the body. */
  readonly nest: number;
}

/** All loads and stores of nests, in order. */
export function accessesOf(nests: readonly LoopNest[]): NestAccess[] {
  return nests.flatMap((nest, n) => touchesOf(nest).map((touch) => ({ ...touch, nest: n })));
}

/** Number of scalar operations of one iteration of a nest. */
export function nodeCount(nest: LoopNest): number {
  return nodesOf(stepOutputs(nest))
    .filter((node: SNode) => node.op !== "const" && node.op !== "index").length;
}

/** An address taken apart with respect to one loop. */
export interface LoopAddress {
  /** The term that moves with the loop, or null. */
  readonly moving: {
    readonly stride: number;
    readonly shift: number;
    readonly modulus: number;
  } | null;
  /** Strides of the kernel axes. */
  readonly axes: ReadonlyMap<number, Size>;
  /** Text of the terms of enclosing loops. */
  readonly enclosing: string;
  readonly offset: Size;
}

/** Takes an address apart; null if it moves with the loop in a way that is not understood. */
export function loopAddress(address: Address, loop: number): LoopAddress | null {
  if (address.rest !== null) return null;
  const axes = new Map<number, Size>();
  const enclosing: string[] = [];
  let moving: LoopAddress["moving"] = null;
  for (const { axis, stride } of address.terms) {
    if (axis.kind === "axis") axes.set(axis.axis, addSize(axes.get(axis.axis) ?? 0, stride));
    else if (axis.loop !== loop) enclosing.push(`${axisKey(axis)}*${sizeKey(stride)}`);
    else {
      if (moving !== null || typeof stride !== "number") return null;
      moving = { stride, shift: axis.shift, modulus: axis.modulus };
    }
  }
  return { moving, axes, enclosing: enclosing.sort().join(), offset: address.offset };
}

/** |a - b| where it does not depend on the call, else null. */
export function fixedDistance(a: Size, b: Size): number | null {
  const difference = subSize(a, b);
  return typeof difference === "number" ? Math.abs(difference) : null;
}

/** The greatest common divisor of non-negative integers; 0 for none. */
export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** How far addresses reach over some axes: the sum of |stride| * (size - 1). */
export function reach(terms: Iterable<readonly [stride: number, size: Size]>): Size {
  let sum: Size = 0;
  for (const [stride, size] of terms) {
    sum = addSize(sum, mulSize(Math.abs(stride), subSize(size, 1)));
  }
  return sum;
}

/** The nests of a loop's body, or null if it holds anything else. */
export function nestsOnly(loop: Loop): LoopNest[] | null {
  const nests: LoopNest[] = [];
  for (const step of loop.body) {
    if (step.kind !== "nest") return null;
    nests.push(step);
  }
  return nests;
}

/** Iterations of loops that a thread takes in one step, as a function of the values of some sizes. */
export interface StepIterations {
  readonly sizes: readonly Size[];
  readonly count: (values: readonly number[]) => number;
}
