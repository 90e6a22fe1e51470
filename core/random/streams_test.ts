import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  Generator,
  GeneratorVariable,
  RandomStreams,
  scan,
  SharedVariable,
  T,
  type Tensor,
  type Variable,
} from "../../all.ts";

// What Theano documents of RandomStreams.

onDevices("uniform and normal: f draws anew, g without updates repeats itself", async (device) => {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2, 2]), n = srng.normal([2, 2]);
  const f = await compile([], u, { device });
  const g = await compile([], n, { device, noDefaultUpdates: true });
  const nearlyZeros = await compile([], u.add(u).sub(u.mul(2)), { device });
  const [f0, f1, g0, g1] = [f(), f(), g(), g()];
  assertEquals(f0.shape, [2, 2]);
  const [a, b] = [numbers(f0), numbers(f1)];
  assert(a.every((x, i) => x !== b[i] && x >= 0 && x < 1));
  assertEquals(numbers(g0), numbers(g1));
  assertEquals(numbers(nearlyZeros()), [0, 0, 0, 0]);
});

Deno.test("seeding one variable and the whole stream makes draws repeat", async () => {
  const srng = new RandomStreams(324);
  const u = srng.uniform([2, 2]), n = srng.normal([2, 2]);
  const f = await compile([], u, { device: "cpu" }), h = await compile([], n, { device: "cpu" });
  const seedOne = (): void => {
    const generator = u.rng.getValue({ borrow: true });
    generator.seed(89234);
    u.rng.setValue(generator, { borrow: true });
  };
  seedOne();
  const one = numbers(f());
  seedOne();
  assertEquals(numbers(f()), one);
  srng.seed(902340);
  const [a1, a2] = [numbers(f()), numbers(h())];
  srng.seed(902340);
  const [b1, b2] = [numbers(f()), numbers(h())];
  assertEquals([a1, a2], [b1, b2]);
  srng.seed(1);
  assertNotEquals(numbers(f()), a1);
  assertNotEquals(numbers(f()), numbers(h()));
});

Deno.test("seeding equals making the stream with the seed; without one, that of the stream", async () => {
  const one = new RandomStreams(5), other = new RandomStreams(77);
  const us = [one, other].map((stream) => stream.uniform([3]));
  const [f, g] = await Promise.all(us.map((u) => compile([], u, { device: "cpu" })));
  const first = numbers(f!());
  other.seed(5);
  assertEquals(numbers(g!()), first);
  other.seed();
  const own = numbers(g!());
  assertNotEquals(own, first);
  one.seed(77);
  assertEquals(numbers(f!()), own);
  // Variables made later follow from the seed of the constructor.
  const later = [one, new RandomStreams(5)].map((stream) => stream.uniform([3]));
  const fresh = new RandomStreams(5);
  fresh.uniform([3]);
  assertEquals(later[0]!.rng.getValue().getState(), fresh.uniform([1]).rng.getValue().getState());
});

Deno.test("seeds are any integers", () => {
  const state = (seed: number | bigint) =>
    new RandomStreams(seed).uniform([1]).rng.getValue().getState().join();
  const seeds = [0, 1, -1, 2 ** 32, 2 ** 53 - 1, 1n << 63n];
  assertEquals(new Set(seeds.map(state)).size, seeds.length);
  assertEquals(state(1), state(1n));
  assertEquals(state(-1), state((1n << 64n) - 1n));
  const chance = () => new RandomStreams().uniform([1]).rng.getValue().getState().join();
  assertNotEquals(chance(), chance());
});

Deno.test("functions share the generator of a variable", async () => {
  const srng = new RandomStreams(324), u = srng.uniform([2, 2]);
  const f = await compile([], u, { device: "cpu" });
  const nearlyZeros = await compile([], u.add(u).sub(u.mul(2)), { device: "cpu" });
  const before = u.rng.getValue().getState();
  nearlyZeros();
  const v1 = numbers(f());
  const generator = u.rng.getValue({ borrow: true });
  generator.setState(before);
  u.rng.setValue(generator, { borrow: true });
  const v2 = numbers(f()), v3 = numbers(f());
  assert(v2.every((x, i) => x !== v1[i]));
  assertEquals(v3, v1);
});

