// Forms that must not lose everything, and what rewriting must keep.

import { grad, T } from "../../all.ts";
import { testCase } from "./harness.ts";

testCase("stable-log-one-plus-exp", async (input, { compile }) => {
  const x = T.vector("x");
  const e1 = x.exp().add(1).log(), e2 = x.exp().log1p(), e3 = T.softplus(x);
  const f = await compile([x], [e1, e2, e3, grad(e1.sum(), x), grad(e3.sum(), x)]);
  const [r1, r2, r3, g1, g3] = f(input("x_val"));
  return { r1, r2, r3, g1, g3 };
});

testCase("stable-logsumexp", async (input, { compile }) => {
  const m = T.matrix("m"), [a, b] = T.vectors("a", "b");
  const value = m.exp().sum(1).log();
  const [r1, g] = (await compile([m], [value, grad(value.sum(), m)]))(input("m_val"));
  const pair = await compile([m], a.exp().add(b.exp()).log(), {
    givens: [[a, m.at("...", 0)], [b, m.at("...", 1)]],
  });
  return { r1, g, r2: pair(input("m_val")) };
});

testCase("canon-subtensor-chains", async (input, { compile }) => {
  const [x, y] = T.vectors("x", "y");
  const f = await compile([x, y], [
    x.at("2:").at("::-1").at("1:3"),
    x.at("::-2").at("::-1"),
    x.at("1:-1").at(-2),
    x.at("::2").at(1),
    x.add(y).at("2:4"),
    x.exp().at(3),
  ]);
  const [r1, r2, r3, r4, r5, r6] = f(input("x_val"), input("y_val"));
  return { r1, r2, r3, r4, r5, r6 };
});

testCase("canon-gemm", async (input, { compile }) => {
  const [A, B, C] = T.matrices("A", "B", "C"), [a, b] = T.scalars("a", "b");
  const product = A.dot(B);
  const f = await compile([A, B, C, a, b], [
    b.mul(C).add(a.mul(product)),
    C.sub(product.mul(0.5)),
    product.T,
    product.at(1),
  ]);
  const [r1, r2, r3, r4] = f(input("a_val"), input("b_val"), input("c_val"), 2, -1.5);
  return { r1, r2, r3, r4 };
});

testCase("canon-erf-erfc", async (input, { compile }) => {
  const x = T.vector("x");
  const f = await compile([x], [T.sub(1, x.erf()), x.erf().sub(1)]);
  const [r1, r2] = f(input("x_val"));
  const r3 = (await compile([x], T.sub(1, x.erfc())))(input("y_val"));
  const r4 = (await compile([x], x.erfc().log()))(input("z_val"));
  return { r1, r2, r3, r4 };
});
