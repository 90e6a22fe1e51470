// Which kernels join, by hand-made steps.

import { assertEquals } from "@std/assert";
import { noLimits } from "../ir/capabilities.ts";
import { axisIx, ScalarBuilder } from "../ir/builder.ts";
import type { LoopNest, Store } from "../ir/program.ts";
import { check } from "../../dev/testing/file_check.ts";
import { T } from "../../all.ts";
import { joinNests } from "./merge.ts";
import type { Planner } from "./planner.ts";
import { StepGraph } from "./step_graph.ts";
import { afterPasses } from "../../dev/testing/plan/passes.ts";

const b = new ScalarBuilder();
const planner = { b, kernelLimits: noLimits, trace: null as Planner["trace"] } as Planner;
const at = axisIx(0);
const load = (buffer: number) => b.load(buffer, "float32", at);
const store = (buffer: number, value: Store["value"]): Store => ({
  buffer,
  address: at,
  value,
  guard: null,
});

function nest(name: string, length: number, ...outer: Store[]): LoopNest {
  return {
    kind: "nest",
    name,
    axes: [length],
    loops: [],
    reductions: [],
    inner: [],
    outer,
    checks: [],
  };
}

function merged(...steps: LoopNest[]): LoopNest[] {
  return new StepGraph(planner, "f", steps).pass("merge", joinNests).steps as LoopNest[];
}

/** What is left of steps, by the buffers that each stores into. */
function joined(...steps: LoopNest[]): number[][] {
  return merged(...steps).map(({ outer }) => outer.map(({ buffer }) => buffer));
}

Deno.test("a kernel joins the one whose results it reads at the same points", () => {
  const made = merged(
    nest("add", 8, store(1, b.add(load(0), load(0)))),
    nest("mul", 8, store(2, b.mul(load(1), load(1)))),
  );
  assertEquals(made.length, 1);
  const [, second] = made[0]!.outer;
  const sum = b.add(load(0), load(0));
  assertEquals(second!.value, b.mul(sum, sum));
});

Deno.test("kernels over other points, or of other data, stay apart", () => {
  const first = nest("add", 8, store(1, b.add(load(0), load(0))));
  assertEquals(joined(first, nest("mul", 9, store(2, load(1)))), [[1], [2]]);
  assertEquals(joined(first, nest("mul", 8, store(5, load(4)))), [[1], [5]]);
});

Deno.test("a kernel stays behind what overwrites what it reads", () => {
  const first = nest("a", 8, store(1, load(0)));
  const between = nest("b", 9, store(0, load(3)));
  assertEquals(joined(first, between, nest("c", 8, store(2, load(0)))), [[1], [0], [2]]);
});

Deno.test("what a kernel has added to in place is read again from memory, not computed again", () => {
  const inPlace = nest("inc", 8, store(1, b.add(load(1), load(0))));
  assertEquals(joined(inPlace, nest("mul", 8, store(2, load(1)))), [[1], [2]]);
  // Also where that has joined another itself.
  assertEquals(
    joined(nest("exp", 8, store(3, load(0))), inPlace, nest("mul", 8, store(2, load(1)))),
    [[3, 1], [2]],
  );
});

Deno.test("what follows a product or a total runs in its kernel", () => {
  const X = T.matrix("X"), Y = T.matrix("Y"), z = X.dot(Y), t = X.sum(1);
  const after = afterPasses({
    inputs: [[X, [20, 30]], [Y, [30, 40]]],
    outputs: [z, z.exp(), t, t.sqr()],
  });
  check(after.lower!, ["-> output 0", "-> output 1", "-> output 2", "-> output 3"]);
  check(after.merge!, [
    "product matmul+exp [20, 40], over 30: X, Y -> output 0, output 1",
    "[20], over 30: X -> output 2, output 3",
    "NOT ->",
  ]);
});
