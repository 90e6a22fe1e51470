// What checkers of types read in place of phases.ts, and of all rules that it lists.

import type { Phase } from "./rule.ts";

export declare const phases: readonly Phase[];
