import { assertEquals, assertThrows } from "@std/assert";
import { IndexError } from "../../base/errors.ts";
import { add, exp, mul } from "../elementwise/elementwise.ts";
import { ifelse } from "./control.ts";
import { index } from "../index/indexing.ts";
import { dot } from "../linalg/linalg.ts";
import {
  anyInput,
  counting,
  evaluate,
  run,
  runPlanned,
  value,
} from "../../../dev/testing/ops/harness.ts";

Deno.test("ifelse chooses single values and lists", () => {
  const c = anyInput("int32", 0, "c"),
    x = anyInput("float32", 1, "x"),
    y = anyInput("float32", 1, "y");
  const feeds = (n: number) =>
    [
      [c, value("int32", [], [n])],
      [x, value("float32", [2], [1, 2])],
      [y, value("float32", [2], [3, 4])],
    ] as const;
  const [a, b] = ifelse(c, [x, mul(y, 2)], [y, mul(x, 2)]);
  assertEquals([run(a!, feeds(2)), run(b!, feeds(2))], [[1, 2], [6, 8]]);
  assertEquals([run(a!, feeds(0)), run(b!, feeds(0))], [[3, 4], [2, 4]]);
  assertEquals(run(ifelse(c, 1, x.ndim === 1 ? index(x, 0) : 0), feeds(0)), [1]);
});

Deno.test("a condition that is computed on the device decides there", () => {
  const s = anyInput("float32", 0, "s"), x = anyInput("float32", 2, "x");
  const square = dot(x, x);
  // `square` is needed by both branches and outside; `exp` by one branch only.
  const chosen = ifelse(s, add(exp(square), square), mul(square, 2));
  for (const n of [0, 0.5, NaN]) {
    const feeds = [[s, value("float32", [], [n])], [
      x,
      value("float32", [2, 2], [0, 1, 0, 0]),
    ]] as const;
    const [got, outside] = evaluate([chosen, add(square, 1)], feeds);
    assertEquals([...got!.data as Float64Array], n === 0 ? [0, 0, 0, 0] : [1, 1, 1, 1]);
    assertEquals([...outside!.data as Float64Array], [1, 1, 1, 1]);
  }
});

Deno.test("the branch that is not taken is not computed", () => {
  const c = anyInput("bool", 0, "c"),
    x = anyInput("float32", 1, "x"),
    i = anyInput("int32", 1, "i");
  const s = anyInput("float32", 0, "s");
  const risky = index(x, [index(i, 0)]);
  for (const condition of [c, s]) {
    const chosen = ifelse(condition, risky, 7);
    const feeds = (n: number) =>
      [
        [condition, value(condition.dtype, [], [n])],
        [x, counting("float32", [3])],
        [i, value("int32", [1], [5])],
      ] as const;
    assertEquals(run(chosen, feeds(0)), [7]);
    assertThrows(() => runPlanned([chosen], feeds(1)), IndexError);
  }
});

Deno.test("branches may have different lengths", () => {
  const c = anyInput("float32", 0, "c"),
    x = anyInput("float32", 1, "x"),
    y = anyInput("float32", 1, "y");
  const chosen = ifelse(c, x, y);
  const rest = [[x, counting("float32", [3])], [y, counting("float32", [2])]] as const;
  assertEquals(run(chosen, [[c, value("float32", [], [1])], ...rest]), [0, 1, 2]);
  assertEquals(run(chosen, [[c, value("float32", [], [0])], ...rest]), [0, 1]);
});

Deno.test("what ifelse refuses", () => {
  const x = anyInput("float32", 1, "x"), i = anyInput("int32", 1, "i");
  assertThrows(() => ifelse(1, x, i), TypeError, 'Cannot choose between "x" and "i"');
  assertThrows(() => ifelse(1, x, index(x, 0)), TypeError, "one dtype and rank");
  assertThrows(() => ifelse(x, x, x), TypeError, "expected a real scalar");
  assertThrows(() => ifelse(1, [x], [x, x]), TypeError, "got 1 and 2");
  assertThrows(() => ifelse(1, [x], x as never), TypeError, "one of each");
});
