import { assertEquals } from "@std/assert";
import { makeConstant, type Variable } from "../core/graph/graph.ts";
import { makeValue } from "../core/graph/value.ts";
import { gt, mul, sqr, tanh } from "../core/ops/elementwise/elementwise.ts";
import { incSubtensor, index, setSubtensor, slice } from "../core/ops/index/indexing.ts";
import { nonzeroValues, take, takeAlongAxis } from "../core/ops/index/selecting.ts";
import { argmax } from "../core/ops/reduce/reduce.ts";
import { arange } from "../core/ops/create/ranges.ts";
import { shapeOf } from "../core/ops/shape/shape_ops.ts";
import { type Build, check, filled, gradients, spread } from "../dev/testing/autodiff/check.ts";

function ints(shape: readonly number[], list: readonly number[]): Variable {
  return makeConstant(makeValue("int64", shape, list));
}

const x = [spread([3, 4])];

Deno.test("integers, slices, new axes", () => {
  const functions: Build[] = [
    (v) => index(v, [1]),
    (v) => index(v, [-1, 2]),
    (v) => index(v, [slice(1, null), slice(null, null, 2)]),
    (v) => index(v, [slice(null, null, -1), slice(3, 0, -2)]),
    (v) => index(v, [slice(5, 9)]),
    (v) => index(v, [null, slice(0, 2), null, 1]),
    (v) => mul(index(v, [0]), index(v, [argmax(index(v, [slice(null), 0]))])),
  ];
  for (const f of functions) check((v) => tanh(f(v)), x);
});

Deno.test("many parts of one tensor are put into one", () => {
  check((v) => {
    const row = (i: number) => index(v, [i]);
    return mul(mul(row(0), row(1)), mul(row(2), index(v, [slice(0, 2)])));
  }, x);
});

Deno.test("positions, several times the same, and of several axes", () => {
  const rows = ints([4], [0, 2, 2, -1]), columns = ints([2, 1], [1, 3]);
  const functions: Build[] = [
    (v) => index(v, [rows]),
    (v) => index(v, [slice(null), rows]),
    (v) => index(v, [rows, columns]),
    (v) => index(v, [arange(shapeOf(v, 0)), ints([3], [3, 0, 0])]),
    (v) => take(v, rows, 1),
    (v) => take(v, ints([2], [5, -7]), 0, "wrap"),
    (v) => takeAlongAxis(v, ints([3, 2], [0, 0, 1, 2, 3, 1]), 1),
    (v) => nonzeroValues(v),
    (v) => index(v, [gt(v, 0)]),
    (v) => index(v, [gt(index(v, [slice(null), 0]), 0)]),
  ];
  for (const f of functions) check((v) => tanh(f(v)), x);
});

Deno.test("replacing and increasing parts", () => {
  const spec: readonly (readonly [Parameters<typeof index>[1], readonly number[]])[] = [
    [[1], [4]],
    [[slice(0, 2)], [2, 4]],
    [[slice(0, 2)], [4]],
    [[slice(null), 2], [1]],
    [[slice(0, 2), slice(null, null, -2)], []],
    [[0, 0], []],
    [[ints([2], [2, 0])], [2, 4]],
    [[ints([2], [2, 0])], [4]],
    [[ints([2], [1, 1]), ints([2], [0, 3])], [2]],
  ];
  for (const [where, shape] of spec) {
    const points = [spread([3, 4]), spread(shape, -1, 1, 2)];
    check((v, y) => tanh(setSubtensor(index(v, where), y)), points);
    check((v, y) => tanh(incSubtensor(index(v, where), y)), points);
    check((v, y) => tanh(incSubtensor(index(v, where), sqr(y))), points, { second: false });
  }
  const twice = [ints([3], [2, 0, 2])];
  check((v, y) => tanh(incSubtensor(index(v, twice), y)), [spread([3, 4]), spread([3, 4])]);
});

Deno.test("where a place is set twice every value gets its gradient", () => {
  const where = ints([2], [1, 1]);
  assertEquals(
    gradients((v, y) => setSubtensor(index(v, [where]), y), [filled([2]), filled([2])]),
    [[1, 0], [1, 1]],
  );
});
