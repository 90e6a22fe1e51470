import { assertEquals, assertThrows } from "@std/assert";
import type { DType } from "../../graph/dtype.ts";
import { IndexError } from "../../base/errors.ts";
import {
  argsort,
  argtopk,
  bincount,
  cumprod,
  cumsum,
  diff,
  searchsorted,
  sort,
  toOneHot,
  topk,
  topkAndArgtopk,
} from "./order.ts";
import {
  anyInput,
  counting,
  evaluate,
  randomSource,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";

const m = value("float32", [2, 3], [3, 1, 2, -1, 5, 0]);

Deno.test("sort and argsort along each axis", () => {
  const x = anyInput("float32", 2, "x"), feed = [[x, m]] as const;
  assertEquals(run(sort(x), feed), [1, 2, 3, -1, 0, 5]);
  assertEquals(run(sort(x, 0), feed), [-1, 1, 0, 3, 5, 2]);
  assertEquals(run(sort(x, null), feed), [-1, 0, 1, 2, 3, 5]);
  assertEquals(run(argsort(x, 1), feed), [1, 2, 0, 0, 2, 1]);
  assertEquals(run(argsort(x, 0), feed), [1, 0, 1, 0, 1, 0]);
  assertThrows(() => sort(x, 2), RangeError);
});

Deno.test("sorting is stable, puts NaN last and does not mind empty lines", () => {
  const x = anyInput("float32", 1, "x");
  const feed = [[x, value("float32", [5], [2, NaN, 1, 2, -Infinity])]] as const;
  assertEquals(run(sort(x), feed), [-Infinity, 1, 2, 2, NaN]);
  assertEquals(run(argsort(x), feed), [4, 2, 0, 3, 1]);
  const e = anyInput("float32", 2, "e");
  assertEquals(run(sort(e), [[e, value("float32", [2, 0], [])]]), []);
  assertEquals(run(sort(e, 0), [[e, value("float32", [0, 2], [])]]), []);
  const t = anyInput("int64", 3, "t"), random = randomSource(3);
  const big = value("int64", [3, 4, 2], Array.from({ length: 24 }, () => Math.floor(random() * 9)));
  const got = run(sort(t, 1), [[t, big]]);
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 2; k++) {
      const line = (v: readonly number[]) => [0, 1, 2, 3].map((j) => v[(i * 4 + j) * 2 + k]!);
      assertEquals(line(got), line(Array.from(big.data, Number)).sort((a, b) => a - b));
    }
  }
});

Deno.test("complex numbers are sorted by their parts, those with NaN last", () => {
  const x = anyInput("complex64", 1, "x");
  const pairs = [[2, 1], [NaN, 0], [1, 5], [1, -5], [3, NaN], [-1, NaN], [NaN, NaN], [1, 5], [
    NaN,
    -1,
  ]];
  const feed = [[x, value("complex64", [9], pairs.flat())]] as const;
  const order = [3, 2, 7, 0, 5, 4, 8, 1, 6];
  assertEquals(run(argsort(x), feed), order);
  assertEquals(run(sort(x), feed), order.flatMap((i) => pairs[i]!));
  assertEquals(run(argtopk(x, -2), feed), [3, 2]);
  const m = anyInput("complex64", 2, "m");
  const both = [[m, value("complex64", [2, 2], [1, 2, 0, 4, 1, 1, 0, 5])]] as const;
  assertEquals(run(sort(m, 0), both), [1, 1, 0, 4, 1, 2, 0, 5]);
  assertEquals(run(sort(m, 1), both), [0, 4, 1, 2, 0, 5, 1, 1]);
});

