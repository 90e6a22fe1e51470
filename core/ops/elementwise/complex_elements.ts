/**
 * Complex arithmetic inside kernels: the formulas of `complex_reference.ts` on scalar nodes.
 *
 * @module
 */

import { type ComplexElement, type Element, isComplexElement } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import type { SNode } from "../../ir/scalar.ts";

/** An element as a complex one; the imaginary part of a real one is 0. */
export function toComplex(b: ScalarBuilder, a: Element): ComplexElement {
  return isComplexElement(a) ? a : { re: a, im: b.constant(a.type, 0) };
}

/** Whether an element is not zero, as bool. */
export function truth(b: ScalarBuilder, a: Element): SNode {
  const nonzero = (x: SNode) => x.type === "bool" ? x : b.compare("ne", x, b.constant(x.type, 0));
  return isComplexElement(a) ? b.binary("or", nonzero(a.re), nonzero(a.im)) : nonzero(a);
}

/** x * y */
export function mulElements(
  b: ScalarBuilder,
  x: ComplexElement,
  y: ComplexElement,
): ComplexElement {
  return {
    re: b.sub(b.mul(x.re, y.re), b.mul(x.im, y.im)),
    im: b.add(b.mul(x.re, y.im), b.mul(x.im, y.re)),
  };
}

/** x / y by Smith's method. */
export function divElements(
  b: ScalarBuilder,
  x: ComplexElement,
  y: ComplexElement,
): ComplexElement {
  const zero = b.constant(x.re.type, 0);
  const wide = b.compare("ge", b.unary("abs", y.re), b.unary("abs", y.im));
  const large = b.select(wide, y.re, y.im), small = b.select(wide, y.im, y.re);
  const r = b.select(b.compare("eq", large, zero), zero, b.div(small, large));
  const d = b.add(large, b.mul(small, r));
  const [p, q] = [b.mul(x.re, r), b.mul(x.im, r)];
  return {
    re: b.div(b.select(wide, b.add(x.re, q), b.add(p, x.im)), d),
    im: b.div(b.select(wide, b.sub(x.im, p), b.sub(q, x.re)), d),
  };
}

/** |x| without overflow of the squares. */
export function absElement(b: ScalarBuilder, x: ComplexElement): SNode {
  const p = b.unary("abs", x.re), q = b.unary("abs", x.im);
  const large = b.binary("max", p, q), small = b.binary("min", p, q);
  const zero = b.constant(p.type, 0), one = b.constant(p.type, 1);
  const degenerate = b.binary("or", b.compare("eq", large, zero), b.isInf(large));
  const r = b.div(small, large);
  const root = b.mul(large, b.unary("sqrt", b.madd(r, r, one)));
  const infinite = b.binary("or", b.isInf(p), b.isInf(q));
  return b.select(infinite, b.constant(p.type, Infinity), b.select(degenerate, large, root));
}

/** The principal square root. */
export function sqrtElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  const type = x.re.type, zero = b.constant(type, 0), half = b.constant(type, 0.5);
  const size = b.add(absElement(b, x), b.unary("abs", x.re));
  const r = b.unary("sqrt", b.mul(size, half));
  const isZero = b.compare("eq", r, zero);
  const other = b.select(isZero, zero, b.mul(b.div(b.unary("abs", x.im), r), half));
  const sign = (y: SNode) => b.select(isNegative(b, x.im), b.unary("neg", y), y);
  const right = b.compare("ge", x.re, zero);
  return { re: b.select(right, r, other), im: b.select(right, sign(other), sign(r)) };
}

/** Whether the sign bit of a float is set; tells -0 from 0. */
function isNegative(b: ScalarBuilder, x: SNode): SNode {
  return x.type === "f32"
    ? b.compare("lt", b.bitcast(x, "i32"), b.constant("i32", 0))
    : b.compare("lt", b.bitcast(x, "i64"), b.constant("i64", 0));
}

/** Equality of both parts, or difference of one. */
export function compareElements(
  b: ScalarBuilder,
  op: "eq" | "ne",
  x: ComplexElement,
  y: ComplexElement,
): SNode {
  const re = b.compare(op, x.re, y.re), im = b.compare(op, x.im, y.im);
  return b.binary(op === "eq" ? "and" : "or", re, im);
}
