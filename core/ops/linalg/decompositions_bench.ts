/**
 * Factorisations on the CPU beside Croton's own product of matrices of the same size. Rounds take turns, so
 * that what else the machine does meets all of them.
 *
 * `deno bench` times each one; `deno run` prints a table of rates and of their ratios to that of the product
 * (with sizes as arguments, or 256, 512 and 1024).
 */

import { compile, config, T, type Tensor, tensor, type Variable } from "../../../all.ts";

type Float = "float32" | "float64";

/** Some work on a square matrix: how many operations it is for each n³, and what is computed. */
interface Work {
  readonly name: string;
  readonly operations: number;
  readonly isPositive?: boolean;
  compute(x: Variable<Float, 2>): Variable | Variable[];
}

const WORKS: readonly Work[] = [
  { name: "product", operations: 2, compute: (x) => T.dot(x, x) },
  {
    name: "cholesky",
    operations: 1 / 3,
    isPositive: true,
    compute: (x) => T.linalg.cholesky(x),
  },
  { name: "luFactor", operations: 2 / 3, compute: (x) => T.linalg.luFactor(x) },
  { name: "lu", operations: 2 / 3, compute: (x) => T.linalg.lu(x) },
  { name: "qr, R alone", operations: 4 / 3, compute: (x) => T.linalg.qr(x)[1] },
  { name: "qr", operations: 8 / 3, compute: (x) => T.linalg.qr(x) },
];

/** Numbers between -1 and 1, in a symmetric matrix; `diagonal` is added to those on the diagonal. */
function numbers(n: number, diagonal: number, dtype: Float): Tensor {
  const at = (i: number, j: number) => Math.sin(12.9898 * (i * j + i + j) + 1);
  const data = Array.from({ length: n * n }, (_, k) => {
    const i = Math.floor(k / n), j = k % n;
    return at(i, j) + (i === j ? diagonal : 0);
  });
  return tensor(data, { shape: [n, n], dtype });
}

async function prepare(n: number, dtype: Float): Promise<(Work & { run(): void })[]> {
  const plain = numbers(n, 0, dtype), positive = numbers(n, n, dtype);
  return await Promise.all(WORKS.map(async (work) => {
    const x = T.tensor(dtype, [null, null]), made = work.compute(x as Variable<Float, 2>);
    const f = await compile([x], Array.isArray(made) ? made : [made], { device: "cpu" });
    const given = work.isPositive ? positive : plain;
    return { ...work, run: () => (f(given) as Tensor[]).forEach((result) => result.dispose()) };
  }));
}

async function printRates(sizes: readonly number[]): Promise<void> {
  for (const dtype of ["float64", "float32"] as const) {
    for (const n of sizes) {
      const works = await prepare(n, dtype), best = works.map(() => Infinity);
      const took = (run: () => void) => {
        const start = performance.now();
        run();
        return performance.now() - start;
      };
      // V8 needs some calls, and time, until its code is the best one.
      const start = performance.now(), length = 1500 + n * n / 100;
      while (performance.now() - start < length) {
        works.forEach(({ run }, i) => best[i] = Math.min(best[i]!, took(run)));
      }
      const rates = works.map(({ operations }, i) => operations * n ** 3 / best[i]! / 1e6);
      for (const [i, { name }] of works.entries()) {
        const [ms, rate] = [best[i]!.toFixed(3), rates[i]!.toFixed(2)].map((x) => x.padStart(9));
        const ratio = (rates[i]! / rates[0]!).toFixed(2);
        console.log(`${dtype} ${n}`.padEnd(14), name.padEnd(12), `${ms} ms ${rate} GFLOP/s`, ratio);
      }
    }
  }
}

// A library of the machine would make products alone faster.
config.blas = "off";
config.threads = 1;
if (Deno.mainModule === import.meta.url) {
  const sizes = Deno.args.map(Number);
  await printRates(sizes.length > 0 ? sizes : [256, 512, 1024]);
} else {
  for (const { name, run } of await prepare(512, "float64")) {
    Deno.bench(
      { name: `${name} 512, float64`, group: "factors", baseline: name === "product" },
      run,
    );
  }
}