Deno.test("running sums and products", () => {
  const x = anyInput("float32", 2, "x"), feed = [[x, m]] as const;
  assertEquals(run(cumsum(x), feed), [3, 4, 6, 5, 10, 10]);
  assertEquals(run(cumsum(x, 0), feed), [3, 1, 2, 2, 6, 2]);
  assertEquals(run(cumsum(x, 1), feed), [3, 4, 6, -1, 4, 4]);
  assertEquals(run(cumprod(x, 0), feed), [3, 1, 2, -3, 5, 0]);
  assertEquals(run(cumprod(x), feed), [3, 3, 6, -6, -30, 0]);
  const dtypes: [DType, number[]][] = [["int8", [100, 56 - 256 + 100 - 0]], ["bool", [1, 2]]];
  assertEquals(dtypes.map(([dtype]) => cumsum(anyInput(dtype, 1)).dtype), ["int8", "int64"]);
  const b = anyInput("int8", 1, "b");
  assertEquals(run(cumsum(b), [[b, value("int8", [2], [100, 100])]]), [100, -56]);
  const z = anyInput("complex64", 1, "z");
  const complex = [[z, value("complex64", [3], [1, 1, 2, 0, 0, 1])]] as const;
  assertEquals(run(cumsum(z), complex), [1, 1, 3, 1, 3, 2]);
  assertEquals(run(cumprod(z), complex), [1, 1, 2, 2, -2, 2]);
  const none = anyInput("float32", 2, "none");
  assertEquals(run(cumsum(none, 0), [[none, value("float32", [0, 3], [])]]), []);
});

Deno.test("the top elements", () => {
  const x = anyInput("float32", 2, "x"), feed = [[x, m]] as const;
  assertEquals(run(topk(x, 2), feed), [3, 2, 5, 0]);
  assertEquals(run(topk(x, -2), feed), [1, 2, -1, 0]);
  assertEquals(run(argtopk(x, 1, 0), feed), [0, 1, 0]);
  const [values, positions] = topkAndArgtopk(x, 2, null);
  assertEquals([run(values, feed), run(positions, feed)], [[5, 3], [4, 0]]);
  const k = anyInput("int32", 0, "k");
  assertEquals(run(topk(x, k), [...feed, [k, value("int32", [], [1])]]), [3, 5]);
  assertThrows(() => topk(x, 0), RangeError);
});

Deno.test("differences", () => {
  const x = anyInput("float32", 2, "x"), feed = [[x, m]] as const;
  assertEquals(run(diff(x), feed), [-2, 1, 6, -5]);
  assertEquals(run(diff(x, 1, 0), feed), [-4, 4, -2]);
  assertEquals(run(diff(x, 2), feed), [3, -11]);
  assertEquals(run(diff(x, 0), feed), [3, 1, 2, -1, 5, 0]);
  assertEquals(run(diff(x, 3), feed), []);
  const b = anyInput("bool", 1, "b");
  assertEquals(run(diff(b), [[b, value("bool", [3], [1, 1, 0])]]), [0, 1]);
});

Deno.test("bincount", () => {
  const i = anyInput("int32", 1, "i"), w = anyInput("float32", 1, "w");
  const feeds = [[i, value("int32", [5], [1, 3, 1, 0, 1])]] as const;
  assertEquals(run(bincount(i), feeds), [1, 3, 0, 1]);
  assertEquals(run(bincount(i, null, 6), feeds), [1, 3, 0, 1, 0, 0]);
  assertEquals(run(bincount(i, w), [...feeds, [w, counting("float32", [5])]]), [3, 6, 0, 1]);
  assertEquals(run(bincount(i), [[i, value("int32", [0], [])]]), []);
  assertThrows(() => runPlanned([bincount(i)], [[i, value("int32", [2], [2, -1])]]), IndexError);
  assertThrows(() => bincount(w), TypeError);
});

Deno.test("one-hot rows", () => {
  const i = anyInput("int32", 1, "i");
  const [rows] = evaluate([toOneHot(i, 3)], [[i, value("int32", [2], [2, 0])]]);
  assertEquals([rows!.dtype, rows!.shape, [...rows!.data]], ["float32", [2, 3], [
    0,
    0,
    1,
    1,
    0,
    0,
  ]]);
  assertEquals(toOneHot(i, 3, "int8").dtype, "int8");
  assertThrows(() => toOneHot(anyInput("float32", 1), 3), TypeError, "expected integers");
});

Deno.test("searchsorted", () => {
  const x = anyInput("float32", 1, "x"), v = anyInput("float32", 2, "v");
  const feeds = [
    [x, value("float32", [4], [1, 2, 2, 5])],
    [v, value("float32", [2, 2], [0, 2, 5, 9])],
  ] as const;
  assertEquals(run(searchsorted(x, v), feeds), [0, 1, 3, 4]);
  assertEquals(run(searchsorted(x, v, "right"), feeds), [0, 3, 4, 4]);
  assertThrows(() => searchsorted(v, x), TypeError, "expected a vector");
});
