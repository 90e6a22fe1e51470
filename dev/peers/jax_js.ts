/**
 * The works, done by jax-js in WebAssembly, each jitted. It has no loop inside a jitted function, so a
 * recurrence is a loop of calls.
 *
 * @module
 */
import { numbers, report, type Setup, STEPS } from "./work.ts";

// One thread, as for all the others.
Object.defineProperty(globalThis, "Worker", { value: undefined, configurable: true });

const name = "npm:@jax-js/jax@0.1.25";
const { defaultDevice, init, jit, nn, numpy: np, random, valueAndGrad } = await import(name);
await init("wasm");
defaultDevice("wasm");

/** The part of an array that is used here. */
// deno-lint-ignore no-explicit-any
type Value = any;

function value(shape: number[], scale = 1, seed = 1): Value {
  const length = shape.reduce((a, b) => a * b, 1);
  return np.array(numbers(length, scale, seed)).reshape(shape);
}

/** Reading each step is faster than reading the last one only. */
function recurrence(inputs: number, state: number, rows: number): Setup {
  return () => {
    const y0 = value([rows, state], 1, 2);
    const w1 = value([state, state], 0.05, 3), w2 = value([inputs, state], 0.1, 4);
    const w3 = value([inputs, state], 0.1, 5);
    const all = numbers(STEPS * rows * inputs), row = rows * inputs;
    const xs = Array.from(
      { length: STEPS },
      (_, t) => np.array(all.slice(t * row, (t + 1) * row)).reshape([rows, inputs]),
    );
    for (const x of xs) x.ref.dataSync();
    const step = jit((y: Value, x: Value, before: Value, a: Value, b: Value, c: Value) =>
      np.tanh(np.dot(y, a).add(np.dot(x, b)).add(np.dot(before, c)))
    );
    return () => {
      let y = y0.ref, last;
      for (let t = 1; t < STEPS; t++) {
        y = step(y, xs[t].ref, xs[t - 1].ref, w1.ref, w2.ref, w3.ref);
        last = y.ref.dataSync();
      }
      y.dispose();
      return last;
    };
  };
}

/** A jitted function of one vector; all of its result is computed. */
function held(length: number, fn: (x: Value) => Value): Setup {
  return () => {
    const x = value([length]);
    const f = jit(fn);
    return () => f(x.ref).dataSync();
  };
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 1),
  "recurrence 100, 200": recurrence(100, 200, 1),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64),
  "logistic step 400×784": () => {
    const x = value([400, 784]), y = np.array(numbers(400).map((v) => v > 0 ? 1 : 0));
    let w = value([784], 0.01), b = np.array(0);
    const cost = (w: Value, b: Value, x: Value, y: Value) => {
      const z = np.dot(x, w.ref).add(b);
      // log(1 + exp(z)) - y·z is the binary cross-entropy of sigmoid(z).
      return nn.softplus(z.ref).sub(y.mul(z)).mean().add(np.square(w).sum().mul(0.01));
    };
    const step = jit((w: Value, b: Value, x: Value, y: Value) => {
      const [value, [gw, gb]] = valueAndGrad(cost, { argnums: [0, 1] })(w.ref, b.ref, x, y);
      return [value, w.sub(gw.mul(0.1)), b.sub(gb.mul(0.1))];
    });
    return () => {
      let loss;
      [loss, w, b] = step(w, b, x.ref, y.ref);
      return loss.dataSync();
    };
  },
  "softmax step 600×784→10": () => {
    const x = value([600, 784]);
    const target = np.array(
      Float32Array.from({ length: 6000 }, (_, i) => i % 10 === Math.floor(i / 10) % 10 ? 1 : 0),
    ).reshape([600, 10]);
    let w = value([784, 10], 0.01), b = np.zeros([10]);
    const cost = (w: Value, b: Value, x: Value, y: Value) =>
      nn.logSoftmax(np.dot(x, w).add(b)).mul(y).sum().mul(-1 / 600);
    const step = jit((w: Value, b: Value, x: Value, y: Value) => {
      const [value, [gw, gb]] = valueAndGrad(cost, { argnums: [0, 1] })(w.ref, b.ref, x, y);
      return [value, w.sub(gw.mul(0.1)), b.sub(gb.mul(0.1))];
    });
    return () => {
      let loss;
      [loss, w, b] = step(w, b, x.ref, target.ref);
      return loss.dataSync();
    };
  },
  "attention 8×4×128×32": () => {
    const [q, k, v] = [1, 2, 3].map((seed) => value([8, 4, 128, 32], 1, seed));
    const f = jit((q: Value, k: Value, v: Value) =>
      np.matmul(nn.softmax(np.matmul(q, k.transpose([0, 1, 3, 2])).mul(32 ** -0.5)), v)
    );
    return () => f(q.ref, k.ref, v.ref).dataSync();
  },
  "matrix·vector 2048": () => {
    const a = value([2048, 2048]),
      x = value([2048], 1, 2),
      f = jit((a: Value, x: Value) => np.dot(a, x));
    return () => f(a.ref, x.ref).dataSync();
  },
  "vector·matrix 2048": () => {
    const a = value([2048, 2048]),
      x = value([2048], 1, 2),
      f = jit((x: Value, a: Value) => np.dot(x, a));
    return () => f(x.ref, a.ref).dataSync();
  },
  "softmax of 1000×1000": () => {
    const x = value([1000, 1000]), f = jit((x: Value) => nn.softmax(x));
    return () => f(x.ref).dataSync();
  },
  "product 512": () => {
    const a = value([512, 512]), b = value([512, 512], 1, 2);
    const f = jit((a: Value, b: Value) => np.dot(a, b));
    return () => f(a.ref, b.ref).dataSync();
  },
  "chain on 10⁶": held(1e6, (x) => {
    const left = np.tanh(x.ref.mul(1.5).add(0.5)).mul(np.exp(np.square(x.ref).neg()));
    return left.add(np.log1p(np.exp(x)));
  }),
  "sum of 10⁷": held(1e7, (x) => x.sum()),
  "cumsum of 10⁶": held(1e6, (x) => np.cumsum(x)),
  "sort 10⁶": held(1e6, (x) => np.sort(x)),
  "uniform 10⁷": () => () => random.uniform(random.key(1), [1e7]).dataSync(),
  "normal 10⁷": () => () => random.normal(random.key(1), [1e7]).dataSync(),
});
