/**
 * A small transformer: an image is cut into 16 patches of 7×7 pixels, which look at each other. A last
 * attention, of one learnt query, takes together what they found.
 *
 * @module
 */
import { nn, type RandomStreams, T, type Variable } from "../../mod.ts";
import type { Classifier } from "./classifier.ts";

const SIZE = 32, HEADS = 4;

/** A transformer of two blocks over patches. */
export async function attention(streams: RandomStreams): Promise<Classifier> {
  const p = await nn.init({
    patches: nn.initDense(streams, 49, SIZE),
    places: nn.initEmbedding(streams, 16, SIZE),
    blocks: [nn.initTransformerBlock(streams, SIZE), nn.initTransformerBlock(streams, SIZE)],
    norm: nn.initLayerNorm(SIZE),
    query: nn.initDense(streams, SIZE, 1),
    out: nn.initDense(streams, SIZE, 10),
  });
  /** What is found at each patch, and how much it counts. */
  const look = (x: Variable): { found: Variable; weights: Variable } => {
    const patches = x.reshape([-1, 4, 7, 4, 7]).dimshuffle(0, 1, 3, 2, 4).reshape([-1, 16, 49]);
    let h = nn.dense(p.patches, patches).add(p.places.table);
    for (const block of p.blocks) h = nn.transformerBlock(block, h, { heads: HEADS });
    const found = nn.layerNorm(p.norm, h);
    return { found, weights: T.softmax(nn.dense(p.query, found).reshape([-1, 16])) };
  };
  const logits = (x: Variable): Variable => {
    const { found, weights } = look(x);
    return nn.dense(p.out, found.mul(weights.dimshuffle(0, 1, "x")).sum(1));
  };
  return {
    parameters: p,
    logits,
    attention: (x) => look(x).weights.reshape([-1, 4, 4]),
  };
}
