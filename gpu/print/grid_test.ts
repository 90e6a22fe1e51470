import { assert, assertEquals, assertThrows } from "@std/assert";
import { LimitError } from "../../core/base/errors.ts";
import { foldGrid } from "./grid.ts";

Deno.test("foldGrid() keeps small counts in one dimension", () => {
  assertEquals(foldGrid(0), [0, 0, 0]);
  assertEquals(foldGrid(1), [1, 1, 1]);
  assertEquals(foldGrid(65535), [65535, 1, 1]);
});

Deno.test("foldGrid() covers every count with little excess", () => {
  const limits = [3, 7, 65535];
  for (const limit of limits) {
    const counts = [limit, limit + 1, limit * 2 + 1, limit ** 2 - 1, limit ** 2, limit ** 2 + 1];
    for (const total of [...counts, Math.floor(limit ** 3 / 2)]) {
      const [x, y, z] = foldGrid(total, limit);
      assert(x <= limit && y <= limit && z <= limit, `${total} over ${limit}`);
      assert(x * y * z >= total);
      assert(x * y * z - total < y * z * 2, `${x * y * z} for ${total}`);
    }
  }
});

Deno.test("foldGrid() names the limit when a count cannot be dispatched", () => {
  const error = assertThrows(() => foldGrid(1001, 10), LimitError);
  assertEquals([error.requested, error.maximum], [1001, 1000]);
});
