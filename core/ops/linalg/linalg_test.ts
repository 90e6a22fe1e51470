import { assertEquals, assertThrows } from "@std/assert";
import type { DType } from "../../graph/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import type { Value } from "../../graph/value.ts";
import type { Variable } from "../../graph/graph.ts";
import {
  batchedDot,
  batchedTensordot,
  dot,
  kron,
  matmul,
  matrixDot,
  matrixPower,
  outer,
  tensordot,
} from "./linalg.ts";
import {
  anyInput,
  counting,
  evaluate,
  input,
  run,
  value,
} from "../../../dev/testing/ops/harness.ts";

type Feed = readonly [Variable, Value];

function feed(shape: readonly number[], name: string, from = 0, dtype: DType = "float64"): Feed {
  return [anyInput(dtype, shape.length, name), counting(dtype, shape, from)];
}

/** The sum over an axis of each, by a plain walk: axes of the result are the free ones of a, then of b. */
function contract(
  a: Value,
  b: Value,
  axisA: number,
  axisB: number,
): { shape: number[]; data: number[] } {
  const freeA = a.shape.filter((_, d) => d !== axisA),
    freeB = b.shape.filter((_, d) => d !== axisB);
  const shape = [...freeA, ...freeB], data: number[] = [];
  const total = shape.reduce((n, m) => n * m, 1);
  for (let flat = 0; flat < total; flat++) {
    const index = shape.map(() => 0);
    let rest = flat;
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = rest % shape[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    let sum = 0;
    for (let k = 0; k < a.shape[axisA]!; k++) {
      const i = index.slice(0, freeA.length), j = index.slice(freeA.length);
      i.splice(axisA, 0, k);
      j.splice(axisB, 0, k);
      const at = (v: Value, place: number[]) => place.reduce((f, p, d) => f * v.shape[d]! + p, 0);
      sum += Number(a.data[at(a, i)]) * Number(b.data[at(b, j)]);
    }
    data.push(sum);
  }
  return { shape, data };
}

function check(
  result: Variable,
  feeds: readonly Feed[],
  wanted: { shape: number[]; data: number[] },
) {
  const [got] = evaluate([result], feeds);
  assertEquals(got!.shape, wanted.shape);
  assertEquals([...got!.data as Float64Array], wanted.data);
}

Deno.test("dot of all ranks", () => {
  const shapes: [number[], number[]][] = [
    [[3], [3]],
    [[2, 3], [3]],
    [[3], [3, 4]],
    [[2, 3], [3, 4]],
    [[2, 2, 3], [3]],
    [[2, 2, 3], [3, 4]],
    [[2, 3], [2, 3, 4]],
    [[3], [2, 3, 4]],
    [[2, 2, 3], [4, 3, 2]],
    [[0, 3], [3, 2]],
    [[2, 0], [0, 2]],
  ];
  for (const [a, b] of shapes) {
    const x = feed(a, "a"), y = feed(b, "b", 1);
    check(dot(x[0], y[0]), [x, y], contract(x[1], y[1], a.length - 1, Math.max(0, b.length - 2)));
  }
  const x = feed([2, 2], "x");
  assertEquals(run(dot(x[0], 2), [x]), [0, 2, 4, 6]);
});

Deno.test("matmul broadcasts batches", () => {
  const a = feed([2, 1, 2, 3], "a"), b = feed([4, 3, 2], "b");
  const [got] = evaluate([matmul(a[0], b[0])], [a, b]);
  assertEquals(got!.shape, [2, 4, 2, 2]);
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 4; j++) {
      const left = counting("float64", [2, 3], 6 * i), right = counting("float64", [3, 2], 6 * j);
      const part = [...got!.data].slice((4 * i + j) * 4, (4 * i + j + 1) * 4);
      assertEquals(part as number[], contract(left, right, 1, 0).data);
    }
  }
  const v = feed([3], "v");
  assertEquals(evaluate([matmul(a[0], v[0]), matmul(v[0], b[0])], [a, v, b]).map((r) => r.shape), [
    [2, 1, 2],
    [4, 2],
  ]);
  // @ts-expect-error a number is no matrix
  assertThrows(() => matmul(a[0], 2), TypeError, "expected no scalars");
});

Deno.test("integers multiply exactly and wrap", () => {
  const a: Feed = [anyInput("int8", 2, "a"), value("int8", [1, 2], [100, 3])];
  const b: Feed = [anyInput("int8", 2, "b"), value("int8", [2, 1], [3, 5])];
  const [small] = evaluate([dot(a[0], b[0])], [a, b]);
  assertEquals([small!.dtype, small!.data[0]], ["int8", 59]);
  const big: Feed = [anyInput("int64", 1, "big"), value("int64", [2], [2n ** 40n, 3n])];
  assertEquals(
    evaluate([dot(big[0], big[0])], [big])[0]!.data[0],
    BigInt.asIntN(64, 2n ** 80n + 9n),
  );
  assertEquals(dot(a[0], anyInput("float32", 2)).dtype, "float32");
});

