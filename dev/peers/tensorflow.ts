/**
 * The works, done by TensorFlow.js in its WebAssembly backend. It has no loop inside a compiled
 * function, so a recurrence is a loop of operations.
 *
 * @module
 */
import { numbers, report, type Setup, STEPS } from "./work.ts";

// In one module, so that both are linked to one copy of the core.
const { tf, setThreadsCount } = await import(
  "data:text/javascript," + encodeURIComponent(`
    export * as tf from "npm:@tensorflow/tfjs@4.22.0";
    export { setThreadsCount } from "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
  `)
);
setThreadsCount(1);
if (!await tf.setBackend("wasm")) throw new Error("The WebAssembly backend does not start");
await tf.ready();

/** The part of a tensor that is used here. */
// deno-lint-ignore no-explicit-any
type Value = any;

function value(shape: number[], scale = 1, seed = 1): Value {
  return tf.tensor(numbers(shape.reduce((a, b) => a * b, 1), scale, seed), shape);
}

/** Computes tensors and frees them and what came before. */
function computed(make: () => Value | Value[]): unknown {
  // A tidied function must not return values: all their elements would be searched for tensors.
  let found: unknown;
  tf.tidy(() => {
    found = [make()].flat().map((each) => each.dataSync());
  });
  return found;
}

function recurrence(inputs: number, state: number, batch: number, backward: boolean): Setup {
  return () => {
    const y0 = value([batch, state], 1, 2);
    const weights = [value([state, state], 0.05, 3), value([inputs, state], 0.1, 4)];
    weights.push(value([inputs, state], 0.1, 5));
    const all = numbers(STEPS * batch * inputs), row = batch * inputs;
    const xs = Array.from(
      { length: STEPS },
      (_, t) => tf.tensor(all.slice(t * row, (t + 1) * row), [batch, inputs]),
    );
    const forward = (w1: Value, w2: Value, w3: Value): Value[] => {
      const ys = [y0];
      for (let t = 1; t < STEPS; t++) {
        const sum = tf.add(tf.matMul(ys[t - 1], w1), tf.matMul(xs[t], w2));
        ys.push(tf.tanh(tf.add(sum, tf.matMul(xs[t - 1], w3))));
      }
      return ys;
    };
    const [w1, w2, w3] = weights;
    if (!backward) return () => computed(() => forward(w1, w2, w3).at(-1));
    const gradient = tf.grads((...w: [Value, Value, Value]) =>
      tf.addN(forward(...w).slice(1).map((y) => tf.sum(y)))
    );
    return () => computed(() => gradient(weights));
  };
}

/** A function of one vector; all of its result is computed. */
function held(length: number, fn: (x: Value) => Value): Setup {
  return () => {
    const x = value([length]);
    return () => computed(() => fn(x));
  };
}

/** A training step by the gradient of a cost with respect to its parameters. */
function step(parameters: Value[], rate: number, cost: (...p: Value[]) => Value): () => unknown {
  const gradients = tf.valueAndGrads(cost);
  return () => {
    let found: unknown;
    const next = tf.tidy(() => {
      const { value, grads } = gradients(parameters);
      found = value.dataSync();
      return parameters.map((p, i) => p.sub(grads[i].mul(rate)));
    });
    tf.dispose(parameters);
    parameters = next;
    return found;
  };
}

/** The classes 0 to 9, in turn, each as a row. */
function classes(rows: number): Value {
  return tf.oneHot(tf.tensor1d(Int32Array.from({ length: rows }, (_, i) => i % 10)), 10);
}

function mlp(rows: number): Setup {
  return () => {
    const x = value([rows, 784]), target = classes(rows);
    const start = [
      value([784, 500], 0.05, 2),
      tf.zeros([500]),
      value([500, 10], 0.05, 3),
      tf.zeros([10]),
    ];
    return step(start, 0.01, (w, b, u, c) => {
      const z = x.matMul(w).add(b).tanh().matMul(u).add(c);
      return tf.logSoftmax(z).mul(target).sum().mul(-1 / rows);
    });
  };
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 1, false),
  "recurrence 100, 200": recurrence(100, 200, 1, false),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64, false),
  "the same with gradient": recurrence(100, 200, 64, true),
  "logistic step 400×784": () => {
    const x = value([400, 784]), y = tf.tensor(numbers(400).map((v) => v > 0 ? 1 : 0), [400, 1]);
    return step([value([784, 1], 0.01), tf.scalar(0)], 0.1, (w, b) => {
      const z = x.matMul(w).add(b);
      return tf.softplus(z).sub(y.mul(z)).mean().add(w.square().sum().mul(0.01));
    });
  },
  "softmax step 600×784→10": () => {
    const x = value([600, 784]);
    const target = classes(600);
    return step(
      [value([784, 10], 0.01), tf.zeros([10])],
      0.1,
      (w, b) => tf.logSoftmax(x.matMul(w).add(b)).mul(target).sum().mul(-1 / 600),
    );
  },
  "MLP step 784-500-10, batch 20": mlp(20),
  "MLP step 784-500-10, batch 600": mlp(600),
  "attention 8×4×128×32": () => {
    const [q, k, v] = [1, 2, 3].map((seed) => value([8, 4, 128, 32], 1, seed));
    return () => computed(() => tf.softmax(tf.matMul(q, k, false, true).mul(32 ** -0.5)).matMul(v));
  },
  "matrix·vector 2048": () => {
    const a = value([2048, 2048]), x = value([2048, 1], 1, 2);
    return () => computed(() => a.matMul(x));
  },
  "vector·matrix 2048": () => {
    const a = value([2048, 2048]), x = value([1, 2048], 1, 2);
    return () => computed(() => x.matMul(a));
  },
  "softmax of 1000×1000": () => {
    const x = value([1000, 1000]);
    return () => computed(() => tf.softmax(x));
  },
  "product 512": () => {
    const a = value([512, 512]), b = value([512, 512], 1, 2);
    return () => computed(() => a.matMul(b));
  },
  "chain on 10⁶": held(1e6, (x) => {
    const left = tf.tanh(x.mul(1.5).add(0.5)).mul(tf.exp(x.square().neg()));
    return left.add(tf.log1p(tf.exp(x)));
  }),
  "sum of 10⁷": held(1e7, (x) => x.sum()),
  "cumsum of 10⁶": held(1e6, (x) => x.cumsum()),
  "sort 10⁶": held(1e6, (x) => tf.topk(x, 1e6).values),
  "uniform 10⁷": () => () => computed(() => tf.randomUniform([1e7])),
  "normal 10⁷": () => () => computed(() => tf.randomNormal([1e7])),
});
