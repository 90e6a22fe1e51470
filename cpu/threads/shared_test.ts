import { assert, assertEquals, assertThrows } from "@std/assert";
import { config } from "../../all.ts";
import { axisIx, ScalarBuilder, zeroIx } from "../../core/ir/builder.ts";
import { type DType, dtypeInfo, dtypes, type TypedArray } from "../../core/graph/dtype.ts";
import type { LoopNest, Reduction } from "../../core/ir/program.ts";
import { scalarTypeOf, type SNode } from "../../core/ir/scalar.ts";
import { baseSize, type Size } from "../../core/ir/size.ts";
import {
  input,
  nest,
  output,
  programOf,
  Runner,
  type Setup,
} from "../../dev/testing/cpu/programs.ts";
import { randomCase } from "../../dev/testing/cpu/random_program.ts";
import { difference, randomData, runCase } from "../../dev/testing/cpu/random_runs.ts";
import { createInterpreterBackend } from "../../dev/testing/interpret.ts";
import { Random } from "../../dev/fuzz/random.ts";
import { createCpuBackend } from "../mod.ts";

/** Threads share small work, and start at once. */
const threads = { from: 64, start: 0 };
const backend = createCpuBackend({ check: true, threads });

/** Runs something with each number of threads. */
function onThreads<T>(run: (threads: number) => T): T[] {
  const before = config.threads;
  try {
    return [1, 2, 3, 5].map((threads) => {
      config.threads = threads;
      return run(threads);
    });
  } finally {
    config.threads = before;
  }
}

Deno.test("random programs have the same bits on any number of threads", () => {
  let shared = 0;
  for (const options of [{}, { simd: false }, { rows: { bytes: 0, elements: 1 } }]) {
    const device = createCpuBackend({ ...options, check: true, threads });
    for (let seed = 0; seed < 12; seed++) {
      const one = randomCase(seed);
      const [alone, ...others] = onThreads(() => runCase(device, one));
      for (const other of others) assertEquals(other, alone, `seed ${seed}`);
      assertEquals(difference(runCase(createInterpreterBackend(), one), alone!), null);
      if (device.prepare(one.program).info.note?.includes("threads")) shared++;
    }
  }
  assert(shared > 15, `${shared} programs were shared`);
});

/** Reductions of `f(x)` over everything, with something done with them. */
function reduceAll(dtype: DType, n: Size, elements: number): Setup {
  const b = new ScalarBuilder(), type = scalarTypeOf(dtype);
  const x = b.load(0, dtype, axisIx(0));
  const reductions: Reduction[] = [
    { kind: "sum", type, value: x },
    { kind: "max", type, value: x },
    { kind: "argmin", type: "i32", value: x },
  ];
  const results = [dtype, dtype, "int32"] as const;
  return {
    buffers: [
      ["x", dtype, elements, input(0)],
      ...results.map((one, i): Setup["buffers"][number] => [`y${i}`, one, 1, output(i)]),
    ],
    steps: [
      ...reductions.map((reduction, i): LoopNest =>
        nest({
          axes: [],
          loops: [n],
          reductions: [reduction],
          outer: [{
            buffer: 1 + i,
            address: zeroIx,
            value: b.reduced(0, reduction.type),
            guard: null,
          }],
        })
      ),
    ],
  };
}

Deno.test("reductions of everything are made of the same blocks on any number of threads", () => {
  const random = new Random(7);
  for (const dtype of dtypes) {
    if (dtype.startsWith("complex") || dtype === "bool") continue;
    for (const n of [0, 1, 63, 64, 65, 1000, 4097, 20_000]) {
      const x = randomData(random, dtype, n);
      for (const size of [n, baseSize("n", 0, n)]) {
        const runner = new Runner(backend, reduceAll(dtype, size, n), { inputs: [x], env: [n] });
        const [alone, ...others] = onThreads(() => runner.run().results());
        for (const other of others) assertEquals(other, alone, `${dtype} ${n}`);
        const exact = new Runner(createInterpreterBackend(), reduceAll(dtype, n, n), {
          inputs: [x],
        });
        const expected = exact.run().results() as TypedArray[];
        assertEquals(difference([expected], [alone as TypedArray[]]), null, `${dtype} ${n}`);
      }
    }
  }
});

Deno.test("rows are sorted on any number of threads", () => {
  const random = new Random(3);
  for (const dtype of ["float32", "int64", "uint8"] as const) {
    for (const [rows, length] of [[7, 40], [1, 500], [33, 9], [3, 0], [5, 3000]] as const) {
      const x = randomData(random, dtype, rows * length);
      for (const [values, positions] of [[1, 2], [null, 2], [1, null]] as const) {
        const setup = (rows: Size): Setup => ({
          buffers: [
            ["x", dtype, x.length, input(0)],
            ["values", dtype, x.length, output(0)],
            ["positions", "int64", x.length, output(1)],
          ],
          steps: [{
            kind: "sort",
            name: "sort",
            dtype,
            source: 0,
            rows,
            length,
            descending: rows === 7,
            values,
            positions,
          }],
        });
        for (const size of [rows, baseSize("rows", 0, rows)]) {
          const runner = new Runner(backend, setup(size), { inputs: [x], env: [rows] });
          const [alone, ...others] = onThreads(() => runner.run().results());
          for (const other of others) assertEquals(other, alone);
          const exact = new Runner(createInterpreterBackend(), setup(size), {
            inputs: [x],
            env: [rows],
          });
          // What is not written holds anything.
          const written = <T>(results: readonly T[]) =>
            results.filter((_, i) => [values, positions][i] !== null);
          assertEquals(difference([written(exact.run().results())], [written(alone!)]), null);
        }
      }
    }
  }
});

