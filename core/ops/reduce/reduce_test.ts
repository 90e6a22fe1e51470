import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { config } from "../../runtime/config.ts";
import type { DType } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { makeValue, type Value } from "../../graph/value.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import * as T from "../../api/t.ts";
import type { Variable } from "../../graph/graph.ts";

function value(dtype: DType, shape: number[], numbers: (number | bigint)[]): Value {
  return makeValue(dtype, shape, numbers);
}

function run(output: Variable, input: Variable, given: Value): [number[], (number | bigint)[]] {
  const [result] = evaluateGraph([output], new Map([[input, given]]));
  return [[...result!.shape], [...result!.data]];
}

const m = T.dmatrix("m"), six = value("float64", [2, 3], [1, 2, 3, 4, 5, 6]);

Deno.test("sum over all, one, several axes, from the end, with kept axes", () => {
  assertEquals(run(T.sum(m), m, six), [[], [21]]);
  assertEquals(run(T.sum(m, 0), m, six), [[3], [5, 7, 9]]);
  assertEquals(run(T.sum(m, -1), m, six), [[2], [6, 15]]);
  assertEquals(run(T.sum(m, [0, 1]), m, six), [[], [21]]);
  assertEquals(run(T.sum(m, { axis: 1, keepdims: true }), m, six), [[2, 1], [6, 15]]);
  assertEquals(run(T.sum(m, { keepdims: true }), m, six), [[1, 1], [21]]);
  assertEquals(T.sum(m, { axis: 1, keepdims: true }).type.shape, [null, 1]);
  assertStrictEquals(T.sum(m, []), m);
  assertStrictEquals(T.sum(m, [1, 0]), T.sum(m));
  assertEquals(run(T.prod(m, 0), m, six), [[3], [4, 10, 18]]);
});

Deno.test("dtypes of reductions", () => {
  const table: [DType, DType, DType][] = [
    ["bool", "int64", config.floatX],
    ["int8", "int64", config.floatX],
    ["int32", "int64", config.floatX],
    ["int64", "int64", config.floatX],
    ["uint8", "uint64", config.floatX],
    ["uint64", "uint64", config.floatX],
    ["float16", "float16", "float16"],
    ["float32", "float32", "float32"],
    ["float64", "float64", "float64"],
    ["complex64", "complex64", "complex64"],
  ];
  for (const [dtype, sum, mean] of table) {
    const x = T.vector("x", dtype);
    assertEquals(T.sum(x).dtype, sum);
    assertEquals(T.prod(x).dtype, sum);
    assertEquals(T.mean(x).dtype, mean);
    assertEquals(T.any(x).dtype, "bool");
    if (dtype === "complex64") {
      assertThrows(() => T.max(x), TypeError, "Cannot take the max of complex64");
      assertThrows(() => T.argmax(x), TypeError, "complex ones have no order");
      assertEquals(T.var(x).dtype, "float32");
      continue;
    }
    assertEquals(T.max(x).dtype, dtype);
    assertEquals(T.argmax(x).dtype, "int64");
    assertEquals(T.std(x).dtype, mean);
  }
  assertEquals(T.sum(T.bvector(), { dtype: "int8" }).dtype, "int8");
  assertEquals(T.sum(T.fvector(), { accDtype: "float64" }).dtype, "float32");
  assertThrows(
    () => T.sum(T.dvector("x"), { accDtype: "float32" }),
    TypeError,
    'Cannot take the sum of "x": expected an accDtype that holds float64, got float32',
  );
  assertThrows(
    () => T.mean(T.dvector("x"), { dtype: "int32" }),
    TypeError,
    "expected a float dtype",
  );
});

Deno.test("narrow integers are summed in 64 bits, which wrap", () => {
  const b = T.bvector("b"), l = T.lvector("l");
  assertEquals(run(T.sum(b), b, value("int8", [3], [100, 100, 100])), [[], [300n]]);
  assertEquals(run(T.mean(b), b, value("int8", [3], [100, 100, 100])), [[], [100]]);
  const big = 2n ** 62n;
  assertEquals(run(T.sum(l), l, value("int64", [3], [big, big, 1n])), [[], [-(2n ** 63n) + 1n]]);
  const wrapped = T.sum(b, { dtype: "int8" });
  assertEquals(run(wrapped, b, value("int8", [2], [100, 100])), [[], [-56]]);
});

Deno.test("empty reductions", () => {
  const none = value("float64", [0, 3], []);
  assertEquals(run(T.sum(m, 0), m, none), [[3], [0, 0, 0]]);
  assertEquals(run(T.prod(m), m, none), [[], [1]]);
  assertEquals(run(T.any(m), m, none), [[], [0]]);
  assertEquals(run(T.all(m), m, none), [[], [1]]);
  assertEquals(run(T.max(m, 1), m, none), [[0], []]);
  const extremes: readonly ((x: Variable, axis: number) => Variable)[] = [
    T.max,
    T.min,
    T.argmax,
    T.argmin,
  ];
  for (const f of extremes) {
    assertThrows(() => run(f(m, 0), m, none), ShapeError, "of no elements: axis 0");
  }
});

