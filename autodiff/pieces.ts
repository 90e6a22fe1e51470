/**
 * Pieces of gradients that are zero because an index took something elsewhere.
 *
 * @module
 */

import { staticInt } from "../core/ops/common/arguments.ts";
import type { IncSubtensorParams } from "../core/ops/index/subtensor.ts";
import { isNumber } from "../core/rewrite/match.ts";
import type { Variable } from "../core/graph/graph.ts";

/**
 * Whether a gradient is zero by its structure in [from, stop) of an axis, as far as constants tell: all
 * that was put into zeros was put elsewhere. What is joined to what an index takes has no gradient then,
 * rather than one of zeros, which other factors may make NaN.
 *
 * @param from The first position of the piece; null if it is not known.
 * @param stop The one after the last.
 */
export function isZeroPiece(
  gradient: Variable,
  axis: number,
  from: number | null,
  stop: number | null,
): boolean {
  if (from === null || stop === null) return false;
  const stack = [gradient];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (isNumber(part, 0)) continue;
    const { owner } = part;
    if (owner?.op.name === "add") stack.push(...owner.inputs);
    else if (owner?.op.name === "neg" || owner?.op.name === "cast") stack.push(owner.inputs[0]!);
    else if (owner?.op.name === "incSubtensor") {
      const { index } = owner.params as unknown as IncSubtensorParams;
      if (!isElsewhere(part, index, owner.inputs.slice(2), axis, from, stop)) return false;
      stack.push(owner.inputs[0]!);
    } else return false;
  }
  return true;
}

/** Whether an index certainly takes nothing from [from, stop) of an axis. */
function isElsewhere(
  of: Variable,
  index: IncSubtensorParams["index"],
  scalars: readonly Variable[],
  axis: number,
  from: number,
  stop: number,
): boolean {
  const entry = index[axis], length = of.type.shape[axis] ?? null;
  if (entry === undefined) return false;
  const before = index.slice(0, axis).reduce(
    (n, e) => n + (e.kind === "int" ? 1 : Number(e.start) + Number(e.stop) + Number(e.step)),
    0,
  );
  const own = scalars.slice(before).map(staticInt);
  const counted = (at: number | null): number | null =>
    at === null || at >= 0 ? at : length === null ? null : Math.max(0, at + length);
  if (entry.kind === "int") {
    const at = counted(own[0]!);
    return at !== null && (at < from || at >= stop);
  }
  if (entry.step) return false;
  const first = entry.start ? counted(own.shift()!) : 0;
  const last = entry.stop ? counted(own.shift()!) : length;
  return first !== null && first >= stop || last !== null && last <= from;
}
