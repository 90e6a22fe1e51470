/**
 * Lazy choice between two branches.
 *
 * @module
 */

import { isComplex } from "../../graph/dtype.ts";
import { applyOp, type Variable } from "../../graph/graph.ts";
import { castTo } from "../common/build.ts";
import { asVariable, type TensorLike } from "../common/literal.ts";
import { ifelseOp, type IfElseParams } from "./ifelse_op.ts";

/**
 * One of two values by a scalar condition, or one of two lists of values: the first where the condition
 * is not zero. Only the chosen one is computed, unlike with `where`, which chooses for each element.
 *
 * Throws a TypeError for a condition that is no scalar, for lists of different length, and for values of
 * different dtype or rank.
 *
 * @example
 * ```ts
 * import { T } from "@croton/croton";
 *
 * const x = T.vector("x"), y = T.vector("y");
 * T.ifelse(T.iscalar("c"), x, y);
 * const [a, b] = T.ifelse(T.iscalar("c"), [x, y], [y, x]);
 * ```
 */
export function ifelse(
  condition: TensorLike,
  then: Variable | number,
  otherwise: Variable | number,
): Variable;
/** The same for lists. */
export function ifelse(
  condition: TensorLike,
  then: readonly TensorLike[],
  otherwise: readonly TensorLike[],
): Variable[];
export function ifelse(
  condition: TensorLike,
  then: TensorLike | readonly TensorLike[],
  otherwise: TensorLike | readonly TensorLike[],
): Variable | Variable[] {
  const c = asVariable(condition);
  if (c.ndim !== 0 || isComplex(c.dtype)) {
    throw new TypeError(
      `Cannot choose by ${c.label}: expected a real scalar as condition, got ${c.type}`,
    );
  }
  const lists = Array.isArray(then) && Array.isArray(otherwise);
  if (Array.isArray(then) !== Array.isArray(otherwise)) {
    throw new TypeError(
      "Cannot choose: expected two values or two lists of values, got one of each",
    );
  }
  const a = (lists ? then : [then]) as readonly TensorLike[];
  const b = (lists ? otherwise : [otherwise]) as readonly TensorLike[];
  if (a.length !== b.length) {
    throw new TypeError(
      `Cannot choose between lists of values: expected equal lengths, got ${a.length} and ${b.length}`,
    );
  }
  const pairs = a.map((value, i): [Variable, Variable] => {
    const other = b[i]!;
    if (typeof value === "number" && typeof other !== "number") {
      const y = asVariable(other);
      return [asVariable(value, y.dtype), y];
    }
    const x = asVariable(value);
    return [x, asVariable(other, x.dtype)];
  });
  const inputs = [castTo(c, "bool"), ...pairs.map(([x]) => x), ...pairs.map(([, y]) => y)];
  const { outputs } = applyOp<IfElseParams>(ifelseOp, inputs, { n: pairs.length });
  return lists ? [...outputs] : outputs[0]!;
}
