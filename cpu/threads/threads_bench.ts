/**
 * Large work on the CPU: one thread, all threads and, for products, the machine's own BLAS where `--allow-ffi` was
 * given and there is one. Rounds take turns, so that what else the machine does meets all of them.
 *
 * `deno bench` times each one; `deno run -A` prints a table with medians and ratios.
 */

import {
  compile,
  config,
  grad,
  RandomStreams,
  scan,
  T,
  type Tensor,
  tensor,
  type Variable,
} from "../../all.ts";

/** Some work: its arguments and the shapes of their values, what is computed, and whether it is a product. */
interface Work {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly isProduct?: boolean;
  compute(...args: Variable[]): Variable;
}

const product = (what: string, m: number, n: number, k: number): Work => ({
  name: `${what} ${m}×${n}×${k}`,
  shapes: [[m, k], [k, n]],
  isProduct: true,
  compute: (a, b) => T.dot(a!, b!),
});

/** The states of a recurrence over a batch. */
function recurrence(x: Variable, start: Variable, weights: Variable): Variable {
  const [states] = scan((now: Variable, y: Variable) => T.tanh(y.dot(weights).add(now)), {
    sequences: x,
    outputsInfo: start,
  });
  return states as Variable;
}

/** The same of an LSTM whose inputs were multiplied by their weights before. */
function lstm(x: Variable, start: Variable, weights: Variable): Variable {
  const [states] = scan((now: Variable, h: Variable, c: Variable) => {
    const [i, f, o, g] = T.split(now.add(h.dot(weights)), 4, 1) as Variable[];
    const next = T.sigmoid(f!).mul(c).add(T.sigmoid(i!).mul(T.tanh(g!)));
    return [T.sigmoid(o!).mul(T.tanh(next)), next];
  }, { sequences: x, outputsInfo: [start, start] });
  return (states as Variable[])[0]!;
}

const WORKS: readonly Work[] = [
  product("product", 512, 512, 512),
  product("product", 1024, 1024, 1024),
  product("step of a recurrence, batch 64", 64, 200, 200),
  product("LSTM gates, batch 32", 32, 512, 192),
  product("MLP forward", 600, 500, 784),
  product("MLP forward", 20, 500, 784),
  {
    name: "matrix·vector 2048",
    shapes: [[2048, 2048], [2048]],
    isProduct: true,
    compute: (a, x) => T.dot(a!, x!),
  },
  {
    name: "vector·matrix 2048",
    shapes: [[2048, 2048], [2048]],
    isProduct: true,
    compute: (a, x) => T.dot(x!, a!),
  },
  {
    name: "200 products 64×64×64",
    shapes: [[200, 64, 64]],
    isProduct: true,
    compute: (x) => T.matmul(x!, x!),
  },
  {
    name: "convolution 64×20×12×12, 50×20×5×5",
    shapes: [[64, 20, 12, 12], [50, 20, 5, 5]],
    isProduct: true,
    compute: (x, w) => T.conv2d(x!, w!),
  },
  { name: "2x + 1 of 10⁷", shapes: [[1e7]], compute: (x) => x!.mul(2).add(1) },
  {
    name: "exp(-tanh²(2x)) of 10⁶",
    shapes: [[1e6]],
    compute: (x) => {
      const y = T.tanh(x!.mul(2));
      return T.exp(y.mul(y).neg());
    },
  },
  { name: "x + xᵀ of 3000×3000", shapes: [[3000, 3000]], compute: (x) => x!.add(x!.T) },
  { name: "sum of 10⁷", shapes: [[1e7]], compute: (x) => x!.sum() },
  { name: "argmax of 10⁷", shapes: [[1e7]], compute: (x) => x!.argmax() },
  {
    name: "sums of rows, 3000×3000",
    shapes: [[3000, 3000]],
    compute: (x) => x!.sum({ axis: 1 }),
  },
  {
    name: "sums of columns, 3000×3000",
    shapes: [[3000, 3000]],
    compute: (x) => x!.sum({ axis: 0 }),
  },
  { name: "softmax 1000×1000", shapes: [[1000, 1000]], compute: (x) => T.softmax(x!) },
  { name: "cumsum of rows, 3000×3000", shapes: [[3000, 3000]], compute: (x) => T.cumsum(x!, 1) },
  { name: "sort of rows, 1000×1000", shapes: [[1000, 1000]], compute: (x) => T.sort(x!, 1) },
  {
    name: "recurrence of 200, batch 64, 200 steps",
    shapes: [[200, 64, 200], [64, 200], [200, 200]],
    compute: (x, start, w) => recurrence(x!, start!, w!).at(-1),
  },
  {
    name: "its gradient",
    shapes: [[200, 64, 200], [64, 200], [200, 200]],
    compute: (x, start, w) => grad(recurrence(x!, start!, w!).sum(), w!) as Variable,
  },
  {
    name: "elementwise loop, batch 64 of 500, 200 steps",
    shapes: [[64, 500]],
    compute: (start) => {
      const step = (y: Variable) => T.sin(y.mul(1.5).add(0.25));
      const [states] = scan(step, { outputsInfo: start!, nSteps: 200 });
      return (states as Variable).at(-1);
    },
  },
  {
    name: "LSTM of 128, batch 32, 100 steps",
    shapes: [[100, 32, 512], [32, 128], [128, 512]],
    compute: (x, start, w) => lstm(x!, start!, w!).at(-1),
  },
  {
    name: "gradient of the LSTM",
    shapes: [[100, 32, 512], [32, 128], [128, 512]],
    compute: (x, start, w) => grad(lstm(x!, start!, w!).sum(), w!) as Variable,
  },
  {
    name: "10⁷ normals",
    shapes: [],
    compute: () => new RandomStreams(1).normal({ size: [1e7] }),
  },
];

