/**
 * Elements inside kernels: conversions between dtypes, and wrapping of small integers.
 *
 * @module
 */

import { type DType, isComplex, realOf } from "../graph/dtype.ts";
import { type ScalarBuilder, wrapSmall } from "../ir/builder.ts";
import { type ScalarType, scalarTypeOf, type SNode } from "../ir/scalar.ts";
import { type Element, isComplexElement } from "../graph/op.ts";

/** How dtypes are held on a device. */
export interface Storage {
  /** The dtype of the buffers that hold a dtype; complex ones are held as pairs of this. */
  of(dtype: DType): DType;
  /** The machine type of one element (of one part, for complex). */
  scalar(dtype: DType): ScalarType;
}

/** Storage rules. */
export function storageRules(): Storage {
  const of = (dtype: DType): DType => isComplex(dtype) ? realOf(dtype) : dtype;
  return { of, scalar: (dtype) => scalarTypeOf(of(dtype)) };
}

/** The element as a real node. Throws for complex ones, which no caller of this expects. */
export function realNode(element: Element): SNode {
  if (isComplexElement(element)) throw new TypeError("Cannot use a complex element as a real one");
  return element;
}

/** Converts an element from one dtype to another, as `cast` does. */
export function castElement(
  b: ScalarBuilder,
  storage: Storage,
  element: Element,
  from: DType,
  to: DType,
): Element {
  if (from === to) return element;
  if (isComplex(to)) {
    const type = storage.scalar(to);
    if (isComplexElement(element)) {
      return { re: b.cast(element.re, type), im: b.cast(element.im, type) };
    }
    return { re: b.cast(element, type), im: b.constant(type, 0) };
  }
  const real = isComplexElement(element) ? element.re : element;
  if (to === "bool" && isComplexElement(element)) {
    return b.binary("or", b.cast(element.re, "bool"), b.cast(element.im, "bool"));
  }
  if (to === "float16" && from !== "float16") {
    // Inside kernels a float16 is an f32; the store rounds it.
    return b.cast(real, "f32");
  }
  return wrapSmall(b, b.cast(real, storage.scalar(to)), to);
}

/** A literal element. */
export function constantElement(
  b: ScalarBuilder,
  storage: Storage,
  dtype: DType,
  re: number | bigint,
  im: number | bigint = 0,
): Element {
  const type = storage.scalar(dtype);
  if (isComplex(dtype)) return { re: b.constant(type, re), im: b.constant(type, im) };
  return b.constant(type, re);
}
