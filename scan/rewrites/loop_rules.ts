/**
 * Rewrites of loops: what does not depend on a loop moves out of it, what nothing reads is dropped.
 *
 * @module
 */

import type { Rule } from "../../core/rewrite/rule.ts";
import { shareStates } from "./share.ts";
import { hoistInvariants } from "./hoist.ts";
import { constantStates, dropUnused, inlineConstants } from "./drop.ts";
import { batchResults, batchSequences } from "./at_once.ts";
import { sumAtOnce } from "./sum_at_once.ts";
import { unroll } from "./unroll.ts";
import { lastValue } from "./last_value.ts";
import { optimiseStep } from "./optimise_step.ts";

/** All of them, in the order in which they are tried. */
export const loopRules: readonly Rule[] = [
  optimiseStep,
  lastValue,
  dropUnused,
  inlineConstants,
  shareStates,
  constantStates,
  hoistInvariants,
  unroll,
  sumAtOnce,
  batchSequences,
  batchResults,
];
