/**
 * Which applications draw random numbers.
 *
 * @module
 */

import type { Apply } from "../graph/graph.ts";
import { toposort } from "../graph/walk.ts";

const known = new WeakMap<Apply, boolean>();

/** Whether an application draws, itself or in a loop. */
export function drawsNumbers(apply: Apply): boolean {
  const have = known.get(apply);
  if (have !== undefined) return have;
  const { op } = apply, inner = op.inner?.(apply).outputs ?? [];
  const draws = op.facts?.has("draws") === true || op.name === "drawEach" ||
    toposort(inner).some(drawsNumbers);
  if (op.inner !== undefined) known.set(apply, draws);
  return draws;
}
