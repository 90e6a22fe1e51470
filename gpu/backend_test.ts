import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { IndexError } from "../core/errors.ts";
import { axisIx, ScalarBuilder, sizeIx } from "../core/kernel/builder.ts";
import type { Branch, Gemm, Loop } from "../core/kernel/program.ts";
import type { AxisRef } from "../core/kernel/scalar.ts";
import { baseSize, mulSize } from "../core/kernel/size.ts";
import {
  compare,
  gpu,
  gpuTest,
  input,
  nest,
  output,
  programOf,
  random,
  runOn,
  type Setup,
  sharedRole,
  temp,
} from "./testdata/compare.ts";

/** Random float32 values in (-1, 1). */
function floats(n: number, seed = 1): Float32Array<ArrayBuffer> {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => 2 * next() - 1);
}

gpuTest("a nest reduces its loop axes, with running values", async () => {
  const b = new ScalarBuilder();
  const at = b.addIx(b.scaleIx(axisIx(0), 3), axisIx(1));
  const x = b.load(0, "float32", at);
  const { outputs } = await compare({
    buffers: [
      ["x", "float32", 6, input(0)],
      ["sum", "float32", 2, output(0)],
      ["cumsum", "float32", 6, output(1)],
      ["argmax", "int32", 2, output(2)],
      ["max", "float32", 2, output(3)],
    ],
    steps: [nest({
      axes: [2],
      loops: [3],
      reductions: [
        { kind: "sum", type: "f32", value: x },
        { kind: "argmax", type: "i32", value: x },
        { kind: "max", type: "f32", value: x },
      ],
      inner: [{ buffer: 2, address: at, value: b.running(0, "f32"), guard: null }],
      outer: [
        { buffer: 1, address: axisIx(0), value: b.reduced(0, "f32"), guard: null },
        { buffer: 3, address: axisIx(0), value: b.reduced(1, "i32"), guard: null },
        { buffer: 4, address: axisIx(0), value: b.reduced(2, "f32"), guard: null },
      ],
    })],
    inputs: [new Float32Array([1, 5, 2, 4, NaN, 6])],
  });
  assertEquals(outputs[0], new Float32Array([8, NaN]));
  assertEquals(outputs[2], new Int32Array([1, 1]));
});

/** A nest with some of all kinds of reductions of all types, over `loops` for each point of `axes`. */
function allReductions(
  axes: number[],
  loops: number[],
  data: Float32Array<ArrayBuffer>,
  first: number,
): Setup {
  const b = new ScalarBuilder();
  const sizes = [...axes, ...loops];
  let at = sizeIx(0);
  sizes.forEach((size, axis) => {
    at = b.addIx(b.scaleIx(at, size), axisIx(axis));
  });
  let to = sizeIx(0);
  axes.forEach((size, axis) => {
    to = b.addIx(b.scaleIx(to, size), axisIx(axis));
  });
  const points = axes.reduce((p, q) => p * q, 1);
  const x = b.load(0, "float32", at);
  const i = b.cast(b.mul(x, b.constant("f32", 100)), "i32");
  const u = b.cast(b.binary("and", i, b.constant("i32", 255)), "u32");
  const flag = b.compare("gt", x, b.constant("f32", 0.9));
  const near = b.binary("and", i, b.constant("i32", 7));
  const parts = [
    ...(["sum", "max", "min", "argmax", "argmin"] as const).flatMap((kind) => [
      { kind, value: x, type: kind.startsWith("arg") ? "i32" as const : "f32" as const },
      { kind, value: near, type: "i32" as const },
      { kind, value: u, type: kind.startsWith("arg") ? "i32" as const : "u32" as const },
    ]),
    {
      kind: "prod" as const,
      value: b.madd(x, b.constant("f32", 0.01), b.constant("f32", 1)),
      type: "f32" as const,
    },
    { kind: "prod" as const, value: i, type: "i32" as const },
    { kind: "any" as const, value: flag, type: "bool" as const },
    { kind: "all" as const, value: flag, type: "bool" as const },
  ].slice(first, first + 7);
  const dtypes = { f32: "float32", i32: "int32", u32: "uint32", bool: "bool" } as const;
  return {
    buffers: [
      ["x", "float32", data.length, input(0)],
      ...parts.map(({ kind, type }, p) => [kind, dtypes[type], points, output(p)] as const),
    ],
    steps: [nest({
      axes,
      loops,
      reductions: parts,
      outer: parts.map(({ type }, p) => ({
        buffer: 1 + p,
        address: to,
        value: b.reduced(p, type),
        guard: null,
      })),
    })],
    inputs: [data],
  };
}

