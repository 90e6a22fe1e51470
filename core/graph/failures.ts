/**
 * Where the reference interpreter failed: at which op, and in which steps of the loops around it.
 *
 * @module
 */

import type { Apply } from "./graph.ts";

/** The place of a failure. */
interface Failure {
  readonly apply: Apply;
  /** The steps in words, that of the outermost loop first. */
  readonly steps: readonly string[];
}

const failures = new WeakMap<object, { readonly apply: Apply; readonly steps: string[] }>();

/** Notes which op an error is of: the innermost is told first. */
export function noteFailure(error: unknown, apply: Apply): void {
  if (error instanceof Error && !failures.has(error)) failures.set(error, { apply, steps: [] });
}

/** Notes in which step of a loop an error came, from the innermost loop outwards. */
export function noteStep(error: unknown, step: number, loop: string): void {
  if (error instanceof Error) failures.get(error)?.steps.unshift(`step ${step} of ${loop}`);
}

/** What is known of where an error came. */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof Error ? failures.get(error) : undefined;
}
