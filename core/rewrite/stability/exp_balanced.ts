/**
 * Products of matrices of exponentials, with exponents taken off the rows and the columns.
 *
 * @module
 */

import { outputOf, type Variable } from "../../graph/graph.ts";
import { reduced } from "../../ops/common/axes.ts";
import { lengthsOf } from "../../ops/shape/known_lengths.ts";
import { matmulOp } from "../../ops/linalg/matmul.ts";
import {
  countsSomewhere,
  type ExpProduct,
  greatestAlong,
  guarded,
  one,
  shiftedExp,
  shiftOf,
  sumOfTerms,
  weightedBy,
  whereItCounts,
} from "./exp_sums.ts";
import { ew, inShape, number } from "../match.ts";
import { transposed } from "../../ops/common/axes.ts";

/** exp(exponent) * total. */
interface Balanced {
  readonly exponent: Variable;
  readonly total: Variable;
  /** Whether no element of the total came so close to 0 that it lost digits. */
  readonly isWhole: Variable;
}

export function turnedBack({ exponent, total, isWhole }: Balanced): Balanced {
  return { exponent: transposed(exponent), total: transposed(total), isWhole };
}

/** Elements of products of matrices that are smaller may have lost digits. */
const LEAST = { float16: 1e-3, float32: 1e-30, float64: 1e-290 };

/**
 * The product of a matrix and of exponentials. Rows of the second may differ so much that columns lose
 * their digits: the greatest of each row goes to the column of the first that meets it. No numbers for
 * rows and columns will do for all matrices.
 */
export function balanced(a: Variable, p: ExpProduct | null, b: Variable, q: ExpProduct): Balanced {
  const rank = a.ndim, { dtype } = a;
  const weights = p?.rest ?? { ...one(dtype), factors: [{ base: a, power: 1 }] };
  const below = inShape(sumOfTerms(q.exponent, dtype), lengthsOf(b));
  const along = (exponent: Variable, counting: Variable, axis: number) =>
    shiftOf(exponent, counting, [axis], true);
  const inRows = whereItCounts(below, q.rest), common = along(below, inRows, rank - 1);
  const own = transposed(common);
  const above = p === null ? own : ew("add", sumOfTerms(p.exponent, dtype), own);
  const spread = inShape(above, lengthsOf(a)), left = ew("sub", below, common);
  let counting = whereItCounts(spread, weights), beside = weights;
  if (inRows !== below) {
    // Rows of zeros alone must not outweigh others.
    const top = transposed(greatestAlong(inRows, [rank - 1], true));
    const least = number(-Infinity, dtype);
    counting = ew("switch", ew("eq", top, least), least, counting);
    beside = q.rest;
  }
  const rows = along(spread, counting, rank - 1);
  const columns = along(left, whereItCounts(left, q.rest), rank - 2);
  const operands = [
    inShape(weightedBy(weights, shiftedExp(spread, rows, beside)), lengthsOf(a)),
    inShape(weightedBy(q.rest, shiftedExp(left, columns, q.rest)), lengthsOf(b)),
  ];
  const total = outputOf(matmulOp, operands, {});
  const least = number(LEAST[dtype as keyof typeof LEAST], dtype);
  const isEmpty = ew("invert", ew("and", countsSomewhere(rows), countsSomewhere(columns)));
  const isWhole = ew("or", ew("ge", ew("abs", total), least), isEmpty);
  return {
    exponent: ew("add", rows, columns),
    total: guarded(guarded(total, rows, true), columns, true),
    isWhole: reduced("all", isWhole, Array.from({ length: rank }, (_, d) => d)),
  };
}
