/**
 * A multilayer perceptron: 500 hidden units with tanh, weights kept small by their sum (L1) and by their
 * squares (L2).
 *
 * @module
 */
import { nn, type RandomStreams, T, type Variable } from "../../mod.ts";
import type { Classifier } from "./classifier.ts";

/** The perceptron 784-500-10. */
export async function mlp(streams: RandomStreams): Promise<Classifier> {
  const p = await nn.init({
    hidden: nn.initDense(streams, 784, 500),
    out: nn.initDense(streams, 500, 10),
  });
  const logits = (x: Variable): Variable => nn.dense(p.out, T.tanh(nn.dense(p.hidden, x)));
  const weights = [p.hidden.W, p.out.W];
  const sum = (terms: Variable[]): Variable => terms.reduce((a, b) => a.add(b));
  const l1 = sum(weights.map((W) => T.abs(W).sum()));
  const l2 = sum(weights.map((W) => T.sqr(W).sum()));
  return {
    parameters: p,
    logits,
    penalty: l1.mul(1e-6).add(l2.mul(1e-4)),
    filters: p.hidden.W.T.reshape([500, 28, 28]),
  };
}
