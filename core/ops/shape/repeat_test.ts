import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../base/errors.ts";
import { flip, pad, repeat, roll, tile } from "./repeat.ts";
import {
  anyInput,
  counting,
  evaluate,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";

const m = anyInput("float32", 2, "m"), v = anyInput("float32", 1, "v");
const feeds = [[m, counting("float32", [2, 3])], [v, counting("float32", [3])]] as const;

Deno.test("tile", () => {
  assertEquals(evaluate([tile(m, [2, 1])], feeds)[0]!.shape, [4, 3]);
  assertEquals(run(tile(v, 2), feeds), [0, 1, 2, 0, 1, 2]);
  const [t] = evaluate([tile(m, [2, 1, 2])], feeds);
  assertEquals(t!.shape, [2, 2, 6]);
  assertEquals([...t!.data as Float64Array].slice(0, 12), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
  assertEquals(run(tile(m, 0), feeds), []);
  const n = anyInput("int32", 0, "n");
  assertEquals(run(tile(v, [n]), [...feeds, [n, value("int32", [], [3])]]).length, 9);
});

Deno.test("repeat", () => {
  const counts = anyInput("int64", 1, "counts");
  const given = [...feeds, [counts, value("int64", [3], [2, 0, 1])]] as const;
  assertEquals(run(repeat(m, 2, 1), feeds), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  assertEquals(run(repeat(m, 2), feeds), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  assertEquals(run(repeat(v, counts), given), [0, 0, 2]);
  assertEquals(run(repeat(m, [1, 0, 2], 1), feeds), [0, 2, 2, 3, 5, 5]);
  assertEquals(run(repeat(m, [0, 0], 0), feeds), []);
  const n = anyInput("int32", 0, "n");
  assertEquals(run(repeat(v, n), [...feeds, [n, value("int32", [], [2])]]), [0, 0, 1, 1, 2, 2]);
  assertThrows(() => repeat(v, -1), RangeError, "got -1");
  assertThrows(() => repeat(v, [0.5, 1, 1]), TypeError, "integer vector");
  assertThrows(
    () => runPlanned([repeat(v, [1, 2])], feeds),
    ShapeError,
    "expected length 3 of axis 0, got 2",
  );
});

Deno.test("roll and flip", () => {
  assertEquals(run(roll(v, 1), feeds), [2, 0, 1]);
  assertEquals(run(roll(m, -1, 1), feeds), [1, 2, 0, 4, 5, 3]);
  assertEquals(run(roll(m, 7), feeds), [5, 0, 1, 2, 3, 4]);
  assertEquals(run(roll(m, [1, 1], [0, 1]), feeds), [5, 3, 4, 2, 0, 1]);
  assertEquals(run(roll(v, 3), feeds), [0, 1, 2]);
  const n = anyInput("int32", 0, "n");
  for (const shift of [-4, 0, 2]) {
    const got = run(roll(v, n), [...feeds, [n, value("int32", [], [shift])]]);
    assertEquals(got, [0, 1, 2].map((i) => ((i - shift) % 3 + 3) % 3));
  }
  assertEquals(run(roll(v, 2), [feeds[0], [v, value("float32", [0], [])]]), []);
  assertEquals(run(flip(m), feeds), [5, 4, 3, 2, 1, 0]);
  assertEquals(run(flip(m, 0), feeds), [3, 4, 5, 0, 1, 2]);
  assertThrows(() => roll(m, [1, 2, 3], [0, 1]), TypeError, "each of 2 axes, got 3");
  assertThrows(() => flip(m, 2), RangeError);
});

Deno.test("pad in all modes, as NumPy", () => {
  assertEquals(run(pad(v, [1, 2], { value: 9 }), feeds), [9, 0, 1, 2, 9, 9]);
  assertEquals(run(pad(v, [2, 1], { mode: "edge" }), feeds), [0, 0, 0, 1, 2, 2]);
  assertEquals(run(pad(v, [4, 3], { mode: "reflect" }), feeds), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
  assertEquals(run(pad(v, [4, 2], { mode: "wrap" }), feeds), [2, 0, 1, 2, 0, 1, 2, 0, 1]);
  assertEquals(run(pad(m, [[1, 0], [0, 1]]), feeds), [0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 5, 0]);
  assertEquals(evaluate([pad(m, 1)], feeds)[0]!.shape, [4, 5]);
  assertEquals(run(pad(m, [[0, 0], [1, 1]], { mode: "edge" }), feeds), [
    0,
    0,
    1,
    2,
    2,
    3,
    3,
    4,
    5,
    5,
  ]);
  const one = [feeds[0], [v, value("float32", [1], [5])]] as const;
  assertEquals(run(pad(v, [2, 2], { mode: "reflect" }), one), [5, 5, 5, 5, 5]);
  const n = anyInput("int32", 0, "n"), two = [n, value("int32", [], [2])] as const;
  assertEquals(run(pad(v, [n, 0]), [...feeds, two]), [0, 0, 0, 1, 2]);
  assertEquals(run(pad(v, [n, 0], { mode: "wrap" }), [...feeds, two]), [1, 2, 0, 1, 2]);
  assertThrows(() => pad(v, -1), RangeError, "widths >= 0");
  assertThrows(() => pad(m, [[1, 1], [1, 1], [1, 1]]), TypeError, "each of 2 axes");
  assertThrows(() => pad(v, 1, { mode: "mean" as never }), RangeError, '"mean"');
});
