/**
 * Reshapes and permutations of memory as views: new strides instead of a copy.
 *
 * @module
 */

import { mulSize, type Size, sizeKey, sizeValue } from "../ir/size.ts";
import type { BufferView } from "./buffer_view.ts";

/** The axes of a view in another order; "x" is a new axis of length 1. */
export function permuted(view: BufferView, pattern: readonly (number | "x")[]): BufferView {
  return {
    ...view,
    shape: pattern.map((axis) => axis === "x" ? 1 : view.shape[axis]!),
    strides: pattern.map((axis) => axis === "x" ? 0 : view.strides[axis]!),
  };
}

/**
 * A view with another shape of as many elements, or null if no strides can express it. Lengths are
 * compared as formulas, so that a view stays right when loop lengths change.
 */
export function reshapedView(view: BufferView, shape: readonly Size[]): BufferView | null {
  const old: { size: Size; stride: Size }[] = [];
  view.shape.forEach((size, d) => {
    if (size !== 1) old.push({ size, stride: view.strides[d]! });
  });
  const strides: Size[] = shape.map(() => 0);
  let from = 0, to = 0;
  while (from < old.length || to < shape.length) {
    if (to < shape.length && shape[to] === 1) {
      to++;
      continue;
    }
    if (from >= old.length || to >= shape.length) return null;
    let oldEnd = from + 1, newEnd = to + 1;
    let oldCount = old[from]!.size, newCount = shape[to]!;
    while (sizeKey(oldCount) !== sizeKey(newCount)) {
      const a = sizeValue(oldCount), b = sizeValue(newCount);
      if (a < b && oldEnd < old.length) oldCount = mulSize(oldCount, old[oldEnd++]!.size);
      else if (b < a && newEnd < shape.length) newCount = mulSize(newCount, shape[newEnd++]!);
      else return null;
    }
    for (let d = from; d < oldEnd - 1; d++) {
      const next = old[d + 1]!;
      if (sizeKey(old[d]!.stride) !== sizeKey(mulSize(next.stride, next.size))) return null;
    }
    let stride = old[oldEnd - 1]!.stride;
    for (let d = newEnd - 1; d >= to; d--) {
      strides[d] = stride;
      stride = mulSize(stride, shape[d]!);
    }
    from = oldEnd;
    to = newEnd;
  }
  return { ...view, shape, strides };
}
