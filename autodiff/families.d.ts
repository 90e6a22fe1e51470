// What checkers of types read in place of families.ts, and of all rules that it lists.

import type { GradientRules } from "./rule.ts";

export declare const families: readonly GradientRules[];
