import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { compile, T } from "../../../all.ts";
import { ShapeError } from "../../base/errors.ts";
import { evaluateGraph } from "../../graph/reference.ts";
import { Constant, type Variable } from "../../graph/graph.ts";
import { alloc, fill, onesLike, zeros } from "../create/alloc.ts";
import { broadcastTo } from "./broadcast_to.ts";
import {
  dimshuffle,
  expandDims,
  moveaxis,
  shapePadLeft,
  shapePadRight,
  squeeze,
  swapaxes,
  transpose,
} from "./dimshuffle.ts";
import { flatten, ravel, reshape } from "./reshape.ts";
import { shape, specifyShape } from "./shape.ts";
import { shapeOf } from "./shape_ops.ts";
import {
  anyInput,
  counting,
  evaluate,
  input,
  run,
  value,
} from "../../../dev/testing/ops/harness.ts";

const t = () => anyInput("float32", 3, "t");
const cube = counting("float32", [2, 3, 4]);

Deno.test("reshape, flatten, dimshuffle and transpose move elements as NumPy does", () => {
  const x = t();
  const [a, b, c, d, e] = evaluate([
    reshape(x, [4, -1]),
    flatten(x),
    flatten(x, 2),
    dimshuffle(x, 2, "x", 0, 1),
    transpose(x, [1, 0, 2]),
  ], [[x, cube]]);
  assertEquals(a!.shape, [4, 6]);
  assertEquals(b!.shape, [24]);
  assertEquals(c!.shape, [2, 12]);
  assertEquals([...c!.data], [...cube.data]);
  assertEquals(d!.shape, [4, 1, 2, 3]);
  assertEquals([...d!.data].slice(0, 6), [0, 4, 8, 12, 16, 20]);
  assertEquals(e!.shape, [3, 2, 4]);
  assertEquals([...e!.data].slice(0, 8), [0, 1, 2, 3, 12, 13, 14, 15]);
});

Deno.test("reshape regroups axes in all ways", () => {
  for (
    const to of [[6, 4], [2, 12], [24], [3, 8], [2, 3, 2, 2], [1, 24, 1], [4, 3, 2], [2, 1, 3, 4]]
  ) {
    const x = t();
    assertEquals(run(transpose(reshape(x, to)), [[x, cube]]).length, 24);
    const flipped = transpose(x);
    assertEquals(run(reshape(flipped, to), [[x, cube]]).slice(0, 4), [0, 12, 4, 16]);
  }
});

Deno.test("reshape takes symbolic lengths and vectors of them", () => {
  const x = t(), n = anyInput("int32", 0, "n"), s = anyInput("int64", 1, "s");
  const feeds = [[x, cube], [n, value("int32", [], [8])], [
    s,
    value("int64", [2], [12, -1]),
  ]] as const;
  const [a, b, c] = evaluate([
    reshape(x, [n, -1]),
    reshape(x, s, 2),
    reshape(x, [shapeOf(x, 0), shapeOf(x, 1), 2, -1]),
  ], feeds);
  assertEquals([a!.shape, b!.shape, c!.shape], [[8, 3], [12, 2], [2, 3, 2, 2]]);
});

Deno.test("reshape keeps rows when there are none", () => {
  const x = t();
  const none = value("float32", [0, 3, 4], []);
  assertEquals(evaluate([flatten(x, 2)], [[x, none]])[0]!.shape, [0, 12]);
  assertEquals(evaluate([reshape(x, [3, -1])], [[x, none]])[0]!.shape, [3, 0]);
});

Deno.test("reshape to another size is an error that names both", () => {
  const v = anyInput("float32", 1, "v");
  const bad = reshape(v, [2, 2]);
  assertThrows(
    () => evaluate([bad], [[v, counting("float32", [5])]]),
    ShapeError,
    "of shape (5,) (5 elements) to (2, 2) (4 elements)",
  );
  assertThrows(() => reshape(input("float32", [5]), [2, 2]), ShapeError, "(5 elements)");
  assertThrows(() => reshape(v, [-1, -1]), ShapeError, "at most one -1");
  assertThrows(() => reshape(v, [1.5]), TypeError, "the length of axis 0");
  assertThrows(() => reshape(v, anyInput("int64", 1, "s")), TypeError, "give the rank");
});

Deno.test("reshape knows static lengths", () => {
  const x = input("float32", [2, 3, 4]);
  assertEquals(reshape(x, [6, -1]).type.shape, [6, 4]);
  assertEquals(flatten(x, 2).type.shape, [2, 12]);
  assertStrictEquals(reshape(x, [2, 3, 4]), x);
  assertEquals(reshape(anyInput("float32", 2), [4, -1]).type.shape, [4, null]);
});

Deno.test("dimshuffle may drop only axes that are known to have length 1", () => {
  const m = anyInput("float32", 2, "m"), row = input("float32", [1, null], "row");
  assertThrows(() => dimshuffle(m, 1), ShapeError, 'Cannot dimshuffle "m" of shape (?, ?)');
  assertThrows(() => dimshuffle(m, 0, 0, 1), RangeError, "0 twice");
  assertThrows(() => dimshuffle(m, 2), RangeError);
  assertEquals(run(dimshuffle(row, 1), [[row, counting("float32", [1, 3])]]), [0, 1, 2]);
});

