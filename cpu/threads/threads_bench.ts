/**
 * Large products on the CPU: one thread, all threads, and the machine's own BLAS where `--allow-ffi` was
 * given and there is one. Rounds take turns, so that what else the machine does meets all of them.
 *
 * `deno bench` times each one; `deno run -A` prints a table with medians and ratios.
 */

import { compile, config, T, tensor } from "../../mod.ts";

const SHAPES: readonly (readonly [name: string, m: number, n: number, k: number])[] = [
  ["product", 512, 512, 512],
  ["product", 1024, 1024, 1024],
  ["step of a recurrence, batch 64", 64, 200, 200],
  ["LSTM gates, batch 32", 32, 512, 192],
  ["MLP forward", 600, 500, 784],
];

interface Way {
  readonly name: string;
  run(): void;
}

/** The ways to compute one product. */
async function waysOf(m: number, n: number, k: number): Promise<Way[]> {
  const a = T.fmatrix("a"), b = T.fmatrix("b");
  const noise = (rows: number, columns: number) =>
    tensor(Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)), {
      shape: [rows, columns],
    });
  const x = noise(m, k), y = noise(k, n), ways: Way[] = [];
  const make = async (name: string, blas: string, threads: number | null) => {
    config.blas = blas;
    const f = await compile([a, b], T.dot(a, b), { device: "cpu" });
    f(x, y).dispose();
    if (blas === "auto" && !f.deviceInfo.includes("large products by")) return;
    ways.push({
      name,
      run() {
        config.threads = threads;
        f(x, y).dispose();
      },
    });
  };
  await make("one thread", "off", 1);
  await make("all threads", "off", null);
  await make("native BLAS", "auto", null);
  return ways;
}

async function printTable(): Promise<void> {
  console.log(`${navigator.hardwareConcurrency} cores; milliseconds, median of 30 rounds`);
  for (const [name, m, n, k] of SHAPES) {
    const ways = await waysOf(m, n, k), times = ways.map((): number[] => []);
    const repeats = Math.max(1, Math.round(5e7 / (m * n * k)));
    // Threads start after a quarter of a second of products.
    for (const { run } of ways) {
      for (const end = performance.now() + 1000; performance.now() < end;) run();
    }
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
    console.log(`${`${name} ${m}×${n}×${k}`.padEnd(46)} ${cells.join("   ")}`);
  }
}

if (Deno.mainModule === import.meta.url) await printTable();
else {
  for (const [name, m, n, k] of SHAPES) {
    const group = `${name} ${m}×${n}×${k}`;
    for (const { name, run } of await waysOf(m, n, k)) Deno.bench({ name, group, fn: run });
  }
}
