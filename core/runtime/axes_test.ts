// Plans that serve many shapes.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  config,
  grad,
  scan,
  ShapeError,
  shared,
  T,
  tensor,
  type Variable,
} from "../../all.ts";
import { executorOf } from "./callable.ts";

function ramp(...shape: number[]) {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1)), { shape });
}

/** Plans that a function has after calls. */
function plansOf(f: Parameters<typeof executorOf>[0]): number {
  return executorOf(f).plans.length;
}

onDevices("lengths beyond the second need no new plan", async (device) => {
  const x = T.vector("x");
  const f = await compile([x], [x.sqr().sum(), x.cumsum(), x.slice(1).sub(x.slice(null, -1))], {
    device,
  });
  for (const n of [5, 9, 300, 64, 7, 1000, 3]) {
    const value = ramp(n), data = numbers(value);
    const [sum, running, steps] = f(value);
    let total = 0, plain = 0;
    const sums = data.map((v) => (plain += v * v, total += v));
    assert(Math.abs(sum.item() - plain) < 1e-4 * plain);
    numbers(running).forEach((v, i) => assert(Math.abs(v - sums[i]!) < 1e-4));
    assertEquals(numbers(steps).length, n - 1);
    numbers(steps).forEach((v, i) => assertEquals(v, Math.fround(data[i + 1]! - data[i]!)));
  }
  assertEquals(plansOf(f), 2);
  assert(f.explain().includes('axis 0 of "x" is n0.0'), f.explain());
  assert(f.explain().includes("it had lengths 5 and 9"), f.explain());
});

onDevices("plans say of each axis its length, or why it has any", async (device) => {
  const x = T.matrix("x"), w = shared(ramp(3, 2), { name: "w" }), k = T.lscalar("k");
  const f = await compile([x, k], x.dot(w).mul(k), { device });
  assertEquals(f.plans, []);
  for (const [n, k] of [[4, 5], [6, 7], [9, 8]] as const) f(ramp(n, 3), k);
  const number = { label: '"k"', axes: [] }, weights = { label: '"w"', axes: [3, 2] };
  const rows = { symbol: "n0.0", least: 2, reason: "it had lengths 4 and 6" };
  assertEquals(f.plans, [
    { inputs: [{ label: '"x"', axes: [rows, 3] }, number], shared: [weights] },
    { inputs: [{ label: '"x"', axes: [4, 3] }, number], shared: [weights] },
  ]);
  const { symbol, least, reason } = rows;
  const line = `axis 0 of "x" is ${symbol}, any length from ${least} on: ${reason}`;
  assert(f.explain().includes(line), f.explain());
});

onDevices("plans name loops and dynamicAxes, and what is computed first", async (device) => {
  const v = T.vector("v"), y = T.matrix("y", { shape: [null, 3] });
  const sums = await compile(
    [v],
    scan((e, s) => s.add(e), {
      sequences: v,
      outputsInfo: T.constant(0, "float32"),
      name: "sums",
    })[0].at(-1),
    { device },
  );
  sums(ramp(5));
  assertEquals(sums.plans.map(({ inputs }) => inputs[0]!.axes), [
    [{ symbol: "n0.0", least: 0, reason: "a loop runs over it" }],
  ]);
  const all = await compile([y], y.sum(1), { device, dynamicAxes: "all" });
  all(ramp(5, 3));
  assertEquals(all.plans.map(({ inputs }) => inputs[0]!.axes), [
    [{ symbol: "n0.0", least: 2, reason: "dynamicAxes" }, 3],
  ]);
  const staged = await compile([v], T.arange(v.argmax().add(1)).sum(), { device });
  staged(ramp(5));
  assertEquals(staged.plans.map(({ inputs }) => inputs.length), [2]);
  staged.dispose();
  assertEquals(staged.plans, []);
});

onDevices("lengths 0 and 1 have plans of their own", async (device) => {
  const x = T.matrix("x"), y = T.matrix("y");
  const f = await compile([x, y], x.add(y), { device });
  const shapes: [number[], number[], number[]][] = [
    [[2, 3], [2, 3], [2, 3]],
    [[4, 3], [4, 3], [4, 3]],
    [[4, 3], [1, 3], [4, 3]],
    [[1, 3], [6, 3], [6, 3]],
    [[0, 3], [0, 3], [0, 3]],
    [[0, 3], [1, 3], [0, 3]],
    [[7, 1], [1, 5], [7, 5]],
    [[9, 8], [9, 8], [9, 8]],
  ];
  for (const [a, b, c] of shapes) {
    const left = ramp(...a), right = ramp(...b), sum = f(left, right);
    assertEquals<readonly number[]>(sum.shape, c);
    const p = numbers(left),
      q = numbers(right),
      at = (s: number[], i: number, j: number) =>
        (s[0] === 1 ? 0 : i) * s[1]! + (s[1] === 1 ? 0 : j);
    numbers(sum).forEach((v, k) => {
      const i = Math.floor(k / c[1]!), j = k % c[1]!;
      assertEquals(v, Math.fround(p[at(a, i, j)]! + q[at(b, i, j)]!));
    });
  }
  assertThrows(() => numbers(f(ramp(5, 3), ramp(4, 3))), ShapeError);
  assertEquals(numbers(f(ramp(5, 3), ramp(5, 3))).length, 15);
});

