/**
 * Pictures of where a model of captions looks.
 *
 * @module
 */
import { compile, type DeviceOption, T, tensor } from "../../mod.ts";
import type { Look } from "../data/looks.ts";
import { END, MOST_WORDS, PICTURE_PIXELS, rowsOf, WORDS } from "../data/pictures.ts";
import { type CaptionModel, PLACES } from "../models/caption.ts";
import type { Said } from "./captions.ts";

/** Where a model looked for each word of a picture's caption, the end included. */
export interface Looked {
  readonly picture: Float32Array;
  /** What it says, the most probable caption first. */
  readonly said: readonly Said[];
  /** For the first of them. */
  readonly looks: readonly Look[];
}

/** What finds out where a model looked. */
export type FindLooks = (
  pictures: Float32Array<ArrayBuffer>,
  said: readonly (readonly Said[])[],
) => Promise<Looked[]>;

/** Compiled when it is called first: most trainings are not looked at. */
export function findingLooks(model: CaptionModel, device: DeviceOption): FindLooks {
  const x = T.matrix("x"), y = T.imatrix("y"), { looks } = model.follow(x, y);
  const all = looks.dimshuffle(1, 0, 2); // (picture, time, place)
  const make = () => compile([x, y], all, { device, name: "looks" });
  let made: ReturnType<typeof make> | undefined;
  return async (pictures, said) => {
    const f = await (made ??= make()), count = said.length;
    const words = rowsOf(said.map(([best]) => best!.caption));
    using found = f(
      tensor(pictures, { shape: [count, PICTURE_PIXELS] }),
      tensor(words, { shape: [count, MOST_WORDS] }),
    );
    const weights = await found.data() as Float32Array, places = PLACES ** 2;
    return said.map((said, i) => ({
      picture: pictures.subarray(i * PICTURE_PIXELS, (i + 1) * PICTURE_PIXELS),
      said,
      looks: [...said[0]!.caption, END].slice(0, MOST_WORDS).map((word, time) => ({
        word: word === END ? "(end)" : WORDS[word]!,
        weights: weights.subarray((i * MOST_WORDS + time) * places).subarray(0, places),
      })),
    }));
  };
}
