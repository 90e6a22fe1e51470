// The programs of the seed documents outside loops and random numbers.

import { grad, In, map, pp, reduce, shared, T } from "../../all.ts";
import { num, one, testCase, testError } from "./harness.ts";

testCase("seed-add-scalars", async (_, { compile }) => {
  const [x, y] = T.scalars("x", "y");
  const f = await compile([x, y], x.add(y));
  return { r: f(2, 3) };
});

testCase("seed-type-identity", () => {
  const x = T.dscalar("x");
  return {
    same: x.type === T.dscalar.type,
    dtype: x.dtype,
    ndim: x.ndim,
    type_text: String(x.type),
  };
}, { float64Only: "it asks for float64" });

testCase("seed-logistic", async (input, { compile }) => {
  const x = T.matrix("x");
  const s = T.div(1, x.neg().exp().add(1));
  return { r: (await compile([x], s))(input("x_val")) };
});

testCase("seed-logistic-tanh-form", async (input, { compile }) => {
  const x = T.matrix("x");
  const s = x.div(2).tanh().add(1).div(2);
  return { r: (await compile([x], s))(input("x_val")) };
});

testCase("seed-multi-output", async (input, { compile }) => {
  const [a, b] = T.matrices("a", "b");
  const diff = a.sub(b);
  const f = await compile([a, b], [diff, diff.abs(), diff.pow(2)]);
  const [o1, o2, o3] = f(input("a_val"), input("b_val"));
  return { o1, o2, o3 };
});

testCase("seed-default-arg", async (_, { compile }) => {
  const [x, y] = T.scalars("x", "y");
  const f = await compile([x, new In(y, { value: 1 })], x.add(y));
  return { r1: f(33), r2: f(33, 2), r3: f(33) };
});

testCase("seed-named-defaults", async (_, { compile }) => {
  const [x, y, w] = T.scalars("x", "y", "w");
  const f = await compile(
    [x, new In(y, { value: 1 }), new In(w, { value: 2, name: "wByName" })],
    x.add(y).mul(w),
  );
  return {
    r1: f(33),
    r2: f(33, 2),
    r3: f(33, 0, 1),
    r4: f(33, { wByName: 1 }),
    r5: f(33, { wByName: 1, y: 0 }),
  };
});

testError(
  "seed-named-defaults-wrong-name",
  /unknown input "w".*"x", "y", "wByName"/,
  async ({ compile }) => {
    const [x, y, w] = T.scalars("x", "y", "w");
    const f = await compile(
      [x, new In(y, { value: 1 }), new In(w, { value: 2, name: "wByName" })],
      x.add(y).mul(w),
    );
    return () => f({ x: 33, y: 0, w: 1 });
  },
);

testCase("seed-accumulator", async (_, { compile }) => {
  const state = shared(0, { dtype: "int64" });
  const inc = T.iscalar("inc");
  const up = state.add(inc), down = state.sub(inc);
  const accumulator = await compile([inc], state, { updates: [[state, up]] });
  const decrementor = await compile([inc], state, { updates: [[state, down]] });
  const s0 = state.getValue();
  const r1 = accumulator(1), s1 = state.getValue();
  const r2 = accumulator(300), s2 = state.getValue();
  state.setValue(-1);
  const r3 = accumulator(3), s3 = state.getValue();
  const r4 = decrementor(2), s4 = state.getValue();
  return { s0, r1, s1, r2, s2, r3, s3, r4, s4 };
});

testCase("seed-givens-shared", async (_, { compile }) => {
  const state = shared(0, { dtype: "int64" });
  const inc = T.iscalar("inc"), foo = T.scalar("foo", { dtype: state.dtype });
  const skipShared = await compile([inc, foo], state.mul(2).add(inc), { givens: [[state, foo]] });
  return { r: skipShared(1, 3), s: state.getValue() };
});

testCase("seed-copy-swap", async (_, { compile }) => {
  const state = shared(0, { dtype: "int64" }), inc = T.iscalar("inc");
  const accumulator = await compile([inc], state, { updates: [[state, state.add(inc)]] });
  accumulator(10);
  const a = state.getValue();
  const newState = shared(0, { dtype: "int64" });
  const newAccumulator = accumulator.copy({ swap: [[state, newState]] });
  newAccumulator(100);
  const b = newState.getValue(), c = state.getValue();
  const nullAccumulator = accumulator.copy({ deleteUpdates: true });
  const r = nullAccumulator(9000);
  return { a, b, c, r, d: state.getValue() };
});

