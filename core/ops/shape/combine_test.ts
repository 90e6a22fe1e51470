import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../base/errors.ts";
import { concatenate, join, split, stack, stacklists } from "./combine.ts";
import {
  anyInput,
  counting,
  evaluate,
  input,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";

const a = anyInput("float32", 2, "a"), b = anyInput("float32", 2, "b");
const feeds = [[a, counting("float32", [2, 2])], [b, counting("float32", [1, 2], 10)]] as const;

Deno.test("join and concatenate", () => {
  assertEquals(run(join(0, a, b, a), feeds), [0, 1, 2, 3, 10, 11, 0, 1, 2, 3]);
  assertEquals(run(concatenate([a, a], -1), feeds), [0, 1, 0, 1, 2, 3, 2, 3]);
  assertStrictEquals(join(0, a), a);
  const empty = [[a, value("float32", [0, 2], [])], feeds[1]] as const;
  assertEquals(run(join(0, a, b), empty), [10, 11]);
  const i = anyInput("int8", 2, "i");
  assertEquals(join(0, a, i).dtype, "float32");
  assertEquals(join(0, i, anyInput("uint8", 2)).dtype, "int16");
  assertEquals(join(1, input("float32", [2, 3]), input("float32", [null, 4])).type.shape, [2, 7]);
});

Deno.test("what join refuses", () => {
  const v = anyInput("float32", 1, "v"), s = anyInput("float32", 0, "s");
  assertThrows(() => join(0, a, v), TypeError, "expected one rank");
  assertThrows(() => join(0, s, s), TypeError, "stack makes a vector of scalars");
  assertThrows(() => join(2, a, b), RangeError);
  assertThrows(() => concatenate(a as never), TypeError, 'expected a list of tensors, got "a"');
  assertThrows(() => concatenate([]), TypeError, "got none");
  assertThrows(
    () => join(0, input("float32", [2, 3]), input("float32", [2, 4])),
    ShapeError,
    "(2, 3) and (2, 4)",
  );
  assertThrows(() => runPlanned([join(1, a, b)], feeds), ShapeError, "equal lengths of axis 0");
});

Deno.test("stack", () => {
  const v = anyInput("float32", 1, "v"), s = anyInput("float32", 0, "s");
  const given = [[v, counting("float32", [3])], [s, value("float32", [], [7])]] as const;
  assertEquals(run(stack([v, v], 1), given), [0, 0, 1, 1, 2, 2]);
  assertEquals(run(stack([v], 0), given), [0, 1, 2]);
  const vector = stack([s, 1, s]);
  assertEquals([vector.type.shape, run(vector, given)], [[3], [7, 1, 7]]);
  assertEquals(run(stacklists([[s, 0], [1, s]]), given), [7, 0, 1, 7]);
  assertThrows(() => stack([v, s]), TypeError, "expected one rank");
  assertThrows(() => stack([]), TypeError, "got none");
});

Deno.test("split", () => {
  const v = anyInput("float32", 1, "v"),
    n = anyInput("int32", 0, "n"),
    sizes = anyInput("int64", 1, "sizes");
  const given = [
    [v, counting("float32", [6])],
    [n, value("int32", [], [2])],
    [sizes, value("int64", [2], [5, 1])],
  ] as const;
  const parts = (list: ReturnType<typeof split>) =>
    evaluate(list, given).map((p) => [...p.data as Float64Array]);
  assertEquals(parts(split(v, [1, 0, 5])), [[0], [], [1, 2, 3, 4, 5]]);
  assertEquals(parts(split(v, 3)), [[0, 1], [2, 3], [4, 5]]);
  assertEquals(parts(split(v, [n, 4])), [[0, 1], [2, 3, 4, 5]]);
  assertEquals(parts(split(v, sizes, 0, { parts: 2 })), [[0, 1, 2, 3, 4], [5]]);
  assertEquals(evaluate(split(a, 2, 1), feeds).map((p) => [...p.data as Float64Array]), [[0, 2], [
    1,
    3,
  ]]);
  assertThrows(
    () => runPlanned(split(v, [1, 2]), given),
    ShapeError,
    "expected length 3 of axis 0, got 6",
  );
  assertThrows(() => runPlanned(split(v, 4), given), ShapeError);
  assertThrows(() => split(v, 0), RangeError);
  assertThrows(() => split(v, sizes), TypeError, "of known length");
});