Deno.test("states are copied between graphs of different seeds", async () => {
  const graphs = [new RandomStreams(123), new RandomStreams(987)].map((rng) => ({
    rng,
    y: rng.uniform({ size: [1] }),
  }));
  const [f1, f2] = await Promise.all(graphs.map(({ y }) => compile([], y, { device: "cpu" })));
  assertNotEquals(numbers(f1!()), numbers(f2!()));
  const [from, to] = graphs.map(({ rng }) => rng.stateUpdates);
  to!.forEach(([state], i) => state.setValue(from![i]![0].getValue()));
  assertEquals(numbers(f1!()), numbers(f2!()));
  assertEquals(numbers(f1!()), numbers(f2!()));
});

Deno.test("updates are pairs in the order of creation, and can be chosen one by one", async () => {
  const srng = new RandomStreams(5);
  const u = srng.uniform([2]), v = srng.normal([2]);
  assertEquals([srng.stateUpdates.length, srng.updates().length], [2, 2]);
  assert(srng.stateUpdates[0]![0] === u.rng && srng.stateUpdates[1]![0] === v.rng);
  assert(u.rng instanceof GeneratorVariable && u.rng instanceof SharedVariable);
  const f = await compile([], [u, v], { device: "cpu", noDefaultUpdates: [u.rng] });
  const [[a, b], [c, d]] = [f().map(numbers), f().map(numbers)] as [number[][], number[][]];
  assertEquals(a, c);
  assertNotEquals(b, d);
  const g = await compile([], u, { device: "cpu", noDefaultUpdates: true, updates: [u.update] });
  assertNotEquals(numbers(g()), numbers(g()));
  const all = await compile([], [u, v], { device: "cpu", updates: srng.updates() });
  assertNotEquals(numbers(all()[0]!), numbers(all()[0]!));
});

Deno.test("the moments that the documentation promises", async () => {
  const s = new RandomStreams(234);
  const draw = async (variable: Variable) =>
    numbers((await compile([], variable, { device: "cpu" }))());
  const u = await draw(s.uniform({ size: [200, 100], low: -1, high: 3 }));
  const n = await draw(s.normal({ size: [200, 100], avg: 2, std: 0.5 }));
  const b = await draw(s.binomial({ size: [200, 100], n: 1, p: 0.3 }));
  const mean = (x: number[]) => x.reduce((p, q) => p + q, 0) / x.length;
  const std = (x: number[]) => Math.sqrt(mean(x.map((v) => v * v)) - mean(x) ** 2);
  assert(Math.abs(mean(u) - 1) < 0.05 && Math.min(...u) >= -1 && Math.max(...u) <= 3);
  assert(Math.abs(std(u) - 4 / Math.sqrt(12)) < 0.03);
  assert(Math.abs(mean(n) - 2) < 0.02 && Math.abs(std(n) - 0.5) < 0.02);
  assertEquals([...new Set(b)].toSorted(), [0, 1]);
  assert(Math.abs(mean(b) - 0.3) < 0.02);
  // Neighbouring rows have nothing in common.
  const middle = mean(u), centred = u.map((x) => x - middle);
  const common = mean(centred.slice(100).map((x, i) => x * centred[i]!)) / std(u) ** 2;
  assert(Math.abs(common) < 0.03);
});

Deno.test("different variables of a stream have nothing in common", async () => {
  const s = new RandomStreams(1), x = s.uniform([4000]), y = s.uniform([4000]);
  const f = await compile([], [x, y], { device: "cpu" });
  const [a, b] = f().map(numbers) as [number[], number[]];
  const common = a.reduce((sum, v, i) => sum + (v - 0.5) * (b[i]! - 0.5), 0) / 4000 * 12;
  assert(Math.abs(common) < 0.07);
});