Deno.test("extremes: NaN wins, the first of equals is the position", () => {
  const v = T.dvector("v");
  const at = (f: (x: Variable) => Variable, numbers: number[]) =>
    run(f(v), v, value("float64", [numbers.length], numbers))[1][0];
  assertEquals(at((x) => T.max(x), [1, NaN, 3]), NaN);
  assertEquals(at((x) => T.min(x), [1, NaN, 3]), NaN);
  assertEquals(at((x) => T.argmax(x), [1, NaN, 3, NaN]), 1n);
  assertEquals(at((x) => T.argmin(x), [1, NaN, 0]), 1n);
  assertEquals(at((x) => T.argmax(x), [1, 3, 3]), 1n);
  assertEquals(at((x) => T.argmin(x), [2, 1, 1]), 1n);
  assertEquals(at((x) => T.ptp(x), [2, 7, 1]), 6);
  assertEquals(run(T.argmax(m), m, six), [[], [5n]]);
  assertEquals(run(T.argmax(m, 0), m, six), [[3], [1n, 1n, 1n]]);
  const t = T.tensor("float64", 3);
  const cube = value("float64", [2, 2, 2], [1, 8, 2, 3, 7, 4, 6, 5]);
  assertEquals(run(T.argmax(t, [0, 2]), t, cube), [[2], [1n, 2n]]);
  const [top, place] = T.maxAndArgmax(m, 1);
  assertEquals([run(top, m, six), run(place, m, six)], [[[2], [3, 6]], [[2], [2n, 2n]]]);
});

Deno.test("bools: max is any, min is all", () => {
  const p = T.gt(m, 3);
  assertStrictEquals(T.max(p, 0), T.any(p, 0));
  assertStrictEquals(T.min(p), T.all(p));
  assertEquals(run(T.any(p, 0), m, six), [[3], [1, 1, 1]]);
  assertEquals(run(T.all(p, 1), m, six), [[2], [0, 1]]);
  assertEquals(run(T.sum(p), m, six), [[], [3n]]);
});

Deno.test("mean, variance with ddof, standard deviation", () => {
  assertEquals(run(T.mean(m), m, six), [[], [3.5]]);
  assertEquals(run(T.mean(m, { axis: 0, keepdims: true }), m, six), [[1, 3], [2.5, 3.5, 4.5]]);
  assertEquals(run(T.var(m, 1), m, six), [[2], [2 / 3, 2 / 3]]);
  assertEquals(run(T.var(m, { axis: 1, ddof: 1 }), m, six), [[2], [1, 1]]);
  // All six elements count together, not axis by axis.
  assertEquals(run(T.var(m, { ddof: 1 }), m, six), [[], [3.5]]);
  assertEquals(run(T.std(m, { axis: 1, ddof: 1 }), m, six), [[2], [1, 1]]);
  assertEquals(T.std(m, { axis: 1, keepdims: true }).ndim, 2);
});

Deno.test("norms", () => {
  const v = T.dvector("v"), numbers = value("float64", [3], [3, -4, 0]);
  const norms = [2, 1, Infinity, -Infinity, 0, 3].map((order) =>
    run(T.norm(v, order), v, numbers)[1][0]
  );
  assertEquals(norms.slice(0, 5), [5, 7, 4, 0, 2]);
  assertEquals(Math.abs(Number(norms[5]) - 91 ** (1 / 3)) < 1e-14, true);
  assertEquals(run(T.norm(m, 1, 0), m, six), [[3], [5, 7, 9]]);
  assertThrows(() => T.norm(v, NaN), TypeError, "expected a number as order");
});

Deno.test("logsumexp neither overflows nor loses infinities", () => {
  const rows = value("float64", [4, 2], [
    1000,
    1000,
    -1000,
    -1000,
    -Infinity,
    -Infinity,
    Infinity,
    0,
  ]);
  const result = run(T.logsumexp(m, 1), m, rows);
  assertEquals(result, [[4], [1000 + Math.LN2, -1000 + Math.LN2, -Infinity, Infinity]]);
  assertEquals(T.logsumexp(m, { axis: 0, keepdims: true }).ndim, 2);
  assertEquals(run(T.logsumexp(m), m, value("float64", [1, 2], [0, 0])), [[], [Math.LN2]]);
});

Deno.test("complex sums and products", () => {
  const z = T.zvector("z"), numbers = value("complex128", [2], [1, 2, 3, -1]);
  assertEquals(run(T.sum(z), z, numbers), [[], [4, 1]]);
  assertEquals(run(T.prod(z), z, numbers), [[], [5, 5]]);
  assertEquals(run(T.var(z), z, value("complex128", [2], [0, 1, 0, -1])), [[], [1]]);
});

Deno.test("the sum of the reference is compensated", () => {
  const v = T.dvector("v");
  assertEquals(run(T.sum(v), v, value("float64", [4], [1, 1e100, 1, -1e100])), [[], [2]]);
  assertEquals(run(T.sum(v), v, value("float64", [2], [Infinity, 1])), [[], [Infinity]]);
});

Deno.test("errors name the variable and the axis", () => {
  assertThrows(
    () => T.sum(m, 2),
    RangeError,
    'Cannot take the sum of "m": expected the axis to be an integer from -2 to 1, got 2',
  );
  assertThrows(() => T.mean(m, [0, -2]), RangeError, "expected different axes, got [0, -2]");
  assertThrows(() => T.argmax(m, []), RangeError, "expected at least one axis");
});
