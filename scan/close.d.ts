// What checkers of types read in place of close.ts.

import type { Variable } from "../core/graph/graph.ts";

export declare function close(
  outputs: readonly Variable[],
  own: readonly Variable[],
  fixed: ReadonlyMap<Variable, Variable>,
  lengths: ReadonlySet<Variable>,
): { outputs: Variable[]; places: Variable[]; values: Variable[] };
