import { assertEquals } from "@std/assert";
import { axisIx, ScalarBuilder, sizeIx } from "../core/ir/builder.ts";
import type { Branch, Gemm, Loop } from "../core/ir/program.ts";
import type { AxisRef } from "../core/ir/scalar.ts";
import {
  compare,
  floats,
  gpuTest,
  input,
  nest,
  output,
  random,
  type Setup,
  temp,
} from "../dev/testing/gpu/compare.ts";

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
