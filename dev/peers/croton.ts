/**
 * The works, done by Croton on the CPU: on one thread or, with `--threads`, on all, and with `--blas` by the
 * machine's own BLAS.
 *
 * @module
 */
import {
  compile,
  config,
  grad,
  nn,
  RandomStreams,
  scan,
  shared,
  type SharedVariable,
  T,
  tensor,
  type Variable,
} from "../../all.ts";
import { lastOf, LSTM_STEPS, numbers, report, type Setup, STEPS } from "./work.ts";

const device = "cpu";
if (!Deno.args.includes("--threads")) config.threads = 1;
config.blas = Deno.args.includes("--blas") ? "auto" : "off";

/** Numbers on the device. */
function value(shape: number[], scale = 1, seed = 1): SharedVariable {
  return shared(tensor(numbers(shape.reduce((a, b) => a * b, 1), scale, seed), { shape }));
}

/** Labels 0 to 9, in turn. */
function labels(count: number): SharedVariable {
  return shared(Int32Array.from({ length: count }, (_, i) => i % 10));
}

/** y(t) = tanh(W1·y(t-1) + W2·x(t) + W3·x(t-1)), row by row of a batch if there is one. */
function recurrence(inputs: number, state: number, batch: number, backward: boolean): Setup {
  return async () => {
    const lead = batch === 0 ? [] : [batch];
    const x = value([STEPS, ...lead, inputs]), y0 = value([...lead, state], 1, 2);
    const w1 = value([state, state], 0.05, 3), w2 = value([inputs, state], 0.1, 4);
    const w3 = value([inputs, state], 0.1, 5);
    const [ys] = scan(
      (before: Variable, now: Variable, last: Variable) =>
        T.tanh(last.dot(w1).add(now.dot(w2)).add(before.dot(w3))),
      { sequences: { input: x, taps: [-1, 0] }, outputsInfo: y0 },
    );
    if (backward) return await compile([], grad((ys as Variable).sum(), [w1, w2, w3]), { device });
    const run = await compile([], ys as Variable, { device });
    return { run, result: lastOf(Math.max(1, batch) * state) };
  };
}

/** h and c of an LSTM whose four parts are one product of x and one of h. */
function lstm(backward: boolean): Setup {
  return async () => {
    const x = value([LSTM_STEPS, 32, 64]);
    const w = value([64, 512], 0.1, 2), u = value([128, 512], 0.1, 3), b = value([512], 0.1, 4);
    const zero = T.zeros([32, 128]);
    const [states] = scan((x: Variable, h: Variable, c: Variable) => {
      const [i, f, o, g] = T.split(x.dot(w).add(h.dot(u)).add(b), 4, 1) as Variable[];
      const now = T.sigmoid(f!).mul(c).add(T.sigmoid(i!).mul(T.tanh(g!)));
      return [T.sigmoid(o!).mul(T.tanh(now)), now];
    }, { sequences: x, outputsInfo: [zero, zero] });
    const [hs] = states as [Variable, Variable];
    if (backward) return await compile([], grad(hs.sum(), [w, u, b]), { device });
    return { run: await compile([], hs, { device }), result: lastOf(32 * 128) };
  };
}

/** A step that replaces the parameters, and gives the cost. */
function trained(cost: Variable, parameters: SharedVariable[], rate: number) {
  const slopes = grad(cost, parameters);
  const updates = parameters.map((p, i) => [p, p.sub(slopes[i]!.mul(rate))] as const);
  return compile([], cost, { updates, device });
}

const entropy = (z: Variable, y: Variable) => T.categoricalCrossentropy(T.softmax(z), y).mean();

function mlp(rows: number): Setup {
  return async () => {
    const w = value([784, 500], 0.05, 2), b = value([500], 0);
    const u = value([500, 10], 0.05, 3), c = value([10], 0);
    const z = T.tanh(value([rows, 784]).dot(w).add(b)).dot(u).add(c);
    return await trained(entropy(z, labels(rows)), [w, b, u, c], 0.01);
  };
}

/** A function of values that are held on the device. */
function held(shape: number[], fn: (x: Variable) => Variable): Setup {
  return async () => await compile([], fn(value(shape)), { device });
}

/** One random draw of ten million numbers. */
function draws(draw: (stream: RandomStreams) => Variable): Setup {
  return async () => await compile([], draw(new RandomStreams(1)), { device });
}

