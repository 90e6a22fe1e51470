/**
 * The length of the hypotenuse.
 *
 * @module
 */

import { Constant, type Variable } from "../../graph/graph.ts";
import type { FloatPair } from "../../graph/type_arithmetic.ts";
import { asFloating, elementwise, typed } from "../common/build.ts";
import { derivedAs } from "../control/derived_as.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { where } from "./logic.ts";
import type { ElementwiseName } from "./table.ts";

/**
 * The square root of x² + y², without overflow; infinite if either is, even beside NaN. For real numbers.
 *
 * @example
 * ```ts
 * import { compile, T } from "@croton/croton";
 *
 * const x = T.vector("x"), f = await compile([x], T.hypot(x, 4));
 * f([3, 0]).arraySync(); // [5, 4]
 * ```
 */
export function hypot<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B> {
  const sides = asVariables([x, y]).map((v) => asFloating(v)) as [Variable, Variable];
  const [a, b] = sides.map((v) => ew("abs", v)) as [Variable, Variable];
  const high = ew("maximum", a, b), one = asVariable(1, high.dtype);
  const isInfinite = ew("or", ew("isinf", a), ew("isinf", b));
  const isNone = ew("eq", high, asVariable(0, high.dtype));
  const divisor: Variable = where(isNone, one, high);
  const square = ew("add", ew("sqr", ew("div", ew("minimum", a, b), divisor)), one);
  const length = ew("mul", high, ew("sqrt", square));
  const value: Variable = where(isInfinite, Infinity, length);
  return typed(differentiable(value, sides, divisor, ew("or", isInfinite, isNone)));
}

/**
 * The length with its derivatives x / h, y² / h³ and so on, of which no other form keeps the digits. The
 * gradient of an infinite length, and of one of 0, is 0.
 */
function differentiable(
  value: Variable,
  sides: readonly [Variable, Variable],
  divisor: Variable,
  isEnd: Variable,
): Variable {
  const ends = (v: Variable) => where(isEnd, 0, v) as Variable;
  const scale: Variable = where(isEnd, 1, ew("disconnectedGrad", divisor));
  const scaled = sides.map((v) => ew("sqr", ew("div", ends(v), scale)));
  const sum: Variable = where(isEnd, 1, ew("add", scaled[0]!, scaled[1]!));
  // For the third derivatives and those after, whatever the scale is.
  const smooth = ew("mul", scale, ew("pow", sum, asVariable(0.5, value.dtype)));
  const h = derivedAs(where(isEnd, 1, value), smooth);
  const [u, v] = sides.map((side) => ew("div", ends(side), h)) as [Variable, Variable];
  const mixed = ew("neg", ew("div", ew("mul", u, v), h));
  const slopes = [[u, v], [v, u]].map(([own, other], i) => {
    const second = ew("div", ew("sqr", other!), h);
    return told(own!, sides, i === 0 ? [second, mixed] : [mixed, second]);
  });
  return told(value, sides, slopes);
}

/** A value with its derivatives for what is no constant. */
function told(value: Variable, of: readonly Variable[], slopes: readonly Variable[]): Variable {
  const parts = of.flatMap((v, i) => v instanceof Constant ? [] : [[v, slopes[i]!] as const]);
  return parts.length === 0 ? value : derivedAs(value, parts);
}

function ew(name: ElementwiseName, ...inputs: readonly Variable[]): Variable {
  return elementwise(name, inputs);
}
