/**
 * Classifiers of digits as something to train.
 *
 * @module
 */
import { nn, type RandomStreams, T, tensor } from "../../mod.ts";
import { type DigitSet, drawDigits, PIXELS } from "../data/digits.ts";
import { loadMnist } from "../data/idx.ts";
import { significant } from "../data/progress.ts";
import { classifiers } from "../models/mod.ts";
import { classifying, mostProbable } from "./classify.ts";
import { drawMistakes, picturesOf } from "./digit_figures.ts";
import type { Task, TrainOptions } from "./task.ts";

export { type Classify, classifying, mostProbable } from "./classify.ts";

/** Images for training, for validation, and for the test. */
export interface Sets {
  readonly train: DigitSet;
  readonly valid: DigitSet;
  readonly test: DigitSet;
}

/** The most images that are drawn for training: so many need two gigabytes. */
const MOST_IMAGES = 500_000;

/** Draws digits, which differ so much, or reads those of MNIST. */
export async function loadSets(
  { data, images, batch, seed }: Pick<TrainOptions, "data" | "images" | "batch" | "seed">,
  variation = 1,
): Promise<Sets> {
  if (data !== undefined) {
    const { train, test } = await loadMnist(data);
    // The last sixth of the training images is for validation, as usual for this data set.
    const keep = Math.floor(train.labels.length * 5 / 6);
    return { train: part(train, 0, keep), valid: part(train, keep, train.labels.length), test };
  }
  if (images > MOST_IMAGES) {
    throw new RangeError(
      `Cannot train on ${images} drawn images: at most ${MOST_IMAGES} are drawn`,
    );
  }
  if (batch > images) {
    throw new RangeError(
      `Cannot train: a minibatch of ${batch} is larger than the ${images} images`,
    );
  }
  const held = Math.max(1, Math.floor(images / 4));
  const all = drawDigits(images + 2 * held, { seed, variation });
  return {
    train: part(all, 0, images),
    valid: part(all, images, images + held),
    test: part(all, images + held, images + 2 * held),
  };
}

function part(set: DigitSet, start: number, end: number): DigitSet {
  return {
    images: set.images.subarray(start * PIXELS, end * PIXELS),
    labels: set.labels.subarray(start, end),
  };
}

/** A percentage. */
export function percent(share: number): string {
  return `${significant(share * 100)} %`;
}

/** Digits shown at the end. */
const SHOWN = 20;

/** A classifier and images of digits. */
export async function digitsTask(options: TrainOptions, streams: RandomStreams): Promise<Task> {
  const { make, title } = classifiers[options.model]!;
  const { train, valid, test } = await loadSets(options);
  const model = await make(streams);
  const x = T.matrix("x"), y = T.ivector("y");
  const loss = nn.softmaxCrossEntropy(model.logits(x), y).mean();
  const classify = await classifying(model, options.device);
  const predict = async (set: DigitSet) => mostProbable(await classify(set.images));
  const wrong = (set: DigitSet, found: readonly number[]) =>
    found.filter((digit, i) => digit !== set.labels[i]).length / found.length;
  let seen = { set: valid, predicted: [] as number[], name: "validation" };
  const measured = async (set: DigitSet, name: string) => {
    seen = { set, predicted: await predict(set), name };
    return wrong(set, seen.predicted);
  };
  const pictures = picturesOf(model, options.device);
  return {
    title: `${title} on ${options.data ?? `${options.images} drawn digits`}`,
    device: classify,
    parameters: model.parameters,
    inputs: { x, y },
    data: {
      x: tensor(train.images, { shape: [train.labels.length, PIXELS] }),
      y: tensor(Int32Array.from(train.labels)),
    },
    cost: model.penalty === undefined ? loss : loss.add(model.penalty),
    measure: { name: "error", write: percent },
    validate: () => measured(valid, "validation"),
    look: async () => {
      const { set, predicted, name } = seen;
      return [...drawMistakes(set, predicted, name), ...await pictures(set)];
    },
    test: async () => {
      const value = await measured(test, "test"), { predicted } = seen;
      const labels = [...test.labels.subarray(0, SHOWN)], shown = predicted.slice(0, SHOWN);
      return {
        value,
        rows: [
          ["first test digits", labels.join(" ")],
          ["predicted", shown.join(" ")],
          ["most often mistaken", mistaken(test.labels, predicted)],
        ],
        facts: { predicted: shown, labels },
      };
    },
  };
}

/** The three most frequent mistakes, as in `9 for 4 (12 times)`. */
function mistaken(labels: Uint8Array, predicted: readonly number[]): string {
  const counts = new Map<string, number>();
  predicted.forEach((digit, i) => {
    if (digit === labels[i]) return;
    const mistake = `${digit} for ${labels[i]}`;
    counts.set(mistake, (counts.get(mistake) ?? 0) + 1);
  });
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
  return most.map(([mistake, count]) => `${mistake} (${count})`).join(", ") || "none";
}