function product(dtype: "float32" | "float64"): Setup {
  return async () => {
    const [a, b] = [1, 2].map((seed) => {
      const data = numbers(512 ** 2, 1, seed);
      return shared(
        tensor(dtype === "float32" ? data : Float64Array.from(data), { shape: [512, 512] }),
      );
    });
    return await compile([], T.dot(a!, b!), { device });
  };
}

await report({
  "recurrence 10, 20": recurrence(10, 20, 0, false),
  "recurrence 100, 200": recurrence(100, 200, 0, false),
  "recurrence 512, 512": recurrence(512, 512, 0, false),
  "recurrence 100, 200, batch 64": recurrence(100, 200, 64, false),
  "the same with gradient": recurrence(100, 200, 64, true),
  "LSTM 64→128, batch 32": lstm(false),
  "its gradient": lstm(true),
  "10⁶ steps of a number": async () => {
    const [ys] = scan((a: Variable) => T.div(1, a.add(1)), {
      outputsInfo: shared(0.5),
      nSteps: 1_000_000,
    });
    return await compile([], (ys as Variable).at(-1), { device });
  },
  "logistic step 400×784": async () => {
    const x = value([400, 784]), y = shared(numbers(400).map((v) => v > 0 ? 1 : 0));
    const w = value([784], 0.01), b = shared(0);
    const p = T.sigmoid(x.dot(w).add(b));
    const cost = T.binaryCrossentropy(p, y).mean().add(w.sqr().sum().mul(0.01));
    return await trained(cost, [w, b], 0.1);
  },
  "softmax step 600×784→10": async () => {
    const w = value([784, 10], 0.01), b = value([10], 0);
    return await trained(entropy(value([600, 784]).dot(w).add(b), labels(600)), [w, b], 0.1);
  },
  "MLP step 784-500-10, batch 20": mlp(20),
  "MLP step 784-500-10, batch 600": mlp(600),
  "LeNet step, batch 64": async () => {
    const shapes = [[20, 1, 5, 5], [20], [50, 20, 5, 5], [50], [800, 500], [500], [500, 10], [10]];
    const p = shapes.map((shape, i) => value(shape, 0.05, i + 2));
    const layer = (x: Variable, w: Variable, b: Variable) =>
      T.tanh(
        T.pool2d(T.conv2d(x, w, { filterFlip: false }), [2, 2]).add(
          b.dimshuffle(["x", 0, "x", "x"]),
        ),
      );
    const h = layer(layer(value([64, 1, 28, 28]), p[0]!, p[1]!), p[2]!, p[3]!).reshape([64, 800]);
    const z = T.tanh(h.dot(p[4]!).add(p[5]!)).dot(p[6]!).add(p[7]!);
    return await trained(entropy(z, labels(64)), p, 0.01);
  },
  "attention 8×4×128×32": async () => {
    const [q, k, v] = [1, 2, 3].map((seed) => value([8, 4, 128, 32], 1, seed));
    return await compile([], nn.attention(q!, k!, v!), { device });
  },
  "product 512": product("float32"),
  "product 512, float64": product("float64"),
  "matrix·vector 2048": async () =>
    await compile([], T.dot(value([2048, 2048]), value([2048], 1, 2)), { device }),
  "vector·matrix 2048": async () =>
    await compile([], T.dot(value([2048], 1, 2), value([2048, 2048])), { device }),
  "softmax of 1000×1000": held([1000, 1000], (x) => T.softmax(x)),
  "chain on 10⁶": held(
    [1e6],
    (x) => T.tanh(x.mul(1.5).add(0.5)).mul(T.exp(x.sqr().neg())).add(T.log1p(T.exp(x))),
  ),
  "sum of 10⁷": held([1e7], (x) => x.sum()),
  "cumsum of 10⁶": held([1e6], (x) => T.cumsum(x)),
  "sort 10⁶": held([1e6], (x) => T.sort(x)),
  "uniform 10⁷": draws((stream) => stream.uniform({ size: [1e7] })),
  "normal 10⁷": draws((stream) => stream.normal({ size: [1e7] })),
  "300,000 numbers in lists": async () => {
    const x = T.matrix("x"), flat = numbers(300_000);
    const rows = Array.from(
      { length: 300 },
      (_, i) => Array.from(flat.subarray(1000 * i, 1000 * (i + 1))),
    );
    const f = await compile([x], x, { device });
    return () => f(rows);
  },
});
