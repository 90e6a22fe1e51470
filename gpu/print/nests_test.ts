import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Backend } from "../../core/runtime/backend.ts";
import { IndexError } from "../../core/base/errors.ts";
import { axisIx, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import { createInterpreterBackend } from "../../dev/testing/interpret.ts";
import type { BufferDecl } from "../../core/ir/program.ts";
import { baseSize, mulSize } from "../../core/ir/size.ts";
import { createGpuBackend } from "../backend.ts";
import { KernelText } from "./kernel_text.ts";
import { printThreadNest } from "./nest.ts";
import {
  compare,
  floats,
  gpu,
  gpuTest,
  input,
  nest,
  output,
  runOn,
  type Setup,
} from "../../dev/testing/gpu/compare.ts";

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

/** y[i] = table[position of the maximum of row i], which is checked; with running values if asked to. */
function checkedPositions(
  rows: number,
  n: number,
  bound: number,
  extra: { running?: boolean; scatter?: boolean; stores?: number } = {},
): Setup {
  const b = new ScalarBuilder();
  const { running = false, scatter = false, stores = 0 } = extra;
  const at = b.addIx(b.scaleIx(axisIx(0), n), axisIx(1));
  const x = b.load(0, "float32", at);
  // Running values are not combined with positions, so the place of a maximum is the maximum there.
  const kind = running ? "max" as const : "argmax" as const;
  const found = running ? b.cast(b.reduced(0, "f32"), "i32") : b.reduced(0, "i32");
  const failed = b.compare("ge", found, b.constant("i32", bound));
  const place = b.ix(b.select(failed, b.constant("i32", 0), found));
  const value = b.load(1, "float32", place);
  // Adding up in memory keeps the iterations of a row in one thread.
  const added = b.add(b.load(3, "float32", axisIx(0)), x);
  const buffers: Setup["buffers"] = [
    ["x", "float32", rows * n, input(0)],
    ["table", "float32", n + 1, input(1)],
    ["y", "float32", rows, output(0)],
    ["inner", "float32", rows * n, output(1)],
    ...Array.from(
      { length: stores },
      (_, i): Setup["buffers"][number] => [`z${i}`, "float32", rows, output(2 + i)],
    ),
  ];
  return {
    buffers,
    steps: [nest({
      axes: [rows],
      loops: [n],
      reductions: [{ kind, type: running ? "f32" : "i32", value: x }],
      inner: running
        ? [{ buffer: 3, address: at, value: b.running(0, "f32"), guard: null }]
        : scatter
        ? [{ buffer: 3, address: axisIx(0), value: added, guard: null }]
        : [],
      outer: [
        { buffer: 2, address: axisIx(0), value, guard: null },
        ...Array.from({ length: stores }, (_, i) => ({
          buffer: 4 + i,
          address: axisIx(0),
          value: b.add(value, b.constant("f32", i)),
          guard: null,
        })),
      ],
      checks: [{ failed, check: 0, inner: false }],
    })],
    checks: ["Index out of range"],
    inputs: [
      Float32Array.from({ length: rows * n }, (_, i) => i % n),
      Float32Array.from({ length: n + 1 }, (_, i) => 3 * i),
    ],
  };
}

gpuTest("checks of what a nest reduces come after its loops, however they are shared", async () => {
  const impatient = await createGpuBackend({
    device: (await gpu()).device,
    dispatchSeconds: 0,
  });
  const cases: [name: string, make: (bound: number) => Setup, Backend?][] = [
    ["one thread", (bound) => checkedPositions(3, 7, bound)],
    ["a group", (bound) => checkedPositions(3, 700, bound)],
    ["parts", (bound) => checkedPositions(1, 100_000, bound)],
    ["chunks", (bound) => checkedPositions(3, 9, bound, { scatter: true }), impatient],
    ["blocks", (bound) => checkedPositions(2, 300, bound, { running: true })],
    ["parts of blocks", (bound) => checkedPositions(1, 40_000, bound, { running: true })],
    ["several kernels", (bound) => checkedPositions(2, 300, bound, { stores: 12 })],
  ];
  for (const [name, make, device] of cases) {
    await compare(make(1e6), {}, device);
    await assertRejects(
      async () => await runOn(device ?? await gpu(), make(2)),
      IndexError,
      "out of range",
      name,
    );
    await assertRejects(() => runOn(createInterpreterBackend(), make(2)), IndexError);
  }
});

gpuTest("constant places of what is never read or written may be anything", async () => {
  const size = baseSize("n", 0, 3);
  for (const place of [-1, -2, 1000, 2 ** 31 - 1, -(2 ** 31)]) {
    const b = new ScalarBuilder();
    const never = b.compare("lt", b.size(size), b.constant("i32", 3));
    const { outputs } = await compare({
      buffers: [
        ["x", "float32", 3, input(0)],
        ["guarded", "float32", 3, output(0)],
        ["at a sum", "float32", 1, output(1)],
        ["kept", "int8", 3, output(2)],
      ],
      steps: [
        nest({
          axes: [3],
          outer: [
            {
              buffer: 1,
              address: axisIx(0),
              value: b.add(
                b.load(0, "float32", axisIx(0)),
                b.load(0, "float32", sizeIx(place), never),
              ),
              guard: null,
            },
            { buffer: 3, address: axisIx(0), value: b.constant("i32", 200), guard: null },
          ],
        }),
        nest({
          axes: [1],
          outer: [
            { buffer: 2, address: axisIx(0), value: b.constant("f32", 5), guard: null },
          ],
        }),
        nest({
          axes: [1],
          outer: [
            { buffer: 2, address: sizeIx(place), value: b.constant("f32", 7), guard: never },
          ],
        }),
      ],
      inputs: [new Float32Array([1, 2, 3])],
      env: [3],
    });
    assertEquals(outputs, [
      new Float32Array([1, 2, 3]),
      new Float32Array([5]),
      new Int8Array([-56, -56, -56]),
    ]);
  }
});

Deno.test("a nest that reads what it reduces within its loops is not printed", () => {
  const b = new ScalarBuilder();
  const failed = b.compare("ge", b.reduced(0, "f32"), b.constant("f32", 1));
  const wrong = nest({
    loops: [5],
    reductions: [{ kind: "sum", type: "f32", value: b.load(0, "float32", axisIx(0)) }],
    checks: [{ failed, check: 0, inner: true }],
  });
  const decl: BufferDecl = { id: 0, name: "x", dtype: "float32", elements: 5, role: input(0) };
  const text = new KernelText(new Map([[0, decl]]));
  assertThrows(() => printThreadNest(text, wrong, []), TypeError, "its loops read what they give");
});
