/**
 * How an op is written.
 *
 * @module
 */

import type { Apply, Variable } from "../../core/graph/graph.ts";
import type { Op, Params } from "../../core/graph/op.ts";
import type { Level } from "../level.ts";
import type { Hlo } from "../text/block.ts";

/** How an op is written. */
export interface Row<P extends Params = Params> {
  /** Inputs that are written before it; default: those that a kernel would read. */
  reads?(apply: Apply<P>): readonly Variable[];
  /** Writes an application whose results have elements; null for results that nothing reads. */
  write(level: Level, apply: Apply<P>): readonly (Hlo | null)[];
}

/** An op, with how it is written. */
export type OpRow = readonly [Op, Row];

/** The row of an op with one result. */
export function row<P extends Params>(
  op: Op<P>,
  write: (level: Level, apply: Apply<P>) => Hlo,
  reads?: Row<P>["reads"],
): OpRow {
  return rowOfMany(op, { write: (level, apply) => [write(level, apply)], ...(reads && { reads }) });
}

/** The row of any op. */
export function rowOfMany<P extends Params>(op: Op<P>, row: Row<P>): OpRow {
  return [op, row] as unknown as OpRow;
}
