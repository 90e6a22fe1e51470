// Drops functions, tensors and shared variables, and looks at what is left after a collection.

import { compile, config, shared, T, type Tensor, tensor } from "../../../all.ts";

const device = Deno.args[0] as "cpu" | "gpu";
const { gc } = globalThis as unknown as { gc(): void };

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`${what}: ${JSON.stringify(config.memory())}`);
}

/** Collects garbage until the statistics are those wanted. */
async function settles(what: string, good: () => boolean): Promise<void> {
  for (let i = 0; i < 50 && !good(); i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  check(good(), what);
}

const x = T.fvector("x");
await (async () => {
  const f = await compile([x], x.add(1), { device });
  f([1, 2, 3]);
  f.dispose();
})();
await settles("the first function", () => config.memory().plans === 0);
const memory = () => config.memory()[device]!;
const { live, cached, modules } = memory();
const empty = () => memory().live <= live && memory().cached <= cached;

// Functions, with plans for several lengths, stages, constants and scratch memory.
await (async () => {
  for (let i = 0; i < 4; i++) {
    const table = T.constant(new Float32Array(1 << 16).fill(i));
    const f = await compile([x], [table.add(x.sum()).sort().sum(), x.at(x.gt(i))], {
      device,
      dynamicAxes: "none",
    });
    for (const n of [10, 20, 30]) f(new Float32Array(n).fill(5));
  }
})();
check(config.memory().plans >= 12, "plans are there");
check(memory().cached > cached + (3 << 18), "constants are there");
await settles("functions", () => config.memory().plans === 0 && empty());
check(memory().modules <= modules + 256, "modules");

// Tensors: arguments and results.
const f = await compile([x], x.mul(2), { device });
await (async () => {
  const kept: Tensor[] = [];
  for (let i = 0; i < 8; i++) kept.push(f(tensor(new Float32Array(1 << 19).fill(i))));
  check(memory().live >= live + 15 * (1 << 21), "tensors are there");
  await kept[7]!.data();
})();
await settles("tensors", () => memory().live <= live);

// Shared variables and what updates them.
await (async () => {
  const s = shared(new Float32Array(1 << 19), { name: "s" });
  const g = await compile([], [], { device, updates: [[s, s.add(1)]] });
  g();
  check(memory().live >= live + (1 << 20), "the shared variable is there");
})();
await settles("shared variables", () => memory().live <= live);

// At once.
{
  using result = f(tensor(new Float32Array(1 << 19)));
  check(memory().live >= live + (1 << 20) && result.size > 0, "the result is there");
}
await settles("the argument", () => memory().live <= live);
f.dispose();
check(empty() && config.memory().plans === 0, "dispose");

// What eval keeps for equal graphs goes with the shared variables that they read, and keeps no constants.
config.device = device;
const plansBefore = config.memory().plans;
await (async () => {
  const s = shared(new Float32Array(1 << 12), { name: "s" }), t = shared(1, { dtype: "float32" });
  (await s.add(t).mul(T.constant(new Float32Array(1 << 12).fill(2))).eval()).dispose();
  (await s.sum().eval()).dispose();
  check(config.memory().plans === plansBefore + 2, "the functions of eval are there");
})();
await settles("eval", () => config.memory().plans === plansBefore && memory().live <= live);
