/**
 * Neighbouring axes that all addresses run through as if they were one.
 *
 * @module
 */

import { nodesOf } from "../core/kernel/nodes.ts";
import { innerRoots, outerRoots } from "../core/kernel/steps.ts";
import type { Nest } from "../core/kernel/program.ts";
import type { Address } from "../core/kernel/scalar.ts";
import { mulSize, type Size, sizeKey } from "../core/kernel/size.ts";

/**
 * The same nest with fewer axes to take a linear number apart into: where all addresses have
 * `stride[d] = stride[d + 1] * size[d + 1]`, axis `d + 1` becomes as long as both and axis `d` gets
 * the length 1. The nodes need not change, because the index of an axis of length 1 is 0.
 */
export function mergeAxes(nest: Nest): Nest {
  const count = nest.axes.length;
  const addresses: Address[] = [...nest.inner, ...nest.outer].map((store) => store.address);
  const fixed = new Set<number>();
  for (const node of nodesOf([...innerRoots(nest), ...outerRoots(nest)])) {
    if (node.op === "load") addresses.push(node.address);
    if (node.op === "index" && node.axis.kind === "axis") fixed.add(node.axis.axis);
  }
  const strides = addresses.map((address) => {
    const byAxis = new Map<number, Size>();
    for (const { axis, stride } of address.terms) {
      if (axis.kind === "axis") byAxis.set(axis.axis, stride);
    }
    return byAxis;
  });
  const merge = (sizes: readonly Size[], first: number): Size[] => {
    const merged = [...sizes];
    let inner = merged.length - 1;
    for (let d = inner - 1; d >= 0; d--) {
      if (merged[d] === 1) continue;
      if (merged[inner] === 1) {
        inner = d;
        continue;
      }
      const length = merged[inner]!;
      const together = !fixed.has(first + d) && !fixed.has(first + inner) &&
        strides.every((byAxis) => {
          const outer = byAxis.get(first + d) ?? 0, own = byAxis.get(first + inner) ?? 0;
          return sizeKey(outer) === sizeKey(mulSize(own, length));
        });
      if (together) {
        merged[inner] = mulSize(merged[d]!, length);
        merged[d] = 1;
      } else inner = d;
    }
    return merged;
  };
  return { ...nest, axes: merge(nest.axes, 0), loops: merge(nest.loops, count) };
}
