// Gradients.

import {
  disconnectedGrad,
  grad,
  gradClip,
  gradScale,
  hessian,
  jacobian,
  subgraphGrad,
  T,
  type Variable,
  zeroGrad,
} from "../../all.ts";
import { num, testCase } from "./harness.ts";

testCase("grad-disconnected-ignore", async (input, { compile }) => {
  const x = T.scalar("x"), v = T.vector("v");
  const g = grad(x.pow(2), v, { disconnectedInputs: "ignore" });
  const both = grad(x.pow(2), [x, v], {
    disconnectedInputs: "ignore",
    returnDisconnected: "none",
  });
  const f = await compile([v], g, { onUnusedInput: "ignore" });
  return { r: f(input("v_val")), is_none: both[1] === null };
});

testCase("grad-consider-constant", async (_, { compile }) => {
  const x = T.scalar("x"), z = x.pow(2), c = z.mul(x);
  const f = await compile([x], [grad(c, x, { considerConstant: [z] }), grad(c, x)]);
  const [a, b] = f(3);
  return { a, b };
});

testCase("grad-known-grads", async (_, { compile, dtype }) => {
  const x = T.scalar("x"), z = x.pow(2);
  const g = grad(null, x, { knownGrads: [[z, T.constant(10, { dtype })]] });
  return { a: (await compile([x], g))(3) };
});

testCase("grad-jacobian", async (input, { compile }) => {
  const M = T.matrix("M"), v = T.vector("v"), e = M.dot(v).pow(2);
  const [jM, jv] = (await compile([M, v], jacobian(e, [M, v])))(input("m_val"), input("v_val"));
  const js = (await compile([v], jacobian(v.pow(2).sum(), v)))(input("v_val"));
  return { jM: jM!, jv: jv!, js };
});

testCase("grad-hessian", async (input, { compile }) => {
  const [v, u] = T.vectors("v", "u");
  const h = (await compile([v], hessian(v.pow(3).sum().mul(v.at(0)), v)))(input("v_val"));
  const z = (await compile([v], hessian(v.mul(2).sum(), v)))(input("v_val"));
  const both = hessian(v.pow(2).mul(u.pow(3)).sum(), [v, u]);
  const [b1, b2] = (await compile([v, u], both))(input("v_val"), input("u_val"));
  return { h, z, b1: b1!, b2: b2! };
});

testCase("grad-clip-scale-zero-disconnected", async (_, { compile }) => {
  const x = T.scalar("x"), clipped = gradClip(x, -1, 1) as Variable;
  const f = await compile([x], [grad(clipped.pow(2), x), grad(x.pow(2), x), clipped]);
  const [a, a2, fa] = f(2);
  const at = async (cost: Variable, value: number) => (await compile([x], grad(cost, x)))(value);
  return {
    a,
    a2,
    fa,
    b: await at((gradScale(x, -2) as Variable).pow(2), 3),
    c: await at((zeroGrad(x) as Variable).mul(x), 2),
    d: await at((disconnectedGrad(x) as Variable).mul(x), 2),
  };
});

testCase("grad-subgraph", async (input, { compile }) => {
  const [v, u] = T.vectors("v", "u"), a = v.tanh();
  const [[w], [e]] = subgraphGrad({ wrt: [u], end: [a], cost: a.mul(u).sum() });
  const [gu, ga] = (await compile([v, u], [w!, e!]))(input("v_val"), input("u_val"));
  return { gu, ga };
});

testCase("grad-ties-elementwise-maximum", async (_, { compile }) => {
  const [x, y] = T.scalars("x", "y");
  const larger = await compile([x, y], grad(T.maximum(x, y), [x, y]));
  const smaller = await compile([x, y], grad(T.minimum(x, y), [x, y]));
  const [a, b] = larger(2, 2), [c, d] = smaller(2, 2), [e, f_] = larger(1, 2);
  return { a, b, c, d, e, f_ };
}, { choices: { a: 0.5, b: 0.5, c: 0.5, d: 0.5 } }); // equals share the gradient

testCase("grad-kinks", async (_, { compile }) => {
  const x = T.scalar("x");
  const at = async (cost: Variable, value: number) =>
    num((await compile([x], grad(cost, x), { onUnusedInput: "ignore" }))(value));
  const e: number[] = [];
  for (const value of [-0.5, 0, 0.5, 1, 1.5]) e.push(await at(T.clip(x, 0, 1), value));
  return {
    a: await at(x.abs(), 0),
    b: await at(T.relu(x), 0),
    c: await at(T.relu(x, 0.1) as Variable, 0),
    d: await at(T.elu(x), 0),
    e,
    s: await at(T.switch(x.gt(0), x.pow(2), x.neg()), 0),
  };
}, { choices: { b: 0, c: 0.1 } }); // relu'(0) is that of the left

testCase("grad-mod", async (_, { compile }) => {
  const [x, y] = T.scalars("x", "y");
  const [a, b] = (await compile([x, y], grad(x.mod(y), [x, y])))(7, 3);
  return { a, b };
});

testCase("grad-broadcast-sum", async (input, { compile }) => {
  const [m, k] = T.matrices("m", "k"), v = T.vector("v"), s = T.scalar("s");
  const cost = m.mul(v).add(s).pow(2).mul(k).sum();
  const f = await compile([m, v, s, k], grad(cost, [m, v, s]));
  const [gm, gv, gs] = f(input("m_val"), input("v_val"), 0.5, input("k_val"));
  return { gm, gv, gs };
});

testCase("grad-tensordot-batched-dot", async (input, { compile }) => {
  const [A, B] = T.tensor3s("A", "B");
  const first = T.tensordot(A, B, [[1, 2], [1, 2]]).pow(2).sum();
  const second = T.batchedDot(A, B.dimshuffle(0, 2, 1)).sum().pow(2);
  const f = await compile([A, B], grad(first.add(second), [A, B]));
  const [gA, gB] = f(input("a_val"), input("b_val"));
  return { gA, gB };
});

testCase("grad-softmax-crossentropy", async (input, { compile }) => {
  const [x, W] = T.matrices("x", "W"), b = T.vector("b"), y = T.ivector("y");
  const c = T.categoricalCrossentropy(T.softmax(x.dot(W).add(b)), y).mean();
  const f = await compile([x, W, b, y], [c, ...grad(c, [x, W, b])]);
  const [c0, gx, gW, gb] = f(input("x_val"), input("w_val"), input("b_val"), input("y_val"));
  return { c0, gx, gW, gb };
});

testCase("grad-ifelse", async (_, { compile }) => {
  const x = T.scalar("x"), e = T.ifelse(x.gt(0), x.log() as Variable, x.pow(2) as Variable);
  const f = await compile([x], [e, grad(e, x)]);
  const [v1, g1] = f(2), [v2, g2] = f(-3);
  return { v1, g1, v2, g2 };
});
