// What checkers of types read in place of support.ts, where functions are replayed at other places.

import type { Variable } from "../core/graph/graph.ts";

export declare function replaceWithKinks(
  graphs: readonly Variable[],
  places: ReadonlyMap<Variable, Variable>,
): Variable[];
