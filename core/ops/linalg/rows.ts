/**
 * Rows of matrices in another order, and triangles of factors.
 *
 * @module
 */

import type { Variable } from "../../graph/graph.ts";
import { add } from "../elementwise/arithmetic.ts";
import { take, takeAlongAxis } from "../index/selecting.ts";
import { shuffled } from "../shape/dimshuffle_op.ts";
import { shapeOf } from "../shape/shape_ops.ts";
import { eye, tril } from "./matrices.ts";

/** The rows of matrices at positions, of which each matrix has its own. */
export function rowsAt(x: Variable, positions: Variable): Variable {
  if (x.ndim === 2) return take(x, positions, 0);
  const axes = Array.from({ length: positions.ndim }, (_, d) => d);
  return takeAlongAxis(x, shuffled(positions, [...axes, "x"]), x.ndim - 2);
}

/** The lower triangle with ones on its diagonal. */
export function unitLower(packed: Variable): Variable {
  const [m, n] = [shapeOf(packed, packed.ndim - 2), shapeOf(packed, packed.ndim - 1)];
  return add(tril(packed as never, -1), eye(m, n, 0, packed.dtype));
}