gpuTest("all kinds of reductions, over few and many elements, with special values", async () => {
  const shapes: [number[], number[]][] = [
    [[3, 4], [5]],
    [[2], [3, 70]],
    [[2], [0, 3]],
    [[], [300]],
    [[70], [2, 2]],
    [[1], [40, 33]],
    [[5], [1000]],
    [[300], [33]],
    [[1], [17000, 2]],
  ];
  for (const [axes, loops] of shapes) {
    const n = [...axes, ...loops].reduce((p, q) => p * q, 1);
    for (const first of [0, 7, 14]) {
      const data = floats(n, n + 1);
      // The interpreter is slow.
      if (n < 1e4) {
        await compare(allReductions(axes, loops, data, first), { relative: 1e-5, absolute: 1e-5 });
      }
      if (n < 10) continue;
      data[n >> 1] = NaN;
      data[n - 1] = NaN;
      data[1] = Infinity;
      await compare(allReductions(axes, loops, data, first), { relative: 1e-5, absolute: 1e-5 });
    }
  }
});

gpuTest("sums over leading axes are shared by neighbouring points", async () => {
  const b = new ScalarBuilder();
  const [n, m] = [300, 70];
  const at = b.addIx(axisIx(0), b.scaleIx(axisIx(1), m));
  await compare({
    buffers: [["x", "float32", n * m, input(0)], ["y", "float32", m, output(0)]],
    steps: [nest({
      axes: [m],
      loops: [n],
      reductions: [{ kind: "sum", type: "f32", value: b.load(0, "float32", at) }],
      outer: [{ buffer: 1, address: axisIx(0), value: b.reduced(0, "f32"), guard: null }],
    })],
    inputs: [floats(n * m)],
  }, { relative: 1e-5, absolute: 1e-5 });
});

gpuTest("running values of long rows, and what remains behind them", async () => {
  for (const [rows, length] of [[3, 300], [2, 1000], [1, 33000]] as const) {
    const b = new ScalarBuilder();
    const at = b.addIx(b.scaleIx(axisIx(0), length), axisIx(1));
    const x = b.load(0, "float32", at);
    const i = b.cast(b.mul(x, b.constant("f32", 100)), "i32");
    const near = b.madd(x, b.constant("f32", 1e-3), b.constant("f32", 1));
    const reductions = [
      { kind: "sum" as const, type: "i32" as const, value: i },
      { kind: "max" as const, type: "f32" as const, value: x },
      { kind: "prod" as const, type: "f32" as const, value: near },
    ];
    const dtypes = ["int32", "float32", "float32"] as const;
    await compare({
      buffers: [
        ["x", "float32", rows * length, input(0)],
        ...dtypes.map((dtype, r) => [`run ${r}`, dtype, rows * length, output(r)] as const),
        ...dtypes.map((dtype, r) => [`end ${r}`, dtype, rows, output(r + 3)] as const),
      ],
      steps: [nest({
        axes: [rows],
        loops: [length],
        reductions,
        inner: reductions.map(({ type }, r) => ({
          buffer: 1 + r,
          address: at,
          value: b.running(r, type),
          guard: null,
        })),
        outer: reductions.map(({ type }, r) => ({
          buffer: 4 + r,
          address: axisIx(0),
          value: b.reduced(r, type),
          guard: null,
        })),
      })],
      inputs: [floats(rows * length)],
    }, { relative: 1e-4 });
  }
});

gpuTest("long sums of floats stay accurate", async () => {
  const b = new ScalarBuilder();
  const n = 1 << 20;
  const { outputs } = await runOn(await gpu(), {
    buffers: [["y", "float32", 1, output(0)]],
    steps: [nest({
      loops: [n],
      reductions: [{ kind: "sum", type: "f32", value: b.constant("f32", 0.1) }],
      outer: [{ buffer: 0, address: sizeIx(0), value: b.reduced(0, "f32"), guard: null }],
    })],
  });
  const want = n * Math.fround(0.1);
  assert(Math.abs(Number(outputs[0]![0]) - want) <= want * 2 ** -22, String(outputs[0]![0]));
});

