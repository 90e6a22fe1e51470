/**
 * The derivative of the matrix product.
 *
 * @module
 */

import { outputOf, type Variable } from "../core/graph/graph.ts";
import { add, where } from "../core/ops/elementwise/elementwise.ts";
import { matmulOp } from "../core/ops/linalg/matmul.ts";
import { aligned } from "./masks.ts";
import type { GradientRules } from "./rule.ts";
import { transposed } from "../core/ops/common/axes.ts";
import { asKink, chosenAlong, support } from "./support.ts";

/** The rule of the matrix product. */
export const linalgGradients: GradientRules = {
  // G·Bᵀ and Aᵀ·G, without the rows of A and columns of B that are not asked for.
  matmul: {
    pullback(apply, [g], wanted) {
      const [a, b] = apply.inputs as [Variable, Variable];
      const isIndex = support(g!, "explicit") === null;
      const chosen = (x: Variable, over: number): Variable => {
        // Of weights themselves all columns count: what is in them is a number.
        const isWeights = over === 2 && isIndex && x.owner === null;
        const mask = isWeights ? null : chosenAlong(g!, g!.ndim - over, "indexed");
        if (mask === null) return x;
        return where(isIndex ? asKink(mask, mask) : mask, x, 0);
      };
      return [
        wanted[0] ? outputOf(matmulOp, [g!, transposed(chosen(b, 2))], {}) : null,
        wanted[1] ? outputOf(matmulOp, [transposed(chosen(a, 1)), g!], {}) : null,
      ];
    },
    // dA·B + A·dB, without the rows of B and columns of A that go with zeros.
    pushforward(apply, [da, db]) {
      const [a, b] = apply.inputs as [Variable, Variable];
      const chosen = (x: Variable, by: Variable, over: number): Variable => {
        const isIndex = support(by, "explicit") === null;
        const found = isIndex && x.owner === null
          ? null
          : chosenAlong(by, by.ndim - over, "indexed");
        if (found === null) return x;
        const mask = transposed(aligned(found, by));
        return where(isIndex ? asKink(mask, mask) : mask, x, 0);
      };
      const parts = [
        ...da ? [outputOf(matmulOp, [da, chosen(b, da, 2)], {})] : [],
        ...db ? [outputOf(matmulOp, [chosen(a, db, 1), db], {})] : [],
      ];
      return [parts.reduce((x, y) => add(x, y))];
    },
  },
};
