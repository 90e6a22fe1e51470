import { assertSnapshot } from "@std/testing/snapshot";
import { axisIx, type Ix, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import type { LoopStrategy, Step } from "../../core/ir/program.ts";
import type { AxisRef } from "../../core/ir/scalar.ts";
import { baseSize } from "../../core/ir/size.ts";
import type { GpuLimits } from "../device/context.ts";
import { kernelsOf, printProgram } from "./program.ts";
import {
  input,
  nest,
  output,
  programOf,
  type Setup,
  sharedRole,
} from "../../dev/testing/gpu/compare.ts";

// The WGSL of a few programs, so that a change of the printers shows what it changes.

const limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
} as GpuLimits;

function print(setup: Setup): string {
  const target = { limits, software: false, dispatchSeconds: 0.05, loopIterations: Infinity };
  const { ops, commit, notes } = printProgram(programOf(setup), target);
  const kernels = [...kernelsOf(ops), ...kernelsOf(commit)];
  return [...notes, ...kernels.map(({ source }) => `// ${source.label}\n${source.wgsl}`)].join(
    "\n",
  );
}

const t = (shift: number): AxisRef => ({ kind: "loop", loop: 0, shift, modulus: 0 });

function scan(strategy: LoopStrategy, body: Step[]): Step {
  return {
    kind: "loop",
    name: "scan",
    id: 0,
    steps: baseSize("steps", 0, 100),
    body,
    until: null,
    count: null,
    strategy,
    reason: "test",
  };
}

Deno.test("WGSL of an elementwise chain with a symbolic size", async (test) => {
  const b = new ScalarBuilder();
  const n = baseSize("n", 0, 10);
  const at = b.addIx(b.scaleIx(axisIx(0), n), axisIx(1));
  const x = b.load(0, "float32", at), row = b.load(1, "float32", axisIx(1));
  const big = b.compare("gt", x, row);
  const value = b.select(big, b.constant("f32", -Infinity), b.madd(x, row, b.constant("f32", 0.1)));
  await assertSnapshot(
    test,
    print({
      buffers: [
        ["x", "float32", 100, input(0)],
        ["row", "float32", n, input(1)],
        ["y", "float16", 100, output(0)],
      ],
      steps: [nest({ axes: [10, n], outer: [{ buffer: 2, address: at, value, guard: null }] })],
    }),
  );
});

Deno.test("WGSL of a maximum and its position over rows", async (test) => {
  const b = new ScalarBuilder();
  const at = b.addIx(b.scaleIx(axisIx(0), 500), axisIx(1));
  const value = b.load(0, "float32", at);
  await assertSnapshot(
    test,
    print({
      buffers: [
        ["x", "float32", 5000, input(0)],
        ["max", "float32", 10, output(0)],
        ["argmax", "int32", 10, output(1)],
      ],
      steps: [nest({
        axes: [10],
        loops: [500],
        reductions: [{ kind: "max", type: "f32", value }, { kind: "argmax", type: "i32", value }],
        outer: [
          { buffer: 1, address: axisIx(0), value: b.reduced(0, "f32"), guard: null },
          { buffer: 2, address: axisIx(0), value: b.reduced(1, "i32"), guard: null },
        ],
      })],
    }),
  );
});

Deno.test("WGSL of a loop in lanes", async (test) => {
  const b = new ScalarBuilder();
  const at = (shift: number): Ix => b.addIx(b.scaleIx(axisIx(t(shift)), 8), axisIx(0));
  const value = b.mul(b.load(0, "float32", at(0)), b.load(0, "float32", at(1)));
  await assertSnapshot(
    test,
    print({
      buffers: [["y", "float32", 816, sharedRole(0)]],
      steps: [scan("lanes", [
        nest({ axes: [8], outer: [{ buffer: 0, address: at(2), value, guard: null }] }),
      ])],
    }),
  );
});

Deno.test("WGSL of a resident recurrence", async (test) => {
  const b = new ScalarBuilder();
  const at = (shift: number): Ix =>
    b.addIx(b.scaleIx(axisIx(t(shift)), 30), b.addIx(b.scaleIx(axisIx(0), 30), axisIx(1)));
  const value = b.unary("abs", b.product("f32"));
  await assertSnapshot(
    test,
    print({
      buffers: [["w", "float32", 900, input(0)], ["y", "float32", 3030, sharedRole(0)]],
      steps: [scan("resident", [{
        kind: "gemm",
        name: "product",
        type: "f32",
        batch: [],
        m: 1,
        n: 30,
        k: 30,
        left: {
          buffer: 1,
          dtype: "float32",
          base: b.scaleIx(axisIx(t(0)), 30),
          batch: [],
          row: 30,
          column: 1,
        },
        right: { buffer: 0, dtype: "float32", base: sizeIx(0), batch: [], row: 30, column: 1 },
        stores: [{ buffer: 1, address: at(1), value, guard: null }],
      }])],
    }),
  );
});
