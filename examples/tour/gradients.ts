/**
 * Derivatives.
 *
 * @module
 */
import { compile, grad, pp, shared, T } from "../../mod.ts";
import { Random } from "../data/random.ts";
import type { Chapter, Results } from "./program.ts";

/** Programs with gradients. */
export const gradients: Chapter = {
  title: "Gradients",
  url: import.meta.url,
  programs: [
    { title: "The derivative of x²", run: square },
    { title: "Logistic regression, 10,000 steps", run: logisticRegression },
  ],
};

async function square(): Promise<Results> {
  const x = T.scalar("x");
  const slope = grad(x.pow(2), x);
  const f = await compile([x], slope);
  return { "as built": pp(slope), "f(4)": f(4), "f(94.2)": f(94.2) };
}

async function logisticRegression(): Promise<Results> {
  const N = 400, features = 784, random = new Random(1);
  const X = Float32Array.from({ length: N * features }, () => random.bell());
  const labels = Float32Array.from({ length: N }, () => random.below(2));
  const x = shared(X, { shape: [N, features] }), y = shared(labels);
  const w = shared(Float32Array.from({ length: features }, () => random.bell()), { name: "w" });
  const b = shared(0, { name: "b" });

  const p = T.div(1, T.exp(x.dot(w).neg().sub(b)).add(1));
  const prediction = p.gt(0.5);
  const entropy = y.neg().mul(T.log(p)).sub(T.sub(1, y).mul(T.log(T.sub(1, p))));
  const cost = entropy.mean().add(w.pow(2).sum().mul(0.01));
  const [gw, gb] = grad(cost, [w, b]);
  const train = await compile([], cost, {
    updates: [[w, w.sub(gw.mul(0.1))], [b, b.sub(gb.mul(0.1))]],
  });
  const wrong = await compile([], T.sum(T.neq(prediction, y)));

  const first = train();
  const start = performance.now();
  for (let i = 1; i < 10_000; i++) train();
  const last = train();
  const seconds = `${((performance.now() - start) / 1000).toFixed(2)} s`;
  return { "first cost": first, "last cost": last, "wrong of 400": wrong(), time: seconds };
}
