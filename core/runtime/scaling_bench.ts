// What a program costs before it runs: compile and first call by the number of its ops, and calls with
// lengths that change. Each bench compiles anew.

import { availability } from "../../dev/testing/gpu_device.ts";
import { compile, grad, shared, T, tensor, type Variable } from "../../mod.ts";

const device = "cpu";
const few = { n: 3, warmup: 0 };
const x = T.fvector("x");

/** The steps have a number of their own, so that no cache of kernels, of a driver or here, knows them. */
function chain(length: number): Variable {
  const factor = x.add(Math.random());
  let y: Variable = x;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? T.sin(y) as Variable : y.mul(factor);
  return y;
}

const H = 8;

/** A cell of long short-term memory, unrolled. */
function lstm(steps: number, W: Variable, U: Variable): Variable {
  const gain = Math.random();
  let h: Variable = x, c: Variable = x;
  for (let i = 0; i < steps; i++) {
    const all = h.dot(W).add(x.dot(U)).mul(gain);
    const [input, keep, output, next] = [0, 1, 2, 3].map((k) => all.slice(k * H, (k + 1) * H));
    c = T.sigmoid(keep!).mul(c).add(T.sigmoid(input!).mul(T.tanh(next!)));
    h = T.sigmoid(output!).mul(T.tanh(c));
  }
  return h;
}

for (const device of ["cpu", "gpu"] as const) {
  const ignore = device === "gpu" && !availability.available;
  const bench = (group: string, name: string, run: () => Promise<void>) =>
    Deno.bench({
      name: `${name}, ${device}: compile and first call`,
      group: `${group}, ${device}`,
      ...few,
      ignore,
      fn: run,
    });
  for (const length of [250, 1000]) {
    bench("gradient of a chain", `gradient of a chain of ${length} sin, mul`, async () => {
      const f = await compile([x], grad(chain(length).sum(), x), { device });
      f([0.1, 0.2, 0.3]).dataSync();
    });
  }
  for (const length of device === "cpu" ? [2000, 8000] : [250, 2000]) {
    bench("chain", `chain of ${length} sin, mul`, async () => {
      const f = await compile([x], chain(length), { device });
      f([0.1, 0.2, 0.3]).dataSync();
    });
  }
  bench("unrolled", "50 steps of an LSTM with gradients", async () => {
    const W = T.fmatrix("W"), U = T.fmatrix("U");
    const f = await compile([x, W, U], grad(lstm(50, W, U).sum(), [W, U]), { device });
    const weights = Array.from({ length: H }, (_, i) => new Array<number>(4 * H).fill(i / 50));
    for (const result of f(new Float32Array(H).fill(0.1), weights, weights)) result.dataSync();
  });
}

for (const count of [500, 2000]) {
  Deno.bench({
    name: `sum of ${count} inputs with gradients: compile and first call`,
    group: "sum of inputs",
    ...few,
    fn: async () => {
      const inputs = Array.from({ length: count }, (_, i) => T.fvector(`x${i}`));
      const sum = inputs.reduce<Variable>((a, b) => a.add(b), T.constant(0, { dtype: "float32" }));
      const f = await compile(inputs, [sum, ...grad(sum.sqr().sum(), inputs)], { device });
      f(...inputs.map(() => new Float32Array(3)));
    },
  });
}

Deno.bench({
  name: "1,000 shared variables with updates: compile and first call",
  ...few,
  fn: async () => {
    const all = Array.from({ length: 1000 }, () => shared(new Float32Array(10)));
    const f = await compile([x], [], {
      device,
      updates: all.map((w) => [w, w.sub(x.mul(0.1))] as const),
    });
    f(new Float32Array(10));
  },
});

Deno.bench({
  name: "5,000 outputs: compile and first call",
  ...few,
  fn: async () => {
    const f = await compile([x], Array.from({ length: 5000 }, (_, i) => x.add(i).sqr()), {
      device,
    });
    f([1, 2, 3]);
  },
});

const values = Array.from({ length: 1000 }, (_, i) => tensor(new Float32Array(2 + i)));
const varying = await compile([x], [x.sqr().sum(), x.cumsum()], { device });
for (const value of values) varying(value);
let next = 0;

Deno.bench({
  name: "a call with another length than the last one",
  group: "lengths",
  fn: () => {
    for (const result of varying(values[next++ % 1000]!)) result.dispose();
  },
});

Deno.bench({
  name: "a call with the same length as the last one",
  group: "lengths",
  fn: () => {
    for (const result of varying(values[500]!)) result.dispose();
  },
});
