// Random streams.

import { assertEquals, assertNotEquals } from "@std/assert";
import { compile, RandomStreams, scan, T, tensor } from "../../all.ts";
import { availability } from "../testing/gpu_device.ts";
import { allDiffer, num, one, same, testCase } from "./harness.ts";

testCase("seed-scan-binomial-noise", async (_, { compile, dtype }) => {
  const [X, W] = T.matrices("X", "W"), b = T.vector("b_sym");
  const streams = new RandomStreams(1234);
  const d = streams.binomial([W.shape[1]!]);
  const [results, updates] = scan((v) => T.tanh(v.dot(W).add(b)).mul(d), { sequences: X });
  const f = await compile([X, W, b], [one(results)], { updates, allowInputDowncast: true });
  const x = tensor(Array.from({ length: 200 }, () => [0, 0]), { dtype });
  const [out] = f(x, [[1, 1], [1, 1]], [1, 1]), [out2] = f(x, [[1, 1], [1, 1]], [1, 1]);
  const data = [...out.dataSync()].map(Number), t = Math.tanh(1);
  const ones = data.filter((v) => v > 0.5).length / data.length;
  return {
    is_mask: data.every((v) => Math.abs(v) < 1e-6 || Math.abs(v - t) < 1e-5),
    fraction_ok: 0.35 < ones && ones < 0.65,
    rows_differ: data.some((v, i) => v !== data[i % 2]),
    calls_differ: !same(out, out2),
  };
});

testCase("seed-random-uniform-normal", async (_, { compile }) => {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2, 2]), n = srng.normal([2, 2]);
  const f = await compile([], u), g = await compile([], n, { noDefaultUpdates: true });
  const nearlyZeros = await compile([], u.add(u).sub(u.mul(2)));
  const f0 = f(), f1 = f(), g0 = g(), g1 = g(), zeros = nearlyZeros();
  return {
    f_differs: allDiffer(f0, f1),
    in_range: [...f0.dataSync()].every((v) => v >= 0 && v < 1),
    g_same: same(g0, g1),
    zeros: [...zeros.dataSync()].every((v) => Math.abs(Number(v)) < 1e-6),
    shape: f0.shape,
  };
});

testCase("seed-random-seeding", async (_, { compile }) => {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2, 2]), n = srng.normal([2, 2]);
  const f = await compile([], u), h = await compile([], n);
  const reseedOne = () => {
    const state = u.rng.getValue({ borrow: true });
    state.seed(89234);
    u.rng.setValue(state, { borrow: true });
  };
  reseedOne();
  const a = f();
  reseedOne();
  const b = f();
  srng.seed(902340);
  const a1 = f(), a2 = h();
  srng.seed(902340);
  const b1 = f(), b2 = h();
  srng.seed(1);
  const c1 = f();
  return {
    one_same: same(a, b),
    all_same: same(a1, b1) && same(a2, b2),
    other_seed_differs: !same(a1, c1),
    streams_differ: !same(f(), h()),
  };
});

testCase("seed-random-sharing", async (_, { compile }) => {
  const srng = new RandomStreams(324), u = srng.uniform([2, 2]);
  const f = await compile([], u), nearlyZeros = await compile([], u.add(u).sub(u.mul(2)));
  const before = u.rng.getValue().getState();
  nearlyZeros();
  const v1 = f();
  const rng = u.rng.getValue({ borrow: true });
  rng.setState(before);
  u.rng.setValue(rng, { borrow: true });
  const v2 = f(), v3 = f();
  return { v2_ne_v1: allDiffer(v2, v1), v3_eq_v1: same(v3, v1) };
});

testCase("seed-random-copy-between-graphs", async (_, { compile }) => {
  const graph = (seed: number) => {
    const rng = new RandomStreams(seed);
    return { rng, y: rng.uniform([1]) };
  };
  const g1 = graph(123), g2 = graph(987);
  const f1 = await compile([], g1.y), f2 = await compile([], g2.y);
  const differ = num(f1()) !== num(f2());
  g1.rng.stateUpdates.forEach(([state], i) => {
    g2.rng.stateUpdates[i]![0].setValue(state.getValue());
  });
  return { differ, same: num(f1()) === num(f2()), still_same: num(f1()) === num(f2()) };
});

function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}

testCase("rng-moments-RandomStreams", async (_, { compile }) => {
  const s = new RandomStreams(234), size = [200, 100];
  const uniform = (await compile([], s.uniform({ size, low: -1, high: 3 })))();
  const normal = (await compile([], s.normal({ size, avg: 2, std: 0.5 })))();
  const binomial = (await compile([], s.binomial({ size, n: 1, p: 0.3 })))();
  const [us, ns, bs] = [uniform, normal, binomial].map((t) => [...t.dataSync()].map(Number));
  const u = meanAndStd(us!), n = meanAndStd(ns!), b = meanAndStd(bs!);
  const above = us!.slice(0, -100), below = us!.slice(100);
  const [m1, m2] = [meanAndStd(above), meanAndStd(below)];
  const products = above.map((x, i) => (x - m1.mean) * (below[i]! - m2.mean));
  const correlation = meanAndStd(products).mean / (m1.std * m2.std);
  return {
    ok_u: Math.abs(u.mean - 1) < 0.05 && Math.min(...us!) >= -1 && Math.max(...us!) <= 3 &&
      Math.abs(u.std - 4 / Math.sqrt(12)) < 0.03,
    ok_n: Math.abs(n.mean - 2) < 0.02 && Math.abs(n.std - 0.5) < 0.02,
    ok_b: [...new Set(bs!)].sort().join() === "0,1" && Math.abs(b.mean - 0.3) < 0.02,
    corr: Math.abs(correlation) < 0.03,
  };
});

testCase("rng-state-updates", async (_, { compile }) => {
  const s = new RandomStreams(5), u = s.uniform([2]), v = s.normal([2]);
  const f = await compile([], [u, v], { noDefaultUpdates: [u.rng] });
  const [a, b] = f(), [c, d] = f();
  const g = await compile([], u, { noDefaultUpdates: true, updates: [u.update] });
  return {
    n: s.stateUpdates.length,
    m: s.updates().length,
    order: s.stateUpdates[0]![0] === u.rng && s.stateUpdates[1]![0] === v.rng,
    frozen: same(a, c),
    moving: !same(b, d),
    explicit: !same(g(), g()),
  };
});

Deno.test("rng-exact-mt19937-optional: the same seed draws the same numbers, on every device", async () => {
  const draws = async (device: "cpu" | "gpu") => {
    const srng = new RandomStreams(324);
    const u = srng.uniform([2, 2], { dtype: "float32" });
    const n = srng.integers([2, 2], { low: 0, high: 1000, dtype: "int32" });
    const f = await compile([], u, { device }), g = await compile([], n, { device });
    return [f(), f(), g()].map((x) => [...x.dataSync()].map(Number));
  };
  const first = await draws("cpu");
  assertEquals(await draws("cpu"), first);
  assertNotEquals(first[0], first[1]);
  if (availability.available) assertEquals(await draws("gpu"), first);
});
