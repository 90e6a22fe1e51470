/**
 * Arithmetic of elements of matrices in kernels, be they real or complex.
 *
 * @module
 */

import { type DType, isComplex, realOf } from "../../../graph/dtype.ts";
import {
  type ComplexElement,
  type Element,
  isComplexElement,
  type LoopNestBuilder,
} from "../../../graph/op.ts";
import type { ScalarBuilder } from "../../../ir/builder.ts";
import { scalarTypeOf, type SNode } from "../../../ir/scalar.ts";
import { chosen, minus, partwise, plus } from "../../common/elements.ts";
import {
  absElement,
  divElements,
  mulElements,
  sqrtElement,
  toComplex,
} from "../../elementwise/complex_elements.ts";

export { chosen, minus, plus };

/** A real number as an element of a dtype. */
export function elementOf(b: ScalarBuilder, dtype: DType, re: SNode): Element {
  return isComplex(dtype) ? { re, im: b.constant(re.type, 0) } : re;
}

/** A number of a dtype. */
export function constantOf(b: ScalarBuilder, dtype: DType, value: number): Element {
  return elementOf(b, dtype, b.constant(scalarTypeOf(realOf(dtype)), value));
}

/** The real part of an element. */
export function realPart(x: Element): SNode {
  return isComplexElement(x) ? x.re : x;
}

/** -x */
export function negated(b: ScalarBuilder, x: Element): Element {
  return partwise(x, (part) => b.unary("neg", part));
}

/** x · y, where either may be real. */
export function times(b: ScalarBuilder, x: Element, y: Element): Element {
  if (!isComplexElement(x)) return partwise(y, (part) => b.mul(x, part));
  if (!isComplexElement(y)) return partwise(x, (part) => b.mul(part, y));
  return mulElements(b, x, y);
}

/** x / y, where either may be real. */
export function over(b: ScalarBuilder, x: Element, y: Element): Element {
  if (isComplexElement(y)) return divElements(b, toComplex(b, x), y);
  return partwise(x, (part) => b.div(part, y));
}

/** x / y; divided by 0 it is 0. */
export function quotient(b: ScalarBuilder, x: Element, y: Element): Element {
  const isNone = isZero(b, y),
    by = chosen(b, isNone, toComplex(b, b.constant(realPart(y).type, 1)), toComplex(b, y));
  return keptIf(b, b.unary("not", isNone), over(b, x, by));
}

/** The square root on the right of the plane. */
export function rootOf(b: ScalarBuilder, x: Element): Element {
  return sqrtElement(b, toComplex(b, x));
}

/** The conjugate of x. */
export function conjugate(b: ScalarBuilder, x: Element): Element {
  return isComplexElement(x) ? { re: x.re, im: b.unary("neg", x.im) } : x;
}

/** x where a condition holds, else 0. */
export function keptIf(b: ScalarBuilder, condition: SNode, x: Element): Element {
  return partwise(x, (part) => b.select(condition, part, b.constant(part.type, 0)));
}

/** Whether x is 0. */
export function isZero(b: ScalarBuilder, x: Element): SNode {
  const none = (part: SNode) => b.compare("eq", part, b.constant(part.type, 0));
  return isComplexElement(x) ? b.binary("and", none(x.re), none(x.im)) : none(x);
}

function joined(b: ScalarBuilder, how: "add" | "max", x: ComplexElement): SNode {
  const [re, im] = [b.unary("abs", x.re), b.unary("abs", x.im)];
  return how === "add" ? b.add(re, im) : b.binary("max", re, im);
}

/** The sum of the absolute values of the parts of x, by which LAPACK compares complex numbers. */
export function taxicab(b: ScalarBuilder, x: Element): SNode {
  return isComplexElement(x) ? joined(b, "add", x) : b.unary("abs", x);
}

/** The greatest absolute value of a part of x. */
export function greatestPart(b: ScalarBuilder, x: Element): SNode {
  return isComplexElement(x) ? joined(b, "max", x) : b.unary("abs", x);
}

/** |x| */
export function sizeOf(b: ScalarBuilder, x: Element): SNode {
  return isComplexElement(x) ? absElement(b, x) : b.unary("abs", x);
}

/** |x|² */
export function squared(b: ScalarBuilder, x: Element): SNode {
  if (!isComplexElement(x)) return b.mul(x, x);
  return b.add(b.mul(x.re, x.re), b.mul(x.im, x.im));
}

/** The sum of an element over the loops of a nest. */
export function summed(nest: LoopNestBuilder, x: Element): Element {
  return partwise(x, (part) => nest.reduce("sum", part));
}

/** The greatest power of two up to a positive number; 0 and infinity of what has none. */
export function powerOf(b: ScalarBuilder, x: SNode): SNode {
  const [bits, exponent] = x.type === "f64"
    ? ["u64", 0x7ff0000000000000n] as const
    : ["u32", 0x7f800000] as const;
  return b.bitcast(b.binary("and", b.bitcast(x, bits), b.constant(bits, exponent)), x.type);
}
