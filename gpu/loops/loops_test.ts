import { assert, assertEquals } from "@std/assert";
import { axisIx, type Ix, ScalarBuilder, sizeIx } from "../../core/ir/builder.ts";
import type { Loop, LoopStrategy, Step } from "../../core/ir/program.ts";
import type { AxisRef, SNode } from "../../core/ir/scalar.ts";
import { baseSize, mulSize, type Size, subSize } from "../../core/ir/size.ts";
import { createGpuBackend } from "../backend.ts";
import {
  compare,
  floats,
  gpu,
  gpuTest,
  input,
  nest,
  output,
  programOf,
  runOn,
  type Setup,
  sharedRole,
  temp,
} from "../../dev/testing/gpu/compare.ts";

const STRATEGIES: LoopStrategy[] = ["lanes", "resident", "parallel", "stepped"];

/** The axis that counts a loop. */
function t(loop: number, shift = 0, modulus = 0): AxisRef {
  return { kind: "loop", loop, shift, modulus };
}

function loop(id: number, steps: Size, body: Step[], rest: Partial<Loop> = {}): Loop {
  return {
    kind: "loop",
    name: `loop ${id}`,
    id,
    steps,
    body,
    until: null,
    count: null,
    strategy: "stepped",
    reason: "test",
    ...rest,
  };
}

/** Runs a setup by each strategy; `eligible` are those that must not fall back. */
async function everyStrategy(
  make: (strategy: LoopStrategy) => Setup,
  eligible: readonly LoopStrategy[],
): Promise<void> {
  for (const strategy of STRATEGIES) {
    const setup = make(strategy);
    const got = await compare(setup, { relative: 1e-4, absolute: 1e-5 });
    if (strategy !== "stepped") {
      // One step in each dispatch.
      const impatient = await createGpuBackend({
        device: (await gpu()).device,
        dispatchSeconds: 0,
      });
      assertEquals(await runOn(impatient, setup), got);
    }
    const { listing } = (await gpu()).prepare(programOf(setup)).info;
    const note = listing.split("\n").find((line) => line.startsWith("// loop"))!;
    if (strategy === "parallel" && !eligible.includes("parallel")) continue;
    const wanted = eligible.includes(strategy) ? strategy : "stepped";
    assert(note.includes(`: ${wanted}`), `${strategy}: ${note}`);
  }
}

/** A step that is not linear, of what came before and an input. */
function blend(b: ScalarBuilder, ...terms: SNode[]): SNode {
  const sum = terms.reduce((x, y) => b.add(x, y));
  // x / (1 + |x|), which stays bounded.
  return b.div(sum, b.add(b.constant("f32", 1), b.unary("abs", sum)));
}

gpuTest("an elementwise loop with taps in a ring, a trace and a last value", async () => {
  const n = 7, steps = 25;
  await everyStrategy((strategy) => {
    const b = new ScalarBuilder(), c = new ScalarBuilder();
    const ring = (shift: number): Ix => b.addIx(b.scaleIx(axisIx(t(0, shift, 3)), n), axisIx(0));
    const x = b.load(0, "float32", b.addIx(b.scaleIx(axisIx(t(0)), n), axisIx(0)));
    const next = blend(b, b.load(1, "float32", ring(1)), b.load(1, "float32", ring(0)), x);
    const back = c.addIx(
      sizeIx((steps - 1) * n),
      c.addIx(c.scaleIx(axisIx(t(0)), -n), axisIx(0)),
    );
    const y = c.load(1, "float32", c.addIx(c.scaleIx(axisIx(t(0, 2, 3)), n), axisIx(0)));
    return {
      buffers: [
        ["x", "float32", n * steps, input(0)],
        ["ring", "float32", 3 * n, sharedRole(0)],
        ["trace", "float16", n * steps, output(0)],
        ["last", "float32", n, output(1)],
      ],
      steps: [
        loop(0, steps, [
          nest({
            axes: [n],
            outer: [{ buffer: 1, address: ring(2), value: next, guard: null }],
          }),
          nest({
            axes: [n],
            outer: [
              { buffer: 2, address: back, value: y, guard: null },
              { buffer: 3, address: axisIx(0), value: c.mul(y, y), guard: null },
            ],
          }),
        ], { strategy }),
      ],
      inputs: [floats(n * steps)],
      shared: [floats(3 * n, 2)],
    };
  }, ["lanes", "resident"]);
});