gpuTest("symbolic sizes do not make new pipelines", async () => {
  const b = new ScalarBuilder();
  const n = baseSize("n", 0, 5), m = baseSize("m", 1, 4);
  const at = b.addIx(b.scaleIx(axisIx(0), m), axisIx(1));
  const sum = b.add(b.reduced(0, "f32"), b.size(m, "f32"));
  const make = (env: number[]): Setup => ({
    buffers: [["x", "float32", mulSize(n, m), input(0)], ["y", "float32", n, output(0)]],
    steps: [nest({
      axes: [n],
      loops: [m],
      reductions: [{ kind: "sum", type: "f32", value: b.load(0, "float32", at) }],
      outer: [{ buffer: 1, address: axisIx(0), value: sum, guard: null }],
    })],
    inputs: [floats(env[0]! * env[1]!)],
    env,
  });
  await compare(make([5, 4]));
  const { compiled } = (await gpu()).stats;
  for (const env of [[1, 1], [200, 3], [3, 0], [7, 300]]) await compare(make(env));
  assertEquals((await gpu()).stats.compiled, compiled);
  await compare(make([0, 3]));
});

/** C = relu(A B + bias), batched, with strides as given. */
function product(
  batch: number,
  m: number,
  n: number,
  k: number,
  transposed: boolean,
  type: "f32" | "i32" = "f32",
): Setup {
  const b = new ScalarBuilder();
  const dtype = type === "f32" ? "float32" : "int32";
  const at = b.addIx(
    b.addIx(b.scaleIx(axisIx(0), m * n), b.scaleIx(axisIx(1), n)),
    axisIx(2),
  );
  const biased = b.add(b.product(type), b.load(2, dtype, axisIx(2)));
  const relu = b.binary("max", biased, b.constant(type, 0));
  const gemm: Gemm = {
    kind: "gemm",
    name: "product",
    type,
    batch: [batch],
    m,
    n,
    k,
    left: {
      buffer: 0,
      dtype,
      base: sizeIx(0),
      batch: [m * k],
      row: transposed ? 1 : k,
      column: transposed ? m : 1,
    },
    right: { buffer: 1, dtype, base: sizeIx(1), batch: [0], row: n, column: 1 },
    stores: [
      { buffer: 3, address: at, value: relu, guard: null },
      { buffer: 4, address: at, value: b.product(type), guard: null },
    ],
  };
  const data = (length: number, seed: number) =>
    type === "f32" ? floats(length, seed) : Int32Array.from(floats(length, seed), (x) => 1e6 * x);
  return {
    buffers: [
      ["a", dtype, batch * m * k, input(0)],
      ["b", dtype, k * n + 1, input(1)],
      ["bias", dtype, n, input(2)],
      ["c", dtype, batch * m * n, output(0)],
      ["raw", dtype, batch * m * n, output(1)],
    ],
    steps: [gemm],
    inputs: [data(batch * m * k, 1), data(k * n + 1, 2), data(n, 3)],
  };
}

gpuTest("products of all shapes, with epilogues", async () => {
  const shapes = [[1, 1, 1, 1], [2, 3, 4, 5], [1, 33, 17, 65], [3, 1, 40, 70], [2, 50, 1, 100]];
  shapes.push([1, 64, 64, 64], [1, 2, 2, 0], [2, 40, 33, 20], [1, 9, 10, 1500], [3, 1, 90, 80]);
  shapes.push([1, 300, 1, 64]);
  for (const [batch, m, n, k] of shapes as [number, number, number, number][]) {
    for (const transposed of [false, true]) {
      const setup = product(batch, m, n, k, transposed);
      await compare(setup, { relative: 1e-5, absolute: 1e-5 });
    }
    await compare(product(batch, m, n, k, false, "i32"));
  }
});

const t = (loop: number, shift = 0, modulus = 0): AxisRef => ({
  kind: "loop",
  loop,
  shift,
  modulus,
});

