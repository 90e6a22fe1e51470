import { assert, assertEquals, assertThrows } from "@std/assert";
import { DisconnectedInputError, NullGradientError } from "../core/base/errors.ts";
import { makeValue, type Value } from "../core/graph/value.ts";
import { ancestors } from "../core/graph/walk.ts";
import {
  cast,
  exp,
  mul,
  sin,
  sqr,
  tanh,
  undefinedGrad,
} from "../core/ops/elementwise/elementwise.ts";
import { dot } from "../core/ops/linalg/linalg.ts";
import { softmax } from "../core/ops/nn/nn.ts";
import { max, sum } from "../core/ops/reduce/reduce.ts";
import { anyInput, evaluate, expectClose, numbers, run } from "../dev/testing/ops/harness.ts";
import { evaluateGraph } from "../core/graph/reference.ts";
import type { Variable } from "../core/graph/graph.ts";
import { Lop, Rop } from "./mod.ts";
import { pointValue, spread } from "../dev/testing/autodiff/check.ts";

const m = anyInput("float64", 2, "m"), v = anyInput("float64", 1, "v");
const mValue = pointValue(spread([2, 3], -1, 1, 1)), vValue = pointValue(spread([3], -1, 1, 2));
const feeds = [[m, mValue], [v, vValue]] as const;

/** J·d by a difference along d. */
function difference(f: Variable, moves: readonly (readonly [Variable, Value])[]): number[] {
  const eps = 1e-6;
  const at = (by: number) => {
    const points = new Map<Variable, Value>(feeds);
    for (const [variable, { data }] of moves) {
      const base = points.get(variable)!;
      const moved = Float64Array.from(
        base.data as Float64Array,
        (x, i) => x + by * Number(data[i]),
      );
      points.set(variable, { ...base, data: moved });
    }
    return numbers(evaluateGraph([f], points)[0]!);
  };
  const [after, before] = [at(eps), at(-eps)];
  return after.map((x, i) => (x - before[i]!) / (2 * eps));
}

const functions: Variable[] = [
  tanh(dot(m, v)),
  softmax(mul(m, v)),
  max(mul(m, sqr(v)), 1),
  exp(sum(mul(m, m))),
];

Deno.test("Rop is the change along a direction", () => {
  const dm = anyInput("float64", 2, "dm"), dv = anyInput("float64", 1, "dv");
  const dmValue = pointValue(spread([2, 3], -1, 1, 3)), dvValue = pointValue(spread([3], -1, 1, 4));
  const all = [...feeds, [dm, dmValue], [dv, dvValue]] as const;
  for (const f of functions) {
    expectClose(run(Rop(f, m, dm), all.slice(0, 3)), difference(f, [[m, dmValue]]), 1e-6);
    const both = difference(f, [[m, dmValue], [v, dvValue]]);
    expectClose(run(Rop(f, [m, v], [dm, dv]), all), both, 1e-6);
  }
  const several = Rop([sqr(v), v], v, dv) as Variable[];
  const [a, b] = evaluate(several, [all[1], all[3]]).map(numbers);
  expectClose(a!, numbers(vValue).map((x, i) => 2 * x * numbers(dvValue)[i]!), 1e-12);
  assertEquals(b, numbers(dvValue));
});

Deno.test("Rop moves a variable that several outputs have in common once", () => {
  const [a, b] = Rop([v, mul(v, 2)], [v], [[1, 2, 3]]) as Variable[];
  assertEquals([run(a!), run(mul(b!, 1))], [[1, 2, 3], [2, 4, 6]]);
});

Deno.test("Rop leaves nothing of the vectors it was made with", () => {
  const g = Rop(softmax(m), m, m);
  const leaves = ancestors([g]).filter(({ owner }) => owner === null && owner !== undefined);
  assert(leaves.every((leaf) => leaf === m || "value" in leaf));
});

Deno.test("Lop is the gradient of the weighted sum", () => {
  const w = anyInput("float64", 1, "w");
  const wValue = makeValue("float64", [2], [0.5, -2]);
  const f = tanh(dot(m, v));
  const rows = numbers(mValue), x = numbers(vValue);
  const y = [0, 1].map((i) =>
    Math.tanh([0, 1, 2].reduce((s, j) => s + rows[3 * i + j]! * x[j]!, 0))
  );
  const back = y.map((t, i) => [0.5, -2][i]! * (1 - t * t));
  const [gm, gv] = Lop(f, [m, v], w);
  const all = [...feeds, [w, wValue]] as const;
  expectClose(run(gm, all), back.flatMap((b) => x.map((xi) => b * xi)), 1e-9);
  expectClose(run(gv, all), x.map((_, j) => back[0]! * rows[j]! + back[1]! * rows[3 + j]!), 1e-9);
  const sumOfBoth = Lop([v, v], v, [[1, 2, 3], [10, 10, 10]]);
  assertEquals(run(sumOfBoth), [11, 12, 13]);
});

Deno.test("zero and missing derivatives", () => {
  const step = cast(cast(v, "int32"), "float64");
  assertEquals(run(Rop(step, v, v), [[v, vValue]]), [0, 0, 0]);
  assertThrows(() => Rop(sin(v), m, m), DisconnectedInputError);
  assertEquals(run(Rop(sin(v), m, m, { disconnectedOutputs: "ignore" }), [[v, vValue]]), [0, 0, 0]);
  assertThrows(() => Lop(sin(v), m, v), DisconnectedInputError);
  assertEquals(run(Lop(sin(v), m, v, { disconnectedInputs: "ignore" }), [[m, mValue]]).length, 6);
  assertThrows(() => Rop(undefinedGrad(v), v, v), NullGradientError);
});

Deno.test("vectors that do not fit are errors", () => {
  assertThrows(() => Rop(sin(v), v, m), TypeError, "expected 1 axes, got 2");
  assertThrows(() => Lop(sin(v), v, m), TypeError, "expected 1 axes, got 2");
  assertThrows(() => Rop(sin(v), [v], [v, v]), TypeError, "an array of 1, got 2");
  assertThrows(() => Rop(sin(v), anyInput("int32", 1), v), TypeError, "int32");
});
