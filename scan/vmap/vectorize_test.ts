import { assertEquals, assertThrows } from "@std/assert";
import { numbers } from "../../dev/testing/devices.ts";
import { compile, RandomStreams, T, type Variable, vectorize } from "../../all.ts";

Deno.test("vectorize() computes a graph for each row", async () => {
  const x = T.dvector("x"), w = T.dscalar("w"), xs = T.dmatrix("xs"), ws = T.dvector("ws");
  const outputs = { sum: T.sum(x.mul(w)), top: T.max(x), w };
  const both = vectorize(outputs, [[x, xs], [w, ws]]) as Record<string, Variable>;
  const f = await compile([xs, ws], [both.sum!, both.top!, both.w!]);
  assertEquals(f([[1, 2], [3, 4]], [1, 10]).map(numbers), [[3, 70], [2, 4], [1, 10]]);
  // What does not depend on what is replaced has rows, too.
  const alone = vectorize({ s: T.sum(x), w }, new Map([[x, xs]])) as Record<string, Variable>;
  const g = await compile([xs, w], [alone.s!, alone.w!]);
  assertEquals(g([[1, 2], [3, 4]], 5).map(numbers), [[3, 7], [5, 5]]);
});

Deno.test("axes in front are counted from the last", async () => {
  const x = T.dvector("x"), y = T.dscalar("y"), out = T.sum(x).mul(y);
  const xs = T.dtensor3("xs"), ys = T.dvector("ys");
  const made = vectorize(out, [[x, xs], [y, ys]]);
  const f = await compile([xs, ys], made);
  const result = f([[[1, 1], [2, 2]], [[3, 3], [4, 4]], [[5, 5], [6, 6]]], [1, 10]);
  assertEquals(result.arraySync(), [[2, 40], [6, 80], [10, 120]]);
  // An axis of a known length of 1 stretches.
  const one = T.specifyShape(T.dmatrix("one"), [1, null]), column = T.dmatrix("column");
  const spread = vectorize(out, [[x, one], [y, ys]]);
  const g = await compile([one, ys], spread, { onUnusedInput: "ignore" });
  assertEquals(g([[1, 2]], [1, 10]).arraySync(), [3, 30]);
  const same = vectorize(out, [[x, T.dvector("z")], [y, 2]]);
  assertEquals(same.ndim, 0);
  void column;
});

Deno.test("vectorize() draws for each row", async () => {
  const u = new RandomStreams(3).uniform(), x = T.scalar("x"), xs = T.vector("xs");
  const made = vectorize(T.add(x, u) as Variable, [[x, xs]]);
  const [a, b] = numbers((await compile([xs], made))([0, 0]));
  assertEquals(a === b, false);
});

Deno.test("vectorize() says what is wrong with its arguments", () => {
  const x = T.dvector("x"), y = T.dmatrix("y");
  assertThrows(() => vectorize(x, 3 as never), TypeError, "expected a Map or pairs");
  assertThrows(() => vectorize(x, [[3, y]] as never), TypeError, "expected pairs of variables");
  assertThrows(() => vectorize(y.sum(), [[y, x]]), TypeError, "at least 2 axes");
  assertThrows(() => vectorize(x, [[x, T.matrix("f")]]), TypeError, "dtype float64");
  assertThrows(() => vectorize(3 as never, [[x, y]]), TypeError, "expected variables");
});