/** y(t) = tanh-like step of y(t-1) and y(t-2), kept in a ring of three; a trace of all steps. */
function recurrence(steps: number, until: number | null): Setup {
  const n = 5;
  const b = new ScalarBuilder(), c = new ScalarBuilder(), d = new ScalarBuilder();
  const ring = (shift: number) => b.addIx(b.scaleIx(axisIx(t(0, shift, 3)), n), axisIx(0));
  const previous = b.load(2, "float32", ring(1)), older = b.load(2, "float32", ring(0));
  const next = b.madd(
    b.constant("f32", 0.5),
    previous,
    b.madd(b.constant("f32", -0.25), older, b.load(0, "float32", axisIx(0))),
  );
  const trace = b.addIx(b.scaleIx(axisIx(t(0)), n), axisIx(0));
  const loop: Loop = {
    kind: "loop",
    name: "scan",
    id: 0,
    steps,
    body: [
      nest({
        axes: [n],
        outer: [
          { buffer: 2, address: ring(2), value: next, guard: null },
          { buffer: 1, address: trace, value: next, guard: null },
        ],
      }),
      nest({
        outer: [{
          buffer: 3,
          address: sizeIx(0),
          value: c.compare("ge", c.index(t(0)), c.constant("i32", until ?? -1)),
          guard: null,
        }],
      }),
    ],
    until: until === null ? null : 3,
    count: 4,
    strategy: "stepped",
    reason: "test",
  };
  const zero = nest({
    axes: [3 * n],
    outer: [{ buffer: 2, address: axisIx(0), value: d.constant("f32", 0.1), guard: null }],
  });
  return {
    buffers: [
      ["x", "float32", n, input(0)],
      ["trace", "float32", Math.max(1, n * steps), output(0)],
      ["ring", "float32", 3 * n, temp],
      ["stop", "bool", 1, temp],
      ["count", "int32", 1, output(1)],
    ],
    steps: [zero, loop],
    inputs: [floats(n)],
  };
}

gpuTest("loops run their steps and count them", async () => {
  for (
    const [steps, until] of [[0, null], [1, null], [7, null], [7, 3], [7, 0], [7, 100]] as const
  ) {
    const { outputs } = await compare(recurrence(steps, until), { relative: 1e-5 });
    assertEquals(outputs[1]![0], until === null ? steps : Math.min(steps, until + 1));
  }
});

gpuTest("a long loop stops early", async () => {
  const setup = recurrence(5000, 700);
  const { outputs } = await compare(setup, { relative: 1e-5 });
  assertEquals(outputs[1]![0], 701);
});

gpuTest("nested loops see both counters", async () => {
  const b = new ScalarBuilder();
  const at = b.addIx(b.scaleIx(axisIx(t(0)), 4), axisIx(t(1)));
  const value = b.add(b.mul(b.index(t(0)), b.constant("i32", 10)), b.index(t(1, 1, 3)));
  const inner: Loop = {
    kind: "loop",
    name: "inner",
    id: 1,
    steps: 4,
    body: [nest({ outer: [{ buffer: 0, address: at, value, guard: null }] })],
    until: null,
    count: null,
    strategy: "stepped",
    reason: "test",
  };
  const { outputs } = await compare({
    buffers: [["y", "int32", 12, output(0)]],
    steps: [{ ...inner, name: "outer", id: 0, steps: 3, body: [inner] }],
  });
  assertEquals([...outputs[0]!].slice(4, 8), [11, 12, 10, 11].map((v) => v));
});

gpuTest("a branch runs one side only", async () => {
  for (const [first, second] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
    const write = (buffer: number, value: number) => {
      const b = new ScalarBuilder();
      return nest({
        outer: [{ buffer, address: sizeIx(0), value: b.constant("i32", value), guard: null }],
      });
    };
    const inner: Branch = {
      kind: "branch",
      name: "inner",
      condition: 1,
      then: [write(3, 3)],
      otherwise: [write(3, 4)],
    };
    const { outputs } = await compare({
      buffers: [
        ["a", "bool", 1, input(0)],
        ["b", "bool", 1, input(1)],
        ["x", "int32", 1, output(0)],
        ["y", "int32", 1, output(1)],
      ],
      steps: [{
        kind: "branch",
        name: "outer",
        condition: 0,
        then: [write(2, 1), inner],
        otherwise: [write(2, 2)],
      }],
      inputs: [Uint8Array.of(first), Uint8Array.of(second)],
    });
    assertEquals(outputs[0]![0], first === 1 ? 1 : 2);
  }
});

