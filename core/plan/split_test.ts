// Expressions of more functions than one kernel takes.

import { assert, assertEquals, assertLess } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { check } from "../../dev/testing/file_check.ts";
import { compile, scan, T, type Variable } from "../../all.ts";
import { noLimits } from "../ir/capabilities.ts";
import { executorOf } from "../runtime/callable.ts";
import { afterPasses, type Planned } from "../../dev/testing/plan/passes.ts";

const x = T.fvector("x");

/** Steps by so many nodes for a kernel, and no other limits. */
function planned(
  output: Variable,
  nodes: number,
  { inputs = [[x, [100]]], pass = "unread" }: { inputs?: Planned["inputs"]; pass?: string } = {},
): string {
  const kernelLimits = { ...noLimits, nodes };
  return afterPasses({ inputs, outputs: [output], kernelLimits })[pass]!;
}

const kernels = (plan: string) => plan.split("\n").length;

function repeated(count: number, step: (y: Variable) => Variable): Variable {
  let y: Variable = x;
  for (let i = 0; i < count; i++) y = step(y);
  return y;
}

const sines = (count: number) => repeated(count, (y) => y.sin().mul(x));

Deno.test("a chain of functions becomes kernels of as many as the device takes, one after the other", () => {
  const plan = planned(sines(20), 1200);
  check(plan, ["[100]: x -> %2", "[100]: x, %2 -> %3", "[100]: x, %3 -> output 0", "NOT ->"]);
  assertEquals(kernels(plan), 3);
  assertEquals(kernels(planned(sines(8), 1200)), 1);
  assertEquals(kernels(planned(sines(40), 6000)), 1);
  assertEquals(kernels(planned(sines(125), Infinity)), 1);
});

Deno.test("functions count by what they are, and ops of a few primitives don't", () => {
  const logs = (count: number) => repeated(count, (y) => y.log().add(1));
  assertEquals(kernels(planned(logs(20), 1200)), 1);
  assertEquals(kernels(planned(logs(50), 1200)), 2);
  assertEquals(kernels(planned(repeated(100, (y) => y.mul(x).add(1)), 40)), 1);
});

Deno.test("a function that is read twice counts once", () => {
  // Sums of both would count to 2^8.
  assertEquals(kernels(planned(repeated(8, (y) => y.sin().mul(y)), 1200)), 1);
  assertEquals(kernels(planned(repeated(16, (y) => y.sin().mul(y)), 1200)), 2);
});

Deno.test("of two long expressions the longer one is stored", () => {
  const long = repeated(7, (y) => y.cos()), short = repeated(3, (y) => y.sin());
  for (const [sum, reads] of [[long.add(short), "x, %2"], [short.add(long), "%2, x"]] as const) {
    check(planned(sum, 1200, { pass: "lower" }), [
      "cos [100]: x -> %2",
      `add [100]: ${reads} -> output 0`,
      "NOT ->",
    ]);
  }
});

Deno.test("kernels that were cut are not joined again, and join where there is room", () => {
  const halves = planned(sines(12), 1200, { pass: "lower" });
  assertEquals(kernels(halves), 2);
  assertEquals(kernels(planned(sines(12), 1200)), 2);
  // The estimate is for the most expensive of their kind; logarithms have less.
  assertEquals(kernels(planned(repeated(30, (y) => y.log()), 1200, { pass: "lower" })), 2);
  assertEquals(kernels(planned(repeated(30, (y) => y.log()), 1200)), 1);
});

Deno.test("a row is stored before it is broadcast, and a slice as it is", () => {
  const X = T.fmatrix("X");
  const wide = T.broadcastTo(sines(8).reshape([1, 100]), [30, 100]).sin().add(X);
  check(planned(wide, 1200, { inputs: [[x, [100]], [X, [30, 100]]] }), [
    "[100]: x -> %3",
    "[30, 100]: X, %3 -> output 0",
  ]);
  check(planned(sines(8).slice(0, 10).sin(), 1200, { pass: "lower" }), [
    "[10]: x -> %2",
    "[10]: %2 -> output 0",
  ]);
});

Deno.test("an expensive op alone, and one of inputs, stay as they are", () => {
  assertEquals(kernels(planned(x.sin(), 1)), 1);
  assertEquals(kernels(planned(T.maximum(x.sin(), x.cos()), 1)), 3);
});

for (
  const [name, step, want] of [
    ["sines", (y: Variable) => y.sin().mul(x), (y: number, x: number) => Math.sin(y) * x],
    ["sums with what they are of", (y: Variable) => y.cos().add(y), (y: number) => Math.cos(y) + y],
    [
      "several functions",
      (y: Variable) => y.exp().log1p().tanh(),
      (y: number) => Math.tanh(Math.log1p(Math.exp(y))),
    ],
  ] as const
) {
  onDevices(`a chain of 120 ${name} has the right values`, async (device) => {
    const f = await compile([x], repeated(120, step), { device });
    const given = [0.1, 0.9, -1.3, 2];
    numbers(f(given)).forEach((value, i) => {
      let y = given[i]!;
      for (let n = 0; n < 120; n++) y = want(y, given[i]!);
      assertLess(Math.abs(value - y), 1e-4 * Math.max(1, Math.abs(y)));
    });
  });
}

Deno.test("the steps of a loop, which may become one kernel, are not cut", () => {
  const step = (y: Variable) => {
    for (let i = 0; i < 20; i++) y = y.sin().mul(x);
    return y;
  };
  const [y] = scan(step, { outputsInfo: x, nSteps: 5 });
  check(planned(step(y.at(-1)), 1200), [
    "5 steps",
    "NOT ->",
    "[100]: x, %2 -> %2",
    "NOT ->",
    "[100]: x, %2 -> %4",
    "[100]: x, %4 -> %5",
    "[100]: x, %5 -> output 0",
  ]);
});

Deno.test("functions of complex numbers count as two", () => {
  const z = T.vector("z", "complex64");
  let w: Variable = z;
  for (let i = 0; i < 8; i++) w = w.sin();
  const kept = planned(w, 1200, { inputs: [[z, [100]]], pass: "lower" });
  check(kept, ["[100]: z -> %2", "[100]: %2 -> output 0", "NOT ->"]);
});

onDevices("a chain of complex functions has the right values", async (device) => {
  const y = T.fvector("y");
  let w: Variable = T.complex(x, y);
  for (let i = 0; i < 60; i++) w = w.exp().mul(0.3);
  const f = await compile([x, y], [T.real(w), T.imag(w)], { device });
  const given = [[0.3, 0.2], [-1, 2]] as const;
  const parts = f(given.map(([re]) => re), given.map(([, im]) => im)).map(numbers);
  given.forEach(([re, im], i) => {
    let [a, b]: number[] = [re, im];
    for (let n = 0; n < 60; n++) {
      const size = 0.3 * Math.exp(a!);
      [a, b] = [size * Math.cos(b!), size * Math.sin(b!)];
    }
    assertLess(Math.abs(parts[0]![i]! - a!), 1e-5);
    assertLess(Math.abs(parts[1]![i]! - b!), 1e-5);
  });
});

onDevices("equal kernels of a chain are compiled once", async (device) => {
  const f = await compile([x], repeated(130, (y) => y.sin().sub(x)), { device });
  const { backend } = executorOf(f);
  const before = backend.stats.compiled;
  f([0.1, 0.2, 0.3]);
  const made = backend.stats.compiled - before;
  assert(made >= 1 && made <= 3, `There were ${made}`);
});