testCase("seed-grad-square", async (_, { compile }) => {
  const x = T.scalar("x");
  const f = await compile([x], grad(x.pow(2), x));
  return { r1: f(4), r2: f(94.2) };
});

testCase("seed-pp-gradient", () => {
  const x = T.dscalar("x");
  return { text: pp(grad(x.pow(2), x)) };
}, {
  float64Only: "the text names the dtype",
  // A number takes the dtype of what it meets, so the constants are floats.
  choices: {
    text: "((fill((x ** TensorConstant{2.0}), TensorConstant{1.0}) * TensorConstant{2.0}) * " +
      "(x ** (TensorConstant{2.0} - TensorConstant{1.0})))",
  },
});

testCase("seed-a-plus-a10", async (input, { compile }) => {
  const a = T.vector("a");
  return { r: (await compile([a], a.add(a.pow(10))))(input("a_val")) };
});

testCase("seed-logistic-regression", async (input, { compile, dtype }) => {
  const x = T.matrix("x"), y = T.vector("y");
  const w = shared(input("w_init"), { name: "w" }), b = shared(0, { name: "b", dtype });
  const p1 = T.div(1, x.dot(w).neg().sub(b).exp().add(1));
  const prediction = p1.gt(0.5);
  const xent = y.neg().mul(p1.log()).sub(T.sub(1, y).mul(T.sub(1, p1).log()));
  const cost = xent.mean().add(w.pow(2).sum().mul(0.01));
  const [gw, gb] = grad(cost, [w, b]);
  const train = await compile([x, y], [prediction, xent], {
    updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
  });
  const predict = await compile([x], prediction);
  const calls = Array.from({ length: 20 }, () => train(input("D_x"), input("D_y")));
  const [predFirst, xentFirst] = calls[0]!, [predLast, xentLast] = calls[19]!;
  return {
    pred_first: predFirst,
    xent_first: xentFirst,
    pred_last: predLast,
    xent_last: xentLast,
    w_final: w.getValue(),
    b_final: b.getValue(),
    pred_after: predict(input("D_x")),
  };
});

testCase("seed-softmax-regression-minibatch", async (input, { compile, dtype }) => {
  const trainX = shared(input("X_val")), trainY = shared(input("Y_float")).cast("int32");
  const W = shared([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], { dtype });
  const b = shared([0, 0, 0], { dtype });
  const index = T.lscalar("index"), x = T.matrix("x"), y = T.ivector("y");
  const p = T.softmax(x.dot(W).add(b));
  const predicted = p.argmax(1);
  const cost = p.log().at(T.arange(y.shape[0]!), y).mean().neg();
  const err = predicted.neq(y).mean();
  const [gW, gb] = grad(cost, [W, b]);
  const rows = { start: index.mul(2), stop: index.add(1).mul(2) };
  const train = await compile([index], cost, {
    updates: [[W, W.sub(gW.mul(0.13))], [b, b.sub(gb.mul(0.13))]],
    givens: [[x, trainX.at(rows)], [y, trainY.at(rows)]],
  });
  const costs: number[] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    for (let i = 0; i < 3; i++) costs.push(num(train(i)));
  }
  const [W_final, b_final] = [W.getValue(), b.getValue()];
  const test = await compile([], [p, predicted, err], { givens: [[x, trainX], [y, trainY]] });
  const [probs, preds, error] = test();
  return { costs, W_final, b_final, probs, preds, error };
});

testCase("seed-nll-index-then-log", async (input, { compile }) => {
  const z = T.matrix("z"), y = T.ivector("y"), p = T.softmax(z);
  const rows = T.arange(y.shape[0]!);
  const c1 = p.log().at(rows, y).mean().neg(), c2 = p.at(rows, y).log().mean().neg();
  const f = await compile([z, y], [c1, c2, grad(c1, z), grad(c2, z)]);
  const [v1, v2, g1, g2] = f(input("z_val"), input("y_val"));
  return { v1, v2, g1, g2 };
});

testCase("seed-map-double", async (input, { compile }) => {
  const x = T.vector();
  const [results] = map((t) => t.mul(2), { sequences: x });
  return { r: (await compile([x], one(results)))(input("x_val")) };
});

testCase("seed-reduce-sum", async (input, { compile }) => {
  const x = T.vector();
  const [result] = reduce((t, v) => t.add(v), { sequences: x, outputsInfo: 0 });
  return { total: (await compile([x], one(result)))(input("x_val")) };
});
