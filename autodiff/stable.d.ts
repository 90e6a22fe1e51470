// What checkers of types read in place of stable.ts.

import type { Apply, Variable } from "../core/graph/graph.ts";

export declare class StableForms {
  constructor(isEnd: (variable: Variable) => boolean);
  of(apply: Apply): Variable | null;
  freedOf(apply: Apply): readonly Variable[];
}

export declare function stableFormsOf(outputs: readonly Variable[]): readonly Variable[] | null;
