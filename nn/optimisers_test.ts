// Optimisers against what optax computes.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../dev/testing/devices.ts";
import {
  compile,
  type FloatDType,
  grad,
  io,
  nn,
  scan,
  shared,
  type SharedVariable,
  solvers,
  T,
  type Variable,
} from "../all.ts";
import peer from "./testdata/optimisers.json" with { type: "json" };

type Values = Record<string, number[]>;

type Optimiser = (
  given: nn.CostOrGradients,
  parameters: nn.ParameterTree,
  options?: Readonly<Record<string, unknown>>,
) => nn.OptimiserUpdates;

const optimisers = nn as unknown as Record<string, Optimiser>;

function model(dtype: FloatDType) {
  const { W, b } = peer.start;
  return {
    W: shared(new Float64Array(W), { shape: [2, 3], name: "W", dtype, allowDowncast: true }),
    b: shared(b[0]!, { name: "b", dtype }),
  };
}

/** The values of the parameters after each step with the gradients of the file. */
async function run(
  make: (
    gradients: Record<"W" | "b", Variable>,
    parameters: ReturnType<typeof model>,
  ) => nn.OptimiserUpdates,
  dtype: FloatDType,
  device: TestDevice,
): Promise<Values[]> {
  const parameters = model(dtype);
  const W = T.matrix("gW", { dtype }), b = T.scalar("gb", { dtype });
  const updates = make({ W, b }, parameters);
  const step = await compile([W, b], [], { updates, device });
  return peer.gradients.map((g) => {
    step([g.W.slice(0, 3), g.W.slice(3)], g.b[0]!);
    return { W: numbers(parameters.W.getValue()), b: numbers(parameters.b.getValue()) };
  });
}

function assertNear(actual: Values[], expected: Values[], tolerance: number, what: string): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((values, step) => {
    for (const [name, list] of Object.entries(values)) {
      list.forEach((value, i) =>
        assertAlmostEquals(
          actual[step]![name]![i]!,
          value,
          tolerance,
          `${what}: ${name}[${i}] after step ${step + 1}`,
        )
      );
    }
  });
}

const list = (tree: Record<"W" | "b", Variable>): Variable[] => [tree.W, tree.b];

Deno.test("optimisers take the steps that those of optax take", async () => {
  for (const { name, options, values } of peer.cases) {
    const found = await run(
      (gradients, parameters) => optimisers[name]!(gradients, parameters, options),
      "float64",
      "cpu",
    );
    assertNear(found, values, 1e-12, `${name} ${JSON.stringify(options)}`);
  }
});

onDevices("optimisers take the same steps in float32", async (device) => {
  for (const { name, options, values } of peer.cases) {
    const found = await run(
      (gradients, parameters) =>
        optimisers[name]!(list(gradients), list(parameters) as SharedVariable[], options),
      "float32",
      device,
    );
    assertNear(found, values, 3e-6, `${name} ${JSON.stringify(options)}`);
  }
});

/** Schedules and changes of gradients as in the file. */
const chains: Record<
  keyof typeof peer.chains,
  (
    gradients: Record<"W" | "b", Variable>,
    parameters: ReturnType<typeof model>,
  ) => nn.OptimiserUpdates
> = {
  cosine: (g, p) => nn.adam(g, p, { learningRate: nn.cosineDecay(0.1, { steps: 4, last: 0.1 }) }),
  warm: (g, p) => nn.sgd(g, p, { learningRate: nn.warmUp(3, nn.cosineDecay(0.1, { steps: 5 })) }),
  staircase: (g, p) =>
    nn.momentum(g, p, { learningRate: nn.stepDecay(0.1, { every: 2, factor: 0.5 }) }),
  smooth: (g, p) =>
    nn.lion(g, p, { learningRate: nn.exponentialDecay(0.1, { steps: 4, factor: 0.5 }) }),
  norm: (g, p) => nn.sgd(nn.clipByGlobalNorm(g, 1.5), p, { learningRate: 0.1 }),
  loose: (g, p) => nn.sgd(nn.clipByGlobalNorm(g, 100), p, { learningRate: 0.1 }),
  value: (g, p) => nn.sgd(nn.clipByValue(list(g), 0.5), p, { learningRate: 0.1 }),
  decay: (g, p) => nn.adam(nn.weightDecay(g, p, 0.3), p, { learningRate: 0.1 }),
};

