import { assertEquals } from "@std/assert";
import { makeVariable } from "../core/graph/graph.ts";
import { cast, mul, tanh } from "../core/ops/elementwise/elementwise.ts";
import { makeValue } from "../core/graph/value.ts";
import {
  argmax,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  ptp,
  std,
  sum,
  var as variance,
} from "../core/ops/reduce/reduce.ts";
import { expectClose, run } from "../dev/testing/ops/harness.ts";
import { TensorType } from "../core/graph/type.ts";
import { grad } from "./mod.ts";
import {
  type Build,
  check,
  complexPoint,
  filled,
  gradients,
  spread,
} from "../dev/testing/autodiff/check.ts";

const axes = [undefined, 0, 1, -1, [0, 2], [0, 1, 2]] as const;

Deno.test("sums, means and products over any axes, with and without keepdims", () => {
  for (const axis of axes) {
    for (const keepdims of [false, true]) {
      const options = axis === undefined ? { keepdims } : { axis, keepdims };
      const x = [spread([2, 3, 2], 0.4, 1.6)];
      check((v) => sum(v, options), x);
      check((v) => mul(v, sum(v, { ...options, keepdims: true })), x, { second: false });
      check((v) => mean(v, options), x, { second: false });
      check((v) => prod(v, options), x);
    }
  }
});

Deno.test("extremes over any axes", () => {
  for (const axis of axes) {
    const x = [spread([2, 3, 2], -2, 2, 3)];
    check((v) => tanh(max(v, axis)), x, { second: axis === 1 });
    check((v) => tanh(min(v, axis)), x, { second: axis === 0 });
  }
});

Deno.test("what is composed of reductions", () => {
  const x = [spread([3, 4], 0.3, 2, 2)];
  const functions: Build[] = [
    (v) => variance(v, 1),
    (v) => std(v, 0),
    (v) => std(v, { axis: 1, ddof: 1 }),
    (v) => norm(v, 2, 1),
    (v) => norm(v, 3),
    (v) => logsumexp(v, 1),
    (v) => logsumexp(v),
    (v) => ptp(v, 0),
  ];
  for (const f of functions) check(f, x);
});

Deno.test("equal extremes share the gradient", () => {
  const x = filled([2, 3], (i) => [1, 3, 3, 2, 2, 2][i]!);
  expectClose(gradients((v) => max(v, 1), [x])[0]!, [0, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3]);
  expectClose(gradients((v) => max(v), [x])[0]!, [0, 0.5, 0.5, 0, 0, 0]);
  expectClose(gradients((v) => min(v, 1), [x])[0]!, [1, 0, 0, 1 / 3, 1 / 3, 1 / 3]);
});

Deno.test("products are exact with zeros", () => {
  const x = filled([4, 3], (i) => [2, 3, 4, 0, 5, 6, 0, 0, 7, 0, 0, 0][i]!);
  assertEquals(gradients((v) => prod(v, 1), [x])[0]!, [12, 8, 6, 30, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (const options of [{}, { axis: 0 }, { axis: 1 }, { axis: [0, 1] }]) {
    check((v) => prod(v, options), [x]);
  }
  check((v) => prod(v), [complexPoint([3], [1, 2, 0, 0, -1, 0.2])], { plan: false });
});

Deno.test("positions have zero gradient", () => {
  assertEquals(gradients((v) => cast(argmax(v, 1), "float64"), [spread([2, 2])]), [[0, 0, 0, 0]]);
});

Deno.test("reductions of nothing", () => {
  assertEquals(gradients((v) => sum(v, 0), [filled([0, 3])]), [[]]);
  assertEquals(gradients((v) => prod(v, 1), [filled([2, 0])]), [[]]);
  assertEquals(gradients((v) => max(v, 1), [filled([0, 2])]), [[]]);
});

Deno.test("sums of complex numbers, and sums in another dtype", () => {
  check((v) => sum(v, 1), [complexPoint([2, 2], [1, 2, 3, 4, 5, 6, 7, 8])]);
  check((v) => prod(v, 0), [complexPoint([2, 2], [1, 2, -1, 4, 0.5, 1, 0.7, -1])], {
    plan: false,
  });
  const x = makeVariable(TensorType.of("float32", [null]));
  const g = grad(sum(x, { dtype: "float64" }), x);
  assertEquals(g.dtype, "float32");
  assertEquals(run(g, [[x, makeValue("float32", [2], [1, 2])]]), [1, 1]);
});
