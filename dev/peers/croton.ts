/**
 * The works, done by Croton on the CPU: on one thread, and with `--blas` by the machine's own BLAS.
 *
 * @module
 */
import {
  compile,
  config,
  grad,
  RandomStreams,
  scan,
  shared,
  T,
  tensor,
  type Variable,
} from "../../mod.ts";
import { numbers, report, type Setup, STEPS } from "./work.ts";

const device = "cpu";
config.threads = 1;
config.blas = Deno.args.includes("--blas") ? "auto" : "off";

/** y(t) = tanh(W1·y(t-1) + W2·x(t) + W3·x(t-1)), row by row of a batch if there is one. */
function recurrence(inputs: number, state: number, batch: number, backward: boolean): Setup {
  return async () => {
    const lead = batch === 0 ? [] : [batch];
    const value = (shape: number[], scale: number, seed: number): Variable =>
      shared(tensor(numbers(shape.reduce((a, b) => a * b, 1), scale, seed), { shape }));
    const x = value([STEPS, ...lead, inputs], 1, 1), y0 = value([...lead, state], 1, 2);
    const w1 = value([state, state], 0.05, 3), w2 = value([inputs, state], 0.1, 4);
    const w3 = value([inputs, state], 0.1, 5);
    const [ys] = scan(
      (before: Variable, now: Variable, last: Variable) =>
        T.tanh(last.dot(w1).add(now.dot(w2)).add(before.dot(w3))),
      { sequences: { input: x, taps: [-1, 0] }, outputsInfo: y0 },
    );
    const outputs = backward ? grad((ys as Variable).sum(), [w1, w2, w3]) : [ys as Variable];
    return await compile([], outputs, { device });
  };
}

/** A function of values that are held on the device. */
function held(length: number, fn: (x: Variable) => Variable): Setup {
  return async () => await compile([], fn(shared(numbers(length))), { device });
}

/** One random draw of ten million numbers. */
function draws(draw: (stream: RandomStreams) => Variable): Setup {
  return async () => await compile([], draw(new RandomStreams(1)), { device });
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 0, false),
  "recurrence 100, 200": recurrence(100, 200, 0, false),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64, false),
  "the same with gradient": recurrence(100, 200, 64, true),
  "logistic step 400×784": async () => {
    const x = shared(tensor(numbers(400 * 784), { shape: [400, 784] }));
    const y = shared(numbers(400).map((v) => v > 0 ? 1 : 0));
    const w = shared(numbers(784, 0.01)), b = shared(0);
    const p = T.sigmoid(x.dot(w).add(b));
    const cost = T.binaryCrossentropy(p, y).mean().add(w.sqr().sum().mul(0.01));
    const [gw, gb] = grad(cost, [w, b]);
    return await compile([], cost, {
      updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
      device,
    });
  },
  "softmax step 600×784→10": async () => {
    const x = shared(tensor(numbers(600 * 784), { shape: [600, 784] }));
    const y = shared(Int32Array.from({ length: 600 }, (_, i) => i % 10));
    const w = shared(tensor(numbers(7840, 0.01), { shape: [784, 10] }));
    const b = shared(new Float32Array(10));
    const p = T.softmax(x.dot(w).add(b));
    const cost = T.log(p).at(T.arange(600), y).mean().neg();
    const [gw, gb] = grad(cost, [w, b]);
    return await compile([], cost, {
      updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
      device,
    });
  },
  "product 512": async () => {
    const a = shared(tensor(numbers(512 ** 2), { shape: [512, 512] }));
    const b = shared(tensor(numbers(512 ** 2, 1, 2), { shape: [512, 512] }));
    return await compile([], a.dot(b), { device });
  },
  "chain on 10⁶": held(
    1e6,
    (x) => T.tanh(x.mul(1.5).add(0.5)).mul(T.exp(x.sqr().neg())).add(T.log1p(T.exp(x))),
  ),
  "sum of 10⁷": held(1e7, (x) => x.sum()),
  "cumsum of 10⁶": held(1e6, (x) => T.cumsum(x)),
  "sort 10⁶": held(1e6, (x) => T.sort(x)),
  "uniform 10⁷": draws((stream) => stream.uniform({ size: [1e7] })),
  "normal 10⁷": draws((stream) => stream.normal({ size: [1e7] })),
});