for (const [name, chain] of Object.entries(chains)) {
  const expected = peer.chains[name as keyof typeof chains];
  onDevices(`schedules and clipping are those of optax: ${name}`, async (device) => {
    assertNear(await run(chain, "float32", device), expected, 3e-6, name);
    if (device === "cpu") assertNear(await run(chain, "float64", device), expected, 1e-12, name);
  });
}

Deno.test("schedules have the rates of those of optax, also after their end", async () => {
  const schedules: Record<string, nn.Schedule> = {
    cosine: nn.cosineDecay(0.1, { steps: 4, last: 0.1 }),
    warm: nn.warmUp(3, nn.cosineDecay(0.1, { steps: 5 })),
    staircase: nn.stepDecay(0.1, { every: 2, factor: 0.5 }),
    smooth: nn.exponentialDecay(0.1, { steps: 4, factor: 0.5 }),
  };
  const step = T.dscalar("step");
  for (const [name, rates] of Object.entries(peer.schedules)) {
    const rate = await compile([step], T.asTensor(schedules[name]!(step)));
    rates.forEach((expected, i) =>
      assertAlmostEquals(Number(rate(i).item()), expected, 1e-14, `${name} at ${i}`)
    );
  }
});

onDevices("learning rates may be shared variables, expressions and numbers", async (device) => {
  const rate = shared(0.1, { name: "rate" });
  const kinds = [0.1, rate, (rate as Variable).mul(1), () => rate, () => 0.1];
  for (const learningRate of kinds) {
    const found = await run((g, p) => nn.sgd(g, p, { learningRate }), "float32", device);
    assertNear(found, peer.cases[0]!.values, 3e-6, `${learningRate}`);
  }
  const w = shared([1], { name: "w" }), wide = shared(0.5, { dtype: "float64" });
  const cost = w.sum();
  const train = await compile([], cost, {
    updates: nn.sgd(cost, w, { learningRate: rate }),
    device,
  });
  train();
  rate.setValue(0.5);
  train();
  assertAlmostEquals(Number(w.getValue().dataSync()[0]), 0.4, 1e-6);
  // A wider rate doesn't change the dtype of a parameter.
  assertEquals(nn.adam(cost, w, { learningRate: wide })[0]![1].dtype, "float32");
});

onDevices(
  "a cost gives the updates that its gradients give, a scan those of many calls",
  async (device) => {
    const results: number[][] = [];
    for (const kind of ["cost", "gradients", "scan"]) {
      const w = shared([1, -2, 3], { name: "w" }), b = shared(0.5, { name: "b" });
      const x = T.vector("x");
      const make = (factor: Variable) => {
        const cost = x.dot(w).add(b).sqr().mul(factor);
        return nn.adam(kind === "gradients" ? grad(cost, [w, b]) : cost, { w, b }, {
          learningRate: nn.stepDecay(0.1, { every: 2 }),
        });
      };
      if (kind === "scan") {
        const [seen, updates] = scan(
          (i) => [i, new Map(make(i))],
          { sequences: T.constant([1, 2, 3, 4]) },
        );
        (await compile([x], seen, { updates, device }))([0.5, 1, -1]);
      } else {
        const factor = T.scalar("factor");
        const step = await compile([x, factor], [], { updates: make(factor), device });
        for (const i of [1, 2, 3, 4]) step([0.5, 1, -1], i);
      }
      results.push([...numbers(w.getValue()), ...numbers(b.getValue())]);
    }
    for (const result of results.slice(1)) {
      result.forEach((value, i) => assertAlmostEquals(value, results[0]![i]!, 1e-6));
    }
    assert(Math.abs(results[0]![0]! - 1) > 0.05);
  },
);

onDevices("float16 parameters keep averages in float32", async (device) => {
  // The square of this gradient is 0 in float16.
  const w = shared([1, 2], { name: "w", dtype: "float16" });
  const g = T.vector("g", { dtype: "float16" });
  const updates = nn.adam([g], [w], { learningRate: 0.125 });
  assertEquals(updates.map(([target, value]) => [target.dtype, value.dtype]), [
    ["float16", "float16"],
    ["float32", "float32"],
    ["float32", "float32"],
    ["int32", "int32"],
  ]);
  const step = await compile([g], [], { updates, device });
  step([1e-4, -1e-4]);
  assertEquals(numbers(w.getValue()), [0.875, 2.125]);
});

