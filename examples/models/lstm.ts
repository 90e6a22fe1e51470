/**
 * A recurrent model: a long short-term memory reads an image row by row, from the top down.
 *
 * @module
 */
import { nn, type RandomStreams, type Variable } from "../../mod.ts";
import type { Classifier } from "./classifier.ts";

/** An LSTM of 64 units over the 28 rows of an image. */
export async function lstm(streams: RandomStreams): Promise<Classifier> {
  const p = await nn.init({
    rows: nn.initLstm(streams, 28, 64),
    out: nn.initDense(streams, 64, 10),
  });
  const logits = (x: Variable): Variable => {
    const rows = x.reshape([-1, 28, 28]).dimshuffle(1, 0, 2); // (row, image, pixel)
    const { states: [h] } = nn.lstm(p.rows, rows);
    return nn.dense(p.out, h!);
  };
  return { parameters: p, logits };
}
