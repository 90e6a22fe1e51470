/**
 * What the loop of training tells, in lines.
 *
 * @module
 */

import type { FitEvent } from "./fit.ts";

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
export function progressLines(
  print: (line: string) => void = (line) => console.log(line),
): (event: FitEvent) => void {
  let isExplained = false;
  return ({ epoch, epochs, loss, validation, best, seconds }) => {
    const each = seconds / epoch;
    const digits = (x: number) => Number(x.toPrecision(3));
    const parts = [`epoch ${epoch} of ${epochs}`, `loss ${digits(loss)}`];
    if (!Number.isNaN(validation)) {
      const mark = !best ? "" : isExplained ? " *" : " * (best so far)";
      isExplained ||= best;
      parts.push(`validation ${digits(validation)}${mark}`);
    }
    parts.push(`${digits(each)} s each`, `${digits(each * (epochs - epoch))} s left`);
    print(parts.join(", "));
  };
}