Deno.test("an optimiser goes on after its state was saved and restored", async () => {
  const make = async () => {
    const model = { layers: [{ w: shared([1, 2], { name: "w" }) }, { b: shared(1) }] };
    const cost = model.layers[0]!.w!.sqr().sum().mul(model.layers[1]!.b!);
    const updates = nn.adam(cost, model);
    const step = await compile([], cost, { updates });
    return { saved: { model, optimiser: updates.state } as io.RestoredTree, step };
  };
  const one = await make(), two = await make();
  for (let i = 0; i < 3; i++) one.step();
  const bytes = await io.encodeSafetensors(one.saved);
  const expected = [one.step(), one.step()].map(String);
  const { tensors } = io.decodeSafetensors(bytes);
  assertEquals(Object.keys(tensors), [
    "model.layers.0.w",
    "model.layers.1.b",
    "optimiser.step",
    "optimiser.mean.layers.0.w",
    "optimiser.mean.layers.1.b",
    "optimiser.squares.layers.0.w",
    "optimiser.squares.layers.1.b",
  ]);
  io.restore(two.saved, tensors);
  assertEquals([two.step(), two.step()].map(String), expected);
});

Deno.test("a step is one kernel for each parameter, and one for what is the same for all", async () => {
  const schedule = { learningRate: nn.cosineDecay(0.1, { steps: 4 }) };
  for (const { name, options } of peer.cases) {
    for (const more of [{}, schedule]) {
      const { W, b } = model("float32"), all = { ...options, ...more };
      const c = shared([1, 2, 3]);
      const [gW, gb, gc] = [T.matrix("gW"), T.scalar("gb"), T.vector("gc")];
      const updates = optimisers[name]!([gW, gb, gc], [W, b, c], all);
      const step = await compile([gW, gb, gc], [], { updates });
      step([[1, 2, 3], [4, 5, 6]], 1, [1, 2, 3]);
      const [, kernels] = /plan 1: (\d+) kernels/.exec(step.explain())!;
      // The scalar parameter may be in the kernel of what is the same for all.
      const most = updates.state.step === undefined ? 3 : 4;
      const what = `${name} ${JSON.stringify(all)}: ${step.explain()}`;
      assert(Number(kernels) >= 2 && Number(kernels) <= most, what);
    }
  }
});

onDevices("ema() averages the values that updates give", async (device) => {
  const w = shared([1, 2], { name: "w" }), g = T.vector("g");
  const sgd = nn.sgd([g], [w], { learningRate: 1 });
  const { averages, updates } = nn.ema({ w }, sgd, { decay: 0.75 });
  const step = await compile([g], [], { updates, device });
  const total = await compile([], w.sum(), { givens: [[w, averages.w]], device });
  let value = [1, 2], average = [1, 2];
  for (const gradient of [[1, -1], [0.5, 2], [-3, 1]]) {
    step(gradient);
    value = value.map((v, i) => v - gradient[i]!);
    average = average.map((a, i) => 0.75 * a + 0.25 * value[i]!);
  }
  assertEquals(numbers(w.getValue()), value);
  const found = numbers(averages.w.getValue());
  found.forEach((a, i) => assertAlmostEquals(a, average[i]!, 1e-6));
  assertAlmostEquals(Number(total().item()), average[0]! + average[1]!, 1e-6);
});

Deno.test("zerosLike() makes zeros in the same records and lists", () => {
  const zeros = nn.zerosLike({
    a: [shared([[1, 2]], { name: "a" })],
    b: shared(3n, { name: "b" }),
  });
  assertEquals(zeros.a[0]!.getValue().shape, [1, 2]);
  assertEquals([zeros.b.dtype, zeros.b.getValue().item()], ["int64", 0n]);
  assertEquals(zeros.a[0]!.name, "a.zeros");
});

Deno.test("trainable() leaves out what is under the key running", () => {
  const [a, b, c] = [shared([1]), shared([2]), shared([3])];
  assertEquals(nn.trainable({ x: [{ a, running: { c } }], b }), [a, b]);
  assertEquals(nn.trainable(a), [a]);
});

