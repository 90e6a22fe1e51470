/**
 * The length of the hypotenuse.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import type { FloatPair } from "../../graph/type_arithmetic.ts";
import { asFloating, elementwise } from "../common/build.ts";
import { asVariable, asVariables, type TensorLike } from "../common/literal.ts";
import { where } from "./logic.ts";

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
export function hypot<A extends TensorLike, B extends TensorLike>(x: A, y: B): FloatPair<A, B>;
export function hypot(x: TensorLike, y: TensorLike): Variable {
  const [a, b] = asVariables([x, y]).map((v) => elementwise("abs", [asFloating(v)])) as [
    Variable,
    Variable,
  ];
  const high = elementwise("maximum", [a, b]), low = elementwise("minimum", [a, b]);
  const isInfinite = elementwise("or", [elementwise("isinf", [a]), elementwise("isinf", [b])]);
  const isNone = elementwise("eq", [high, asVariable(0, high.dtype)]);
  const ratio = elementwise("div", [low, where(isNone, 1, high) as Variable]);
  const square = elementwise("add", [elementwise("sqr", [ratio]), asVariable(1, high.dtype)]);
  const length = elementwise("mul", [high, elementwise("sqrt", [square])]);
  return where(isInfinite, Infinity, length) as Variable;
}
