import { assert, assertEquals, assertThrows } from "@std/assert";
import { type DType, dtypes, type TypedArray } from "../core/graph/dtype.ts";
import { IndexError } from "../core/base/errors.ts";
import { axisIx, ScalarBuilder, sizeIx, zeroIx } from "../core/ir/builder.ts";
import { createInterpreterBackend } from "../dev/testing/interpret.ts";
import { baseSize } from "../core/ir/size.ts";
import { createCpuBackend } from "./mod.ts";
import {
  input,
  nest,
  output,
  programOf,
  Runner,
  type Setup,
  sharedRole,
  temp,
} from "../dev/testing/cpu/programs.ts";
import { Random } from "../dev/fuzz/random.ts";
import { randomData } from "../dev/testing/cpu/random_runs.ts";

const backend = createCpuBackend({ check: true });

Deno.test("long sums stay accurate, and extremes are found anywhere", () => {
  for (const [rows, columns] of [[1, 100_003], [3, 20_001], [20_001, 6], [5000, 5]] as const) {
    const data = Float32Array.from({ length: rows * columns }, (_, i) => 1 + (i % 7) / 10);
    const spot = Math.floor(data.length * 0.7);
    for (const axis of [0, 1] as const) {
      const b = new ScalarBuilder();
      const n = axis === 0 ? columns : rows;
      const [row, column] = axis === 0 ? [axisIx(1), axisIx(0)] : [axisIx(0), axisIx(1)];
      const x = b.load(0, "float32", b.addIx(b.scaleIx(row, columns), column));
      const put = (buffer: number, r: number, type: "f32" | "i32") => ({
        buffer,
        address: axisIx(0),
        value: b.reduced(r, type),
        guard: null,
      });
      const setup: Setup = {
        buffers: [
          ["x", "float32", data.length, input(0)],
          ["sum", "float32", n, output(0)],
          ["max", "float32", n, output(1)],
          ["argmax", "int32", n, output(2)],
        ],
        steps: [
          nest({
            axes: [n],
            loops: [axis === 0 ? rows : columns],
            reductions: [{ kind: "sum", type: "f32", value: x }],
            outer: [put(1, 0, "f32")],
          }),
          nest({
            axes: [n],
            loops: [axis === 0 ? rows : columns],
            reductions: [{ kind: "max", type: "f32", value: x }, {
              kind: "argmax",
              type: "i32",
              value: x,
            }],
            outer: [put(2, 0, "f32"), put(3, 1, "i32")],
          }),
        ],
      };
      const [r, c] = [Math.floor(spot / columns), spot % columns];
      for (const special of [5, NaN]) {
        data[spot] = 1;
        const sums = new Float64Array(n);
        data.forEach((value, i) =>
          sums[axis === 0 ? i % columns : Math.floor(i / columns)]! += value
        );
        for (const device of [backend, createCpuBackend({ simd: false, check: true })]) {
          data[spot] = 1;
          const runner = new Runner(device, setup, { inputs: [data] });
          const [sum] = runner.run().results();
          sums.forEach((expected, i) => {
            assert(
              Math.abs(Number(sum![i]) / expected - 1) < 1e-6,
              `${sum![i]} is not ${expected}`,
            );
          });
          data[spot] = special;
          runner.inputs[0]!.write("float32", data);
          const [, max, argmax] = runner.run().results();
          assertEquals(max![axis === 0 ? c : r], special);
          assertEquals(argmax![axis === 0 ? c : r], axis === 0 ? r : c);
        }
      }
    }
  }
});

