// What checkers of types read in place of rows.ts.

import type { Batched } from "../../core/batch/batched.ts";
import type { Variable } from "../../core/graph/graph.ts";

export declare function forAllRows(
  results: readonly Variable[],
  leaves: ReadonlyMap<Variable, Batched>,
  count: Variable,
  action: string,
): Batched[];
