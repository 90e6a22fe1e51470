/**
 * A model of captions and composed pictures as something to train.
 *
 * @module
 */
import { nn, type RandomStreams, T, tensor } from "../../mod.ts";
import { drawImageGrid } from "../../see/mod.ts";
import { drawLooks, looksText } from "../data/looks.ts";
import {
  type Caption,
  composePictures,
  END,
  MOST_WORDS,
  PICTURE_PIXELS,
  PICTURE_SIDE,
  type PictureSet,
  rowsOf,
  textOf,
} from "../data/pictures.ts";
import { caption } from "../models/caption.ts";
import { findingLooks, type Looked } from "./caption_figures.ts";
import { describing, type Said, saidText, WIDTH } from "./captions.ts";
import { loadSets, percent } from "./digits_task.ts";
import type { Figure } from "./report.ts";
import type { Task, TrainOptions } from "./task.ts";

/** Pictures of which a page shows where was looked, and the text at the end of a training. */
const LOOKED_AT = 8, TOLD = 2;

/** Wrong captions that a page shows. */
const MOST_MISTAKES = 24;

/** Pictures of digits that are drawn or read, for training, for validation and for the test. */
async function pictureSets(
  options: TrainOptions,
): Promise<Record<"train" | "valid" | "test", PictureSet>> {
  // They become half as large.
  const { train, valid, test } = await loadSets(options, 0.6), { images, seed } = options;
  const held = Math.max(1, Math.floor(images / 4));
  return {
    train: composePictures(train, images, seed),
    valid: composePictures(valid, held, seed + 1),
    test: composePictures(test, held, seed + 2),
  };
}

/** Whether this is what there is to say. */
function isRight({ caption }: Said, right: Caption): boolean {
  return right.join() === caption.join();
}

/** What a model said of pictures. */
interface Seen {
  readonly set: PictureSet;
  readonly said: readonly (readonly Said[])[];
  readonly name: string;
}

/** The pictures whose caption is none of the most probable ones, so many of them. */
function mistakesOf({ set, said }: Seen, most = 1): number[] {
  return said.flatMap((all, i) =>
    all.slice(0, most).some((one) => isRight(one, set.captions[i]!)) ? [] : [i]
  );
}

function drawMistakes(seen: Seen): Figure {
  const mistakes = mistakesOf(seen), shown = mistakes.slice(0, MOST_MISTAKES);
  const chosen = new Float32Array(shown.length * PICTURE_PIXELS), { pictures } = seen.set;
  shown.forEach((at, i) =>
    chosen.set(
      pictures.subarray(at * PICTURE_PIXELS, (at + 1) * PICTURE_PIXELS),
      i * PICTURE_PIXELS,
    )
  );
  return {
    title: `Wrong captions, ${seen.name}: ${shown.length} of ${mistakes.length}`,
    ...(shown.length === 0 ? { text: "none" } : {
      svg: drawImageGrid(chosen, {
        size: [PICTURE_SIDE, PICTURE_SIDE],
        captions: shown.map((at) => textOf(seen.said[at]![0]!.caption)),
        width: 180,
        columns: 6,
      }),
    }),
  };
}

/** The model and its pictures. */
export async function captionTask(options: TrainOptions, streams: RandomStreams): Promise<Task> {
  const { train, valid, test } = await pictureSets(options), count = train.captions.length;
  const model = await caption(streams);
  const x = T.matrix("x"), y = T.imatrix("y"), words = y.T;
  // Words count up to the first end.
  const before = T.concatenate([T.ones([1, words.shape[1]!], "int32"), words.at({ stop: -1 })], 0);
  const counts = before.neq(END).astype("float32");
  const losses = nn.softmaxCrossEntropy(model.follow(x, y).logits, words);
  const describe = await describing(model, options.device);
  const findLooks = findingLooks(model, options.device);
  let seen: Seen = { set: valid, said: [], name: "validation" };
  const measured = async (set: PictureSet, name: string): Promise<number> => {
    seen = { set, said: await describe(set.pictures), name };
    return mistakesOf(seen).length / seen.said.length;
  };
  const looksOf = async (most: number): Promise<Looked[]> => {
    const said = seen.said.slice(0, most);
    return await findLooks(seen.set.pictures.slice(0, said.length * PICTURE_PIXELS), said);
  };
  return {
    title: `captions of ${count} pictures of ${
      options.data === undefined ? "drawn digits" : `digits in ${options.data}`
    }`,
    device: describe,
    parameters: model.parameters,
    inputs: { x, y },
    data: {
      x: tensor(train.pictures, { shape: [count, PICTURE_PIXELS] }),
      y: tensor(rowsOf(train.captions), { shape: [count, MOST_WORDS] }),
    },
    cost: losses.mul(counts).sum().div(counts.sum()),
    measure: { name: "error", write: percent },
    validate: () => measured(valid, "validation"),
    look: async () => {
      const drawn = (await looksOf(LOOKED_AT)).map(({ picture, said, looks }) =>
        drawLooks(picture, looks, saidText(said))
      );
      return [
        {
          title: `Captions, and where was looked for each word, ${seen.name}`,
          svg: drawn.join(""),
        },
        drawMistakes(seen),
      ];
    },
    test: async () => {
      const value = await measured(test, "test");
      const missed = mistakesOf(seen, WIDTH).length / seen.said.length;
      const looked = await looksOf(TOLD);
      return {
        value,
        rows: [[`not among the first ${WIDTH}`, percent(missed)]],
        lines: looked.flatMap(({ picture, said, looks }) => [
          "",
          saidText(said),
          ...looksText(picture, looks),
        ]),
        facts: {
          captions: looked.map(({ said }) => textOf(said[0]!.caption)),
          right: test.captions.slice(0, looked.length).map(textOf),
        },
      };
    },
  };
}
