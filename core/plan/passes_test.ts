import { assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import { compile, shared, T, type Variable } from "../../all.ts";
import { noLimits } from "../ir/capabilities.ts";
import { axisIx, ScalarBuilder } from "../ir/builder.ts";
import type { LoopNest } from "../ir/program.ts";
import type { Planner } from "./planner.ts";
import { scalarsFirst } from "./passes.ts";
import { StepGraph } from "./step_graph.ts";

const b = new ScalarBuilder();
const planner = { b, kernelLimits: noLimits, trace: null as Planner["trace"] } as Planner;

/** A kernel that writes a buffer from others. */
function nest(axes: number[], writes: number, ...reads: number[]): LoopNest {
  const value = reads.map((buffer) => b.load(buffer, "float32", axisIx(0)))
    .reduce((sum, next) => b.add(sum, next));
  const outer = [{ buffer: writes, address: axisIx(0), value, guard: null }];
  const step = { kind: "nest", name: `${writes}`, axes, loops: [], reductions: [], inner: [] };
  return { ...step, outer, checks: [] } as LoopNest;
}

/** The order of the buffers that the steps write. */
function order(...steps: LoopNest[]): number[] {
  const graph = new StepGraph(planner, "f", steps).pass("scalars", scalarsFirst);
  return (graph.steps as LoopNest[]).map(({ outer }) => outer[0]!.buffer);
}

Deno.test("kernels of a point go before kernels over many that they don't depend on", () => {
  assertEquals(order(nest([8], 1, 0), nest([], 3, 2)), [3, 1]);
  assertEquals(order(nest([8], 1, 0), nest([9], 5, 4), nest([], 3, 2), nest([], 6, 3)), [
    3,
    6,
    1,
    5,
  ]);
});

Deno.test("kernels of a point stay behind what they read, what reads what they write, and each other", () => {
  assertEquals(order(nest([8], 1, 0), nest([], 3, 1)), [1, 3]);
  assertEquals(order(nest([8], 1, 0), nest([9], 5, 4), nest([], 3, 1)), [1, 3, 5]);
  assertEquals(order(nest([8], 1, 3), nest([], 3, 2)), [1, 3]);
  assertEquals(order(nest([8], 3, 0), nest([], 3, 2)), [3, 3]);
  assertEquals(order(nest([], 1, 0), nest([], 3, 2)), [1, 3]);
  const reduction: LoopNest = { ...nest([], 3, 2), loops: [4] };
  assertEquals(order(nest([8], 1, 0), reduction), [1, 3]);
});

onDevices("a rate that is computed does not part the kernels of a parameter", async (device) => {
  const run = async (rate: (n: Variable) => Variable) => {
    const w = shared([1, 2, 3]), v = shared([0, 0, 0]), n = shared(0), g = T.vector("g");
    const next = v.mul(0.5).add(g);
    const f = await compile([g], [], {
      updates: [[w, w.sub(next.mul(rate(n as Variable)))], [v, next], [n, n.add(1)]],
      device,
    });
    for (const gradient of [[1, 2, 3], [-1, 0, 1]]) f(gradient);
    return { text: f.explain(), value: numbers(w.getValue()) };
  };
  const computed = await run((n) => T.pow(0.5, n) as Variable);
  assertEquals(computed.value, [0.25, -0.5, -1.25]);
  assertEquals(/plan 1: (\d+) kernels/.exec(computed.text)?.[1], "2", computed.text);
});