gpuTest("an elementwise loop that reads its own trace, of any length", async () => {
  const n = 5;
  const steps = baseSize("steps", 0, 9);
  for (const length of [9, 1, 0, 40]) {
    await everyStrategy((strategy) => {
      const b = new ScalarBuilder();
      const at = (shift: number): Ix => b.addIx(b.scaleIx(axisIx(t(0, shift)), n), axisIx(0));
      const value = blend(b, b.load(0, "float32", at(0)), b.load(0, "float32", at(1)));
      const guard = b.compare("ne", b.index(axisIx(0).terms[0]!.axis), b.constant("i32", 3));
      return {
        buffers: [
          ["trace", "float32", mulSize(subSize(steps, -2), n), sharedRole(0)],
          ["odd", "float32", mulSize(subSize(steps, -1), n), sharedRole(1)],
          ["count", "int32", 1, output(0)],
        ],
        steps: [
          loop(0, steps, [nest({
            axes: [n],
            outer: [
              { buffer: 0, address: at(2), value, guard: null },
              {
                buffer: 1,
                address: at(1),
                value: b.add(value, b.load(1, "float32", at(0))),
                guard,
              },
            ],
          })], { strategy, count: 2 }),
        ],
        shared: [floats((length + 2) * n, 2), floats((length + 1) * n, 3)],
        env: [length],
      };
    }, ["lanes", "resident"]);
  }
});

gpuTest("a scalar loop stops when its condition holds, in any strategy", async () => {
  for (const bound of [0, 5, 300, 5000]) {
    await everyStrategy((strategy) => {
      const b = new ScalarBuilder(), c = new ScalarBuilder();
      const x = b.load(0, "float32", sizeIx(0));
      const limit = c.load(1, "float32", sizeIx(0));
      return {
        buffers: [
          ["x", "float32", 1, sharedRole(0)],
          ["limit", "float32", 1, input(0)],
          ["stop", "bool", 1, temp],
          ["count", "int32", 1, output(0)],
          ["trace", "float32", 1000, output(1)],
        ],
        steps: [
          loop(0, 1000, [
            nest({
              outer: [{
                buffer: 0,
                address: sizeIx(0),
                value: b.add(x, b.constant("f32", 1)),
                guard: null,
              }],
            }),
            nest({
              outer: [
                {
                  buffer: 2,
                  address: sizeIx(0),
                  value: c.compare("gt", c.load(0, "float32", sizeIx(0)), limit),
                  guard: null,
                },
                {
                  buffer: 4,
                  address: axisIx(t(0)),
                  value: c.load(0, "float32", sizeIx(0)),
                  guard: null,
                },
              ],
            }),
          ], { strategy, until: 2, count: 3 }),
        ],
        inputs: [Float32Array.of(bound)],
        shared: [Float32Array.of(0)],
      };
    }, ["lanes", "resident"]);
  }
});

/** Counts to `stop` in a loop that could have 2^31 - 1 steps. */
function counting(strategy: LoopStrategy, stop: number): Setup {
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const next = b.add(b.load(0, "float32", sizeIx(0)), b.constant("f32", 1));
  const ends = c.compare("ge", c.load(0, "float32", sizeIx(0)), c.constant("f32", stop));
  const set = (buffer: number, value: SNode) => ({
    buffer,
    address: sizeIx(0),
    value,
    guard: null,
  });
  return {
    buffers: [
      ["y", "float32", 1, sharedRole(0)],
      ["stop", "bool", 1, temp],
      ["count", "int32", 1, output(0)],
    ],
    steps: [
      loop(0, 2 ** 31 - 1, [nest({ outer: [set(0, next)] }), nest({ outer: [set(1, ends)] })], {
        strategy,
        until: 1,
        count: 2,
      }),
    ],
    inputs: [],
    shared: [Float32Array.of(0)],
  };
}

