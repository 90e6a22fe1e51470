/**
 * Products of matrices: what can be taken out of them, and what they come down to.
 *
 * @module
 */

import type { DimshuffleParams } from "../../ops/shape/dimshuffle_op.ts";
import { outputOf, type Variable } from "../../graph/graph.ts";
import type { CheckedParams } from "../../ops/linalg/factor_ops.ts";
import { solveOp, type SolveParams } from "../../ops/linalg/solve_ops.ts";
import { transposed } from "../../ops/common/axes.ts";
import { buildProduct, opensSingle, type Product, productOf } from "./factors.ts";
import { applied, applyAgain, instead, insteadNumber, isNumber, mayBeOfNothing } from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";

const transposedProduct: Rule = {
  name: "transposed-matmul",
  law: "dot(x, y)ᵀ -> dot(yᵀ, xᵀ)",
  ops: ["dimshuffle"],
  rewrite(apply, context): Rewritten {
    const inner = apply.inputs[0]!, product = applied(inner, "matmul");
    if (product === null || context.uses(inner) > 1) return null;
    const { pattern } = apply.params as DimshuffleParams;
    const [a, b] = product.inputs as [Variable, Variable], rank = a.ndim;
    const swaps = pattern.length === rank && pattern[rank - 1] === rank - 2 &&
      pattern[rank - 2] === rank - 1 && pattern.slice(0, -2).every((item, d) => item === d);
    return swaps ? applyAgain(product, [transposed(b), transposed(a)]) : null;
  },
};

const zeroProduct: Rule = {
  name: "matmul-zero",
  law: "dot(0, x) -> 0",
  ops: ["matmul"],
  assumesFinite: true,
  mayHideError: true,
  rewrite: ({ inputs, output }) =>
    inputs.some((input) => isNumber(input, 0)) ? insteadNumber(output, 0) : null,
};

/** Scalar factors of an operand, and the rest; null if there are none. */
function scalarsOf(
  operand: Variable,
  context: RewriteContext,
): { scalars: Product; rest: Variable } | null {
  if (context.uses(operand) > 1) return null;
  const product = productOf(operand, opensSingle(context));
  if (product === null || product.steps === 0) return null;
  const scalars = product.factors.filter(({ base }) => base.ndim === 0);
  const others = product.factors.filter(({ base }) => base.ndim > 0);
  const plain = product.over === 1 && product.below === 1;
  if (others.length === 0 || plain && scalars.length === 0) return null;
  const rest = buildProduct({ ...product, over: 1, below: 1, factors: others });
  return { scalars: { ...product, factors: scalars }, rest: instead(operand, rest) };
}

const scaledProduct: Rule = {
  name: "scaled-matmul",
  law: "dot(2 * x, y) -> 2 * dot(x, y)",
  ops: ["matmul"],
  rewrite(apply, context): Rewritten {
    for (const i of [0, 1]) {
      const found = scalarsOf(apply.inputs[i]!, context);
      if (found === null) continue;
      const { scalars } = found;
      // A sum of no products is 0, and not 0 times what a mean or an extreme of nothing is.
      const mayBeEmpty = (apply.inputs[0]!.type.shape.at(-1) ?? 0) === 0;
      if (mayBeEmpty && scalars.factors.some(({ base }) => mayBeOfNothing(base))) continue;
      const operands = apply.inputs.map((input, k) => k === i ? found.rest : input);
      const inner = { base: applyAgain(apply, operands), power: 1 };
      const value = buildProduct({ ...scalars, factors: [...scalars.factors, inner] });
      return instead(apply.output, value);
    }
    return null;
  },
};

const inverseProduct: Rule = {
  name: "inverse-matmul",
  law: "dot(inverse(x), y) -> solve(x, y)",
  ops: ["matmul"],
  rewrite(apply, context): Rewritten {
    const [a, b] = apply.inputs as [Variable, Variable];
    const solved = (inverse: Variable, sides: Variable, isTurned: boolean): Variable | null => {
      const found = applied(inverse, "matrixInverse");
      // An inverse that something else needs is there anyway.
      if (found === null || context.uses(inverse) > 1) return null;
      const { check } = found.params as CheckedParams;
      const params = { positive: false, transposed: isTurned, check };
      return outputOf<SolveParams>(solveOp, [found.inputs[0]!, sides], params);
    };
    const left = solved(a, b, false);
    if (left !== null) return left;
    const right = solved(b, transposed(a), true);
    return right === null ? null : transposed(right);
  },
};

/** Rules that bring products into one form. */
export const matmulRules: readonly Rule[] = [zeroProduct, transposedProduct];

/** Rules that make products smaller. */
export const cheaperMatmuls: readonly Rule[] = [scaledProduct, inverseProduct];
