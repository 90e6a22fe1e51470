/**
 * Scan beside loops: the recurrence `tanh(W1·y(t−1) + W2·x(t) + W3·x(t−1))` over 1001 steps, and a loop of a
 * million steps of two numbers.
 *
 * `deno task bench scan/`
 */

import { compile, grad, scan, T, type Tensor, tensor, type Variable } from "../all.ts";

const STEPS = 1001;

/** The sizes of a recurrence; `batch` 0 means a state without rows. */
interface Sizes {
  readonly inputs: number;
  readonly state: number;
  readonly batch: number;
}

function random(shape: readonly number[], scale: number): Tensor<"float32"> {
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + length) * scale);
  return tensor(values, { shape, dtype: "float32" });
}

function valuesOf({ inputs, state, batch }: Sizes) {
  const rows = batch === 0 ? [] : [batch];
  return [
    random([STEPS, ...rows, inputs], 1),
    random([...rows, state], 1),
    random([state, state], 0.05),
    random([inputs, state], 0.1),
    random([inputs, state], 0.1),
  ] as const;
}

function step(y: Variable, now: Variable, before: Variable, weights: readonly Variable[]) {
  const [w1, w2, w3] = weights;
  return T.tanh(y.dot(w1!).add(now.dot(w2!)).add(before.dot(w3!)));
}

/** The whole recurrence as one function; `backward` asks for the gradient of the sum of all states. */
async function compiledScan({ batch }: Sizes, backward: boolean) {
  const x = batch === 0 ? T.matrix("x") : T.tensor3("x");
  const y0 = batch === 0 ? T.vector("y0") : T.matrix("y0");
  const weights = [T.matrix("w1"), T.matrix("w2"), T.matrix("w3")] as const;
  const [states] = scan(
    (before: Variable, now: Variable, y: Variable) => step(y, now, before, weights),
    { sequences: { input: x, taps: [-1, 0] }, outputsInfo: y0 },
  );
  const ys = states as Variable;
  return await compile(
    [x, y0, ...weights] as Variable[],
    backward ? grad(ys.sum(), [...weights]) : [ys],
    { device: "cpu" },
  );
}

/** One step as a function, to be called in a loop. */
async function compiledStep() {
  const names = ["y", "now", "before"] as const;
  const [y, now, before] = names.map((name) => T.vector(name)) as [Variable, Variable, Variable];
  const weights = [T.matrix("w1"), T.matrix("w2"), T.matrix("w3")];
  const inputs = [y, now, before, ...weights];
  return await compile(inputs, step(y, now, before, weights), { device: "cpu" });
}

/** The recurrence as loops over typed arrays. */
function byHand({ inputs, state }: Sizes): () => void {
  const [x, y0, w1, w2, w3] = valuesOf({ inputs, state, batch: 0 }).map((v) => v.dataSync()) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const ys = new Float32Array(STEPS * state), sum = new Float64Array(state);
  ys.set(y0);
  const multiply = (from: Float32Array, at: number, length: number, weight: Float32Array): void => {
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < state; j++) sum[j]! += from[at + i]! * weight[i * state + j]!;
    }
  };
  return () => {
    for (let t = 1; t < STEPS; t++) {
      sum.fill(0);
      multiply(ys, (t - 1) * state, state, w1);
      multiply(x, t * inputs, inputs, w2);
      multiply(x, (t - 1) * inputs, inputs, w3);
      for (let j = 0; j < state; j++) ys[t * state + j] = Math.tanh(sum[j]!);
    }
  };
}

for (const sizes of [{ inputs: 10, state: 20, batch: 0 }, { inputs: 100, state: 200, batch: 0 }]) {
  const group = `recurrence (${sizes.inputs}, ${sizes.state})`;
  const values = valuesOf(sizes);
  const whole = await compiledScan(sizes, false), one = await compiledStep();
  const rows = Array.from({ length: STEPS }, () => random([sizes.inputs], 1));
  const [, y0, ...weights] = values;
  const loop = byHand(sizes);

  Deno.bench({ name: `${group}, scan`, group, baseline: true }, () => {
    whole(...values);
  });
  Deno.bench({ name: `${group}, loop over typed arrays`, group }, loop);
  Deno.bench({ name: `${group}, loop of calls of the compiled step`, group, n: 10 }, () => {
    let y = y0;
    for (let t = 1; t < STEPS; t++) y = one(y, rows[t]!, rows[t - 1]!, ...weights) as typeof y;
  });
  Deno.bench({ name: `${group}, scan, compile and first call`, group, n: 10 }, async () => {
    (await compiledScan(sizes, false))(...values);
  });
}

const batched = { inputs: 100, state: 200, batch: 64 };
for (const backward of [false, true]) {
  const fn = await compiledScan(batched, backward), values = valuesOf(batched);
  const group = "recurrence (100, 200), batch 64";
  const name = `${group}, ${backward ? "forward and backward" : "forward"}`;
  Deno.bench({ name, group, n: 5, warmup: 2 }, () => {
    fn(...values);
  });
}

const n = T.iscalar("n");
const scalarSteps: [string, (a: Variable) => Variable, (a: number) => number][] = [
  ["1 / (1 + a)", (a) => T.div(1, a.add(1)), (a) => 1 / (1 + a)],
  ["sin(1.5a + 0.25)", (a) => T.sin(a.mul(1.5).add(0.25)), (a) => Math.sin(1.5 * a + 0.25)],
];
for (const [name, step, plain] of scalarSteps) {
  const group = `10⁶ steps of one number, ${name}`;
  const [traces] = scan(step, { outputsInfo: T.constant(0.5), nSteps: n });
  const million = await compile([n], (traces as Variable).at(-1), { device: "cpu" });
  Deno.bench({ name: `${group}, scan`, group, baseline: true }, () => {
    million(1e6);
  });
  Deno.bench({ name: `${group}, JavaScript loop`, group }, () => {
    let a = 0.5;
    for (let i = 0; i < 1e6; i++) a = Math.fround(plain(a));
    if (Number.isNaN(a)) throw new Error("The loop gave NaN");
  });
}