Deno.test("bools and complex numbers multiply", () => {
  const m: Feed = [anyInput("bool", 2, "m"), value("bool", [2, 2], [1, 0, 1, 1])];
  assertEquals(run(dot(m[0], m[0]), [m]), [1, 0, 1, 1]);
  const z: Feed = [anyInput("complex64", 1, "z"), value("complex64", [2], [1, 2, 3, -1])];
  assertEquals(run(dot(z[0], z[0]), [z]), [1 - 4 + 9 - 1, 4 - 6]);
});

Deno.test("tensordot", () => {
  const a = feed([2, 3, 4], "a"), b = feed([4, 3, 5], "b");
  const [got] = evaluate([tensordot(a[0], b[0], [[2, 1], [0, 1]])], [a, b]);
  assertEquals(got!.shape, [2, 5]);
  // NumPy: np.tensordot(np.arange(24).reshape(2,3,4), np.arange(60).reshape(4,3,5), [[2,1],[0,1]])
  assertEquals([...got!.data as Float64Array].slice(0, 3), [2200, 2266, 2332]);
  check(tensordot(a[0], b[0], [2, 0]), [a, b], contract(a[1], b[1], 2, 0));
  const outerShape = evaluate([tensordot(a[0], b[0], 0)], [a, b])[0]!.shape;
  assertEquals(outerShape, [2, 3, 4, 4, 3, 5]);
  assertThrows(() => tensordot(a[0], b[0], [[0, 1], [0]]), RangeError, "as many axes of each");
  assertThrows(() => tensordot(a[0], b[0], 4), RangeError, "from 0 to 3");
  assertThrows(() => tensordot(a[0], b[0], [[3], [0]]), RangeError);
});

Deno.test("batched products", () => {
  const a = feed([2, 2, 3], "a"), b = feed([2, 3, 2], "b"), v = feed([2, 3], "v");
  const results = evaluate([
    batchedDot(a[0], b[0]),
    batchedDot(a[0], v[0]),
    batchedDot(v[0], b[0]),
    batchedDot(v[0], v[0]),
    batchedTensordot(a[0], b[0], [[1, 2], [2, 1]]),
    batchedTensordot(a[0], v[0], 1),
  ], [a, b, v]);
  assertEquals(results.map((r) => r.shape), [[2, 2, 2], [2, 2], [2, 2], [2], [2], [2, 2]]);
  assertEquals([...results[0]!.data as Float64Array], [10, 13, 28, 40, 172, 193, 244, 274]);
  assertEquals([...results[3]!.data as Float64Array], [5, 50]);
  // @ts-expect-error a number is no batch
  assertThrows(() => batchedDot(a[0], 2), TypeError);
  assertThrows(
    () => batchedTensordot(a[0], b[0], [[0], [0]]),
    RangeError,
    "axis 0 counts the items",
  );
});

Deno.test("outer, kron, chains and powers", () => {
  const a = feed([2], "a", 1), b = feed([3], "b"), m = feed([2, 2], "m");
  assertEquals(run(outer(a[0], b[0]), [a, b]), [0, 1, 2, 0, 2, 4]);
  assertEquals(run(kron(m[0], a[0]), [m, a]), [0, 0, 1, 2, 2, 4, 3, 6]);
  assertEquals(run(kron(m[0], m[0]), [m]).slice(0, 8), [0, 0, 0, 1, 0, 0, 2, 3]);
  assertEquals(run(matrixDot(m[0], m[0], a[0]), [m, a]), [8, 28]);
  assertEquals(run(matrixPower(m[0], 3), [m]), [6, 11, 22, 39]);
  assertEquals(run(matrixPower(m[0], 0), [m]), [1, 0, 0, 1]);
  assertThrows(() => matrixPower(m[0], -1), RangeError, "the power -1");
  assertThrows(() => matrixDot(), TypeError, "got none");
});

Deno.test("lengths that do not agree", () => {
  const a = input("float32", [3, 4], "a"), b = input("float32", [5, 6], "b");
  assertThrows(
    () => dot(a, b),
    ShapeError,
    'Cannot multiply "a" of shape (3, 4) by "b" of shape (5, 6): the inner lengths must agree, got 4 and 5',
  );
  const x = feed([2, 3], "x"), y = feed([2, 3], "y");
  assertThrows(() => evaluate([dot(x[0], y[0])], [x, y]), ShapeError, "got 3 and 2");
  const p = feed([2, 2, 2], "p"), q = feed([3, 2, 2], "q");
  assertThrows(() => evaluate([batchedDot(p[0], q[0])], [p, q]), ShapeError, "batch axis 0");
});
