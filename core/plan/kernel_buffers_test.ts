// Expressions that read more tensors than one kernel of a device can bind.

import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, grad, T, type Variable } from "../../all.ts";
import { executorOf } from "../runtime/callable.ts";

const COUNT = 60;
const inputs = Array.from({ length: COUNT }, (_, i) => T.fvector(`x${i}`));
const given = inputs.map((_, i) => new Float32Array([i % 7, (i % 5) - 2, 1]));

/** The expression of one element, by ordinary numbers. */
type Case = readonly [Variable, (element: number[]) => number];

const sum = inputs.reduce<Variable>((a, b) => a.add(b), T.constant(0, { dtype: "float32" }));
const cases: Record<string, Case> = {
  "a sum": [sum, (v) => v.reduce((a, b) => a + b)],
  "a maximum": [
    inputs.slice(1).reduce<Variable>((a, b) => T.maximum(a, b), inputs[0]!),
    (v) => Math.max(...v),
  ],
  "choices": [
    inputs.slice(1).reduce<Variable>((a, b) => T.where(b.gt(a), a.add(b), a.sub(1)), inputs[0]!),
    (v) => v.reduce((a, b) => b > a ? a + b : a - 1),
  ],
  "a reduction over a stack": [T.stack(inputs).sum(0), (v) => v.reduce((a, b) => a + b)],
  "a tree": [
    inputs.map<Variable>((x, i) => x.mul(inputs[(i * 7) % COUNT]!)).reduce((a, b) => a.add(b)),
    (v) => v.map((x, i) => x * v[(i * 7) % COUNT]!).reduce((a, b) => a + b),
  ],
};

for (const [name, [variable, expected]] of Object.entries(cases)) {
  onDevices(`${name} of ${COUNT} tensors`, async (device) => {
    const f = await compile(inputs, variable, { device });
    assertEquals(
      numbers(f(...given)),
      [0, 1, 2].map((element) => expected(given.map((x) => x[element]!))),
    );
  });
}

onDevices("a vector of many scalars, and the gradients of a sum in each", async (device) => {
  const totals = T.stack(inputs.map((x) => x.sum()));
  const gradients = grad(sum.sqr().sum(), inputs);
  const f = await compile(inputs, [totals, ...gradients], { device });
  const [first, ...rest] = f(...given).map(numbers);
  assertEquals(first, given.map((x) => x[0]! + x[1]! + x[2]!));
  const want = [0, 1, 2].map((i) => 2 * given.reduce((a, x) => a + x[i]!, 0));
  for (const one of rest) assertEquals(one, want);
});

onDevices("no kernel reads more than the device allows", async (device) => {
  const f = await compile(inputs, sum, { device });
  f(...given);
  const { request, plans } = executorOf(f);
  const kernels = plans[0]!.program.steps.length;
  assertEquals(
    kernels,
    device === "cpu" ? 1 : Math.ceil(COUNT / (request.backend.kernelLimits.buffers - 2)),
  );
});
