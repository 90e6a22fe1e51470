/**
 * A model that says what a picture shows: convolutions find features at 7×7 places, and a long short-term
 * memory writes word after word, looking at other places for each ("Show, Attend and Tell", Xu and others
 * 2015).
 *
 * @module
 */
import { nn, type RandomStreams, scan, T, type Variable, vmap } from "../../mod.ts";
import { END, MOST_WORDS, PICTURE_SIDE, WORDS } from "../data/pictures.ts";
import { type Beams, beamSearch } from "./beam_search.ts";

/** A model of captions. */
export interface CaptionModel {
  /** What is trained. */
  readonly parameters: nn.ParameterTree;
  /**
   * Goes along captions as they are to be: from pictures (picture, pixel) and words (picture, time), the
   * scores of each word (time, picture, word), and how much was looked at each place for it (time, picture, place).
   */
  readonly follow: (
    pictures: Variable,
    words: Variable,
  ) => { readonly logits: Variable; readonly looks: Variable };
  /** The most probable captions of each picture. */
  readonly describe: (pictures: Variable, width: number) => Beams;
}

/** Rows and columns of places that the model looks at. */
export const PLACES = 7;

/** Features of a place, and units of the memory. */
const SIZE = 64;

/** What a picture's writer remembers: the memory's two states, and what it looked at last. */
type State = { readonly h: Variable; readonly c: Variable; readonly seen: Variable };

/** The convolutions, and a memory of 64 units. */
export async function caption(streams: RandomStreams): Promise<CaptionModel> {
  const p = await nn.init({
    first: nn.initConv2d(streams, 1, 16, { size: [5, 5] }),
    second: nn.initConv2d(streams, 16, 32, { size: [3, 3] }),
    third: nn.initConv2d(streams, 32, SIZE, { size: [3, 3] }),
    norm: nn.initLayerNorm(SIZE),
    places: nn.initEmbedding(streams, PLACES ** 2, SIZE),
    words: nn.initEmbedding(streams, WORDS.length, 32),
    memory: nn.initLstm(streams, 32 + SIZE, SIZE),
    query: nn.initDense(streams, SIZE, SIZE),
    out: nn.initDense(streams, 2 * SIZE, WORDS.length),
  });
  /** Features (picture, place, feature). */
  const encode = (pictures: Variable): Variable => {
    const images = pictures.reshape([-1, 1, PICTURE_SIDE, PICTURE_SIDE]);
    const half = { padding: "half" } as const;
    const first = T.relu(nn.conv2d(p.first, images, { ...half, stride: 2 }));
    const second = nn.maxPool2d(T.relu(nn.conv2d(p.second, first, half)), 3);
    const third = T.relu(nn.conv2d(p.third, second, half));
    return nn.layerNorm(p.norm, third.flatten(3).dimshuffle(0, 2, 1)).add(p.places.table);
  };
  /** One word more: takes in the last one, and looks at the picture for the next one. */
  const write = (features: Variable, word: Variable, { h, c, seen }: State) => {
    const x = T.concatenate([nn.embedding(p.words, word), seen], 1);
    const { states } = nn.lstm(p.memory, x.dimshuffle("x", 0, 1), { initial: [h, c] });
    const query = nn.dense(p.query, states[0]!).dimshuffle(0, "x", 1);
    const looks = nn.attentionWeights(query, features); // (picture, 1, place)
    const found = T.matmul(looks, features).reshape([-1, SIZE]);
    const state: State = { h: states[0]!, c: states[1]!, seen: found };
    return { state, looks: looks.reshape([-1, PLACES ** 2]) };
  };
  const scores = ({ h, seen }: Pick<State, "h" | "seen">): Variable =>
    nn.dense(p.out, T.concatenate([h, seen], h.ndim - 1));
  const blank = (count: Variable | number): State => {
    const zero = T.zeros([count, SIZE]);
    return { h: zero, c: zero, seen: zero };
  };
  const follow = (pictures: Variable, words: Variable) => {
    const features = encode(pictures), count = features.shape[0]!;
    const before = T.concatenate([T.full([1, count], END, "int32"), words.T.at({ stop: -1 })], 0);
    const steps = scan(
      { sequences: { word: before }, carry: { ...blank(count) } },
      ({ word, h, c, seen }) => {
        const last = { h: h.at(-1), c: c.at(-1), seen: seen.at(-1) };
        const { state, looks } = write(features, word.at(0), last);
        return { ...state, looks };
      },
    );
    return { logits: scores(steps), looks: steps.looks };
  };
  const describe = (pictures: Variable, width: number): Beams =>
    vmap((features: Variable) =>
      beamSearch({
        width,
        steps: MOST_WORDS,
        start: END,
        end: END,
        states: blank(width),
        next: (words, last) => {
          const { state } = write(features.dimshuffle("x", 0, 1), words, last);
          return { logits: scores(state), states: state };
        },
      })
    )(encode(pictures)) as Beams;
  return { parameters: p, follow, describe };
}
