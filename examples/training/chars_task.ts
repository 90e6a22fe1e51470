/**
 * A text as something to learn.
 *
 * @module
 */
import { compile, nn, RandomStreams, T, tensor } from "../../mod.ts";
import { significant } from "../data/progress.ts";
import { chars } from "../models/chars.ts";
import type { Task, TrainOptions } from "./task.ts";

/** Characters in an example. */
const LENGTH = 64;

/** Samples that a report shows. */
const SHOWN = 12;

const ownText = new URL("../../README.md", import.meta.url);

/** A text in examples of 65 characters each, by numbers. */
function examplesOf(text: string, known: readonly string[]): Int32Array<ArrayBuffer>[] {
  const numbers = Int32Array.from(text, (one) => known.indexOf(one));
  const count = Math.floor((numbers.length - 1) / LENGTH);
  return Array.from({ length: count }, (_, i) => numbers.slice(LENGTH * i, LENGTH * (i + 1) + 1));
}

/** A character model and a text. */
export async function charsTask(options: TrainOptions, streams: RandomStreams): Promise<Task> {
  const path = options.text;
  const text = await Deno.readTextFile(path ?? ownText);
  const known = [...new Set(text)].sort();
  const all = examplesOf(text, known);
  const train = all.filter((_, i) => i % 10 < 9), valid = all.filter((_, i) => i % 10 === 9);
  if (train.length === 0 || valid.length === 0) {
    throw new RangeError(
      `Cannot learn "${path}": expected a text of more than ${10 * LENGTH} characters`,
    );
  }
  const model = await chars(streams, known.length);
  const x = T.imatrix("x");
  const times = x.T, seen = times.at({ stop: -1 }), next = times.at({ start: 1 });
  const cost = nn.softmaxCrossEntropy(model.logits(seen), next).mean();
  const bits = await compile([x], cost.div(Math.LN2), { device: options.device, name: "bits" });
  const rows = (examples: Int32Array[]) => {
    const data = Int32Array.from(examples.flatMap((one) => [...one]));
    return tensor(data, { shape: [examples.length, LENGTH + 1] });
  };
  const held = rows(valid), noise = new RandomStreams(options.seed);
  const start = T.iscalar("start"), steps = T.iscalar("steps");
  const drawn = await compile([start, steps], model.sample(start, steps, noise), {
    device: options.device,
    name: "sample",
  });
  const sample = async (): Promise<string> => {
    noise.seed(options.seed);
    using found = drawn(Math.max(0, known.indexOf("T")), 160);
    const characters = Array.from(await found.data() as Int32Array, (i) => known[i]);
    return characters.join("").replace(/\s+/g, " ");
  };
  const samples: string[] = [];
  const keptSample = async (): Promise<string> => {
    const written = await sample();
    if (written !== samples.at(-1)) samples.push(written);
    return written;
  };
  const validate = async () => Number((await bits(held).data())[0]);
  return {
    title: `LSTM over the ${text.length} characters of ${path ?? "README.md"}`,
    device: bits,
    parameters: model.parameters,
    inputs: { x },
    data: { x: rows(train) },
    cost,
    measure: { name: "bits per character", write: significant },
    validate,
    show: async () => [`  … ${await keptSample()}`],
    look: () =>
      Promise.resolve([{
        title: "Samples, the latest first",
        text: samples.slice(-SHOWN).reverse().join("\n\n"),
      }]),
    test: async () => {
      const written = await keptSample();
      return { value: await validate(), rows: [["sample", written]], facts: { sample: written } };
    },
  };
}
