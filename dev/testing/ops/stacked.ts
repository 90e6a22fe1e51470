/**
 * Values of many rows, for tests of batching.
 *
 * @module
 */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { isComplex, isFloat } from "../../../core/graph/dtype.ts";
import { sizeOf, type Value } from "../../../core/graph/value.ts";

/** Values of all rows: other numbers of a float in each, the same integers. */
export function stackedValue(
  { dtype, shape, data }: Value,
  rows: number,
  next: () => number,
): Value {
  const all = Array.from(
    { length: rows },
    (_, i) =>
      Array.from(
        data as ArrayLike<number | bigint>,
        (x) => isFloat(dtype) ? Number(x) * (1 + i * 0.1 * next()) : x,
      ),
  );
  const kind = data.constructor as unknown as { from(list: unknown[]): Value["data"] };
  return { dtype, shape: [rows, ...shape], data: kind.from(all.flat()) };
}

/** One row. */
export function rowOf({ dtype, shape, data }: Value, i: number): Value {
  const rest = shape.slice(1), size = sizeOf(rest) * (isComplex(dtype) ? 2 : 1);
  return { dtype, shape: rest, data: data.slice(i * size, (i + 1) * size) as Value["data"] };
}

/** Whether the rows are those values. */
export function expectRows(all: Value, rows: readonly Value[], tolerance: number, what: string) {
  assertEquals(all.shape[0], rows.length, what);
  rows.forEach((one, i) => {
    const row = rowOf(all, i);
    assertEquals([row.dtype, row.shape], [one.dtype, one.shape], what);
    row.data.forEach((x: number | bigint, k: number) => {
      const wanted = Number(one.data[k]);
      if (Object.is(Number(x), wanted)) return;
      assertAlmostEquals(Number(x), wanted, tolerance * Math.max(1, Math.abs(wanted)), what);
    });
  });
}