/** y = x[i], and counter += 1 if i is in range. */
function gather(index: number): Setup {
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const i = b.load(1, "int32", sizeIx(0));
  const failed = b.compare("ge", i, b.constant("i32", 4));
  const one = c.add(c.load(3, "int32", sizeIx(0)), c.constant("i32", 1));
  return {
    buffers: [
      ["x", "float32", 4, input(0)],
      ["i", "int32", 1, input(1)],
      ["y", "float32", 1, output(0)],
      ["counter", "int32", 1, sharedRole(0)],
    ],
    steps: [nest({
      outer: [{ buffer: 2, address: sizeIx(0), value: b.load(0, "float32", b.ix(i)), guard: null }],
      checks: [{ failed, check: 1 }],
    })],
    commit: [nest({ outer: [{ buffer: 3, address: sizeIx(0), value: one, guard: null }] })],
    checks: ["Other", "Index out of range"],
    inputs: [floats(4), Int32Array.of(index)],
    shared: [Int32Array.of(5)],
  };
}

gpuTest("a failed check stops the commit and is told once by the next read", async () => {
  const backend = await gpu();
  const good = await runOn(backend, gather(2), 3);
  assertEquals(good.shared[0], Int32Array.of(8));
  await assertRejects(() => runOn(backend, gather(4)), IndexError, "Index out of range");

  const setup = gather(9);
  const env = new Float64Array(0);
  const [x, i, y, counter] = setup.buffers.map(([, dtype, n]) =>
    backend.allocate(dtype, Number(n))
  );
  x!.write("float32", floats(4));
  counter!.write("int32", Int32Array.of(5));
  const executable = backend.prepare(programOf(setup));
  const run = (index: number) => {
    i!.write("int32", Int32Array.of(index));
    executable.run({ env, inputs: [x!, i!], shared: [counter!], outputs: [y!] });
  };
  run(9);
  assertThrows(() => y!.readSync("float32", 1), IndexError);
  y!.readSync("float32", 1);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(5));
  run(1);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(6));
  run(9);
  await assertRejects(() => backend.sync(), IndexError);
  await backend.sync();
  for (let k = 0; k < 1100; k++) run(k % 4);
  assertEquals(counter!.readSync("int32", 1), Int32Array.of(1106));
  executable.dispose();
  for (const buffer of [x, i, y, counter]) buffer!.dispose();
});

gpuTest("sorting is stable, NaN comes last, both ways", async () => {
  const lengths = [[1, 1], [3, 5], [2, 512], [1, 700], [2, 1300], [2, 0]] as const;
  for (const [rows, length] of lengths) {
    for (const descending of [false, true]) {
      for (const dtype of ["float32", "int32", "uint8"] as const) {
        const next = random(rows * length + 1);
        const value = () => Math.floor(next() * 40);
        const data = dtype === "float32"
          ? Float32Array.from({ length: rows * length }, () => {
            const v = value() - 20;
            return v === 19 ? NaN : v === 18 ? Infinity : v === 17 ? -Infinity : v === 16 ? -0 : v;
          })
          : dtype === "int32"
          ? Int32Array.from({ length: rows * length }, () => value() - 20)
          : Uint8Array.from({ length: rows * length }, value);
        await compare({
          buffers: [
            ["x", dtype, rows * length, input(0)],
            ["y", dtype, rows * length, output(0)],
            ["i", "int32", rows * length, output(1)],
          ],
          steps: [{
            kind: "sort",
            name: "sort",
            dtype,
            source: 0,
            rows,
            length,
            descending,
            values: 1,
            positions: 2,
          }],
          inputs: [data],
        }, { relative: 0 });
      }
    }
  }
});

gpuTest("positions of non-zero elements", async () => {
  for (const n of [0, 1, 5, 256, 257, 3000]) {
    const data = Float32Array.from(floats(n, n + 2), (x) => x < 0.3 ? 0 : x);
    if (n > 2) data[2] = NaN;
    await compare({
      buffers: [
        ["x", "float32", n, input(0)],
        ["positions", "int32", n, output(0)],
        ["count", "int32", 1, output(1)],
      ],
      steps: [{
        kind: "nonzero",
        name: "nonzero",
        dtype: "float32",
        source: 0,
        length: n,
        positions: 1,
        count: 2,
      }],
      inputs: [data],
    });
  }
});

