/**
 * Functions of complex elements inside kernels, by the formulas of `complex_reference.ts`.
 *
 * @module
 */

import type { ComplexElement } from "../../graph/op.ts";
import type { ScalarBuilder } from "../../ir/builder.ts";
import { atan2, cos, cosh, exp, log, sin, sinh } from "../../math/mod.ts";
import type { SNode } from "../../ir/scalar.ts";
import { chosen } from "../common/elements.ts";
import { absElement, mulElements } from "./complex_elements.ts";

/** The angle of x. */
export function angleElement(b: ScalarBuilder, x: ComplexElement): SNode {
  return atan2(b, x.im, x.re);
}

/** e^x */
export function expElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  const r = exp(b, x.re);
  const flat = b.compare("eq", x.im, b.constant(r.type, 0));
  return {
    re: b.select(flat, r, b.mul(r, cos(b, x.im))),
    im: b.select(flat, x.im, b.mul(r, sin(b, x.im))),
  };
}

/** The principal logarithm. */
export function logElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  return { re: log(b, absElement(b, x)), im: angleElement(b, x) };
}

/** x^y on the principal branch; x^0 is 1. */
export function powElement(b: ScalarBuilder, x: ComplexElement, y: ComplexElement): ComplexElement {
  const type = x.re.type;
  const [zero, one, nan] = [0, 1, NaN].map((k) => b.constant(type, k)) as [SNode, SNode, SNode];
  const isZero = (z: ComplexElement) =>
    b.binary("and", b.compare("eq", z.re, zero), b.compare("eq", z.im, zero));
  const value = expElement(b, mulElements(b, y, logElement(b, x)));
  const fromZero = b.select(b.compare("gt", y.re, zero), zero, nan);
  const based = chosen(b, isZero(x), { re: fromZero, im: fromZero }, value);
  return chosen(b, isZero(y), { re: one, im: zero }, based);
}

/** sin x */
export function sinElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  return {
    re: b.mul(sin(b, x.re), cosh(b, x.im)),
    im: b.mul(cos(b, x.re), sinh(b, x.im)),
  };
}

/** cos x */
export function cosElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  return {
    re: b.mul(cos(b, x.re), cosh(b, x.im)),
    im: b.unary("neg", b.mul(sin(b, x.re), sinh(b, x.im))),
  };
}

/** sinh x */
export function sinhElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  return {
    re: b.mul(sinh(b, x.re), cos(b, x.im)),
    im: b.mul(cosh(b, x.re), sin(b, x.im)),
  };
}

/** cosh x */
export function coshElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  return {
    re: b.mul(cosh(b, x.re), cos(b, x.im)),
    im: b.mul(sinh(b, x.re), sin(b, x.im)),
  };
}

/** tanh x */
export function tanhElement(b: ScalarBuilder, x: ComplexElement): ComplexElement {
  const type = x.re.type, zero = b.constant(type, 0), one = b.constant(type, 1);
  const two = b.constant(type, 2);
  const p = b.mul(x.re, two), q = b.mul(x.im, two);
  const d = b.add(cosh(b, p), cos(b, q));
  const far = b.compare("gt", b.unary("abs", x.re), b.constant(type, 30));
  const end = b.select(b.compare("lt", x.re, zero), b.unary("neg", one), one);
  return {
    re: b.select(far, end, b.div(sinh(b, p), d)),
    im: b.select(far, zero, b.div(sin(b, q), d)),
  };
}
