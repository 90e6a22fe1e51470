/**
 * The phases of rewriting, in the order in which they run.
 *
 * @module
 */

import type { Phase } from "./rule.ts";

/** All phases. */
export const phases: readonly Phase[] = [];