Deno.test("optimisers say what is wrong with what they are given", () => {
  const w = shared([1, 2], { name: "w" }), cost = w.sqr().sum(), n = shared(1n, { name: "n" });
  const other = shared([1], { name: "other" });
  const cyclic: Record<string, unknown> = {};
  cyclic["own"] = cyclic;
  const cases: [() => unknown, string][] = [
    [() => nn.sgd(w.sqr(), [w]), "expected a scalar as its cost"],
    [() => nn.sgd(cost, []), "there are no parameters"],
    [() => nn.sgd(cost, [w, w]), "is there twice"],
    [() => nn.sgd(cost, [n]), 'expected real floating parameters, got "n" of int64'],
    [() => nn.sgd(cost, [other]), "other"],
    [() => nn.sgd([T.vector(), T.vector()], [w]), "a gradient for each of 1 parameters, got 2"],
    [() => nn.sgd([T.matrix()], [w]), "expected a gradient like"],
    [() => nn.sgd(cost, [T.vector("x")] as unknown as SharedVariable[]), "shared variables"],
    [() => nn.sgd(cost, cyclic as unknown as SharedVariable[]), "holds itself"],
    [() => nn.sgd(cost, [w], { learningRate: T.vector("rates") }), "a scalar as its learning rate"],
    [() => nn.sgd(cost, [w], { rate: 1 } as nn.OptimiserOptions), 'unknown option "rate"'],
    [
      () => nn.adam(cost, [w], { weightDecay: 1 } as nn.AdamOptions),
      'unknown option "weightDecay"',
    ],
    [() => nn.cosineDecay(1, { steps: 0 }), "a positive number of steps, got 0"],
    [() => nn.ema([w], [], { decay: 2 }), "a decay from 0 to 1, got 2"],
  ];
  for (const [call, message] of cases) assertThrows(call, Error, message);
});

Deno.test("lbfgs() takes the steps of solvers.minimize", async () => {
  const a = shared(-1.2, { name: "a", dtype: "float64" });
  const b = shared([1, 2], { name: "b", dtype: "float64" });
  const valley = (x: Variable, y: Variable) =>
    T.expr`(1 - ${x}) ** 2 + 10 * sum((${y} - ${x} ** 2) ** 2)` as Variable;
  const cost = valley(a as Variable, b as Variable), maxSteps = 12;
  const start = [T.constant(-1.2, { dtype: "float64" }), T.constant([1, 2], { dtype: "float64" })];
  const expected = solvers.minimize(
    ([x, y]) => valley(x!, y!),
    start as Variable[],
    { maxSteps, memory: 3 },
  );
  const updates = nn.lbfgs(cost, { a, b }, { memory: 3 });
  const train = await compile([], cost, { updates });
  for (let step = 0; step < maxSteps; step++) train();
  const [x, y, f] = (await compile([], [...expected.value, expected.cost]))();
  const state = updates.state as unknown as Record<string, SharedVariable>;
  const best = [...numbers(x!), ...numbers(y!)];
  numbers(state["x"]!.getValue()).forEach((one, i) => assertAlmostEquals(one, best[i]!, 1e-10));
  assertAlmostEquals(Number(state["f"]!.getValue().item()), Number(f!.item()), 1e-10);
  for (let step = 0; step < 50; step++) train();
  assertAlmostEquals(Number(a.getValue().item()), 1, 1e-7);
  numbers(b.getValue()).forEach((value) => assertAlmostEquals(value, 1, 1e-7));
});

onDevices("lbfgs() finds the middle of points, and says what it needs", async (device) => {
  const w = shared([3, -4], { name: "w" });
  const cost = T.sum(T.sqr(T.sub(w, [1, 2])));
  const train = await compile([], cost, { updates: nn.lbfgs(cost, w), device });
  for (let step = 0; step < 8; step++) train();
  numbers(w.getValue()).forEach((value, i) => assertAlmostEquals(value, i + 1, 1e-5));
  assertThrows(() => nn.lbfgs([w] as never, w), TypeError, "expected a cost");
  assertThrows(() => nn.lbfgs(cost, []), TypeError, "there are no parameters");
  assertThrows(() => nn.lbfgs(cost, w, { memory: 0 }), RangeError, "memory to be a positive");
});
