import { assertEquals } from "@std/assert";
import { axisIx, type Ix, ScalarBuilder } from "../../core/ir/builder.ts";
import type { Loop, LoopNest, Step } from "../../core/ir/program.ts";
import type { GpuLimits } from "./context.ts";
import { planMemory, slotBytes } from "./plan_memory.ts";
import { printProgram } from "../print/program.ts";
import { input, nest, output, programOf, temp } from "../../dev/testing/gpu/compare.ts";

const N = 1000;

/** to = from + 1, of N elements. */
function step(source: number, target: number, at: Ix = axisIx(0)): LoopNest {
  const b = new ScalarBuilder();
  const value = b.add(b.load(source, "float32", axisIx(0)), b.constant("f32", 1));
  return nest({ axes: [N], outer: [{ buffer: target, address: at, value, guard: null }] });
}

function loop(body: Step[]): Loop {
  return {
    kind: "loop",
    name: "loop",
    id: 0,
    steps: 5,
    body,
    until: null,
    count: null,
    strategy: "stepped",
    reason: "test",
  };
}

/** Bytes of scratch memory for steps over buffers: 0 an argument, 1 a result, 2 to 4 temps. */
function bytes(steps: Step[]): number {
  const program = programOf({
    buffers: [
      ["x", "float32", N, input(0)],
      ["y", "float32", N, output(0)],
      ["a", "float32", N, temp],
      ["b", "float32", N, temp],
      ["c", "float32", 5 * N, temp],
    ],
    steps,
  });
  const limits = { maxStorageBuffersPerShaderStage: 8 } as GpuLimits;
  const target = { limits, software: true, dispatchSeconds: 1, loopIterations: Infinity };
  const plan = planMemory(program, printProgram(program, target));
  return slotBytes(plan, null).reduce((sum, size) => sum + size, 0);
}

Deno.test("memory that is read for the last time is used again", () => {
  assertEquals(bytes([step(0, 2), step(2, 1)]), 4 * N);
  assertEquals(bytes([step(0, 2), step(2, 1), step(0, 3), step(3, 1)]), 4 * N);
  assertEquals(bytes([step(0, 2), step(0, 3), step(2, 1), step(3, 1)]), 8 * N);
});

Deno.test("what each step of a loop writes anew is shared, what lasts is not", () => {
  const both = [step(0, 2), step(2, 1), step(0, 3), step(3, 1)];
  assertEquals(bytes([loop(both)]), 4 * N);
  // The value of the step before.
  assertEquals(bytes([loop([step(2, 1), step(0, 2), step(0, 3), step(3, 1)])]), 8 * N);
  // Something from before the loop.
  assertEquals(bytes([step(0, 2), loop([step(2, 1), step(0, 3), step(3, 1)])]), 8 * N);
  // Something for behind it.
  assertEquals(bytes([loop([step(0, 2), step(0, 3), step(3, 1)]), step(2, 1)]), 8 * N);
});

Deno.test("a trace of all steps keeps its memory through the loop", () => {
  const b = new ScalarBuilder();
  const own: Ix = b.addIx(
    b.scaleIx(axisIx({ kind: "loop", loop: 0, shift: 0, modulus: 0 }), N),
    axisIx(0),
  );
  assertEquals(bytes([loop([step(0, 4, own), step(0, 3), step(3, 1)])]), 24 * N);
});
