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
function computed(make: () => Value | Value[]): void {
  // A tidied function must not return values: all their elements would be searched for tensors.
  tf.tidy(() => {
    for (const each of [make()].flat()) each.dataSync();
  });
}

function recurrence(inputs: number, state: number, batch: number, backward: boolean): Setup {
  return () => {
    const y0 = value([batch, state], 1, 2);
    const weights = [value([state, state], 0.05, 3), value([inputs, state], 0.1, 4)];
    weights.push(value([inputs, state], 0.1, 5));
    const xs = Array.from({ length: STEPS }, (_, t) => value([batch, inputs], 1, t + 1));
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

/** A training step by the gradient of a cost with respect to weights and bias. */
function step(w: Value, b: Value, cost: (w: Value, b: Value) => Value): () => void {
  const gradients = tf.valueAndGrads(cost);
  return () => {
    const [nextW, nextB] = tf.tidy(() => {
      const { value, grads } = gradients([w, b]);
      value.dataSync();
      return [w.sub(grads[0].mul(0.1)), b.sub(grads[1].mul(0.1))];
    });
    tf.dispose([w, b]);
    [w, b] = [nextW, nextB];
  };
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 1, false),
  "recurrence 100, 200": recurrence(100, 200, 1, false),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64, false),
  "the same with gradient": recurrence(100, 200, 64, true),
  "logistic step 400×784": () => {
    const x = value([400, 784]), y = tf.tensor(numbers(400).map((v) => v > 0 ? 1 : 0), [400, 1]);
    return step(value([784, 1], 0.01), tf.scalar(0), (w, b) => {
      const z = x.matMul(w).add(b);
      return tf.softplus(z).sub(y.mul(z)).mean().add(w.square().sum().mul(0.01));
    });
  },
  "softmax step 600×784→10": () => {
    const x = value([600, 784]);
    const target = tf.oneHot(tf.tensor1d(Int32Array.from({ length: 600 }, (_, i) => i % 10)), 10);
    return step(
      value([784, 10], 0.01),
      tf.zeros([10]),
      (w, b) => tf.logSoftmax(x.matMul(w).add(b)).mul(target).sum().mul(-1 / 600),
    );
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
