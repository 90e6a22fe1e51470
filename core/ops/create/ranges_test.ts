import { assertEquals, assertThrows } from "@std/assert";
import { slice } from "../index/indexing.ts";
import { arange, geomspace, linspace, logspace, meshgrid, mgrid, ogrid } from "./ranges.ts";
import {
  anyInput,
  counting,
  evaluate,
  expectClose,
  run,
  value,
} from "../../../dev/testing/ops/harness.ts";

Deno.test("arange of integers", () => {
  assertEquals([arange(5).dtype, arange(5).type.shape, run(arange(5))], ["int64", [5], [
    0,
    1,
    2,
    3,
    4,
  ]]);
  assertEquals(run(arange(2, 9, 3)), [2, 5, 8]);
  assertEquals(run(arange(5, 0, -2)), [5, 3, 1]);
  assertEquals(run(arange(3, 1)), []);
  const typed = arange(3, { dtype: "float32" });
  assertEquals([typed.dtype, run(typed)], ["float32", [0, 1, 2]]);
  assertEquals(run(arange(1, 4, { dtype: "int8" })), [1, 2, 3]);
  assertEquals(run(arange(2n ** 40n, 2n ** 40n + 3n)), [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 2]);
  assertEquals(run(arange(2 ** 31, 2 ** 31 + 2, { dtype: "float64" })), [2 ** 31, 2 ** 31 + 1]);
  assertEquals(run(arange(2 ** 31, 2 ** 31 + 2, { dtype: "uint64" })), [2 ** 31, 2 ** 31 + 1]);
  assertThrows(() => arange(0, 1, 0), RangeError, "a step other than 0");
});

Deno.test("arange of symbolic numbers", () => {
  const n = anyInput("int8", 0, "n"), step = anyInput("int32", 0, "step");
  const range = arange(1, n, step);
  assertEquals(range.dtype, "int64");
  for (const [stop, by] of [[10, 3], [1, 1], [-5, -2], [10, -1]] as const) {
    const got = run(range, [[n, value("int8", [], [stop])], [step, value("int32", [], [by])]]);
    const wanted = [];
    for (let i = 1; by > 0 ? i < stop : i > stop; i += by) wanted.push(i);
    assertEquals(got, wanted);
  }
  const x = anyInput("float64", 0, "x");
  expectClose(run(arange(0, x, 0.25), [[x, value("float64", [], [1])]]), [0, 0.25, 0.5, 0.75]);
  assertEquals(arange(x).dtype, "float64");
});

Deno.test("arange of floats", () => {
  expectClose(run(arange(0, 1, 0.25)), [0, 0.25, 0.5, 0.75]);
  expectClose(run(arange(0.5, 3)), [0.5, 1.5, 2.5]);
  assertEquals(arange(0.5).dtype, "float32");
  assertThrows(() => arange(0, 0.5, 0), RangeError);
  assertThrows(() => arange(NaN), TypeError, "got NaN");
  assertThrows(() => arange(anyInput("int32", 1, "v")), TypeError, "real scalars");
});

Deno.test("linspace meets both ends", () => {
  expectClose(run(linspace(0, 1, 5)), [0, 0.25, 0.5, 0.75, 1]);
  expectClose(run(linspace(2, 3, 4, { endpoint: false })), [2, 2.25, 2.5, 2.75]);
  assertEquals(run(linspace(0.1, 0.7, 7)).at(-1), Math.fround(0.7));
  assertEquals(run(linspace(3, 4, 1)), [3]);
  const n = anyInput("int32", 0, "n"), x = anyInput("float64", 0, "x");
  const feeds = [[n, value("int32", [], [3])], [x, value("float64", [], [4])]] as const;
  assertEquals(run(linspace(0, x, n), feeds), [0, 2, 4]);
});

Deno.test("grids", () => {
  const a = anyInput("float32", 1, "a"), b = anyInput("float32", 1, "b");
  const feeds = [[a, counting("float32", [2])], [b, counting("float32", [3], 5)]] as const;
  const [x, y] = evaluate(meshgrid([a, b]), feeds);
  assertEquals([x!.shape, [...x!.data as Float64Array]], [[3, 2], [0, 1, 0, 1, 0, 1]]);
  assertEquals([...y!.data as Float64Array], [5, 5, 6, 6, 7, 7]);
  assertEquals(evaluate(meshgrid([a, b], { indexing: "ij" }), feeds)[0]!.shape, [2, 3]);
  const [rows, columns] = evaluate(mgrid(slice(0, 2), slice(1, 6, 2)), []);
  assertEquals([rows!.data, columns!.data].map((d) => Array.from(d as BigInt64Array, Number)), [
    [0, 0, 0, 1, 1, 1],
    [1, 3, 5, 1, 3, 5],
  ]);
  assertEquals(evaluate(ogrid(slice(0, 2), slice(0, 3)), []).map((v) => v.shape), [[2, 1], [1, 3]]);
  assertThrows(() => mgrid(slice(1)), TypeError, "with a stop");
  assertThrows(() => meshgrid([1]), TypeError, "expected vectors");
});

Deno.test("numbers are as exact as the dtype asked for, or that of the ends", () => {
  const end = anyInput("float64", 0, "end"), given = [[end, value("float64", [], [1])]] as const;
  const tenths = Array.from({ length: 10 }, (_, i) => i / 10);
  const dtype = "float64" as const, options = { endpoint: false, dtype };
  const made = [
    linspace(0, 1, 10, options),
    arange(0, 1, 0.1, { dtype }),
    linspace(0, end, 10, { endpoint: false }),
  ];
  for (const range of made) expectClose(run(range, [...given]), tenths, 1e-15);
  const roots = tenths.map((x) => 10 ** x);
  expectClose(run(logspace(0, 1, 10, options)), roots, 1e-15);
  expectClose(run(geomspace(1, 10, 10, options)), roots, 1e-15);
  const sevenths = geomspace(end, 1 / 7, 2);
  assertEquals([sevenths.dtype, run(sevenths, [...given])], ["float64", [1, 1 / 7]]);
  assertEquals(linspace(0, 1, 3, { dtype: "float16" }).dtype, "float16");
});
