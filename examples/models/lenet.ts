/**
 * LeNet: two layers of convolution and pooling, then a dense one.
 *
 * @module
 */
import { nn, type RandomStreams, T, type Variable } from "../../mod.ts";
import type { Classifier } from "./classifier.ts";

/** LeNet with 20 and 50 filters of 5×5 and 500 hidden units. */
export async function lenet(streams: RandomStreams): Promise<Classifier> {
  const p = await nn.init({
    first: nn.initConv2d(streams, 1, 20, { size: [5, 5] }),
    second: nn.initConv2d(streams, 20, 50, { size: [5, 5] }),
    hidden: nn.initDense(streams, 50 * 4 * 4, 500),
    out: nn.initDense(streams, 500, 10),
  });
  const logits = (x: Variable): Variable => {
    const images = x.reshape([-1, 1, 28, 28]);
    const first = nn.maxPool2d(T.relu(nn.conv2d(p.first, images)), 2);
    const second = nn.maxPool2d(T.relu(nn.conv2d(p.second, first)), 2);
    const hidden = T.relu(nn.dense(p.hidden, second.flatten(2)));
    return nn.dense(p.out, hidden);
  };
  return { parameters: p, logits, filters: p.first.W.reshape([20, 5, 5]) };
}