gpuTest("a loop that ends early submits little behind its end", async () => {
  const prototype = GPUComputePassEncoder.prototype, dispatch = prototype.dispatchWorkgroups;
  const { device } = await gpu();
  const impatient = await createGpuBackend({ device, dispatchSeconds: 0 });
  let dispatches = 0;
  prototype.dispatchWorkgroups = function (...grid) {
    dispatches++;
    return dispatch.apply(this, grid);
  };
  try {
    for (const strategy of STRATEGIES) {
      dispatches = 0;
      const { outputs } = await runOn(impatient, counting(strategy, 20));
      assertEquals(Array.from(outputs[0] as Int32Array), [20]);
      assert(dispatches < 2000, `${strategy}: ${dispatches} dispatches`);
    }
  } finally {
    prototype.dispatchWorkgroups = dispatch;
  }
});

/** y(t) = blend(W y(t-1), x(t)), of a batch; a trace with room for the first state. */
function recurrence(strategy: LoopStrategy, batch: number, n: number, stop: number | null): Setup {
  const steps = 6;
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const block = batch * n;
  const element = (shift: number): Ix =>
    b.addIx(b.scaleIx(axisIx(t(0, shift)), block), b.addIx(b.scaleIx(axisIx(0), n), axisIx(1)));
  const value = blend(b, b.product("f32"), b.load(0, "float32", element(0)));
  const body: Step[] = [{
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
      base: b.scaleIx(axisIx(t(0)), block),
      batch: [],
      row: n,
      column: 1,
    },
    right: { buffer: 1, dtype: "float32", base: sizeIx(0), batch: [], row: n, column: 1 },
    stores: [{ buffer: 2, address: element(1), value, guard: null }],
  }];
  if (stop !== null) {
    body.push(nest({
      outer: [{
        buffer: 3,
        address: sizeIx(0),
        value: c.compare("ge", c.index(t(0)), c.constant("i32", stop)),
        guard: null,
      }],
    }));
  }
  return {
    buffers: [
      ["x", "float32", steps * block, input(0)],
      ["w", "float32", n * n, input(1)],
      ["y", "float32", (steps + 1) * block, sharedRole(0)],
      ["stop", "bool", 1, temp],
      ["count", "int32", 1, output(0)],
    ],
    steps: [
      loop(0, steps, body, { strategy, until: stop === null ? null : 3, count: 4 }),
    ],
    inputs: [floats(steps * block), floats(n * n, 2)],
    shared: [floats((steps + 1) * block, 3)],
  };
}

gpuTest("a recurrence with products, in batches, with and without a stop", async () => {
  for (const [batch, n, stop] of [[1, 20, null], [4, 17, null], [3, 40, 3], [1, 70, 9]] as const) {
    await everyStrategy((strategy) => recurrence(strategy, batch, n, stop), ["resident"]);
  }
  const listing = async (batch: number) => {
    const { info } = (await gpu()).prepare(programOf(recurrence("resident", batch, 17, null)));
    return info.listing;
  };
  // Each row of the batch has a workgroup of its own.
  assert((await listing(4)).includes("group < 4u"));
});

