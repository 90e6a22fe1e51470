/**
 * Rows of matrices of derivatives, made by a loop.
 *
 * @module
 */

import { arange } from "../core/ops/create/ranges.ts";
import type { Variable } from "../core/graph/graph.ts";
import { scan } from "./loop.ts";

/** The results of `body` for the steps 0 to `count` - 1, stacked along a new first axis. */
export function stackedRows(
  count: Variable,
  body: (step: Variable) => readonly Variable[],
): readonly Variable[] {
  const [rows] = scan((step: Variable) => body(step), {
    sequences: arange(count),
    returnList: true,
  });
  return rows as Variable[];
}
