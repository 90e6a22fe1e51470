/** What programs cost on the GPU: calls, passes over memory, reductions, products, and loops. */

import { availability } from "../dev/testing/gpu_device.ts";
import { axisIx, type Ix, ScalarBuilder, sizeIx } from "../core/ir/builder.ts";
import type { LoopStrategy } from "../core/ir/program.ts";
import type { AxisRef } from "../core/ir/scalar.ts";
import { sizeValue } from "../core/ir/size.ts";
import {
  floats,
  gpu,
  input,
  nest,
  output,
  programOf,
  type Setup,
  sharedRole,
} from "../dev/testing/gpu/compare.ts";

const ignore = !availability.available;

function bench(group: string, name: string, setup: Setup, calls = 1): void {
  let ready: Promise<{ call: () => void; read: () => void }> | null = null;
  Deno.bench({
    name: `${group}, ${name}`,
    group,
    ignore,
    fn: async (timer) => {
      ready ??= prepare(setup);
      const { call, read } = await ready;
      call();
      read();
      timer.start();
      for (let i = 0; i < calls; i++) call();
      read();
      timer.end();
    },
  });
}

async function prepare(setup: Setup): Promise<{ call: () => void; read: () => void }> {
  const backend = await gpu();
  const program = programOf(setup);
  const bind = (kind: string) =>
    program.buffers.filter((decl) => decl.role.kind === kind).map((decl) => {
      const n = sizeValue(decl.elements);
      const buffer = backend.allocate(decl.dtype, n);
      buffer.write(decl.dtype, floats(n));
      return buffer;
    });
  const bindings = {
    env: new Float64Array(0),
    inputs: bind("input"),
    shared: bind("shared"),
    outputs: bind("output"),
  };
  const executable = await backend.prepareAsync(program);
  const result = bindings.outputs[0] ?? bindings.shared[0]!;
  return { call: () => executable.run(bindings), read: () => result.readSync("float32", 1) };
}

function t(shift = 0): AxisRef {
  return { kind: "loop", loop: 0, shift, modulus: 0 };
}

/** Twenty multiplications and additions for each element. */
function chain(n: number): Setup {
  const b = new ScalarBuilder();
  const x = b.load(0, "float32", axisIx(0));
  let y = x;
  for (let i = 0; i < 20; i++) y = b.madd(y, x, b.constant("f32", 0.1 * i));
  return {
    buffers: [["x", "float32", n, input(0)], ["y", "float32", n, output(0)]],
    steps: [nest({ axes: [n], outer: [{ buffer: 1, address: axisIx(0), value: y, guard: null }] })],
  };
}

function sum(rows: number, length: number, leading: boolean): Setup {
  const b = new ScalarBuilder();
  const at = leading
    ? b.addIx(axisIx(0), b.scaleIx(axisIx(1), rows))
    : b.addIx(b.scaleIx(axisIx(0), length), axisIx(1));
  return {
    buffers: [["x", "float32", rows * length, input(0)], ["y", "float32", rows, output(0)]],
    steps: [nest({
      axes: [rows],
      loops: [length],
      reductions: [{ kind: "sum", type: "f32", value: b.load(0, "float32", at) }],
      outer: [{ buffer: 1, address: axisIx(0), value: b.reduced(0, "f32"), guard: null }],
    })],
  };
}

/** y(t) = s / (1 + |s|), s = W y(t-1) + x(t). */
function recurrence(strategy: LoopStrategy, steps: number, n: number, batch: number): Setup {
  const b = new ScalarBuilder();
  const block = batch * n;
  const at = (shift: number): Ix =>
    b.addIx(b.scaleIx(axisIx(t(shift)), block), b.addIx(b.scaleIx(axisIx(0), n), axisIx(1)));
  const s = b.add(b.product("f32"), b.load(0, "float32", at(0)));
  const y = b.div(s, b.add(b.constant("f32", 1), b.unary("abs", s)));
  return {
    buffers: [
      ["x", "float32", steps * block, input(0)],
      ["w", "float32", n * n, input(1)],
      ["y", "float32", (steps + 1) * block, sharedRole(0)],
    ],
    steps: [{
      kind: "loop",
      name: "scan",
      id: 0,
      steps,
      until: null,
      count: null,
      strategy,
      reason: "bench",
      body: [{
        kind: "gemm",
        name: "product",
        type: "f32",
        batch: [],
        m: batch,
        n,
        k: n,
        left: {
          buffer: 2,
          dtype: "float32",
          base: b.scaleIx(axisIx(t()), block),
          batch: [],
          row: n,
          column: 1,
        },
        right: { buffer: 1, dtype: "float32", base: sizeIx(0), batch: [], row: n, column: 1 },
        stores: [{ buffer: 2, address: at(1), value: y, guard: null }],
      }],
    }],
  };
}

/** y(t) = y(t-1) / 2 + x(t), of n elements. */
function linear(strategy: LoopStrategy, steps: number, n: number): Setup {
  const b = new ScalarBuilder();
  const at = (shift: number): Ix => b.addIx(b.scaleIx(axisIx(t(shift)), n), axisIx(0));
  const [x, y] = [b.load(0, "float32", at(0)), b.load(1, "float32", at(0))];
  const value = b.madd(y, b.constant("f32", 0.5), x);
  return {
    buffers: [
      ["x", "float32", steps * n, input(0)],
      ["y", "float32", (steps + 1) * n, sharedRole(0)],
    ],
    steps: [{
      kind: "loop",
      name: "scan",
      id: 0,
      steps,
      until: null,
      count: null,
      strategy,
      reason: "bench",
      body: [nest({ axes: [n], outer: [{ buffer: 1, address: at(1), value, guard: null }] })],
    }],
  };
}

bench("call", "100 calls on 16 elements", chain(16), 100);
bench("memory", "chain on 10⁶", chain(1e6));
bench("sum", "all of 10⁷", sum(1, 1e7, false));
bench("sum", "rows of 1000 × 1000", sum(1000, 1000, false));
bench("sum", "columns of 1000 × 1000", sum(1000, 1000, true));
for (const strategy of ["stepped", "resident"] as const) {
  bench("recurrence 20", strategy, recurrence(strategy, 1001, 20, 1));
  bench("recurrence 200", strategy, recurrence(strategy, 1001, 200, 1));
  bench("recurrence 200, batch 64", strategy, recurrence(strategy, 50, 200, 64));
}
for (const strategy of ["stepped", "resident", "lanes", "parallel"] as const) {
  bench("linear, 1000 steps of 1000", strategy, linear(strategy, 1000, 1000));
}
for (const strategy of ["resident", "lanes", "parallel"] as const) {
  bench("linear, 10⁵ steps of 1", strategy, linear(strategy, 1e5, 1));
}
