/**
 * Values of many rows: what rules for batching get and give.
 *
 * @module
 */

import { type Apply, Constant, type Variable } from "../graph/graph.ts";
import { castTo } from "../ops/common/build.ts";
import { asVariable } from "../ops/common/literal.ts";
import { arange } from "../ops/create/ranges.ts";
import { where } from "../ops/elementwise/elementwise.ts";
import { stretched } from "../ops/shape/broadcast_to_op.ts";
import { dimshuffle } from "../ops/shape/dimshuffle.ts";
import { shapeOf } from "../ops/shape/shape_ops.ts";

/** A value of all rows: stacked, or the same for all of them. */
export interface Batched {
  readonly value: Variable;
  /** Whether `value` has a leading axis of rows. */
  readonly stacked: boolean;
}

/** The rows that an expression is made for. */
export interface BatchRows {
  /** How many there are (int64 scalar). */
  readonly count: Variable;
  /** Whether random numbers are drawn for each row, or once for all. */
  readonly draws: "each" | "once";
  /**
   * Rows that count here (a bool for each), where not all do: those whose loop goes on, or that take this
   * side of a choice. What the others read must be no error.
   */
  readonly counting: Variable | null;
  /**
   * Told of a value in which something that is the same for all rows is spread over them, and how many
   * elements it has in all, or null where types do not tell.
   */
  readonly onGrowth?: ((elements: number | null) => void) | undefined;
}

/** What an application gives for all rows; null where there is no way but a loop over them. */
export type BatchRule = (
  apply: Apply,
  inputs: readonly Batched[],
  rows: BatchRows,
) => readonly Batched[] | null;

/** One stacked result. */
export function stacked(value: Variable): readonly Batched[] {
  return [{ value, stacked: true }];
}

/** A stacked value with its axis of rows in front of `rank` others: missing ones are of length 1. */
export function aligned({ value, stacked }: Batched, rank: number): Variable {
  if (!stacked) return value;
  const own = value.ndim - 1;
  if (own === rank) return value;
  const fill = Array.from({ length: rank - own }, () => "x" as const);
  return dimshuffle(value, 0, ...fill, ...Array.from({ length: own }, (_, d) => d + 1));
}

/** The value with an axis of rows, also where it is the same for all of them. */
export function spread({ value, stacked }: Batched, { count }: BatchRows): Variable {
  return stacked ? value : stretched(value, [count, ...lengthsIn(value)]);
}

/** The lengths of the axes of one row. */
export function rowLengths({ value, stacked }: Batched): Variable[] {
  return lengthsIn(value).slice(Number(stacked));
}

/** The lengths of all axes. */
export function lengthsIn(value: Variable): Variable[] {
  return value.type.shape.map((_, d) => shapeOf(value, d));
}

/** Positions with 0 in the rows that do not count. */
export function heldPositions(position: Batched, { counting, ...rows }: BatchRows): Batched {
  if (counting === null || !position.stacked && position.value instanceof Constant) return position;
  const all = spread(position, { counting, ...rows });
  const mask = aligned({ value: counting, stacked: true }, all.ndim - 1);
  const zero = castTo(asVariable(0), all.dtype);
  return { value: where(mask, all, zero), stacked: true };
}

/** The number of each row, as positions that go with others of `rank` axes. */
export function rowNumbers({ count }: BatchRows, rank: number): Variable {
  return dimshuffle(arange(count), 0, ...Array.from({ length: rank }, () => "x" as const));
}

/** The value with an axis moved. */
export function axisMoved(value: Variable, from: number, to: number): Variable {
  if (from === to) return value;
  const order = Array.from({ length: value.ndim }, (_, d) => d).filter((d) => d !== from);
  order.splice(to, 0, from);
  return dimshuffle(value, ...order);
}
