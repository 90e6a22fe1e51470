/**
 * Complex numbers in kernels whose parts lie in memory of their own, as pairs of nodes.
 *
 * @module
 */

import type { ComplexElement } from "../../../graph/op.ts";
import type { ScalarBuilder } from "../../../ir/builder.ts";
import type { SNode } from "../../../ir/scalar.ts";
import {
  absElement,
  divElements,
  mulElements,
  sqrtElement,
} from "../../elementwise/complex_elements.ts";
import { chosen, isZero, keptIf, taxicab } from "./numbers.ts";

/** The real and the imaginary part of a number. */
export type Z = readonly [re: SNode, im: SNode];

const elementFrom = ([re, im]: Z): ComplexElement => ({ re, im });
const pairOf = ({ re, im }: ComplexElement): Z => [re, im];

/** The product. */
export function times(b: ScalarBuilder, x: Z, y: Z): Z {
  return pairOf(mulElements(b, elementFrom(x), elementFrom(y)));
}

/** The product with a real number. */
export function scaled(b: ScalarBuilder, x: Z, by: SNode): Z {
  return [b.mul(x[0], by), b.mul(x[1], by)];
}

/** The sum of the absolute values of the parts: a size that takes no root. */
export function absOf(b: ScalarBuilder, x: Z): SNode {
  return taxicab(b, elementFrom(x));
}

/** The absolute value. */
export function lengthOf(b: ScalarBuilder, x: Z): SNode {
  return absElement(b, elementFrom(x));
}

/** The quotient; divided by 0 it is 0. */
export function quotient(b: ScalarBuilder, x: Z, y: Z): Z {
  const [top, below] = [x, y].map(elementFrom) as [ComplexElement, ComplexElement];
  const isNone = isZero(b, below), one = b.constant(below.re.type, 1);
  const by = chosen(b, isNone, { re: one, im: below.im }, below) as ComplexElement;
  const found = divElements(b, top, by);
  return pairOf(keptIf(b, b.unary("not", isNone), found) as ComplexElement);
}

/** The square root on the right of the plane. */
export function rootOf(b: ScalarBuilder, x: Z): Z {
  return pairOf(sqrtElement(b, elementFrom(x)));
}
