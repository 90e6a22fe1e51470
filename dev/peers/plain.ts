/**
 * The works, written by hand as loops over typed arrays.
 *
 * @module
 */
import { numbers, report, type Setup, STEPS } from "./work.ts";

function recurrence(inputs: number, state: number, rows: number): Setup {
  return () => {
    const x = numbers(STEPS * rows * inputs), y = new Float32Array(STEPS * rows * state);
    y.set(numbers(rows * state, 1, 2));
    const w1 = numbers(state * state, 0.05, 3);
    const w2 = numbers(inputs * state, 0.1, 4), w3 = numbers(inputs * state, 0.1, 5);
    const sum = new Float64Array(state);
    const multiply = (from: Float32Array, at: number, length: number, weight: Float32Array) => {
      for (let i = 0; i < length; i++) {
        const value = from[at + i]!;
        for (let j = 0; j < state; j++) sum[j]! += value * weight[i * state + j]!;
      }
    };
    return () => {
      for (let t = 1; t < STEPS; t++) {
        for (let row = 0; row < rows; row++) {
          sum.fill(0);
          multiply(y, ((t - 1) * rows + row) * state, state, w1);
          multiply(x, (t * rows + row) * inputs, inputs, w2);
          multiply(x, ((t - 1) * rows + row) * inputs, inputs, w3);
          const to = (t * rows + row) * state;
          for (let j = 0; j < state; j++) y[to + j] = Math.tanh(sum[j]!);
        }
      }
      return y.subarray(-rows * state);
    };
  };
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 1),
  "recurrence 100, 200": recurrence(100, 200, 1),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64),
  "10⁶ steps of a number": () => () => {
    let a = 0.5;
    for (let t = 0; t < 1_000_000; t++) a = Math.fround(1 / (1 + a));
    return a;
  },
  "logistic step 400×784": () => {
    const n = 400, k = 784, x = numbers(n * k), y = numbers(n).map((v) => v > 0 ? 1 : 0);
    const w = numbers(k, 0.01), slope = new Float64Array(k);
    let b = 0;
    return () => {
      slope.fill(0);
      let rest = 0, cost = 0;
      for (let i = 0; i < n; i++) {
        let z = b;
        for (let j = 0; j < k; j++) z += x[i * k + j]! * w[j]!;
        const error = (1 / (1 + Math.exp(-z)) - y[i]!) / n;
        for (let j = 0; j < k; j++) slope[j]! += error * x[i * k + j]!;
        rest += error;
        cost += (Math.log1p(Math.exp(z)) - y[i]! * z) / n;
      }
      for (let j = 0; j < k; j++) {
        cost += 0.01 * w[j]! ** 2;
        w[j]! -= 0.1 * (slope[j]! + 0.02 * w[j]!);
      }
      b -= 0.1 * rest;
      return cost;
    };
  },
  "product 512": () => {
    const n = 512, a = numbers(n * n), b = numbers(n * n, 1, 2), c = new Float32Array(n * n);
    return () => {
      c.fill(0);
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < n; k++) {
          const value = a[i * n + k]!;
          for (let j = 0; j < n; j++) c[i * n + j]! += value * b[k * n + j]!;
        }
      }
      return c;
    };
  },
  "chain on 10⁶": () => {
    const x = numbers(1e6), out = new Float32Array(1e6);
    return () => {
      for (let i = 0; i < x.length; i++) {
        const v = x[i]!;
        out[i] = Math.tanh(1.5 * v + 0.5) * Math.exp(-v * v) + Math.log1p(Math.exp(v));
      }
      return out;
    };
  },
  "sum of 10⁷": () => {
    const x = numbers(1e7);
    return () => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += x[i]!;
      return sum;
    };
  },
  "cumsum of 10⁶": () => {
    const x = numbers(1e6), out = new Float32Array(1e6);
    return () => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) out[i] = sum += x[i]!;
      return out;
    };
  },
  "sort 10⁶": () => {
    const x = numbers(1e6);
    return () => x.slice().sort();
  },
  "uniform 10⁷": () => {
    const out = new Float32Array(1e7);
    return () => {
      for (let i = 0; i < out.length; i++) out[i] = Math.random();
      return out;
    };
  },
  "normal 10⁷": () => {
    const out = new Float32Array(1e7);
    return () => {
      for (let i = 0; i < out.length; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
        const angle = 2 * Math.PI * Math.random();
        out[i] = radius * Math.cos(angle);
        out[i + 1] = radius * Math.sin(angle);
      }
      return out;
    };
  },
});
