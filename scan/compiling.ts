/**
 * What compiling loops needs beside what builds them: rewrites, and how they become kernels. Loaded by the
 * first `compile`.
 *
 * @module
 */

import { addPhase } from "../core/rewrite/extensions.ts";
import { lowerScan } from "./lower.ts";
import { scanLowering } from "./op.ts";
import { loopRules } from "./rewrites/loop_rules.ts";
import { mergeScans, mergeTwins } from "./rewrites/merge.ts";
import { shareStates } from "./rewrites/share.ts";

addPhase({ name: "twin-scans", rules: [mergeTwins, shareStates] });
addPhase({ name: "scan", rules: loopRules });
addPhase({ name: "join-scans", rules: [mergeScans] });
addPhase({ name: "joined-scans", rules: loopRules });
scanLowering.set(lowerScan);