Deno.test("states are saved and restored with a model", async () => {
  const make = () => {
    const stream = new RandomStreams(11);
    return { stream, y: [stream.uniform([3]), stream.poisson([3], 20)] };
  };
  const one = make(), two = make();
  const f = await compile([], one.y, { device: "cpu" });
  const g = await compile([], two.y, { device: "cpu" });
  for (let i = 0; i < 3; i++) f();
  const saved = JSON.parse(JSON.stringify([...one.stream.toTypedArray()])) as number[];
  two.stream.restore(saved);
  assertEquals(f().map(numbers), g().map(numbers));
  assertThrows(() => two.stream.restore(saved.slice(4)), RangeError, "8 words");
  assertThrows(() => two.stream.restore(saved.map(() => -1)), TypeError, "four words");
  // One generator as a value of its own, and as a tensor.
  const generator = one.y[0]!.rng.getValue();
  const same = Generator.from(generator.toTypedArray());
  assertEquals(same.getState(), generator.getState());
  assertEquals([generator.dtype, generator.shape], ["uint32", [4]]);
  two.y[0]!.rng.setValue(generator as Tensor);
  assertEquals(numbers(f()[0]!), numbers(g()[0]!));
});

Deno.test("a value of a generator is a copy", async () => {
  const u = new RandomStreams(3).uniform([2]);
  const f = await compile([], u, { device: "cpu" });
  const before = u.rng.getValue(), state = before.getState();
  f();
  assertEquals(before.getState(), state);
  before.seed(1);
  assertNotEquals(u.rng.getValue().getState(), before.getState());
  assertEquals((await u.rng.value()).getState(), u.rng.getValue().getState());
  u.rng.seed(1);
  assertEquals(u.rng.getValue().getState(), before.getState());
});

Deno.test("split streams are independent and follow from the seed", () => {
  const states = (seed: number) => {
    const stream = new RandomStreams(seed);
    const [a, b] = stream.split(2) as [RandomStreams, RandomStreams];
    const [c] = stream.split(1) as [RandomStreams];
    const all = [stream, a, b, c, ...a.split(2)];
    return all.map((s) => s.uniform([1]).rng.getValue().getState().join());
  };
  assertEquals(states(1), states(1));
  assertEquals(new Set([...states(1), ...states(2)]).size, 12);
  const [child] = new RandomStreams(4).split(1);
  const u = child!.uniform([1]), state = u.rng.getValue().getState();
  u.rng.seed(3);
  child!.seed();
  assertEquals(u.rng.getValue().getState(), state);
});

// In scan.

onDevices("draws in a scan do not repeat across calls", async (device) => {
  const srng = new RandomStreams(99), d = srng.uniform({ size: [] }), n = T.iscalar("n");
  const [r, updates] = scan(() => d.mul(1), { nSteps: n });
  for (const passed of [updates, undefined]) {
    const f = await compile([n], r as Variable, {
      device,
      ...(passed === undefined ? {} : { updates: passed }),
    });
    srng.seed(5);
    const a = [...numbers(f(4)), ...numbers(f(4))];
    srng.seed(5);
    const b = numbers(f(8));
    assertEquals(a, b);
    assertEquals(new Set(b).size, 8);
  }
});

Deno.test("a draw that is a non-sequence is fixed in the loop", async () => {
  const srng = new RandomStreams(7), d = srng.uniform([2]);
  const [r] = scan((q: Variable) => q.mul(1), { nSteps: 3, nonSequences: d });
  const f = await compile([], r as Variable, { device: "cpu" });
  const [a, b] = [numbers(f()), numbers(f())];
  assertEquals([a.slice(2, 4), a.slice(4)], [a.slice(0, 2), a.slice(0, 2)]);
  assertNotEquals(a, b);
});

Deno.test("a draw made in the step is one stream, drawn anew in each step", async () => {
  const srng = new RandomStreams(8);
  const [r] = scan(() => srng.uniform([]), { nSteps: 6 });
  const f = await compile([], r as Variable, { device: "cpu" });
  assertEquals(new Set([...numbers(f()), ...numbers(f())]).size, 12);
  assertEquals(srng.stateUpdates.length, 1);
});
