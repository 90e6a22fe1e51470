/**
 * What a model says of pictures.
 *
 * @module
 */
import { compile, type DeviceOption, T, tensor } from "../../mod.ts";
import { type Caption, END, MOST_WORDS, PICTURE_PIXELS, textOf } from "../data/pictures.ts";
import { significant } from "../data/progress.ts";
import type { CaptionModel } from "../models/caption.ts";

/** A caption and how probable it is. */
export interface Said {
  readonly caption: Caption;
  readonly probability: number;
}

/** Describes pictures, one row of pixels after the other: for each the most probable captions, best first. */
export interface Describe {
  (pictures: Float32Array<ArrayBuffer>): Promise<Said[][]>;
  /** Where it runs, and what that is. */
  readonly device: string;
  readonly deviceInfo: string;
}

/** Captions that a beam search follows, and gives. */
export const WIDTH = 4;

/** A function that describes pictures, some hundred at a time. */
export async function describing(model: CaptionModel, device: DeviceOption): Promise<Describe> {
  const x = T.matrix("x"), AT_ONCE = 250 * PICTURE_PIXELS;
  const { words, scores } = model.describe(x, WIDTH);
  const f = await compile([x], { words, shares: T.exp(scores) }, { device, name: "describe" });
  const describe = async (pictures: Float32Array<ArrayBuffer>): Promise<Said[][]> => {
    const all: Said[][] = [];
    for (let at = 0; at < pictures.length; at += AT_ONCE) {
      const some = pictures.slice(at, at + AT_ONCE), count = some.length / PICTURE_PIXELS;
      const { words, shares } = f(tensor(some, { shape: [count, PICTURE_PIXELS] }));
      const numbers = await words.data() as Int32Array, found = await shares.data() as Float32Array;
      for (const one of [words, shares]) one.dispose();
      const saidAt = (i: number): Said => {
        const row = [...numbers.subarray(i * MOST_WORDS, (i + 1) * MOST_WORDS), END];
        return { caption: row.slice(0, row.indexOf(END)), probability: found[i]! };
      };
      for (let i = 0; i < count; i++) {
        all.push(Array.from({ length: WIDTH }, (_, beam) => saidAt(i * WIDTH + beam)));
      }
    }
    return all;
  };
  return Object.assign(describe, { device: f.device, deviceInfo: f.deviceInfo });
}

/** What is said with a share of at least a hundredth, as in `three above seven 51 %`. */
export function saidText(said: readonly Said[]): string {
  const [best, ...others] = said;
  const probable = [best!, ...others.filter(({ probability }) => probability >= 0.01)];
  return probable.map(({ caption, probability }) =>
    `${textOf(caption) || "nothing"} ${significant(100 * probability)} %`
  ).join(", ");
}
