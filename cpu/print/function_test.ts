// Functions that kernels call, beside the same functions printed in place.

import "../../dev/testing/compiling.ts";
import { assert, assertEquals } from "@std/assert";
import { axisIx, ScalarBuilder } from "../../core/ir/builder.ts";
import { scalarFunction } from "../../core/ir/functions.ts";
import type { Loop, LoopNest } from "../../core/ir/program.ts";
import { sin } from "../../core/math/mod.ts";
import type { SNode } from "../../core/ir/scalar.ts";
import { baseSize, type Size } from "../../core/ir/size.ts";
import { elementwiseOps } from "../../core/ops/elementwise/table.ts";
import { createCpuBackend } from "../mod.ts";
import { choosesCalls, printModule } from "./module.ts";
import {
  input,
  nest,
  output,
  programOf,
  Runner,
  type Setup,
} from "../../dev/testing/cpu/programs.ts";

const backends = [
  createCpuBackend({ simd: false, check: true }),
  createCpuBackend({ check: true }),
];

/** y = value, from some vectors of `length` elements. */
function setupOf(
  dtype: "float32" | "float64",
  value: SNode,
  inputs: number,
  length: Size,
): Setup {
  return {
    buffers: [
      ...Array.from({ length: inputs }, (_, i): Setup["buffers"][number] => [
        `x${i}`,
        dtype,
        length,
        input(i),
      ]),
      ["y", dtype, length, output(0)],
    ],
    steps: [nest({
      axes: [length],
      outer: [{ buffer: inputs, address: axisIx(0), value, guard: null }],
    })],
  };
}

const special = [0, -0, 0.5, -0.5, 1, -1, 1.5, -2.25, 3, 10, -20, 88, 710, 1e-20, 1e5, -1e30, NaN];
const points = [...special, Infinity, -Infinity, 0.25, 0.999, 123.25];

Deno.test("called functions give what they give in place, of vectors and single values", () => {
  let tried = 0;
  for (const [name, { lowering, arity }] of Object.entries(elementwiseOps)) {
    if (lowering.kind !== "elementwise" || lowering.cost < 8) continue;
    for (const [type, dtype] of [["f32", "float32"], ["f64", "float64"]] as const) {
      const func = scalarFunction(
        name,
        { type, count: arity, ieee: true },
        (b, args) => lowering.scalar(b, args, {}),
      );
      if (func === null) continue;
      tried++;
      const inputs = Array.from({ length: arity }, (_, i) => {
        const values = points.map((_, at) => points[(at * (1 + 4 * i)) % points.length]!);
        return dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
      });
      for (const backend of backends) {
        const [inPlace, called] = [false, true].map((functions) => {
          const b = new ScalarBuilder({ ieee: true, functions });
          const value = b.call(func, inputs.map((_, i) => b.load(i, dtype, axisIx(0))));
          assertEquals(value.op === "call", functions);
          return new Runner(backend, setupOf(dtype, value, arity, points.length), { inputs })
            .run().results()[0];
        });
        assertEquals(called, inPlace, `${name} of ${dtype}, ${backend.description}`);
      }
    }
  }
  assert(tried > 40);
});

const func = scalarFunction("sin", { type: "f32", count: 1, ieee: true }, (b, [x]) => sin(b, x!))!;

/** A nest of a chain of sines. */
function sines(count: number, length: Size): LoopNest {
  const b = new ScalarBuilder({ ieee: true, functions: true });
  let value = b.load(0, "float32", axisIx(0));
  for (let i = 0; i < count; i++) value = b.call(func, [value]);
  return setupOf("float32", value, 1, length).steps[0] as LoopNest;
}

Deno.test("large kernels and short ones call functions, others and those of loops do not", () => {
  const chosen = (one: LoopNest, inLoop = false) =>
    choosesCalls(programOf({ buffers: [], steps: [one] }))(one, inLoop);
  assert(!chosen(sines(3, 1000)));
  assert(!chosen(sines(3, baseSize("n", 0, 8))));
  assert(chosen(sines(3, 8)));
  assert(!chosen(sines(3, 8), true));
  assert(chosen(sines(100, 1000)));
  assert(chosen(sines(100, 1000), true));
});

Deno.test("in a program of very many functions all kernels call them, apart from those of loops", () => {
  const steps = Array.from({ length: 1000 }, () => sines(1, 1000));
  const inside = sines(1, 1000);
  const loop: Loop = {
    kind: "loop",
    name: "loop",
    id: 0,
    steps: 10,
    body: [inside],
    until: null,
    count: null,
    strategy: "stepped",
    reason: "for a test",
  };
  const chosen = choosesCalls(programOf({ buffers: [], steps: [...steps, loop] }));
  assert(chosen(steps[0]!, false));
  assert(!chosen(inside, true));
});

Deno.test("each call of a function takes few bytes", () => {
  const bytes = (count: number) => {
    const setup = { ...setupOf("float32", sines(0, 8).outer[0]!.value, 1, 8) };
    const program = programOf({ ...setup, steps: [sines(count, 8)] });
    return printModule(program, {
      simd: true,
      relaxed: false,
      check: true,
      memory: { min: 1 },
      sharing: { block: 0, from: Infinity, products: false },
    }).bytes.length;
  };
  assert(func.nodes.length > 100);
  assert(bytes(200) - bytes(100) < 100 * 10);
});

Deno.test("a module that shares no work imports nothing of threads", () => {
  const imports = (length: number) => {
    const { bytes } = printModule(
      programOf(setupOf("float32", sines(0, 8).outer[0]!.value, 1, length)),
      {
        simd: true,
        relaxed: false,
        check: true,
        memory: { min: 1, max: 2, shared: true },
        sharing: { block: 64, from: 1 << 14, products: true },
      },
    );
    return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  };
  assertEquals(imports(8), ["memory"]);
  assertEquals(imports(1 << 22), ["memory", "watch", "code"]);
});