interface Way {
  readonly name: string;
  run(): void;
}

/** The ways to do one work. */
async function waysOf({ shapes, isProduct = false, compute }: Work): Promise<Way[]> {
  const args = shapes.map((shape, i) => T.tensor("float32", shape.length, `x${i}`));
  const values = shapes.map((shape): Tensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    return tensor(Float32Array.from({ length: count }, (_, i) => Math.sin(i)), { shape });
  });
  const result = compute(...args), ways: Way[] = [];
  const make = async (name: string, blas: string, threads: number | null) => {
    config.blas = blas;
    const f = await compile(args, result, { device: "cpu" });
    f(...values).dispose();
    if (blas === "auto" && !f.deviceInfo.includes("large products by")) return;
    ways.push({
      name,
      run() {
        config.threads = threads;
        f(...values).dispose();
      },
    });
  };
  await make("one thread", "off", 1);
  await make("all threads", "off", null);
  if (isProduct) await make("native BLAS", "auto", null);
  return ways;
}

async function printTable(): Promise<void> {
  console.log(`${navigator.hardwareConcurrency} cores; milliseconds, median of 30 rounds`);
  const wanted = WORKS.filter(({ name }) => Deno.args.every((text) => name.includes(text)));
  for (const work of wanted) {
    const ways = await waysOf(work), times = ways.map((): number[] => []);
    // Threads start after a quarter of a second of work.
    let calls = 0;
    for (const { run } of ways) {
      calls = 0;
      for (const end = performance.now() + 500; performance.now() < end; calls++) run();
    }
    const repeats = Math.max(1, Math.round(calls / 200));
    for (let round = 0; round < 30; round++) {
      for (const [i, { run }] of ways.entries()) {
        const start = performance.now();
        for (let j = 0; j < repeats; j++) run();
        times[i]!.push((performance.now() - start) / repeats);
      }
    }
    const medians = times.map((list) => list.sort((p, q) => p - q)[15]!);
    const cells = medians.map((time, i) =>
      `${ways[i]!.name} ${time.toFixed(3)} (${(medians[0]! / time).toFixed(2)}×)`
    );
    console.log(`${work.name.padEnd(46)} ${cells.join("   ")}`);
  }
}

if (Deno.mainModule === import.meta.url) await printTable();
else {
  for (const work of WORKS) {
    for (const { name, run } of await waysOf(work)) {
      Deno.bench({ name: `${work.name}, ${name}`, group: work.name, fn: run });
    }
  }
}
