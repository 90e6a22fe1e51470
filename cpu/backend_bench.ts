/** Programs on the CPU device. `deno bench` times each; `deno run` prints a table of first and best calls. */

import { createCpuBackend } from "./mod.ts";
import {
  chain,
  cumsum,
  dense,
  line,
  recurrence,
  scalarLoop,
  softmax,
  sorting,
  sum,
  type Workload,
} from "../dev/testing/cpu/bench_programs.ts";
import { Runner } from "../dev/testing/cpu/programs.ts";

const workloads: Record<string, () => Workload> = {
  "call of a scalar function": () => line(1),
  "line on 10⁶": () => line(1_000_000),
  "chain on 10⁶": () => chain(1_000_000),
  "sum of 10⁷": () => sum(1, 10_000_000, null),
  "sum of rows 1000×1000": () => sum(1000, 1000, 1),
  "sum of columns 1000×1000": () => sum(1000, 1000, 0),
  "softmax 1000×1000": () => softmax(1000, 1000),
  "cumsum of 10⁶": () => cumsum(1_000_000),
  "sort of 10⁶": () => sorting(1_000_000),
  "scalar loop of 10⁶ steps": () => scalarLoop(1_000_000),
  "recurrence (10, 20), W·y": () => recurrence(10, 20, 1001),
  "recurrence (10, 20), y·W": () => recurrence(10, 20, 1001, "y·W"),
  "recurrence (100, 200), W·y": () => recurrence(100, 200, 1001),
  "recurrence (100, 200), y·W": () => recurrence(100, 200, 1001, "y·W"),
  "product 512×512×512": () => dense(512, 512, 512, false),
  "dense 600×784→10": () => dense(600, 784, 10, true),
  "dense 20×784→500": () => dense(20, 784, 500, true),
};

if (import.meta.main) {
  const wanted = Deno.args[0] ?? "";
  const backend = createCpuBackend();
  for (const [name, make] of Object.entries(workloads)) {
    if (!name.includes(wanted)) continue;
    const { setup, inputs } = make();
    const before = performance.now();
    const runner = new Runner(backend, setup, { inputs });
    const prepared = performance.now();
    runner.run();
    const first = performance.now();
    let calls = 1, best = Infinity;
    while (performance.now() - first < 600) {
      const start = performance.now();
      for (let i = 0; i < calls; i++) runner.run();
      const time = (performance.now() - start) / calls;
      best = Math.min(best, time);
      if (time * calls < 0.5) calls *= 2;
    }
    const text = [prepared - before, first - prepared, best].map((ms) =>
      ms.toFixed(5).padStart(12)
    );
    console.log(name.padEnd(30), "prepare, first, best ms:", ...text);
  }
} else {
  for (const [name, make] of Object.entries(workloads)) {
    const { setup, inputs } = make();
    const runner = new Runner(createCpuBackend(), setup, { inputs });
    for (let i = 0; i < 3; i++) runner.run();
    Deno.bench(name, () => void runner.run());
  }
}
