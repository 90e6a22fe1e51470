/**
 * Where long sums of float32 are moved to an accumulator of float64.
 *
 * @module
 */

import type { LoweredNest } from "./kernel.ts";
import type { NestPlan } from "./nest_plan.ts";

/** About how many float32 values may be added up before they are moved to a float64 accumulator. */
const FLUSH_EVERY = 256;

/** Where the partial sums of a nest are moved: at the end of each block of a level. */
export interface Flush {
  readonly depth: number;
  /** Iterations of that level in a block. */
  readonly block: number;
}

/** Where a kernel moves its partial float32 sums, if they are long enough for that. */
export function findFlush(kernel: LoweredNest, plan: NestPlan): Flush | null {
  if (!kernel.reductions.some(({ kind, type }) => kind === "sum" && type === "f32")) return null;
  let perIteration = 1;
  for (let depth = plan.levels.length; depth > plan.axisCount; depth--) {
    const { size, mode, unroll } = plan.levels[depth - 1]!;
    const block = Math.max(1, Math.floor(FLUSH_EVERY / perIteration));
    if (typeof size !== "number") return { depth, block };
    const iterations = mode === "vector" ? Math.ceil(size / (4 * unroll)) : size;
    if (iterations > block) return mode === "unroll" ? null : { depth, block };
    perIteration *= iterations;
  }
  return null;
}
