import { assertEquals, assertThrows } from "@std/assert";
import type { DeviceBuffer } from "../../core/runtime/backend.ts";
import type { DType, TypedArray } from "../../core/graph/dtype.ts";
import { axisIx, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import { createInterpreterBackend } from "./interpret.ts";
import type { BufferDecl, BufferRole, LoopNest, Program, Step } from "../../core/ir/program.ts";
import { baseSize, Guards, type Size } from "../../core/ir/size.ts";

interface Setup {
  buffers: [name: string, dtype: DType, elements: Size, role: BufferRole][];
  steps: Step[];
  commit?: Step[];
  checks?: string[];
  inputs?: TypedArray[];
  inputTypes?: DType[];
  shared?: TypedArray[];
  env?: number[];
}

/** Runs a program whose buffers are numbered by their position; gives outputs and shared values. */
function run(setup: Setup): { outputs: TypedArray[]; shared: TypedArray[] } {
  const backend = createInterpreterBackend();
  const buffers: BufferDecl[] = setup.buffers.map(([name, dtype, elements, role], id) => ({
    id,
    name,
    dtype,
    elements,
    role,
  }));
  const program: Program = {
    name: "test",
    buffers,
    steps: setup.steps,
    commit: setup.commit ?? [],
    checks: (setup.checks ?? []).map((message) => ({ message })),
    symbols: [],
    guards: new Guards(),
  };
  const bind = (kind: "input" | "shared" | "output", data: TypedArray[]): DeviceBuffer[] =>
    buffers.filter((decl) => decl.role.kind === kind).map((decl, i) => {
      const buffer = backend.allocate(decl.dtype, Number(decl.elements));
      if (data[i]) buffer.write(decl.dtype, data[i]);
      return buffer;
    });
  const inputs = bind("input", setup.inputs ?? []);
  const shared = bind("shared", setup.shared ?? []);
  const outputs = bind("output", []);
  const read = (kind: string, from: DeviceBuffer[]) =>
    buffers.filter((decl) => decl.role.kind === kind)
      .map((decl, i) => from[i]!.readSync(decl.dtype, Number(decl.elements)));
  const result = () => ({ outputs: read("output", outputs), shared: read("shared", shared) });
  try {
    backend.prepare(program)
      .run({ env: Float64Array.from(setup.env ?? []), inputs, shared, outputs });
  } catch (error) {
    throw Object.assign(error as Error, result());
  }
  return result();
}

const input = (i: number): BufferRole => ({ kind: "input", input: i });
const output = (i: number): BufferRole => ({ kind: "output", output: i });

function nest(parts: Partial<LoopNest>): LoopNest {
  return {
    kind: "nest",
    name: "k",
    axes: [],
    loops: [],
    reductions: [],
    inner: [],
    outer: [],
    checks: [],
    ...parts,
  };
}

Deno.test("a nest reduces its loop axes, with running values", () => {
  const b = new ScalarBuilder();
  const at = b.addIx(b.scaleIx(axisIx(0), 3), axisIx(1));
  const x = b.load(0, "float32", at);
  const { outputs } = run({
    buffers: [
      ["x", "float32", 6, input(0)],
      ["sum", "float32", 2, output(0)],
      ["cumsum", "float32", 6, output(1)],
      ["argmax", "int64", 2, output(2)],
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
  assertEquals(outputs[1], new Float32Array([1, 6, 8, 4, NaN, NaN]));
  assertEquals(outputs[2], new BigInt64Array([1n, 1n]));
  assertEquals(outputs[3], new Float32Array([5, NaN]));
});

Deno.test("an empty reduction gives its identity", () => {
  const b = new ScalarBuilder();
  const kinds = ["sum", "prod", "max", "min"] as const;
  const { outputs } = run({
    buffers: [["y", "int32", 4, output(0)]],
    steps: kinds.map((kind, i) =>
      nest({
        loops: [0],
        reductions: [{ kind, type: "i32", value: b.constant("i32", 3) }],
        outer: [{ buffer: 0, address: sizeIx(i), value: b.reduced(0, "i32"), guard: null }],
      })
    ),
  });
  assertEquals(outputs[0], new Int32Array([0, 1, -(2 ** 31), 2 ** 31 - 1]));
});

Deno.test("inner stores see what earlier iterations wrote, and guards hold them back", () => {
  const b = new ScalarBuilder();
  const at = b.ix(b.load(0, "int32", axisIx(0)));
  const value = b.add(b.load(1, "float64", at), b.constant("f64", 1));
  const guard = b.compare("ne", b.index({ kind: "axis", axis: 0 }), b.constant("i32", 0));
  const { shared } = run({
    buffers: [["i", "int32", 4, input(0)], ["y", "float64", 3, { kind: "shared", shared: 0 }]],
    steps: [nest({ loops: [4], inner: [{ buffer: 1, address: at, value, guard }] })],
    inputs: [new Int32Array([2, 0, 2, 2])],
    shared: [new Float64Array([10, 20, 30])],
  });
  assertEquals(shared[0], new Float64Array([11, 20, 32]));
});

Deno.test("stores convert, and a guarded load outside its buffer is 0", () => {
  const b = new ScalarBuilder();
  const i = b.index({ kind: "axis", axis: 0 });
  const inside = b.compare("lt", i, b.constant("i32", 2));
  const x = b.load(0, "float16", axisIx(0), inside);
  const y = b.mul(x, b.constant("f32", 1000));
  const { outputs } = run({
    buffers: [
      ["x", "float16", 2, input(0)],
      ["h", "float16", 3, output(0)],
      ["b", "bool", 3, output(1)],
      ["u", "uint8", 3, output(2)],
      ["l", "uint64", 3, output(3)],
    ],
    steps: [nest({
      axes: [3],
      inner: [1, 2, 3, 4].map((buffer) => ({
        buffer,
        address: axisIx(0),
        value: y,
        guard: null,
      })),
    })],
    inputs: [new Float16Array([0.3, -2])],
  });
  assertEquals(outputs[0], new Float16Array([300, -2000, 0]));
  assertEquals(outputs[1], new Uint8Array([1, 1, 0]));
  assertEquals(outputs[2], new Uint8Array([300 & 255, 0, 0]));
  assertEquals(outputs[3], new BigUint64Array([300n, 0n, 0n]));
});

Deno.test("a gemm multiplies transposed batches into an epilogue", () => {
  const b = new ScalarBuilder();
  const at = b.addIx(
    b.addIx(b.scaleIx(axisIx(0), 4), b.scaleIx(axisIx(1), 2)),
    axisIx(2),
  );
  const { outputs } = run({
    buffers: [
      ["a", "float32", 6, input(0)],
      ["b", "float32", 12, input(1)],
      ["y", "float32", 8, output(0)],
    ],
    steps: [{
      kind: "gemm",
      name: "g",
      type: "f32",
      batch: [2],
      m: 2,
      n: 2,
      k: 3,
      // The left matrix is stored transposed and is the same for both of the batch.
      left: { buffer: 0, dtype: "float32", base: sizeIx(0), batch: [0], row: 1, column: 2 },
      right: { buffer: 1, dtype: "float32", base: sizeIx(0), batch: [6], row: 2, column: 1 },
      stores: [{
        buffer: 2,
        address: at,
        value: b.add(b.product("f32"), b.constant("f32", 0.5)),
        guard: null,
      }],
    }],
    inputs: [
      new Float32Array([1, 4, 2, 5, 3, 6]),
      new Float32Array([1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 0, 0]),
    ],
  });
  assertEquals(outputs[0], new Float32Array([4.5, 5.5, 10.5, 11.5, 2.5, 4.5, 8.5, 10.5]));
});

Deno.test("sort is stable and puts NaN last in both directions", () => {
  const sort = (descending: boolean) =>
    run({
      buffers: [
        ["x", "float32", 5, input(0)],
        ["v", "float32", 5, output(0)],
        ["p", "int64", 5, output(1)],
      ],
      steps: [{
        kind: "sort",
        name: "s",
        dtype: "float32",
        source: 0,
        rows: 1,
        length: 5,
        descending,
        values: 1,
        positions: 2,
      }],
      inputs: [new Float32Array([3, NaN, 1, 3, -Infinity])],
    }).outputs;
  assertEquals(sort(false), [
    new Float32Array([-Infinity, 1, 3, 3, NaN]),
    new BigInt64Array([4n, 2n, 0n, 3n, 1n]),
  ]);
  assertEquals(sort(true), [
    new Float32Array([3, 3, 1, -Infinity, NaN]),
    new BigInt64Array([0n, 3n, 2n, 4n, 1n]),
  ]);
});

Deno.test("nonzero gives positions and their number", () => {
  const { outputs } = run({
    buffers: [
      ["x", "int64", 4, input(0)],
      ["p", "int32", 4, output(0)],
      ["n", "int32", 1, output(1)],
    ],
    steps: [{
      kind: "nonzero",
      name: "z",
      dtype: "int64",
      source: 0,
      length: 4,
      positions: 1,
      count: 2,
    }],
    inputs: [new BigInt64Array([0n, 7n, 0n, -1n])],
  });
  assertEquals([...outputs[0]!].slice(0, 2), [1, 3]);
  assertEquals(outputs[1], new Int32Array([2]));
});

/** h[t] = h[t-1] + x[t] in a ring of two, until h > limit; the state is copied out behind. */
function ringLoop(steps: Size, limit: number): Setup {
  const b = new ScalarBuilder();
  const loop = (shift: number, modulus: number) =>
    axisIx({ kind: "loop", loop: 7, shift, modulus });
  const next = b.add(b.load(1, "float32", loop(-1, 2)), b.load(0, "float32", loop(0, 0)));
  const store = (buffer: number, value = next, address = loop(0, 2)) =>
    nest({ inner: [{ buffer, address, value, guard: null }] });
  return {
    buffers: [
      ["x", "float32", 5, input(0)],
      ["h", "float32", 2, { kind: "temp" }],
      ["stop", "bool", 1, { kind: "temp" }],
      ["count", "int32", 1, output(0)],
      ["trace", "float32", 5, output(1)],
    ],
    steps: [
      store(1, b.constant("f32", 0), sizeIx(1)),
      {
        kind: "loop",
        name: "l",
        id: 7,
        steps,
        body: [
          store(1),
          store(4, b.load(1, "float32", loop(0, 2)), loop(0, 0)),
          store(
            2,
            b.compare("gt", b.load(1, "float32", loop(0, 2)), b.constant("f32", limit)),
            sizeIx(0),
          ),
        ],
        until: 2,
        count: 3,
        strategy: "stepped",
        reason: "test",
      },
    ],
    inputs: [new Float32Array([1, 2, 3, 4, 5])],
  };
}

Deno.test("a loop runs through a ring, stops by its flag and counts", () => {
  const { outputs } = run(ringLoop(5, 4));
  assertEquals(outputs, [new Int32Array([3]), new Float32Array([1, 3, 6, 0, 0])]);
});

Deno.test("a loop takes its length from the environment of the call", () => {
  const steps = baseSize("n", 0, 5);
  for (const n of [0, 1, 4]) {
    const { outputs } = run({ ...ringLoop(steps, 100), env: [n] });
    assertEquals(outputs[0], new Int32Array([n]));
    assertEquals(outputs[1], new Float32Array([1, 3, 6, 10, 15].map((v, i) => i < n ? v : 0)));
  }
});

Deno.test("a branch runs one side", () => {
  const b = new ScalarBuilder();
  const set = (value: number) =>
    nest({
      inner: [{ buffer: 1, address: sizeIx(0), value: b.constant("i32", value), guard: null }],
    });
  for (const [condition, expected] of [[1, 10], [0, 20]] as const) {
    const { outputs } = run({
      buffers: [["c", "bool", 1, input(0)], ["y", "int16", 1, output(0)]],
      steps: [{ kind: "branch", name: "b", condition: 0, then: [set(10)], otherwise: [set(20)] }],
      inputs: [new Uint8Array([condition])],
    });
    assertEquals(outputs[0], new Int16Array([expected]));
  }
});

Deno.test("a failed check throws before anything is committed", () => {
  const b = new ScalarBuilder();
  const i = b.load(0, "int32", sizeIx(0));
  const commit = nest({
    inner: [{ buffer: 1, address: sizeIx(0), value: b.constant("f32", 9), guard: null }],
  });
  const setup = (index: number): Setup => ({
    buffers: [["i", "int32", 1, input(0)], ["w", "float32", 1, { kind: "shared", shared: 0 }]],
    steps: [nest({
      checks: [{ failed: b.compare("ge", i, b.constant("i32", 3)), check: 0, inner: false }],
    })],
    commit: [commit],
    checks: ["Index out of range"],
    inputs: [new Int32Array([index])],
    shared: [new Float32Array([1])],
  });
  assertEquals(run(setup(2)).shared[0], new Float32Array([9]));
  const error = assertThrows(() => run(setup(3)), RangeError, "Index out of range");
  assertEquals((error as unknown as { shared: unknown[] }).shared[0], new Float32Array([1]));
});

Deno.test("an index outside its buffer is an error", () => {
  const b = new ScalarBuilder();
  const steps = [nest({
    axes: [3],
    inner: [{
      buffer: 1,
      address: axisIx(0),
      value: b.load(0, "float32", axisIx(0)),
      guard: null,
    }],
  })];
  const buffers: Setup["buffers"] = [
    ["x", "float32", 2, input(0)],
    ["y", "float32", 3, output(0)],
  ];
  assertThrows(() => run({ buffers, steps }), RangeError, `Cannot read element 2 of "x"`);
});

Deno.test("buffers are counted, and a disposed one cannot be used", () => {
  const backend = createInterpreterBackend();
  const a = backend.allocate("complex64", 3), b = backend.allocate("int8", 3);
  assertEquals(backend.stats.buffers, 2);
  assertEquals(backend.stats.bytes, 27);
  assertEquals(a.readSync("complex64", 3), new Float32Array(6));
  b.dispose();
  b.dispose();
  assertEquals(backend.stats.buffers, 1);
  assertEquals(b.disposed, true);
  assertThrows(() => b.readSync("int8", 3), TypeError, "disposed");
});