Deno.test("batches of products have the same bits on any number of threads", () => {
  const random = new Random(5);
  for (const dtype of ["float32", "float64", "float16"] as const) {
    for (const [sizes, m, n, k] of [[[9], 8, 20, 30], [[2, 1, 7], 33, 9, 17]] as const) {
      const batch: readonly number[] = sizes;
      const count = batch.reduce((product, size) => product * size, 1);
      const type = dtype === "float64" ? "f64" : "f32", b = new ScalarBuilder();
      const strides = (elements: number) =>
        batch.map((_, i) => batch.slice(i + 1).reduce((product, size) => product * size, elements));
      const operand = (buffer: number, rows: number, columns: number, turned: boolean) => ({
        buffer,
        dtype,
        base: zeroIx,
        batch: strides(rows * columns),
        row: turned ? 1 : columns,
        column: turned ? rows : 1,
      });
      const terms = [...strides(m * n), n, 1].map((stride, axis) => ({
        axis: { kind: "axis", axis } as const,
        stride,
      }));
      const product: SNode = b.product(type);
      const setup: Setup = {
        buffers: [
          ["x", dtype, count * m * k, input(0)],
          ["y", dtype, count * k * n, input(1)],
          ["z", dtype, count * m * n, output(0)],
        ],
        steps: [{
          kind: "gemm",
          name: "gemm",
          type,
          batch,
          m,
          n,
          k,
          left: operand(0, m, k, false),
          right: operand(1, k, n, true),
          stores: [{
            buffer: 2,
            address: { offset: 0, terms, rest: null },
            value: b.cast(b.add(product, b.constant(type, 1)), type),
            guard: null,
          }],
        }],
      };
      const noise = (n: number) => {
        const data = dtypeInfo(dtype).array(n);
        for (let i = 0; i < n; i++) data[i] = random.below(13) / 4 - 1.5;
        return data;
      };
      const inputs = [noise(count * m * k), noise(count * k * n)];
      const runner = new Runner(backend, setup, { inputs });
      const [alone, ...others] = onThreads(() => runner.run().results());
      for (const other of others) assertEquals(other, alone);
      const exact = new Runner(createInterpreterBackend(), setup, { inputs });
      assertEquals(difference([exact.run().results()], [alone!]), null, `${dtype} ${batch}`);
    }
  }
});

Deno.test("an index out of range is found before anything is shared out", () => {
  const n = 5000, b = new ScalarBuilder();
  const at = b.load(1, "int32", axisIx(0));
  const failed = b.compare("ge", at, b.constant("i32", 9));
  const setup: Setup = {
    buffers: [["x", "float32", 9, input(0)], ["at", "int32", n, input(1)], [
      "y",
      "float32",
      n,
      output(0),
    ]],
    steps: [nest({
      axes: [n],
      outer: [{
        buffer: 2,
        address: axisIx(0),
        value: b.load(0, "float32", { offset: 0, terms: [], rest: at }),
        guard: null,
      }],
      checks: [{ failed, check: 0, inner: false }],
    })],
    checks: ["out of range"],
  };
  const x = Float32Array.from({ length: 9 }, (_, i) => i * i);
  const places = Int32Array.from({ length: n }, (_, i) => (i * 7) % 9);
  const whole = new Runner(backend, setup, { inputs: [x, places] });
  for (const [y] of onThreads(() => whole.run().results())) {
    assertEquals(y, Float32Array.from(places, (place) => place * place));
  }
  const wrong = places.slice();
  wrong[4000] = 9;
  const broken = new Runner(backend, setup, { inputs: [x, wrong] });
  const before = new Float32Array(n).fill(-1);
  broken.outputs[0]!.write("float32", before);
  onThreads(() => {
    assertThrows(() => broken.run(), RangeError, "out of range");
    const [y] = broken.results();
    assertEquals(y, before);
  });
});

Deno.test("code leaves the memory some time after the last program that is like it", () => {
  const device = createCpuBackend({ threads });
  const before = config.threads, used: number[] = [];
  config.threads = 2;
  try {
    for (let n = 1000; n < 1140; n++) {
      const program = programOf(reduceAll("float32", n, n));
      runCase(device, { program, envs: [[], []], seed: 1 });
      used.push(device.stats.used!);
    }
  } finally {
    config.threads = before;
  }
  assert(used.at(-1)! < 1.05 * used[69]!, `${used.at(-1)} after ${used[69]}`);
});