Deno.test("rows are sorted like the interpreter sorts them", () => {
  const random = new Random(7);
  const sorted: DType[] = dtypes.filter((dtype) => !dtype.startsWith("complex"));
  for (const dtype of sorted) {
    for (const [rows, length] of [[3, 1], [5, 7], [2, 33], [1, 3000], [1, 9000], [2, 0], [0, 4]]) {
      for (
        const [descending, alone] of [[false, false], [true, false], [false, true], [true, true]]
      ) {
        const positions: Setup["buffers"][number][] = alone
          ? []
          : [["positions", random.chance(0.5) ? "int64" : "int32", rows! * length!, output(1)]];
        const setup: Setup = {
          buffers: [
            ["x", dtype, rows! * length!, input(0)],
            ["values", dtype, rows! * length!, output(0)],
            ...positions,
          ],
          steps: [{
            kind: "sort",
            name: "sort",
            dtype,
            source: 0,
            rows: rows!,
            length: length!,
            descending: descending!,
            values: 1,
            positions: alone ? null : 2,
          }],
        };
        const data = randomData(random, dtype, rows! * length!);
        const results = (device: typeof backend) =>
          new Runner(device, setup, { inputs: [data] }).run().results();
        assertEquals(results(backend), results(createInterpreterBackend()), `${dtype} ${length}`);
      }
    }
  }
});

Deno.test("positions of non-zero elements", () => {
  const cases: [DType, TypedArray, number[]][] = [
    ["float32", Float32Array.of(0, 1, -0, NaN, 2), [1, 3, 4]],
    ["float16", Float16Array.of(-0, 0, 6e-8), [2]],
    ["int64", BigInt64Array.of(0n, 2n ** 40n), [1]],
    ["bool", Uint8Array.of(1, 0, 1), [0, 2]],
    ["complex64", Float32Array.of(0, 0, 0, 1, 1, 0), [1, 2]],
  ];
  for (const [dtype, data, expected] of cases) {
    const length = dtype === "complex64" ? data.length / 2 : data.length;
    const runner = new Runner(backend, {
      buffers: [
        ["x", dtype, length, input(0)],
        ["positions", "int32", length, output(0)],
        ["count", "int32", 1, output(1)],
      ],
      steps: [{
        kind: "nonzero",
        name: "nonzero",
        dtype,
        source: 0,
        length,
        positions: 1,
        count: 2,
      }],
    }, { inputs: [data] });
    const [positions, count] = runner.run().results();
    assertEquals(count, Int32Array.of(expected.length));
    assertEquals([...positions!.slice(0, expected.length)], expected);
  }
});

/** Takes elements of x by index into y, checks the indices, and then writes y into the shared s. */
function takeSetup(n: number): Setup {
  const b = new ScalarBuilder();
  const index = b.load(1, "int32", axisIx(0));
  const failed = b.binary(
    "or",
    b.compare("lt", index, b.constant("i32", 0)),
    b.compare("ge", index, b.constant("i32", 4)),
  );
  const c = new ScalarBuilder();
  return {
    buffers: [
      ["x", "float32", 4, input(0)],
      ["index", "int32", n, input(1)],
      ["y", "float32", n, temp],
      ["s", "float32", n, sharedRole(0)],
    ],
    steps: [nest({
      axes: [n],
      outer: [{
        buffer: 2,
        address: axisIx(0),
        value: b.load(0, "float32", b.ix(index)),
        guard: null,
      }],
      checks: [{ failed, check: 1, inner: false }],
    })],
    commit: [nest({
      axes: [n],
      outer: [{
        buffer: 3,
        address: axisIx(0),
        value: c.load(2, "float32", axisIx(0)),
        guard: null,
      }],
    })],
    checks: ["Another", "Index out of range"],
  };
}

Deno.test("a failed check throws its message and commits nothing", () => {
  for (const device of [backend, createCpuBackend({ simd: false, check: true })]) {
    const x = Float32Array.of(10, 20, 30, 40);
    for (const bad of [-1, 4, 2 ** 31 - 1]) {
      const index = Int32Array.of(0, 1, 2, 3, 3, 2, bad);
      const runner = new Runner(device, takeSetup(7), {
        inputs: [x, index],
        shared: [new Float32Array(7)],
      });
      assertThrows(() => runner.run(), IndexError, "Index out of range");
      assertEquals(runner.sharedValues()[0], new Float32Array(7));
      runner.inputs[1]!.write("int32", Int32Array.of(0, 1, 2, 3, 3, 2, 1));
      assertEquals(runner.run().sharedValues()[0], Float32Array.of(10, 20, 30, 40, 40, 30, 20));
    }
  }
});

