// Two-class logistic regression, N = 400 with 784 features, against plain loops in float64.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { onDevices, type TestDevice } from "../dev/testing/devices.ts";
import { compile, type FloatDType, grad, shared, T } from "../mod.ts";
import { Random } from "./data/random.ts";

const N = 400, FEATURES = 784;

interface Data {
  x: Float64Array<ArrayBuffer>;
  y: Float64Array<ArrayBuffer>;
  w: Float64Array<ArrayBuffer>;
}

function draw(seed: number): Data {
  const random = new Random(seed);
  const numbers = (n: number, next: () => number) => new Float64Array(n).map(next);
  // Values that float32 holds exactly, so that both sides start from the same numbers.
  return {
    x: numbers(N * FEATURES, () => Math.fround(random.bell())),
    y: numbers(N, () => random.below(2)),
    w: numbers(FEATURES, () => Math.fround(random.bell())),
  };
}

async function model(data: Data, dtype: FloatDType, device: TestDevice) {
  const x = T.matrix("x", { dtype }), y = T.vector("y", { dtype });
  const w = shared(data.w, { name: "w", dtype }), b = shared(0, { name: "b", dtype });
  const p = T.div(1, T.exp(x.dot(w).neg().sub(b)).add(1));
  const prediction = p.gt(0.5);
  const entropy = y.neg().mul(T.log(p)).sub(T.sub(1, y).mul(T.log(T.sub(1, p))));
  const cost = entropy.mean().add(w.pow(2).sum().mul(0.01));
  const [gw, gb] = grad(cost, [w, b]);
  const givens = [
    [x, shared(data.x, { shape: [N, FEATURES], dtype })],
    [y, shared(data.y, { dtype })],
  ] as const;
  const train = await compile([], [prediction, entropy, cost], {
    updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
    givens,
    device,
  });
  const predict = await compile([], prediction, { givens: [givens[0]], device });
  return { train, predict, w, b };
}

/** Steps of the same training; returns the cost before each. */
function plainSteps({ x, y, w: start }: Data, steps: number): {
  w: Float64Array;
  b: number;
  costs: number[];
} {
  const w = start.slice(), costs: number[] = [];
  let b = 0;
  for (let step = 0; step < steps; step++) {
    const gw = w.map((weight) => 0.02 * weight);
    let gb = 0, cost = 0;
    for (let i = 0; i < N; i++) {
      const row = x.subarray(i * FEATURES, (i + 1) * FEATURES);
      let z = b;
      for (let j = 0; j < FEATURES; j++) z += row[j]! * w[j]!;
      // log(1 + exp(z)) - y z, for z of any size.
      cost += (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[i]! * z) / N;
      const error = (1 / (1 + Math.exp(-z)) - y[i]!) / N;
      gb += error;
      for (let j = 0; j < FEATURES; j++) gw[j]! += error * row[j]!;
    }
    for (const weight of w) cost += 0.01 * weight * weight;
    costs.push(cost);
    for (let j = 0; j < FEATURES; j++) w[j]! -= 0.1 * gw[j]!;
    b -= 0.1 * gb;
  }
  return { w, b, costs };
}

async function compareSteps(dtype: FloatDType, device: TestDevice): Promise<void> {
  const data = draw(11), expected = plainSteps(data, 50);
  const { train, w, b } = await model(data, dtype, device);
  const tolerance = dtype === "float64" ? 1e-11 : 2e-4;
  for (const [step, cost] of expected.costs.entries()) {
    const found = Number(train()[2].item());
    assertAlmostEquals(found, cost, tolerance * Math.max(1, cost), `cost of step ${step}`);
  }
  const weights = w.getValue().dataSync();
  expected.w.forEach((weight, j) =>
    assertAlmostEquals(Number(weights[j]), weight, tolerance, `weight ${j}`)
  );
  assertAlmostEquals(Number(b.getValue().item()), expected.b, tolerance);
}

onDevices("50 steps of logistic regression are those of a plain loop", async (device) => {
  await compareSteps("float32", device);
});

Deno.test("50 steps of logistic regression are those of a plain loop in float64", async () => {
  await compareSteps("float64", "cpu");
});

Deno.test("10,000 steps of logistic regression fit the data", async () => {
  const data = draw(12);
  const { train, predict } = await model(data, "float32", "cpu");
  const costs: number[] = [];
  for (let step = 0; step < 10_000; step++) {
    const [, , cost] = train();
    if (step % 1000 === 0) costs.push(Number(cost.item()));
  }
  // The cost falls until float32 sees no difference any more.
  costs.forEach((cost, i) => assert(i === 0 || cost <= costs[i - 1]! * (1 + 1e-6), `${costs}`));
  assert(costs.at(-1)! < 0.1 * costs[0]!, `${costs}`);
  const predicted = Array.from(predict().dataSync(), Number);
  assertEquals(predicted, [...data.y]);
});
