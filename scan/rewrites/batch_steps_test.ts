import { assert, assertEquals } from "@std/assert";
import { allOps } from "../../dev/testing/ops/all.ts";
import { input, randomSource } from "../../dev/testing/ops/harness.ts";
import { expectRows, rowOf, stackedValue } from "../../dev/testing/ops/stacked.ts";
import { programs } from "../../dev/testing/ops/programs.ts";
import { isFloat } from "../../core/graph/dtype.ts";
import type { Variable } from "../../core/graph/graph.ts";
import { evaluateGraph } from "../../core/graph/reference.ts";
import type { Value } from "../../core/graph/value.ts";
import type { Batched } from "../../core/batch/batched.ts";
import { batch } from "./batch_steps.ts";

const next = randomSource(5), STEPS = 3;

/** Whether an expression of one step is made for all steps at once, and then gives what each step does. */
function isBatched(output: Variable, values: ReadonlyMap<Variable, Value>): boolean {
  const leaves = new Map<Variable, Batched>(), feeds = new Map<Variable, Value>();
  const steps = Array.from({ length: STEPS }, () => new Map<Variable, Value>());
  for (const [x, value] of values) {
    const varies = isFloat(x.dtype) ? next() < 0.7 : next() < 0.1;
    const place = varies ? input(x.dtype, [null, ...x.type.shape]) : x;
    const all = varies ? stackedValue(value, STEPS, next) : value;
    leaves.set(x, { value: place, stacked: varies });
    feeds.set(place, all);
    steps.forEach((step, i) => step.set(x, varies ? rowOf(all, i) : all));
  }
  const found = batch([output], leaves)[0];
  if (!found?.stacked) return false;
  const [all] = evaluateGraph([found.value], feeds);
  const each = steps.map((step) => evaluateGraph([output], step)[0]!);
  expectRows(all!, each, 1e-9, `${output}`);
  return true;
}

/** Ops that stay in the steps, and why. */
const inSteps: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["windows", "foldWindows", "pad", "advIndex", "advInc"].map((name) => [name, "read in place"]),
  ),
  incSubtensor: "writes in place",
  makeVector: "of scalars",
  ...Object.fromEntries(
    ["shapeI", "jointLength", "length", "ceilSqrt", "arange"].map((name) => [name, "of lengths"]),
  ),
  inRange: "of positions",
  nonzero: "has as many rows as it finds",
  derivedAs: "has a derivative of its own",
  assert: "checks each step",
  print: "shows each step",
  customVjp: "has a derivative of its own",
  ifelse: "computes one side in each step",
  draw: "of a state",
  advance: "of a state",
  scan: "a loop of its own",
};

Deno.test("what is made for all steps at once is what each step makes", () => {
  const met = new Set<string>();
  const options = {
    style: "domain",
    lengths: [2, 3],
    among: ["float64", "int64", "complex128"],
  } as const;
  for (const { name, output, feeds } of programs(12, options)) {
    if (isBatched(output, feeds)) met.add(name);
  }
  const missing = [...allOps.values()].filter(({ name, lowering }) =>
    !met.has(name) && lowering.kind !== "elementwise"
  );
  assertEquals(
    missing.map(({ name }) => name).sort(),
    Object.keys(inSteps).sort(),
    "along in the op, a rule in core/batch/, or a reason here",
  );
  assert(met.size > 90, `${met.size}`);
});
