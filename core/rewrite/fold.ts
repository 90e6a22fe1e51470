/**
 * Computing at once what does not depend on any input.
 *
 * @module
 */

import { type Apply, Constant, makeConstant, type Variable } from "../graph/graph.ts";
import { rounded, sizeOf } from "../graph/value.ts";
import type { Rule } from "./rule.ts";

/** Results with more elements are kept only if they need no more room than what they come from. */
const SMALL = 64;

/** No larger results are made in any case. */
const LARGE = 1e5;

/** Multiplications of one matrix product, about 10 ms in the reference. */
const MOST_PRODUCTS = 1e6;

function isCheap(apply: Apply, result: number): boolean {
  const { name, facts } = apply.op;
  if (result > LARGE || facts?.has("symbolic") && result > 1) return false;
  const shapes = apply.inputs.map((input) => (input as Constant).value.shape);
  if (name === "matmul") {
    return sizeOf(shapes[0]!) * (shapes[1]!.at(-1) ?? 1) <= MOST_PRODUCTS;
  }
  const given = shapes.reduce((n, shape) => n + sizeOf(shape), 0);
  return given <= LARGE && (result <= SMALL || result <= given);
}

/** Constants for what is computed from constants. */
const constantFold: Rule = {
  name: "constant-fold",
  law: "f(1, 2) -> its value",
  ops: ["*"],
  rewrite(apply: Apply): readonly Variable[] | null {
    const { op, inputs, params, outputs } = apply;
    if (op.pure === false || op.facts?.has("opaque") || inputs.length === 0) return null;
    if (!inputs.every((input) => input instanceof Constant)) return null;
    const sizes = outputs.map(({ type }) =>
      type.shape.every((n) => n !== null) ? sizeOf(type.shape as readonly number[]) : null
    );
    if (!sizes.every((size) => size !== null && isCheap(apply, size))) return null;
    try {
      const values = op.evaluate(inputs.map((input) => (input as Constant).value), params, apply);
      return values.map((value) => makeConstant(rounded(value)));
    } catch (error) {
      // An index out of range, say: it is an error where the function is called.
      if (error instanceof RangeError || error instanceof TypeError) return null;
      throw error;
    }
  },
};

/** The rules of this file. */
export const foldRules: readonly Rule[] = [constantFold];
