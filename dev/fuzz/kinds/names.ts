/**
 * The names of elementwise functions by what they take and give, read off the table of ops: a new one is
 * drawn from then on.
 *
 * @module
 */

import type { DType } from "../../../core/graph/dtype.ts";
import {
  type ElementwiseName,
  elementwiseNames,
  elementwiseOps,
} from "../../../core/ops/elementwise/table.ts";
import * as T from "../../../core/api/t.ts";

/** Ops that random arguments of their dtype do not suit, and why. */
const leftOut: Partial<Record<ElementwiseName, string>> = {
  undefinedGrad: "has no gradient",
  zeroGrad: "has a gradient other than its slope",
  disconnectedGrad: "has no gradient",
  leftShift: "shifts by less than the width",
  rightShift: "shifts by less than the width",
  gammaln: "is accurate for x > 0",
  digamma: "is accurate for x > 0",
  logaddexp: "is accurate for x > 0",
  logdiffexp: "is accurate for x <= 0",
};

/** Functions of so many arguments of a dtype that give another. */
export function namesOf(arity: number, from: DType, to: DType): readonly ElementwiseName[] {
  const inputs = Array.from({ length: arity }, () => from);
  return elementwiseNames.filter((name) => {
    const op = elementwiseOps[name];
    if (op.arity !== arity || op.params !== undefined || name in leftOut || !(name in T)) {
      return false;
    }
    try {
      return op.dtypes(inputs, {}).output === to;
    } catch {
      return false;
    }
  });
}
