/**
 * One factorisation for all that is asked of a matrix.
 *
 * @module
 */

import { type Apply, applyOp, outputOf, type Variable } from "../../graph/graph.ts";
import { conj } from "../../ops/elementwise/conversion.ts";
import {
  type CheckedParams,
  luOp,
  type LuParams,
  solveTriangularOp,
  type TriangularParams,
} from "../../ops/linalg/factor_ops.ts";
import { eye } from "../../ops/linalg/matrices.ts";
import { rowsAt } from "../../ops/linalg/rows.ts";
import type { SolveParams } from "../../ops/linalg/solve_ops.ts";
import { argsort } from "../../ops/order/order.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { shapeOf, withShape } from "../../ops/shape/shape_ops.ts";
import { inShape } from "../match.ts";
import type { RewriteContext, Rewritten, Rule } from "../rule.ts";

/** Ones on the diagonals of as many matrices. */
function identityLike(matrices: Variable): Variable {
  const [n, m] = [shapeOf(matrices, -2), shapeOf(matrices, -1)];
  return inShape(eye(n, m, 0, matrices.dtype), lengthsOf(matrices));
}

function solved(factor: Variable, sides: Variable, params: TriangularParams): Variable {
  return outputOf<TriangularParams>(solveTriangularOp, [factor, sides], params);
}

/** Whether something else needs the factors L and U of the matrix of a system. */
function needsFactors(apply: Apply, context: RewriteContext): boolean {
  const [matrix] = apply.inputs;
  return context.clients(matrix!).some((other) =>
    other !== apply && other.inputs[0] === matrix &&
    (other.op.name === "lu" && (other.params as LuParams).square ||
      other.op.name === "matrixInverse" ||
      other.op.name === "solve" && !(other.params as SolveParams).positive)
  );
}

const sharedFactors: Rule = {
  name: "solve-by-factors",
  law:
    "solve(x, y), inverse(x) -> triangular systems of the factors of x, where something else needs these",
  ops: ["solve", "matrixInverse"],
  rewrite(apply, context): Rewritten {
    const { positive = false, transposed = false, check } = apply.params as
      & Partial<SolveParams>
      & CheckedParams;
    const matrix = apply.inputs[0]!, sides = apply.inputs[1] ?? identityLike(matrix);
    if (positive) {
      const factor = context.clients(matrix).find(({ op, params }) =>
        op.name === "cholesky" && (params as CheckedParams).check === check
      );
      if (factor === undefined) return null;
      const L = { lower: true, unit: false, transposed: false, check: false };
      const half: Variable = conj(solved(factor.output, sides, L));
      return conj(solved(factor.output, half, { ...L, transposed: true }));
    }
    if (!needsFactors(apply, context)) return null;
    const [packed, order] = applyOp(luOp, [matrix], { square: true }).outputs as [
      Variable,
      Variable,
    ];
    const L = { lower: true, unit: true, transposed, check: false };
    const U = { lower: false, unit: false, transposed, check };
    if (!transposed) {
      // Rows are taken by their places, which says nothing of those that there are too many of.
      const lengths = sides.type.shape.map((_, d) =>
        d === sides.ndim - 1 ? null : shapeOf(matrix, d)
      );
      const checked = apply.inputs.length === 1 ? sides : withShape(sides, lengths);
      return solved(packed, solved(packed, rowsAt(checked, order), L), U);
    }
    const moved = solved(packed, solved(packed, sides, U), L);
    return rowsAt(moved, argsort(order, -1));
  },
};

/** The rules of this file. */
export const factorRules: readonly Rule[] = [sharedFactors];
