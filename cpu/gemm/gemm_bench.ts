/**
 * Matrix products on the CPU. `deno bench` times each one; `deno run` prints a table of rates.
 *
 * The table takes the best of several passes, behind a warm-up that lets V8 finish its optimised code.
 */

import { emitGemm, type GemmDtype, type GemmShape, gemmWorkspaceBytes } from "./gemm.ts";
import { ModuleBuilder } from "../wasm/mod.ts";

const CASES: readonly (readonly [string, number, number, number, string])[] = [
  ["product", 512, 512, 512, "nn"],
  ["product", 1024, 1024, 1024, "nn"],
  ["product", 2048, 2048, 2048, "nn"],
  ["product of the transpose", 512, 512, 512, "tn"],
  ["product by the transpose", 512, 512, 512, "nt"],
  ["softmax forward", 600, 10, 784, "nn"],
  ["softmax gradient", 784, 10, 600, "tn"],
  ["MLP forward", 20, 500, 784, "nn"],
  ["MLP gradient", 784, 500, 20, "tn"],
  ["recurrence with batch", 64, 200, 200, "nn"],
  ["small", 20, 20, 20, "nn"],
  ["matrix-vector", 20, 1, 20, "nn"],
  ["matrix-vector", 200, 1, 200, "nn"],
  ["matrix-vector", 2048, 1, 2048, "nn"],
  ["vector-matrix", 1, 20, 20, "nn"],
  ["vector-matrix", 1, 200, 200, "nn"],
  ["vector-matrix", 1, 2048, 2048, "nn"],
];

interface Work {
  readonly name: string;
  readonly dtype: GemmDtype;
  readonly operations: number;
  run(): void;
}

function prepare(
  memory: WebAssembly.Memory,
  functions: Record<GemmDtype, (...args: number[]) => void>,
  dtype: GemmDtype,
  [label, m, n, k, layout]: typeof CASES[number],
): Work {
  const size = dtype === "float32" ? 4 : 8;
  const a = 64, b = a + m * k * size + 64, c = b + k * n * size + 64, work = c + m * n * size + 64;
  const pages = Math.ceil((work + gemmWorkspaceBytes(m, n, k, dtype)) / 65536);
  const missing = pages - memory.buffer.byteLength / 65536;
  if (missing > 0) memory.grow(missing);
  const shape: GemmShape = {
    m,
    n,
    k,
    aRowStride: layout[0] === "n" ? k : 1,
    aColumnStride: layout[0] === "n" ? 1 : m,
    bRowStride: layout[1] === "n" ? n : 1,
    bColumnStride: layout[1] === "n" ? 1 : k,
  };
  const { aRowStride, aColumnStride, bRowStride, bColumnStride } = shape;
  const product = functions[dtype];
  return {
    name: `${label} ${m}×${n}×${k} ${layout} ${dtype}`,
    dtype,
    operations: 2 * m * n * k,
    run: () => {
      product(a, b, c, work, m, n, k, aRowStride, aColumnStride, bRowStride, bColumnStride, n, 0);
    },
  };
}

function prepareAll(): Work[] {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new ModuleBuilder().importMemory({ min: 1 });
  const dtypes = ["float32", "float64"] as const;
  for (const dtype of dtypes) module.exportFunc(emitGemm(module, { dtype }), dtype);
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  const functions = exports as unknown as Record<GemmDtype, (...args: number[]) => void>;
  const all = dtypes.flatMap((dtype) => CASES.map((one) => prepare(memory, functions, dtype, one)));
  // Two of these side by side are an ordinary float64 as well; denormal numbers would take longer.
  new Float32Array(memory.buffer).fill(0.5);
  return all;
}

/** Milliseconds per run. */
function time(work: Work, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) work.run();
  return (performance.now() - start) / repeats;
}

function printRates(all: readonly Work[]): void {
  for (const work of all) {
    const repeats = Math.max(1, Math.min(5000, Math.floor(2e7 / work.operations)));
    const warmUp = performance.now();
    while (performance.now() - warmUp < 200) time(work, repeats);
    let best = Infinity;
    for (let pass = 0; pass < 9; pass++) best = Math.min(best, time(work, repeats));
    const duration = best < 0.1 ? `${(1000 * best).toFixed(2)} µs` : `${best.toFixed(3)} ms`;
    const rate = (work.operations / best / 1e6).toFixed(1);
    console.log(`${work.name.padEnd(52)} ${duration.padStart(12)} ${rate.padStart(6)} GFLOP/s`);
  }
}

const all = prepareAll();
for (const work of all) {
  Deno.bench({ name: work.name, group: work.dtype, fn: () => work.run() });
}
if (Deno.mainModule === import.meta.url) printRates(all);
