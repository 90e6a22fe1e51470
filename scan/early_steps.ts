/**
 * At which steps a loop is read from outside, as the gradient of its traces tells: steps that nothing
 * reads have no adjoint, whatever their values.
 *
 * @module
 */

import { aligned, any, both, no } from "../autodiff/masks.ts";
import { chosenBeside, isComputed, support } from "../autodiff/support.ts";
import type { Variable } from "../core/graph/graph.ts";
import { ancestors } from "../core/graph/walk.ts";
import { or } from "../core/ops/elementwise/elementwise.ts";
import { stretched } from "../core/ops/shape/broadcast_to_op.ts";
import { dimshuffle } from "../core/ops/shape/dimshuffle.ts";
import { knownDims } from "../core/ops/shape/known_lengths.ts";
import type { StepGraph } from "./inner.ts";

type Gradient = Variable | null;

/**
 * For each state, and then for what is carried: at which steps what comes from it is read from outside,
 * null if that may be at the end, or never.
 *
 * @param times At which steps the states, what is carried, and other results are read; null if that may be at
 * the end, undefined for those that are not.
 */
export function readTimes(
  { placeholders, results }: StepGraph,
  times: readonly (Variable | null | undefined)[],
): (Variable | null)[] {
  const places = [...placeholders.states, ...placeholders.carried.map((place) => [place])];
  const sources = [...results.states, ...results.carried, ...results.maps].map((result) => {
    const from = new Set(ancestors([result]));
    return places.flatMap((taps, i) => taps.some((tap) => from.has(tap)) ? [i] : []);
  });
  return places.map((_, i) => {
    const reached = new Set([i]);
    // Also through what is reached, which a set visits, too.
    for (const at of reached) sources.forEach((from, to) => from.includes(at) && reached.add(to));
    const all = [...reached].map((at) => times[at]).filter((one) => one !== undefined);
    return all.length === 0 || all.includes(null)
      ? null
      : all.map((one) => one!).reduce((a, b) => or(a, b));
  });
}

/** At which steps rows may be other than zero, if indices say so; null if that may be at the end. */
export function earlySteps(rows: Variable): Variable | null {
  const mask = support(rows, "rows");
  if (mask === null) return null;
  const own = aligned(mask, rows), [length] = own.type.shape, [steps] = knownDims(rows);
  // Of a loop that constants say is read, all is.
  if (length === 1 && rows.type.shape[0] !== 1 && mask !== no() && !isComputed(mask)) return null;
  const others = own.type.shape.flatMap((_, d) => d === 0 ? [] : [d]);
  return stretched(others.length === 0 ? own : any(own, others), [steps!]);
}

/** What rows are chosen by, of each row or of all; null for everything. */
export function chosenRows(rows: Variable): Gradient {
  const mask = chosenBeside(rows, [0], "indexed");
  if (mask !== null && support(rows, "explicit") === null) return mask;
  const steps = earlySteps(rows), others = rows.type.shape.slice(1).map(() => "x" as const);
  return both(mask, steps && dimshuffle(steps, 0, ...others));
}