Deno.test("squeeze drops known axes, and checks those it is told", () => {
  const x = input("float32", [1, null, 1], "x"), feed = counting("float32", [1, 3, 1]);
  assertEquals(evaluate([squeeze(x)], [[x, feed]])[0]!.shape, [3]);
  const m = anyInput("float32", 2, "m");
  assertEquals(squeeze(m).ndim, 2);
  assertEquals(evaluate([squeeze(m, 0)], [[m, counting("float32", [1, 3])]])[0]!.shape, [3]);
  assertThrows(
    () => evaluate([squeeze(m, 0)], [[m, counting("float32", [2, 3])]]),
    ShapeError,
    "must have length 1, got 2",
  );
});

Deno.test("axes are added, swapped and moved", () => {
  const x = t();
  const shapes = (...list: Variable[]) => evaluate(list, [[x, cube]]).map((v) => v.shape);
  assertEquals(
    shapes(
      shapePadLeft(x, 2),
      shapePadRight(x),
      expandDims(x, [0, -1]),
      swapaxes(x, 0, 2),
      moveaxis(x, 0, -1),
      moveaxis(x, [2, 1], [0, 2]),
    ),
    [[1, 1, 2, 3, 4], [2, 3, 4, 1], [1, 2, 3, 4, 1], [4, 3, 2], [3, 4, 2], [4, 2, 3]],
  );
  assertThrows(() => moveaxis(x, 3, 0), RangeError);
  assertThrows(() => transpose(x, [0, 1]), RangeError, "expected 3 axes");
});

Deno.test("shapes are values, and constants where the type says them", () => {
  const x = t();
  assertEquals(run(shape(shapePadLeft(x, 2)), [[x, cube]]), [1, 1, 2, 3, 4]);
  const known = shapeOf(input("float32", [2, null]), 0);
  assertEquals(known instanceof Constant && known.value.data[0], 2n);
  assertStrictEquals(shapeOf(transpose(x), 0), shapeOf(x, 2));
});

Deno.test("specifyShape checks lengths", () => {
  const m = anyInput("float32", 2, "m"), n = anyInput("int32", 0, "n");
  const promised = specifyShape(m, [null, 3]);
  assertEquals(promised.type.shape, [null, 3]);
  assertEquals(run(promised, [[m, counting("float32", [1, 3])]]), [0, 1, 2]);
  assertThrows(
    () => evaluate([promised], [[m, counting("float32", [1, 4])]]),
    ShapeError,
    "expected length 3 of axis 1, got 4",
  );
  const symbolic = specifyShape(m, [n, null]);
  const feed = [m, counting("float32", [2, 2])] as const;
  assertEquals(run(symbolic, [feed, [n, value("int32", [], [2])]]).length, 4);
  assertThrows(() => evaluate([symbolic], [feed, [n, value("int32", [], [3])]]), ShapeError);
  assertThrows(() => specifyShape(input("float32", [2]), [3]), ShapeError);
  assertThrows(() => specifyShape(m, [1]), TypeError, "expected 2 lengths");
});

Deno.test("broadcasting and filling", () => {
  const v = anyInput("float32", 1, "v"), feed = [v, counting("float32", [3])] as const;
  assertEquals(run(alloc(v, 2, shapeOf(v, 0)), [feed]), [0, 1, 2, 0, 1, 2]);
  assertEquals(run(broadcastTo(dimshuffle(v, 0, "x"), [3, 2]), [feed]), [0, 0, 1, 1, 2, 2]);
  assertEquals(run(fill(v, 7), [feed]), [7, 7, 7]);
  assertEquals(run(onesLike(v), [feed]), [1, 1, 1]);
  assertEquals(run(zeros([2, 2], "int32")), [0, 0, 0, 0]);
  assertThrows(() => alloc(v), TypeError, "expected at least 1");
  assertThrows(() => evaluate([broadcastTo(v, [4])], [feed]), ShapeError, "of shape (3,) to (4,)");
  assertThrows(() => broadcastTo(input("float32", [3]), [4]), ShapeError);
});

Deno.test("a scalar becomes a vector of one", () => {
  const s = anyInput("float32", 0, "s");
  assertEquals(evaluateGraph([ravel(s)], new Map([[s, value("float32", [], [5])]]))[0]!.shape, [1]);
  assertThrows(() => flatten(s, 2), RangeError);
});

Deno.test("lengths that are known are checked where the promise is not", async () => {
  const v = T.fvector("v"), three = T.constant([1, 2, 3]);
  const promised = T.specifyShape(three, [v.shape.at(0)!]).sum();
  const f = await compile([v], promised, { device: "cpu" });
  assertEquals(f([0, 0, 0]).item(), 6);
  assertThrows(() => f([0, 0]), ShapeError, "expected length 2 of axis 0, got 3");
});
