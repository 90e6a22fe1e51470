/**
 * Softmax regression, the linear model: each pixel votes for each digit.
 *
 * @module
 */
import { nn, type RandomStreams, type Variable } from "../../mod.ts";
import type { Classifier } from "./classifier.ts";

/** Softmax regression on rows of 784 pixels. */
export async function softmax(streams: RandomStreams): Promise<Classifier> {
  const p = await nn.init(nn.initDense(streams, 784, 10));
  const logits = (x: Variable): Variable => nn.dense(p, x);
  return { parameters: p, logits, filters: p.W.T.reshape([10, 28, 28]) };
}
