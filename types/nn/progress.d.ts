// Made of nn/progress.ts by `deno task types`.
/**
 * What the loop of training tells, in lines.
 *
 * @module
 */
import type { FitEvent } from "./fit.d.ts";
/**
 * Writes a line for each epoch of {@linkcode fit}: loss, validation error with `*` where it is the best so
 * far, rate and time left.
 *
 * @param print Takes a line; `console.log` if missing.
 * @returns What to give `fit` as `onEpoch`.
 *
 * @example
 * ```ts
 * import { nn } from "@croton/croton";
 *
 * const onEpoch = nn.progressLines();
 * ```
 */
export declare function progressLines(print?: (line: string) => void): (event: FitEvent) => void;