Deno.test("a check inside a loop ends the call", () => {
  const b = new ScalarBuilder();
  const t = { kind: "loop", loop: 0, shift: 0, modulus: 0 } as const;
  const failed = b.compare("eq", b.index(t), b.load(0, "int32", zeroIx));
  const runner = new Runner(backend, {
    buffers: [["at", "int32", 1, input(0)], ["last", "int32", 1, output(0)]],
    steps: [{
      kind: "loop",
      name: "loop",
      id: 0,
      steps: 10,
      body: [nest({
        outer: [{ buffer: 1, address: zeroIx, value: b.index(t), guard: null }],
        checks: [{ failed, check: 0, inner: false }],
      })],
      until: null,
      count: null,
      strategy: "stepped",
      reason: "",
    }],
    checks: ["Stopped"],
  }, { inputs: [Int32Array.of(4)] });
  assertThrows(() => runner.run(), IndexError, "Stopped");
  assertEquals(runner.results()[0], Int32Array.of(3));
  runner.inputs[0]!.write("int32", Int32Array.of(12));
  assertEquals(runner.run().results()[0], Int32Array.of(9));
});

Deno.test("a branch runs one of its parts", () => {
  const b = new ScalarBuilder();
  const put = (value: number) =>
    nest({ outer: [{ buffer: 1, address: zeroIx, value: b.constant("f32", value), guard: null }] });
  const runner = new Runner(backend, {
    buffers: [["c", "bool", 1, input(0)], ["y", "float32", 1, output(0)]],
    steps: [{ kind: "branch", name: "if", condition: 0, then: [put(1)], otherwise: [put(2)] }],
  }, { inputs: [Uint8Array.of(1)] });
  assertEquals(runner.run().results()[0], Float32Array.of(1));
  runner.inputs[0]!.write("bool", Uint8Array.of(0));
  assertEquals(runner.run().results()[0], Float32Array.of(2));
});

/** y = 2x over n elements, where n is a number or a symbol. */
function doubling(n: ReturnType<typeof baseSize>): Setup {
  const b = new ScalarBuilder();
  const value = b.mul(b.load(0, "float32", axisIx(0)), b.constant("f32", 2));
  return {
    buffers: [["x", "float32", n, input(0)], ["y", "float32", n, output(0)]],
    steps: [nest({ axes: [n], outer: [{ buffer: 1, address: axisIx(0), value, guard: null }] })],
  };
}

Deno.test("programs of one structure share a module, and sizes may change between runs", () => {
  const device = createCpuBackend();
  for (const n of [3, 8, 0, 21]) {
    const x = Float32Array.from({ length: n }, (_, i) => i);
    const setup = doubling(baseSize("n", 0, n));
    const runner = new Runner(device, setup, { inputs: [x], env: [n] });
    assertEquals(runner.run().results()[0], x.map((value) => 2 * value));
    assertEquals(device.stats.compiled, 1);
  }
  const executable = device.prepare(programOf(doubling(baseSize("n", 0, 5))));
  for (const n of [5, 6, 100]) {
    const x = device.allocate("float32", n), y = device.allocate("float32", n);
    x.write("float32", new Float32Array(n).fill(n));
    executable.run({ env: Float64Array.of(n), inputs: [x], shared: [], outputs: [y] });
    assertEquals(y.readSync("float32", n), new Float32Array(n).fill(2 * n));
  }
  assertEquals(device.stats.compiled, 1);
  new Runner(device, doubling(5));
  assertEquals(device.stats.compiled, 2);
});

Deno.test("prepareAsync gives what prepare gives", async () => {
  const executable = await backend.prepareAsync(programOf(doubling(4)));
  const x = backend.allocate("float32", 4), y = backend.allocate("float32", 4);
  x.write("float32", Float32Array.of(1, 2, 3, 4));
  executable.run({ env: new Float64Array(), inputs: [x], shared: [], outputs: [y] });
  assertEquals(await y.read("float32", 4), Float32Array.of(2, 4, 6, 8));
  executable.free();
  executable.run({ env: new Float64Array(), inputs: [y], shared: [], outputs: [x] });
  assertEquals(x.readSync("float32", 4), Float32Array.of(4, 8, 12, 16));
  executable.dispose();
  executable.dispose();
  const bindings = { env: new Float64Array(), inputs: [x], shared: [], outputs: [y] };
  assertThrows(() => executable.run(bindings), TypeError, "disposed");
});

