/**
 * Classifiers of digits at work: also saved ones, and also in a browser.
 *
 * @module
 */
import { compile, type DeviceOption, io, RandomStreams, T, tensor } from "../../mod.ts";
import { PIXELS } from "../data/digits.ts";
import type { Classifier } from "../models/classifier.ts";
import { classifiers } from "../models/mod.ts";

/** Gives the probabilities of the ten digits for images, one row after the other. */
export interface Classify {
  (images: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  /** Where it runs, and what that is. */
  readonly device: string;
  readonly deviceInfo: string;
}

/** A function that classifies images, some hundred at a time. */
export async function classifying(
  { logits }: Classifier,
  device: DeviceOption,
): Promise<Classify> {
  const x = T.matrix("x"), AT_ONCE = 500 * PIXELS;
  const f = await compile([x], T.softmax(logits(x)), { device, name: "classify" });
  const classify = async (images: Float32Array<ArrayBuffer>): Promise<Float32Array> => {
    const found = new Float32Array(images.length / PIXELS * 10);
    for (let at = 0; at < images.length; at += AT_ONCE) {
      const some = images.slice(at, at + AT_ONCE);
      using result = f(tensor(some, { shape: [some.length / PIXELS, PIXELS] }));
      found.set(await result.data(), at / PIXELS * 10);
    }
    return found;
  };
  return Object.assign(classify, { device: f.device, deviceInfo: f.deviceInfo });
}

/** The most probable digit of each row of probabilities. */
export function mostProbable(probabilities: Float32Array): number[] {
  return Array.from({ length: probabilities.length / 10 }, (_, i) => {
    const row = probabilities.subarray(10 * i, 10 * i + 10);
    return row.indexOf(Math.max(...row));
  });
}

/** A saved classifier, not compiled yet. */
export interface Restored {
  readonly name: string;
  readonly model: Classifier;
  /** What it was trained on: "MNIST" or "drawn digits". */
  readonly data: string;
}

/**
 * Loads a classifier of digits.
 *
 * @param source The safetensors file, or its bytes
 * @param given The name of the model, where the file doesn't tell
 */
export async function restoredClassifier(source: io.FileSource, given?: string): Promise<Restored> {
  const { tensors, metadata } = await io.loadSafetensors(source);
  const name = given ?? metadata["model"] ?? "";
  const entry = Object.hasOwn(classifiers, name) ? classifiers[name]! : null;
  if (entry === null) {
    const what = typeof source === "string" ? `"${source}"` : "the file";
    throw new TypeError(`Cannot use ${what}: it has no classifier of digits, but "${name}"`);
  }
  const model = await entry.make(new RandomStreams(0));
  io.restore(model.parameters as io.RestoredTree, tensors);
  return { name, model, data: metadata["data"] ?? "drawn digits" };
}