gpuTest("a scatter adds in order for each point", async () => {
  const b = new ScalarBuilder();
  const [n, rows] = [50, 3];
  const at = b.addIx(
    b.scaleIx(b.ix(b.load(1, "int32", axisIx(1))), rows),
    axisIx(0),
  );
  const sum = b.add(
    b.load(2, "float32", at),
    b.load(0, "float32", b.addIx(b.scaleIx(axisIx(1), rows), axisIx(0))),
  );
  const zero = new ScalarBuilder();
  await compare({
    buffers: [
      ["x", "float32", n * rows, input(0)],
      ["i", "int32", n, input(1)],
      ["y", "float32", 4 * rows, output(0)],
    ],
    steps: [
      nest({
        axes: [4 * rows],
        outer: [{ buffer: 2, address: axisIx(0), value: zero.constant("f32", 0), guard: null }],
      }),
      nest({
        axes: [rows],
        loops: [n],
        inner: [{ buffer: 2, address: at, value: sum, guard: null }],
      }),
    ],
    inputs: [floats(n * rows), Int32Array.from(floats(n, 5), (x) => Math.floor(2 * x + 2))],
  }, { relative: 1e-5, absolute: 1e-5 });
});

gpuTest("a shared variable that is an argument too is read before it is written", async () => {
  const backend = await gpu();
  const b = new ScalarBuilder();
  const reversed = b.addIx(sizeIx(3), b.scaleIx(axisIx(0), -1));
  const program = programOf({
    buffers: [["x", "float32", 4, input(0)], ["s", "float32", 4, sharedRole(0)]],
    steps: [],
    commit: [nest({
      axes: [4],
      outer: [{
        buffer: 1,
        address: axisIx(0),
        value: b.load(0, "float32", reversed),
        guard: null,
      }],
    })],
  });
  const executable = backend.prepare(program);
  const s = backend.allocate("float32", 4);
  s.write("float32", Float32Array.of(1, 2, 3, 4));
  executable.run({ env: new Float64Array(0), inputs: [s], shared: [s], outputs: [] });
  assertEquals(s.readSync("float32", 4), Float32Array.of(4, 3, 2, 1));
  s.dispose();
  executable.dispose();
});

gpuTest("values keep their dtype on the way to the device and back", async () => {
  const backend = await gpu();
  const cases = [
    ["bool", Uint8Array.of(0, 1, 1)],
    ["int8", Int8Array.of(-128, 0, 127)],
    ["int16", Int16Array.of(-32768, 5)],
    ["uint8", Uint8Array.of(255, 3, 1)],
    ["uint16", Uint16Array.of(65535)],
    ["uint32", Uint32Array.of(4294967295, 1)],
    ["int64", BigInt64Array.of(-2147483648n, 2147483647n, -1n)],
    ["float16", Float16Array.of(1.5, -0, 65504, Infinity)],
    ["float32", Float32Array.of(1e-3, -Infinity)],
    ["complex64", Float32Array.of(1, 2, 3, 4)],
  ] as const;
  for (const [dtype, data] of cases) {
    const n = dtype === "complex64" ? data.length / 2 : data.length;
    const a = backend.allocate(dtype, n), b = backend.allocate(dtype, n);
    a.write(dtype, data);
    b.copyFrom(a);
    assertEquals(b.readSync(dtype, n), data);
    assertEquals(await b.read(dtype, n), data);
    a.dispose();
    a.dispose();
    assert(a.disposed);
    assertThrows(() => a.readSync(dtype, n), TypeError, "disposed");
    b.dispose();
  }
  const wide = backend.allocate("int64", 1);
  assertThrows(() => wide.write("int64", BigInt64Array.of(2n ** 31n)), RangeError, "2147483648");
  wide.dispose();
  assertThrows(() => backend.allocate("float64", 1), TypeError, "float64");
  assertEquals(backend.supports("float64"), false);
  assertEquals(backend.supports("complex64"), true);
});
