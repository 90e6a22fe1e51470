/**
 * Computing at once what does not depend on any input.
 *
 * @module
 */

import { type Apply, Constant, makeConstant, type Variable } from "../graph/graph.ts";
import { isFloat } from "../graph/dtype.ts";
import { rounded, sizeOf, type Value } from "../graph/value.ts";
import { elementwise } from "../ops/common/build.ts";
import type { ReduceParams } from "../ops/reduce/reduce_ops.ts";
import { applyAgain } from "./match.ts";
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
    if (op.name === "held" || !inputs.every((input) => input instanceof Constant)) return null;
    const sizes = outputs.map(({ type }) =>
      type.shape.every((n) => n !== null) ? sizeOf(type.shape) : null
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

/** Whether a value has lost what a logarithm, say, would need of it. */
function isPastLimits(value: Value): boolean {
  return Array.from(value.data as ArrayLike<number>).some((x) =>
    x === 0 || Math.abs(x) === Infinity
  );
}

/** Functions that lose it at some arguments only, beside those that saturate. */
function growsFast({ op, params }: Apply): boolean {
  return op.name === "sqr" || op.name === "gamma" ||
    op.name === "reduce" && (params as ReduceParams).kind === "prod";
}

const holdConstant: Rule = {
  name: "hold-constant",
  law: "exp(1000) -> exp(held(1000)), of which there may be a stable form before it is Infinity",
  ops: ["*"],
  rewrite(apply: Apply, context): readonly Variable[] | null {
    const { op, inputs, outputs: [output] } = apply;
    const isOurs = op.facts?.has("saturates") === true || growsFast(apply);
    if (!isOurs || !isFloat(output!.dtype)) return null;
    if (!inputs.every((input) => input instanceof Constant)) return null;
    const value = (constantFold.rewrite(apply, context) as readonly Constant[] | null)?.[0]?.value;
    const isExact = value === undefined || growsFast(apply) && !isPastLimits(value);
    return isExact
      ? null
      : [applyAgain(apply, inputs.map((input) => elementwise("held", [input])))];
  },
};

const releaseConstant: Rule = {
  name: "release-constant",
  law: "held(x) -> x",
  ops: ["held"],
  rewrite: ({ inputs: [x] }) => x!,
};

/** The rules of this file until stable forms are found. */
export const foldRules: readonly Rule[] = [holdConstant, constantFold];

/** Those for after that. */
export const lastFoldRules: readonly Rule[] = [releaseConstant, constantFold];
