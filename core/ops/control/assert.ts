/**
 * Checks that a graph makes of its values.
 *
 * @module
 */

import { outputOf } from "../../graph/graph.ts";
import type { Like } from "../../graph/type_arithmetic.ts";
import { shown } from "../../base/shown.ts";
import { castTo, typed } from "../common/build.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { all } from "../reduce/reduce.ts";
import { assertOp, type AssertParams } from "./assert_op.ts";

/**
 * `x`, and an error where an element of `condition` is zero or false.
 *
 * The check is made where elements of the result are read: a function that needs none of them checks
 * nothing. In a loop it is made in each step. A call that fails changes no shared variable, and throws an
 * `AssertionError` with the message and the line of the check. Gradients pass.
 *
 * @param x What is given on.
 * @param condition What has to hold: a tensor of any shape.
 * @param message What the error says.
 *
 * @example
 * ```ts
 * import { AssertionError, compile, T } from "@croton/croton";
 * import { assertThrows } from "@std/assert";
 *
 * const x = T.dvector("x");
 * const root = T.sqrt(T.assert(x, x.ge(0), "x must not be negative"));
 * const f = await compile([x], root);
 * console.assert(f([4]).item() === 2);
 * assertThrows(() => f([4, -1]).dataSync(), AssertionError, "x must not be negative");
 * ```
 */
export function assert<A extends TensorLike>(
  x: A,
  condition: TensorLike,
  message = "A condition does not hold",
): Like<A> {
  if (typeof message !== "string") {
    throw new TypeError(`Cannot assert: expected a text as message, got ${shown(message)}`);
  }
  const holds = castTo(asVariable(condition), "bool");
  const whole = holds.ndim === 0 ? holds : all(holds);
  return typed(outputOf<AssertParams>(assertOp, [asVariable(x), whole], { message }));
}