onDevices("steps and ends beyond 32 bits serve all lengths", async (device) => {
  const x = T.vector("x"), far = 3e9;
  const parts = [
    x.slice(null, null, far),
    x.slice(null, null, -far),
    x.slice(far),
    x.slice(-far, far),
  ];
  const f = await compile([x], parts, { device });
  for (const n of [3, 1, 5, 0, 4, 2]) {
    const value = ramp(n), data = numbers(value);
    const ends = [data.slice(0, 1), data.slice(-1), [], data];
    assertEquals(f(value).map(numbers), ends, `length ${n}`);
  }
});

onDevices("axes that always had one length share a symbol, until they differ", async (device) => {
  const x = T.vector("x"), y = T.vector("y");
  const f = await compile([x, y], T.concatenate([x, y]).sum(), { device });
  for (const [m, n] of [[4, 4], [6, 6], [9, 9]]) f(ramp(m!), ramp(n!));
  assertEquals(plansOf(f), 2);
  for (const [m, n] of [[4, 7], [5, 8], [8, 3], [3, 3]]) {
    const a = ramp(m!), b = ramp(n!);
    const want = [...numbers(a), ...numbers(b)].reduce((s, v) => s + v, 0);
    assert(Math.abs(Number(f(a, b).item()) - want) < 1e-5);
  }
  assertEquals(plansOf(f), 3);
});

onDevices("shared variables may change their shape", async (device) => {
  const w = shared(ramp(3, 4), { name: "w" }), x = T.matrix("x");
  const f = await compile([x], x.dot(w), { device });
  for (const n of [4, 6, 12, 5]) {
    w.setValue(ramp(3, n));
    assertEquals(f(ramp(2, 3)).shape, [2, n]);
  }
  assertEquals(plansOf(f), 2);
});

Deno.test("dynamicAxes says which axes are symbols from the start", async () => {
  const x = T.matrix("x", { shape: [null, 3] });
  const run = async (dynamicAxes: "all" | "none" | "auto") => {
    const f = await compile([x], x.sum(1), { device: "cpu", dynamicAxes });
    for (const n of [4, 5, 6, 7]) assertEquals(f(ramp(n, 3)).shape, [n]);
    return [plansOf(f), f.explain().includes("axis 1")];
  };
  assertEquals(await run("all"), [1, false]);
  assertEquals(await run("auto"), [2, false]);
  assertEquals(await run("none"), [4, false]);
});

Deno.test("a function keeps a bounded number of plans, and what leaves gives its memory back", async () => {
  const x = T.vector("x");
  const f = await compile([x], x.sqr(), { device: "cpu", dynamicAxes: "none" });
  const before = config.plans;
  config.plans = 3;
  try {
    for (let n = 1; n < 40; n++) assertEquals(numbers(f(ramp(n))).length, n);
    assertEquals(plansOf(f), 3);
    assertEquals(numbers(f(ramp(2))).length, 2);
  } finally {
    config.plans = before;
  }
});

Deno.test("100,000 calls with 1,000 shapes take no more memory than 1,000 calls", async () => {
  const x = T.vector("x"), y: Variable = x.sqr().sum();
  const f = await compile([x], [y, grad(y, x)], { device: "cpu" });
  const lengths = Array.from({ length: 1000 }, (_, i) => 2 + (i * 7919) % 1000);
  const values = lengths.map((n) => ramp(n));
  const { backend } = executorOf(f).request;
  const round = () => {
    for (const value of values) for (const result of f(value)) result.dispose();
  };
  round();
  const { compiled, buffers, bytes, reserved } = backend.stats;
  for (let i = 1; i < 100; i++) round();
  assertEquals(backend.stats.compiled, compiled);
  assertEquals(backend.stats.reserved, reserved);
  assert(backend.stats.buffers <= buffers && backend.stats.bytes <= bytes);
  assertEquals(plansOf(f), 2);
});
