import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { numbers, onDevices } from "../../dev/testing/devices.ts";
import {
  compile,
  grad,
  RandomStreams,
  scan,
  shared,
  T,
  type Tensor,
  type Variable,
} from "../../all.ts";

// Programs on random numbers, as users write them.

onDevices("logistic regression on random data learns it", async (device) => {
  const N = 100, features = 100, srng = new RandomStreams(17);
  const data = await compile([], [srng.normal([N, features]), srng.integers(N, 0, 2)], { device });
  const [D, labels] = data();
  const x = T.matrix("x"), y = T.vector("y");
  const w = shared(new Float32Array(features), { name: "w" }), b = shared(0, { name: "b" });
  const start = await compile([], srng.normal(features, 0, 0.1), { device });
  w.setValue(start());
  const p = T.div(1, T.exp(x.dot(w).neg().sub(b)).add(1));
  const entropy = y.neg().mul(T.log(p)).sub(T.sub(1, y).mul(T.log(T.sub(1, p))));
  const cost = entropy.mean().add(w.sqr().sum().mul(0.01));
  const [gw, gb] = grad(cost, [w, b]) as [Variable, Variable];
  const train = await compile([x, y], [p.gt(0.5), entropy.mean()], {
    device,
    updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
  });
  const predict = await compile([x], p.gt(0.5), { device });
  const targets = Float32Array.from(numbers(labels!));
  const first = Number(train(D!, targets)[1]!.item());
  let last = first;
  for (let step = 0; step < 300; step++) last = Number(train(D!, targets)[1]!.item());
  assert(last < 0.5 * first, `The cost went from ${first} to ${last}`);
  const guesses = numbers(predict(D!));
  const right = guesses.filter((guess, i) => guess === targets[i]).length;
  assert(right > 80, `${right} of ${N} are right`);
});

onDevices("binomial noise in a scan is drawn at each step and call", async (device) => {
  const X = T.matrix("X"), W = T.matrix("W"), b = T.vector("b");
  const trng = new RandomStreams(1234), d = trng.binomial({ size: W.at(1).shape });
  const [results, updates] = scan(
    (v: Variable) => T.tanh(T.dot(v, W).add(b)).mul(d),
    { sequences: X },
  );
  const f = await compile([X, W, b], results as Variable, { device, updates });
  const x = Array.from({ length: 200 }, () => [0, 0]);
  const run = () => f(x, [[1, 1], [1, 1]], [1, 1]).arraySync() as number[][];
  const out = run(), again = run(), one = Math.tanh(1);
  assert(out.flat().every((value) => Math.abs(value) < 1e-6 || Math.abs(value - one) < 1e-5));
  const fraction = out.flat().filter((value) => value > 0.5).length / 400;
  assert(fraction > 0.35 && fraction < 0.65, `The fraction of ones is ${fraction}`);
  assert(out[0]!.length === 2 && out.some((row) => row.join() !== out[0]!.join()));
  assert(out.join() !== again.join());
});

onDevices(
  "dropout has one mask forward and backward, and none when predicting",
  async (device) => {
    const keep = 0.5, srng = new RandomStreams(3);
    const x = T.matrix("x"), target = T.vector("target");
    const w1 = shared(Float32Array.from({ length: 12 }, (_, i) => 0.3 * Math.sin(i + 1)), {
      shape: [3, 4],
    });
    const w2 = shared(Float32Array.from([0.4, -0.7, 0.9, 0.2]));
    const hidden = T.tanh(x.dot(w1));
    const mask = srng.binomial({ size: hidden.shape, n: 1, p: keep, dtype: "floatX" });
    const dropped = hidden.mul(mask).div(keep);
    const cost = dropped.dot(w2).sub(target).sqr().mean();
    const [g1, g2] = grad(cost, [w1, w2]) as [Variable, Variable];
    const step = await compile([x, target], [mask, g2, g1, dropped, hidden], { device });
    const args = [[[1, 2, 3], [0.5, -1, 2], [0, 1, -1]], [1, 0, 1]] as const;
    const outputs = step(...args);
    const [m, slope, , thinned, full] = outputs.map(numbers) as [
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    assert(m.includes(0) && m.includes(1));
    thinned.forEach((value, i) => assertAlmostEquals(value, 2 * full[i]! * m[i]!, 1e-6));
    // The gradient of w2 from the numbers that came forward.
    const weights = [0.4, -0.7, 0.9, 0.2];
    const errors = [0, 1, 2].map((row) =>
      weights.reduce((sum, w, j) => sum + w * thinned[4 * row + j]!, 0) - args[1][row]!
    );
    slope.forEach((value, j) => {
      const expected = [0, 1, 2].reduce(
        (sum, row) => sum + errors[row]! * thinned[4 * row + j]!,
        0,
      );
      assertAlmostEquals(value, 2 * expected / 3, 1e-5);
    });
    const predict = await compile([x], hidden.dot(w2), { device });
    const before = mask.rng.getValue().getState();
    assertEquals(numbers(predict(args[0])), numbers(predict(args[0])));
    assertEquals(mask.rng.getValue().getState(), before);
    // Training moves on to other masks.
    assert(numbers(step(...args)[0] as Tensor).join() !== m.join());
  },
);

onDevices("the gradient of a scan sees the draws of its forward pass", async (device) => {
  const srng = new RandomStreams(31), d = srng.normal([2]), w = T.scalar("w");
  const [r] = scan((h: Variable) => h.add(d.mul(w)), { nSteps: 5, outputsInfo: T.zeros([2]) });
  const last = (r as Variable).at(-1).sum();
  const f = await compile([w], [last, grad(last, w)], { device });
  for (let call = 0; call < 2; call++) {
    const [value, slope] = f(2).map((tensor) => Number(tensor.item())) as [number, number];
    assertAlmostEquals(value, 2 * slope, 1e-5);
  }
  const [again] = f(2);
  assert(again !== undefined);
});

Deno.test("noise is reparameterised by hand or by parameters with one gradient", async () => {
  const srng = new RandomStreams(5), m = T.scalar("m"), s = T.scalar("s");
  const z = srng.normal([100], m, s);
  const loss = z.sqr().mean();
  const f = await compile([m, s], [z, ...grad(loss, [m, s]) as Variable[]], { device: "cpu" });
  const [values, gm, gs] = f(1, 2).map(numbers) as [number[], number[], number[]];
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  assertAlmostEquals(gm[0]!, mean(values.map((v) => 2 * v)), 1e-4);
  assertAlmostEquals(gs[0]!, mean(values.map((v) => 2 * v * (v - 1) / 2)), 1e-4);
});
