/**
 * A character-level language model: a long short-term memory that guesses each next character of a text.
 *
 * @module
 */
import { nn, type RandomStreams, scan, T, type Variable } from "../../mod.ts";

/** A model of text. */
export interface CharacterModel {
  /** What is trained. */
  readonly parameters: nn.ParameterTree;
  /** Scores of each next character (time, text, character), from the numbers of those before (time, text). */
  readonly logits: (characters: Variable) => Variable;
  /** Characters that follow `start`, drawn one after the other: a loop on the device. */
  readonly sample: (start: Variable, steps: Variable, noise: RandomStreams) => Variable;
}

/** An LSTM of 128 units for a text of so many different characters. */
export async function chars(streams: RandomStreams, count: number): Promise<CharacterModel> {
  const SIZE = 128;
  const p = await nn.init({
    embedding: nn.initEmbedding(streams, count, 32),
    memory: nn.initLstm(streams, 32, SIZE),
    out: nn.initDense(streams, SIZE, count),
  });
  const logits = (characters: Variable): Variable => {
    const { outputs } = nn.lstm(p.memory, nn.embedding(p.embedding, characters));
    return nn.dense(p.out, outputs);
  };
  const sample = (start: Variable, steps: Variable, noise: RandomStreams): Variable => {
    const zero = T.zeros([1, SIZE]);
    const { characters } = scan(
      { carry: { characters: start, h: zero, c: zero }, nSteps: steps },
      ({ characters, h, c }) => {
        const x = nn.embedding(p.embedding, characters.at(-1)).dimshuffle("x", "x", 0);
        const { states } = nn.lstm(p.memory, x, { initial: [h.at(-1), c.at(-1)] });
        // Colder than the model is: 0.7.
        const scores = nn.dense(p.out, states[0]!).flatten(1).div(0.7);
        // The greatest of scores with Gumbel's noise is drawn as the softmax says.
        const next = T.argmax(scores.add(noise.gumbel({ size: [count] }))).astype("int32");
        return { characters: next, h: states[0]!, c: states[1]! };
      },
    );
    return characters;
  };
  return { parameters: p, logits, sample };
}