Deno.test("running on a buffer that is gone, or of another device, is an error", () => {
  const executable = backend.prepare(programOf(doubling(4)));
  const x = backend.allocate("float32", 4), y = backend.allocate("float32", 4);
  const other = createInterpreterBackend().allocate("float32", 4);
  const run = (input: typeof x | undefined) =>
    executable.run({
      env: new Float64Array(),
      inputs: input === undefined ? [] : [input],
      shared: [],
      outputs: [y],
    });
  assertThrows(() => run(undefined), TypeError, 'nothing is bound to the input "x"');
  assertThrows(() => run(other), TypeError, "another device");
  x.dispose();
  assertThrows(() => run(x), TypeError, "disposed");
});

Deno.test("temps with separate lives share memory, those used across a loop don't", () => {
  const b = new ScalarBuilder();
  const copy = (from: number, to: number) =>
    nest({
      axes: [1000],
      outer: [{
        buffer: to,
        address: axisIx(0),
        value: b.load(from, "float32", axisIx(0)),
        guard: null,
      }],
    });
  const chain: Setup = {
    buffers: [
      ["x", "float32", 1000, input(0)],
      ...[1, 2, 3, 4].map((i) =>
        [`t${i}`, "float32", 1000, temp] as [string, DType, number, typeof temp]
      ),
      ["y", "float32", 1000, output(0)],
    ],
    steps: [copy(0, 1), copy(1, 2), copy(2, 3), copy(3, 4), copy(4, 5)],
  };
  const x = Float32Array.from({ length: 1000 }, (_, i) => i);
  const device = createCpuBackend();
  const runner = new Runner(device, chain, { inputs: [x] });
  assertEquals(runner.run().results()[0], x);
  const executable = device.prepare(programOf(chain));
  assertEquals(executable.info.scratchBytes, 2 * 4032);
});

Deno.test("a loop's state survives from one iteration to the next", () => {
  const b = new ScalarBuilder();
  const at = sizeIx(0);
  const one = (buffer: number, value: ReturnType<ScalarBuilder["constant"]>) =>
    nest({ outer: [{ buffer, address: at, value, guard: null }] });
  const load = (buffer: number) => b.load(buffer, "float32", at);
  const runner = new Runner(backend, {
    buffers: [
      ["state", "float32", 1, temp],
      ["scratch", "float32", 1, temp],
      ["y", "float32", 1, output(0)],
      ["n", "int32", 1, output(1)],
      ["stop", "bool", 1, temp],
    ],
    steps: [one(0, b.constant("f32", 1)), {
      kind: "loop",
      name: "loop",
      id: 3,
      steps: 100,
      body: [
        one(1, b.add(load(0), load(0))),
        one(0, load(1)),
        one(4, b.compare("gt", load(0), b.constant("f32", 1000))),
      ],
      until: 4,
      count: 3,
      strategy: "stepped",
      reason: "",
    }, one(2, load(0))],
  });
  assertEquals(runner.run().results(), [Float32Array.of(1024), Int32Array.of(10)]);
});

Deno.test("very tall expressions can be printed", () => {
  for (const device of [backend, createCpuBackend({ simd: false })]) {
    const b = new ScalarBuilder();
    const x = b.load(0, "int32", axisIx(0));
    let value = x;
    for (let i = 0; i < 20_000; i++) value = b.add(b.binary("xor", value, b.constant("i32", 1)), x);
    const runner = new Runner(device, {
      buffers: [["x", "int32", 5, input(0)], ["y", "int32", 5, output(0)]],
      steps: [nest({ axes: [5], outer: [{ buffer: 1, address: axisIx(0), value, guard: null }] })],
    }, { inputs: [Int32Array.of(0, 2, 4, 6, 8)] });
    const expected = Int32Array.of(0, 2, 4, 6, 8).map((start) => {
      let y = start;
      for (let i = 0; i < 20_000; i++) y = (y ^ 1) + start;
      return y;
    });
    assertEquals(runner.run().results()[0], expected);
  }
});
