/**
 * Phases of other folders, run after those of core.
 *
 * @module
 */

import type { Phase } from "./rule.ts";

/** Phases that were added, in the order in which they run. */
export const addedPhases: Phase[] = [];

/** Adds a phase. Throws a TypeError when one of that name is there already. */
export function addPhase(phase: Phase): void {
  if (addedPhases.some(({ name }) => name === phase.name)) {
    throw new TypeError(`Cannot add the rewrite phase "${phase.name}": there is one already`);
  }
  addedPhases.push(phase);
}
