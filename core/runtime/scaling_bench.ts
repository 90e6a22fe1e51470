// What large programs and changing lengths cost: compile and first call by the number of ops (each bench
// compiles anew), calls with lengths that change, and what is dropped. Benches of memory print it.

import { availability } from "../../dev/testing/gpu_device.ts";
import { compile, config, grad, shared, T, type Tensor, tensor, type Variable } from "../../all.ts";

const device = "cpu";
const few = { n: 3, warmup: 0 };
const once = { n: 1, warmup: 0 };
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
  if (device === "cpu") {
    Deno.bench({
      name: "chain of 20,000 sin, mul: compile and first call",
      group: "chain of 20,000",
      ...once,
      fn: async () => {
        using f = await compile([x], chain(20_000), { device });
        f([0.1, 0.2, 0.3]).dataSync();
      },
    });
    Deno.bench({
      name: "gradient of a chain of 20,000 sin, mul: compile and first call",
      group: "chain of 20,000",
      ...once,
      fn: async () => {
        using f = await compile([x], grad(chain(20_000).sum(), x), { device });
        f([0.1, 0.2, 0.3]).dataSync();
      },
    });
  }
  bench("wide", "sum of the sines of 40 inputs", async () => {
    const inputs = Array.from({ length: 40 }, (_, i) => T.fvector(`x${i}`));
    const sum = inputs.map((input) => T.sin(input.mul(Math.random()))).reduce((a, b) => a.add(b));
    const f = await compile(inputs, sum as Variable, { device });
    f(...inputs.map(() => [0.1, 0.2, 0.3])).dataSync();
  });
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

const values = Array.from({ length: 10_000 }, (_, i) => tensor(new Float32Array(2 + i)));
const varying = await compile([x], [x.sqr().sum(), x.cumsum()], { device });
for (const value of values) for (const result of varying(value)) result.dispose();

for (const count of [100, 10_000]) {
  let next = 0;
  Deno.bench({
    name: `a call with another of ${count} lengths than the last one`,
    group: "lengths",
    fn: () => {
      const value = values[(next++ * 37) % count]!;
      for (const result of varying(value)) result.dispose();
    },
  });
  Deno.bench({
    name: `a call with the same length as the last one, half of ${count}`,
    group: "lengths",
    fn: () => {
      for (const result of varying(values[count / 2]!)) result.dispose();
    },
  });
}

Deno.bench({
  name: "10,000 calls with as many lengths, compile included",
  ...once,
  fn: async () => {
    const before = memory();
    using f = await compile([x], [x.sqr().sum(), x.cumsum()], { device });
    for (const value of values) for (const result of f(value)) result.dispose();
    const after = memory();
    say(`${after.plans - before.plans} plans, ${mega(after.used - before.used)} more than before`);
  },
});

/** A step of training for a network of 784, 500 and 10 with batches of any size. */
async function network(): Promise<(rows: number) => void> {
  const X = T.fmatrix("X"), Y = T.fmatrix("Y");
  const value = (...shape: number[]) =>
    tensor(Float32Array.from({ length: shape[0]! * (shape[1] ?? 1) }, () => Math.random() / 100), {
      shape,
    });
  const W = shared(value(784, 500)), b = shared(value(500)), V = shared(value(500, 10));
  const all = [W, b, V];
  const loss = T.softmax(T.tanh(X.dot(W).add(b)).dot(V)).sub(Y).sqr().mean() as Variable;
  const gradients = grad(loss, all);
  const f = await compile([X, Y], [loss], {
    device,
    updates: all.map((w, i) => [w, w.sub(gradients[i]!.mul(0.01))] as const),
  });
  const batches = new Map<number, readonly [Tensor, Tensor]>();
  return (rows) => {
    const batch = batches.get(rows) ?? [value(rows, 784), value(rows, 10)] as const;
    batches.set(rows, batch);
    for (const result of f(...batch)) result.dispose();
  };
}

const step = await network();
const sizes = Array.from({ length: 20 }, (_, i) => 2 + i);
for (const rows of sizes) step(rows);
let grown = 0;
Deno.bench({
  name: "training step, batches of 2 to 21 in turn",
  group: "batches",
  fn: () => step(sizes[grown++ % 20]!),
});
let kept = 0;
Deno.bench({
  name: "training step, batches of 2 to 21, 20 times each",
  group: "batches",
  fn: () => step(sizes[Math.floor(kept++ / 20) % 20]!),
});

/** Bytes as people read them. */
function mega(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

function memory(): { used: number; plans: number } {
  const { cpu, plans } = config.memory();
  return { used: (cpu?.live ?? 0) + (cpu?.cached ?? 0), plans };
}

function say(text: string): void {
  // deno-lint-ignore no-console
  console.log(`  ${text}`);
}

/** The most memory of the device while something runs. */
function peakOf(act: () => void): number {
  config.memory({ resetPeak: true });
  act();
  return config.memory().cpu!.peak;
}

const million = tensor(new Float32Array(1 << 20));

Deno.bench({
  name: "1,073 functions called with 4 MB and dropped, results too",
  ...once,
  fn: async () => {
    let most = 0;
    for (let i = 0; i < 1073; i++) {
      const f = await compile([x], x.mul(2 + i), { device });
      most = Math.max(most, peakOf(() => void f(tensor(new Float32Array(1 << 20)))));
    }
    say(`at most ${mega(most)} on the device`);
  },
});

const twice = await compile([x], x.mul(2), { device });

Deno.bench({
  name: "20,000 calls of tensors of 256 KB made for each, without a pause",
  ...once,
  fn: () => {
    const data = new Float32Array(1 << 16);
    const most = peakOf(() => {
      for (let i = 0; i < 20_000; i++) twice(tensor(data));
    });
    say(`at most ${mega(most)} on the device`);
  },
});

const activation = await compile([x], T.tanh(x) as Variable, { device });

for (const [name, f] of [["doubles", twice], ["takes tanh of", activation]] as const) {
  const group = `${name} 4 MB`;
  const bench = (how: string, fn: () => void | Promise<void>, baseline = false) =>
    Deno.bench({ name: `a call that ${name} 4 MB, result ${how}`, group, baseline, fn });
  bench("disposed", () => f(million).dispose(), true);
  bench("dropped", () => void f(million));
  bench("dropped, a timer after each", async () => {
    f(million);
    await new Promise((resolve) => setTimeout(resolve));
  });
  bench("disposed, a timer after each", async () => {
    f(million).dispose();
    await new Promise((resolve) => setTimeout(resolve));
  });
}