gpuTest("nested loops and branches inside of one kernel", async () => {
  await everyStrategy((strategy) => {
    const n = 40;
    const b = new ScalarBuilder(), c = new ScalarBuilder(), d = new ScalarBuilder();
    const mean = nest({
      loops: [n],
      reductions: [{ kind: "sum", type: "f32", value: b.load(0, "float32", axisIx(0)) }],
      outer: [
        { buffer: 1, address: sizeIx(0), value: b.reduced(0, "f32"), guard: null },
        {
          buffer: 2,
          address: sizeIx(0),
          value: b.compare("gt", b.reduced(0, "f32"), b.constant("f32", 0)),
          guard: null,
        },
      ],
    });
    const shift = (by: number) => {
      const e = new ScalarBuilder();
      const moved = blend(
        e,
        e.load(0, "float32", axisIx(0)),
        e.mul(e.load(1, "float32", sizeIx(0)), e.constant("f32", by)),
      );
      return nest({
        axes: [n],
        outer: [{ buffer: 0, address: axisIx(0), value: moved, guard: null }],
      });
    };
    const inner = loop(1, 3, [
      nest({
        axes: [n],
        outer: [{
          buffer: 3,
          address: c.addIx(
            c.scaleIx(axisIx(t(0)), 3 * n),
            c.addIx(c.scaleIx(axisIx(t(1)), n), axisIx(0)),
          ),
          value: c.load(0, "float32", c.addIx(sizeIx(n - 1), c.scaleIx(axisIx(0), -1))),
          guard: null,
        }],
      }),
      nest({
        axes: [n],
        outer: [{
          buffer: 0,
          address: axisIx(0),
          value: d.mul(
            d.load(
              3,
              "float32",
              d.addIx(
                d.scaleIx(axisIx(t(0)), 3 * n),
                d.addIx(d.scaleIx(axisIx(t(1)), n), axisIx(0)),
              ),
            ),
            d.constant("f32", -0.75),
          ),
          guard: null,
        }],
      }),
    ], { count: 4 });
    return {
      buffers: [
        ["state", "float32", n, sharedRole(0)],
        ["sum", "float32", 1, temp],
        ["positive", "bool", 1, temp],
        ["trace", "float32", 4 * 3 * n, output(0)],
        ["count", "int32", 1, output(1)],
      ],
      steps: [
        loop(0, 4, [
          mean,
          {
            kind: "branch",
            name: "sign",
            condition: 2,
            then: [shift(0.5), mean],
            otherwise: [shift(-0.25)],
          },
          inner,
        ], { strategy }),
      ],
      shared: [floats(n, 4)],
    };
  }, ["resident"]);
});

gpuTest("loops with steps that a kernel cannot hold are stepped", async () => {
  const n = 9;
  await everyStrategy((strategy) => {
    const b = new ScalarBuilder();
    const value = b.add(b.load(1, "float32", axisIx(0)), b.cast(b.index(t(0)), "f32"));
    return {
      buffers: [["x", "float32", n, sharedRole(0)], ["y", "float32", n, temp]],
      steps: [
        loop(0, 3, [
          {
            kind: "sort",
            name: "sort",
            dtype: "float32",
            source: 0,
            rows: 1,
            length: n,
            descending: true,
            values: 1,
            positions: null,
          },
          nest({ axes: [n], outer: [{ buffer: 0, address: axisIx(0), value, guard: null }] }),
        ], { strategy }),
      ],
      shared: [floats(n)],
    };
  }, []);
});

gpuTest("a loop of any length makes no new pipelines", async () => {
  for (const strategy of ["lanes", "resident", "stepped"] as const) {
    const steps = baseSize("steps", 0, 3);
    const b = new ScalarBuilder();
    const value = b.add(b.load(0, "float32", axisIx(0)), b.constant("f32", 1));
    const make = (length: number): Setup => ({
      buffers: [["x", "float32", 4, sharedRole(0)]],
      steps: [
        loop(0, steps, [
          nest({ axes: [4], outer: [{ buffer: 0, address: axisIx(0), value, guard: null }] }),
        ], { strategy }),
      ],
      shared: [floats(4)],
      env: [length],
    });
    await compare(make(3));
    const { compiled } = (await gpu()).stats;
    for (const length of [0, 1, 50]) await compare(make(length));
    assertEquals((await gpu()).stats.compiled, compiled);
  }
});

gpuTest("more iterations of a loop than Mesa's software driver makes", async () => {
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const n = 150_000;
  const one = b.add(b.load(0, "int32", sizeIx(0)), b.constant("i32", 1));
  const slot = c.ix(c.binary("and", c.index({ kind: "axis", axis: 0 }), c.constant("i32", 3)));
  const scatter = c.add(c.load(1, "int32", slot), c.constant("i32", 1));
  const backend = await gpu();
  for (const strategy of ["lanes", "resident"] as const) {
    const { shared } = await runOn(backend, {
      buffers: [["count", "int32", 1, sharedRole(0)], ["bins", "int32", 4, sharedRole(1)]],
      steps: [
        loop(0, n, [
          nest({ outer: [{ buffer: 0, address: sizeIx(0), value: one, guard: null }] }),
        ], { strategy }),
        nest({
          loops: [n],
          reductions: [{ kind: "max", type: "i32", value: c.load(1, "int32", slot) }],
          inner: [{ buffer: 1, address: slot, value: scatter, guard: null }],
          outer: [{ buffer: 1, address: sizeIx(3), value: c.reduced(0, "i32"), guard: null }],
        }),
      ],
      shared: [Int32Array.of(0), new Int32Array(4)],
    });
    assertEquals(shared[0]![0], n);
    assertEquals([...shared[1]!], [n / 4, n / 4, n / 4, n / 4 - 1].map((v) => v));
  }
});

