import { assertEquals, assertThrows } from "@std/assert";
import { config } from "../../runtime/config.ts";
import {
  diag,
  diagonal,
  eye,
  fillDiagonal,
  identity,
  identityLike,
  trace,
  tri,
  tril,
  triu,
} from "./matrices.ts";
import { anyInput, counting, evaluate, run, value } from "../../../dev/testing/ops/harness.ts";

const m = anyInput("float32", 2, "m"), v = anyInput("float32", 1, "v");
const feeds = [[m, counting("float32", [2, 3], 1)], [v, counting("float32", [2], 1)]] as const;

Deno.test("identity matrices and triangles", () => {
  assertEquals([eye(2).dtype, run(eye(2))], [config.floatX, [1, 0, 0, 1]]);
  assertEquals(run(eye(2, 3, 1)), [0, 1, 0, 0, 0, 1]);
  assertEquals(run(eye(3, 2, -1)), [0, 0, 1, 0, 0, 1]);
  assertEquals([identity(2, "int8").dtype, run(identity(2, "int8"))], ["int8", [1, 0, 0, 1]]);
  assertEquals(run(identityLike(m), feeds), [1, 0, 0, 0, 1, 0]);
  assertEquals(run(tri(2, 3)), [1, 0, 0, 1, 1, 0]);
  assertEquals(run(tri(2, 3, 1)), [1, 1, 0, 1, 1, 1]);
  assertEquals(run(tril(m), feeds), [1, 0, 0, 4, 5, 0]);
  assertEquals(run(tril(m, -1), feeds), [0, 0, 0, 4, 0, 0]);
  assertEquals(run(triu(m), feeds), [1, 2, 3, 0, 5, 6]);
  assertEquals(run(triu(m, 1), feeds), [0, 2, 3, 0, 0, 6]);
  const n = anyInput("int32", 0, "n");
  assertEquals(run(eye(n), [[n, value("int32", [], [2])]]), [1, 0, 0, 1]);
  assertThrows(() => identityLike(v), TypeError, "expected a matrix");
  assertThrows(() => tril(v), TypeError, "at least two axes");
});

Deno.test("diagonals", () => {
  assertEquals(run(diagonal(m), feeds), [1, 5]);
  assertEquals(run(diagonal(m, 1), feeds), [2, 6]);
  assertEquals(run(diagonal(m, -1), feeds), [4]);
  assertEquals(run(diagonal(m, 5), feeds), []);
  const t = anyInput("float32", 3, "t"), cube = [[t, counting("float32", [2, 3, 2])]] as const;
  const [line] = evaluate([diagonal(t, 0, 0, 2)], cube);
  assertEquals([line!.shape, [...line!.data as Float64Array]], [[3, 2], [0, 7, 2, 9, 4, 11]]);
  assertEquals(run(diag(v), feeds), [1, 0, 0, 2]);
  assertEquals(run(diag(v, 1), feeds), [0, 1, 0, 0, 0, 2, 0, 0, 0]);
  assertEquals(run(diag(v, -1), feeds), [0, 0, 0, 1, 0, 0, 0, 2, 0]);
  assertEquals(run(diag(m, 1), feeds), [2, 6]);
  assertEquals(run(trace(m), feeds), [6]);
  const i = anyInput("int8", 2, "i");
  assertEquals(trace(i).dtype, "int64");
  assertEquals(run(trace(i), [[i, value("int8", [2, 2], [100, 0, 0, 100])]]), [200]);
  assertThrows(() => diag(t), TypeError, "expected a vector or a matrix");
  assertThrows(() => diagonal(v), TypeError, "at least two axes");
  assertThrows(() => diagonal(m, 0, 1, 1), RangeError, "different axes");
});

Deno.test("fillDiagonal", () => {
  assertEquals(run(fillDiagonal(m, 9), feeds), [9, 2, 3, 4, 9, 6]);
  const t = anyInput("int32", 3, "t");
  const filled = run(fillDiagonal(t, 1.5), [[t, value("int32", [2, 2, 2], new Array(8).fill(0))]]);
  assertEquals(filled, [1, 0, 0, 0, 0, 0, 0, 1]);
  assertThrows(() => fillDiagonal(m, v), TypeError, "expected a scalar");
  assertThrows(() => fillDiagonal(v, 1), TypeError, "at least two axes");
});
