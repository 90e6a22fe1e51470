// Gradients through loops.

import { grad, hessian, scan, shared, T, until, type Variable } from "../../all.ts";
import { type Input, one, type Setting, testCase } from "./harness.ts";

async function recurrent(
  input: Input,
  { compile }: Setting,
  truncateGradient: number,
  costOf: (h: Variable) => Variable,
) {
  const X = T.matrix("X"), [Wx, Wh] = T.matrices("Wx", "Wh"), [b, h0] = T.vectors("b", "h0");
  const [result] = scan(
    (x, before, Wx, Wh, b) => T.tanh(x.dot(Wx).add(before.dot(Wh)).add(b)),
    { sequences: X, outputsInfo: h0, nonSequences: [Wx, Wh, b], truncateGradient },
  );
  const cost = costOf(one(result));
  const f = await compile([X, Wx, Wh, b, h0], grad(cost, [X, Wx, Wh, b, h0]));
  const [gX, gWx, gWh, gb, gh0] = f(
    input("x_val"),
    input("wx_val"),
    input("wh_val"),
    input("b_val"),
    input("h0_val"),
  );
  return { gX, gWx, gWh, gb, gh0 };
}

testCase(
  "scan-grad-rnn-last",
  (input, setting) => recurrent(input, setting, -1, (h) => h.at(-1).sum()),
);

testCase(
  "scan-grad-truncate-1-sum",
  (input, setting) => recurrent(input, setting, 1, (h) => h.sum()),
);

testCase(
  "scan-grad-truncate-2-last",
  (input, setting) => recurrent(input, setting, 2, (h) => h.at(-1).sum()),
);

testCase("scan-grad-go-backwards", async (input, { compile }) => {
  const s = T.vector("s"), a = T.scalar("a");
  const [h] = scan((v, before, a) => T.tanh(a.mul(before).add(v)), {
    sequences: s,
    outputsInfo: 0.1,
    nonSequences: a,
    goBackwards: true,
  });
  const f = await compile([s, a], grad(one(h).mul(T.arange(1, 6)).sum(), [s, a]));
  const [gs, ga] = f(input("s_val"), 0.75);
  return { gs, ga };
});

testCase("scan-grad-until", async (input, { compile }) => {
  const s = T.vector("s"), [a, h0] = T.scalars("a", "h0");
  const [result] = scan((v, before, a) => {
    const h = T.tanh(a.mul(before).add(v));
    return [h, until(h.gt(0.8))];
  }, { sequences: s, outputsInfo: h0, nonSequences: a });
  const h = one(result);
  const f = await compile([s, a, h0], [h.shape[0]!, ...grad(h.pow(2).sum(), [s, a, h0])]);
  const [n, gs, ga, gh] = f(input("s_val"), 0.8, 0.2);
  return { n, gs, ga, gh };
});

testCase("scan-grad-until-last", async (_, { compile, dtype }) => {
  const a = T.scalar("a");
  const [result] = scan((v, a) => [v.mul(a), until(v.mul(a).gt(20))], {
    outputsInfo: T.constant(1, { dtype }),
    nonSequences: a,
    nSteps: 100,
  });
  const r = one(result), final = r.at(-1) as Variable;
  const [n, last, g] = (await compile([a], [r.shape[0]!, final, grad(final, a)]))(1.75);
  return { n, last, g };
});

testCase("scan-grad-nested", async (input, { compile }) => {
  const [A, B] = T.matrices("A", "B");
  const outer = (row: Variable, B: Variable) => {
    const [r] = scan((column, row) => row.mul(column).sum(), {
      sequences: B.T,
      nonSequences: row,
    });
    return one(r);
  };
  const [P] = scan(outer, { sequences: A, nonSequences: B });
  const f = await compile([A, B], grad(one(P).tanh().pow(2).sum(), [A, B]));
  const [gA, gB] = f(input("a_val"), input("b_val"));
  return { gA, gB };
});

testCase("scan-grad-through-inner-grad", async (input, { compile }) => {
  const A = T.matrix("A"), b = T.vector("b"), rate = T.scalar("lr");
  const step = (t: Variable, A: Variable, b: Variable, rate: Variable) => {
    const cost = t.dot(A.dot(t)).mul(0.5).sub(b.dot(t)) as Variable;
    return t.sub(rate.mul(grad(cost, t)));
  };
  const [r] = scan(step, { outputsInfo: T.zerosLike(b), nonSequences: [A, b, rate], nSteps: 6 });
  const f = await compile([A, b, rate], grad(one(r).at(-1).pow(2).sum(), rate));
  return { g: f(input("a_val"), input("b_val"), 0.25) };
});

testCase("scan-hessian-by-hand", async (input, { compile }) => {
  const v = T.vector("v"), cost = v.pow(3).mul(v.at("::-1")).sum(), g = grad(cost, v);
  const [H] = scan((i, g, v) => grad(g.at(i) as Variable, v), {
    sequences: T.arange(g.shape[0]!),
    nonSequences: [g, v],
  });
  const [h1, h2] = (await compile([v], [one(H), hessian(cost, v)]))(input("v_val"));
  return { h1, h2 };
});

testCase("scan-grad-wrt-shared-parameter", async (input, { compile }) => {
  const W = shared(input("w_val")), x = T.matrix("x"), h0 = T.vector("h0");
  const [h] = scan((r, before) => T.tanh(r.add(before.dot(W))), { sequences: x, outputsInfo: h0 });
  const cost = one(h).at(-1).pow(2).sum();
  const f = await compile([x, h0], cost, {
    updates: [[W, W.sub(grad(cost, W as Variable).mul(0.5))]],
  });
  return { c: f(input("x_val"), input("h0_val")), w_new: W.getValue() };
});
