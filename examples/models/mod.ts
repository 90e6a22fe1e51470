/**
 * The models that `deno task train` trains, with what has proved good for each.
 *
 * @module
 */
import type { RandomStreams } from "../../mod.ts";
import { attention } from "./attention.ts";
import type { Classifier } from "./classifier.ts";
import { lenet } from "./lenet.ts";
import { lstm } from "./lstm.ts";
import { mlp } from "./mlp.ts";
import { softmax } from "./softmax.ts";

/** What stands in the help of a model, and options that are not given. */
export interface ModelDefaults {
  /** What it is, in few words. */
  readonly title: string;
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: string;
  readonly rate: number;
  /** Examples to draw for training. */
  readonly images: number;
  /** What comes out with these, and in what time on two cores. */
  readonly expected: string;
}

/** A classifier of digits with its defaults. */
export interface ClassifierEntry extends ModelDefaults {
  readonly make: (streams: RandomStreams) => Promise<Classifier>;
}

/** The classifiers of digits by name. */
export const classifiers: Readonly<Record<string, ClassifierEntry>> = {
  softmax: {
    title: "softmax regression",
    make: softmax,
    epochs: 15,
    batch: 100,
    optimizer: "adam",
    rate: 0.003,
    images: 12_000,
    expected: "22 % of drawn digits wrong after 5 s; of MNIST about 7.5 %",
  },
  mlp: {
    title: "multilayer perceptron 784-500-10",
    make: mlp,
    epochs: 12,
    batch: 100,
    optimizer: "adam",
    rate: 0.002,
    images: 12_000,
    expected: "9 % after 15 s; of MNIST about 1.7 %",
  },
  lenet: {
    title: "LeNet",
    make: lenet,
    epochs: 4,
    batch: 100,
    optimizer: "adam",
    rate: 0.002,
    images: 8000,
    expected: "3 % after 30 s; of MNIST about 0.9 %",
  },
  lstm: {
    title: "LSTM over rows",
    make: lstm,
    epochs: 4,
    batch: 50,
    optimizer: "adam",
    rate: 0.005,
    images: 12_000,
    expected: "3 % after 25 s",
  },
  attention: {
    title: "transformer over patches",
    make: attention,
    epochs: 8,
    batch: 25,
    optimizer: "adam",
    rate: 0.003,
    images: 12_000,
    expected: "8 % after 40 s",
  },
};

/** All models by name. */
export const models: Readonly<Record<string, ModelDefaults>> = {
  ...classifiers,
  chars: {
    title: "character-level LSTM",
    epochs: 10,
    batch: 8,
    optimizer: "adam",
    rate: 0.01,
    images: 1,
    expected: "2.5 bits per character of README.md after 25 s",
  },
  caption: {
    title: "captions of pictures, by an LSTM that looks at them",
    epochs: 3,
    batch: 25,
    optimizer: "adam",
    rate: 0.006,
    images: 8000,
    expected: "9 % of pictures described wrong after 45 s",
  },
};
