import { assertEquals } from "@std/assert";
import type { Program } from "../core/kernel/program.ts";
import { fuseRows } from "./fuse_rows.ts";
import { createCpuBackend } from "./mod.ts";
import { softmax } from "./testdata/bench_programs.ts";
import { programOf, Runner } from "./testdata/programs.ts";

function outline(program: Program): string[] {
  return program.steps.map((step) => `${step.kind} ${step.name}`);
}

const always = { bytes: 0, elements: 1 };

Deno.test("nests that pass rows to each other become one loop over the rows", () => {
  const program = programOf(softmax(40, 30).setup);
  const fused = fuseRows(program, always);
  assertEquals(outline(fused), ["loop k+k+k"]);
  // Maxima and sums are needed for one row at a time.
  assertEquals(fused.buffers.map(({ elements }) => elements), [1200, 1, 1, 1200]);
  // Nothing happens below the limits.
  assertEquals(outline(fuseRows(program, { bytes: 5000, elements: 31 })), [
    "nest k",
    "nest k",
    "nest k",
  ]);
  assertEquals(outline(fuseRows(program, { bytes: 1 << 20, elements: 1 })).length, 3);
});

Deno.test("running row by row changes no result", () => {
  const { setup, inputs } = softmax(40, 30);
  const run = (rows: typeof always) =>
    new Runner(createCpuBackend({ check: true, rows }), setup, { inputs }).run().results()[0];
  assertEquals(run(always), run({ bytes: Infinity, elements: 1 }));
});
