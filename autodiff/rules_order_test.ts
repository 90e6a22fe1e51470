import { assertEquals } from "@std/assert";
import { cast, mul, tanh } from "../core/ops/elementwise/elementwise.ts";
import { argsort, cumprod, cumsum, diff, sort, topk } from "../core/ops/order/order.ts";
import { check, complexPoint, filled, gradients, spread } from "../dev/testing/autodiff/check.ts";

Deno.test("running sums and products", () => {
  for (const axis of [null, 0, 1, -1]) {
    check((x) => tanh(cumsum(x, axis)), [spread([2, 3])]);
    check((x) => tanh(cumprod(x, axis)), [spread([2, 3], 0.5, 1.5)]);
  }
  check((x) => cumsum(x, 0), [complexPoint([2], [1, 2, 3, 4])]);
  check((x) => cumprod(x, 0), [complexPoint([3], [1, 2, 0.5, 1, -1, 0.2])], { second: false });
  assertEquals(gradients((x) => cumsum(x, 1), [filled([2, 0])]), [[]]);
});

Deno.test("running products are exact with zeros", () => {
  for (const list of [[0, 2, 3], [2, 0, 3], [2, 3, 0], [2, 0, 0], [0, 0, 0], [0, 2, 0]]) {
    check((x) => mul(cumprod(x, 0), [1, 2, 5]), [filled([3], (i) => list[i]!)]);
  }
  const rows = filled([2, 3], (i) => [0, 2, 3, 4, 0, 0][i]!);
  for (const axis of [null, 0, 1]) check((x) => cumprod(x, axis), [rows]);
  const zeros = complexPoint([3], [1, 2, 0, 0, -1, 0.2]);
  check((x) => cumprod(x, 0), [zeros], { absTol: 1e-5 });
});

Deno.test("sorting permutes the gradient back", () => {
  check((x) => mul(sort(x), [1, 2, 3]), [spread([2, 3])]);
  check((x) => tanh(mul(sort(x, 0), [[1], [3]])), [spread([2, 3])]);
  check((x) => mul(sort(x, null), [1, 2, 3, 4, 5, 6]), [spread([2, 3])]);
  check((x) => mul(topk(x, 2), [1, 3]), [spread([3, 4])]);
  check((x) => tanh(diff(x, 2)), [spread([2, 4])]);
  assertEquals(gradients((x) => sort(x), [filled([0])]), [[]]);
});

Deno.test("equal elements keep their order", () => {
  assertEquals(gradients((x) => mul(sort(x), [1, 2, 3]), [filled([3], () => 1)]), [[1, 2, 3]]);
});

Deno.test("an order has zero gradient", () => {
  assertEquals(gradients((x) => cast(argsort(x), "float64"), [spread([2])]), [[0, 0]]);
});