/** Two linear recurrences, a running maximum and a count, with what is made of them. */
function associative(strategy: LoopStrategy, n: number, steps: number): Setup {
  const b = new ScalarBuilder(), c = new ScalarBuilder();
  const length = baseSize("steps", 0, steps);
  const x = b.load(0, "float32", b.addIx(b.scaleIx(axisIx(t(0)), n), axisIx(0)));
  const at = (shift: number): Ix => b.addIx(b.scaleIx(axisIx(t(0, shift)), n), axisIx(0));
  const y = b.load(1, "float32", at(0)), z = b.load(2, "float32", axisIx(0));
  const top = b.load(3, "float32", axisIx(0)), count = b.load(4, "int32", axisIx(0));
  const near = b.compare("gt", x, b.constant("f32", 0));
  // 0.9 y + x, or -0.5 y - 1 where x is negative.
  const next = b.select(
    near,
    b.madd(y, b.constant("f32", 0.9), x),
    b.sub(b.mul(b.unary("neg", y), b.constant("f32", 0.5)), b.constant("f32", 1)),
  );
  const own: Ix = c.addIx(c.scaleIx(axisIx(t(0)), n), axisIx(0));
  const after = c.mul(
    c.load(1, "float32", c.addIx(c.scaleIx(axisIx(t(0, 1)), n), axisIx(0))),
    c.load(2, "float32", axisIx(0)),
  );
  return {
    buffers: [
      ["x", "float32", mulSize(length, n), input(0)],
      ["y", "float32", mulSize(subSize(length, -1), n), sharedRole(0)],
      ["z", "float32", n, sharedRole(1)],
      ["top", "float32", n, sharedRole(2)],
      ["count", "int32", n, sharedRole(3)],
      ["after", "float32", mulSize(length, n), output(0)],
    ],
    steps: [
      loop(0, length, [
        nest({
          axes: [n],
          outer: [
            { buffer: 1, address: at(1), value: next, guard: null },
            { buffer: 2, address: axisIx(0), value: b.sub(z, b.mul(x, z)), guard: null },
            { buffer: 3, address: axisIx(0), value: b.binary("max", x, top), guard: null },
            {
              buffer: 4,
              address: axisIx(0),
              value: b.add(b.mul(count, b.constant("i32", 3)), b.cast(near, "i32")),
              guard: null,
            },
          ],
        }),
        nest({ axes: [n], outer: [{ buffer: 5, address: own, value: after, guard: null }] }),
      ], { strategy }),
    ],
    inputs: [floats(steps * n).map((v) => v * 0.9)],
    shared: [
      floats((steps + 1) * n, 2),
      floats(n, 3),
      floats(n, 4),
      Int32Array.from({ length: n }, (_, i) => i + 1),
    ],
    env: [steps],
  };
}

gpuTest("an associative step is run by a prefix scan", async () => {
  for (const [n, steps] of [[3, 1], [2, 700], [1, 9000], [2, 0]] as const) {
    const eligible = ["lanes", "resident", "parallel"] as const;
    await everyStrategy((strategy) => associative(strategy, n, steps), eligible);
  }
});

gpuTest("a step that is not associative is not run by a prefix scan", async () => {
  const b = new ScalarBuilder();
  const y = b.load(0, "float32", axisIx(0));
  for (const value of [b.mul(y, y), b.unary("abs", y), b.div(b.constant("f32", 1), y)]) {
    const { info } = (await gpu()).prepare(programOf({
      buffers: [["y", "float32", 4, sharedRole(0)]],
      steps: [loop(0, 10, [
        nest({ axes: [4], outer: [{ buffer: 0, address: axisIx(0), value, guard: null }] }),
      ], { strategy: "parallel" })],
    }));
    assert(info.listing.includes("lanes, not parallel"), info.listing.split("\n")[0]);
  }
});
