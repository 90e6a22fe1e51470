// Functions whose shapes depend on computed values.

import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { check } from "../../dev/testing/file_check.ts";
import { compile, grad, shared, T, type Variable } from "../../all.ts";
import { executorOf } from "./callable.ts";

const X = T.fmatrix("X"), W = T.fmatrix("W"), x = T.fvector("x"), y = T.fvector("y");
const long = T.cast(T.floor(x.sum()), "int64"), wide = T.cast(T.floor(y.max()), "int64");

onDevices("what a stage computes is neither planned nor computed again", async (device) => {
  const h = T.tanh(X.dot(W)), positive = h.gt(0);
  const f = await compile([X, W], [h.at(positive), h.sum()], { device });
  const run = (data: number[][]) => f(data, [[1, 0], [0, 1]]).map(numbers);
  const near = (a: number[], b: number[]) =>
    assertEquals(a.map((v) => v.toFixed(4)), b.map((v) => v.toFixed(4)));
  for (const data of [[[1, -1]], [[1, 2], [-3, 4]], [[-1, -2]]]) {
    const all = data.flat().map(Math.tanh), [some, total] = run(data);
    near(some!, all.filter((v) => v > 0));
    near(total!, [all.reduce((a, b) => a + b)]);
  }
  const [plan, stage] = f.explain().split("first, for lengths that it needs: ");
  check(stage!, ["plan 1", "product", "NOT product", "plan 2", "product", "NOT product"]);
  check(plan!, ["plan 1", "NOT product", "output 0"]);
});

onDevices("values that do not wait for each other are found in one stage", async (device) => {
  const f = await compile([x, y], [T.arange(long).sum(), T.zeros([wide, long])], { device });
  for (const [a, b] of [[3, 2], [5, 4]] as const) {
    const [total, zeros] = f([a, 0.5], [b, 1]);
    assertEquals([numbers(total!), zeros!.shape], [[a * (a - 1) / 2], [b, a]]);
  }
  const { stages } = executorOf(f);
  assertEquals(stages.map(({ stages, request }) => [stages.length, request.outputs.length]), [
    [0, 2],
  ]);
});

onDevices("values that wait for others come in stages of their own", async (device) => {
  // The second length is the number of elements that are left of the first.
  const rows = T.arange(long), next = T.cast(rows.at(rows.gt(1)).sum(), "int64");
  const f = await compile([x], [T.arange(next), rows], { device });
  for (const n of [3, 5, 4]) {
    const expected = Array.from({ length: n }, (_, i) => i);
    const sum = expected.filter((i) => i > 1).reduce((a, b) => a + b, 0);
    const [last, first] = f([n, 0.25]);
    assertEquals([last!.shape, numbers(first!)], [[sum], expected]);
  }
});

onDevices("what is cheap is computed again where it is read", async (device) => {
  const cheap = x.add(1).sqr();
  const f = await compile([x], cheap.at(cheap.gt(4)), { device });
  assertEquals(numbers(f([0, 1, 2, 3])), [9, 16]);
  const [stage] = executorOf(f).stages;
  assertEquals(stage!.request.outputs.includes(cheap as Variable), false);
});

onDevices("elementwise functions that a length depends on are computed once", async (device) => {
  const y = T.tanh(T.sin(x)), k = T.cast(T.floor(y.sum()).add(2), "int64");
  const f = await compile([x], [T.arange(k), y], { device });
  for (const data of [[0.5, 1, 1.5], [1, 1], [0.25]]) {
    const [rows, values] = f(data), want = data.map((v) => Math.tanh(Math.sin(v)));
    assertEquals(rows.shape, [Math.floor(want.reduce((a, b) => a + b)) + 2]);
    assertEquals(numbers(values).map((v) => v.toFixed(5)), want.map((v) => v.toFixed(5)));
  }
  const [plan, stage] = f.explain().split("first, for lengths that it needs: ");
  check(stage!, ["tanh [1]: x -> output 1"]);
  check(plan!, ["plan 1", "NOT tanh", "output 0"]);
});

onDevices("gradients through what a stage gives", async (device) => {
  const h = X.dot(W), loss = h.at(h.gt(1)).sqr().sum();
  const f = await compile([X, W], grad(loss, [X, W]), { device });
  const [dX, dW] = f([[1, 2], [0, 3]], [[1, 0], [0, 1]]).map(numbers);
  assertEquals([dX, dW], [[0, 4, 0, 6], [0, 4, 0, 26]]);
});

onDevices("a shared number and a computed one, with updates", async (device) => {
  const count = shared(2n, { dtype: "int64", name: "count" });
  const f = await compile([x], T.zeros([count, long]), {
    device,
    updates: [[count, count.add(1)]],
  });
  assertEquals([f([3]).shape, f([4]).shape, f([3]).shape], [[2, 3], [3, 4], [4, 3]]);
});
