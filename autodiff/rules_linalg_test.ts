import { mul, tanh } from "../core/ops/elementwise/elementwise.ts";
import {
  batchedDot,
  batchedTensordot,
  dot,
  kron,
  matmul,
  outer,
  tensordot,
} from "../core/ops/linalg/linalg.ts";
import {
  type Build,
  check,
  complexPoint,
  filled,
  gradients,
  spread,
} from "../dev/testing/autodiff/check.ts";
import { assertEquals } from "@std/assert";

function pair(a: readonly number[], b: readonly number[]) {
  return [spread(a, -1, 1, 1), spread(b, -1, 1, 2)];
}

Deno.test("products of vectors, matrices and more", () => {
  const cases: [number[], number[]][] = [
    [[3], [3]],
    [[2, 3], [3]],
    [[3], [3, 2]],
    [[2, 3], [3, 2]],
    [[], [2, 3]],
    [[2, 2, 3], [3]],
    [[2, 2, 3], [2, 3, 2]],
  ];
  for (const [a, b] of cases) check((x, y) => tanh(dot(x, y)), pair(a, b));
});

Deno.test("matrix products with stretched batches", () => {
  const cases: [number[], number[]][] = [
    [[2, 2, 3], [2, 3, 2]],
    [[1, 2, 3], [4, 3, 2]],
    [[2, 3], [4, 3, 2]],
    [[4, 2, 3], [3, 2]],
    [[2, 1, 2, 3], [3, 3, 1]],
    [[2, 2, 3], [3]],
  ];
  for (const [a, b] of cases) check((x, y) => tanh(matmul(x, y)), pair(a, b));
});

Deno.test("other products", () => {
  const cases: [Build, number[], number[]][] = [
    [(x, y) => tensordot(x, y, 2), [2, 3, 2], [3, 2]],
    [(x, y) => tensordot(x, y, [[0, 2], [1, 0]]), [2, 3, 2], [2, 2, 3]],
    [(x, y) => tensordot(x, y, 0), [2], [3]],
    [(x, y) => batchedDot(x, y), [2, 2, 3], [2, 3, 2]],
    [(x, y) => batchedDot(x, y), [2, 3], [2, 3]],
    [(x, y) => batchedTensordot(x, y, [[2], [1]]), [2, 2, 3], [2, 3]],
    [(x, y) => outer(x, y), [2], [3]],
    [(x, y) => kron(x, y), [2, 2], [1, 3]],
  ];
  for (const [f, a, b] of cases) check((x, y) => tanh(f(x, y)), pair(a, b));
});

Deno.test("a product of a matrix with itself", () => {
  check((x) => mul(matmul(x, x), x), [spread([3, 3])]);
});

Deno.test("products of complex matrices", () => {
  check((x, y) => matmul(x, y), [
    complexPoint([1, 2], [1, 2, -1, 0.5]),
    complexPoint([2, 1], [0.3, -1, 0.2, 2]),
  ]);
});

Deno.test("products over nothing", () => {
  assertEquals(gradients((x, y) => matmul(x, y), [filled([2, 0]), filled([0, 3])]), [[], []]);
  assertEquals(gradients((x, y) => matmul(x, y), [filled([0, 2]), filled([2, 1])]), [[], [0, 0]]);
});
