/**
 * Saved classifiers of digits, to be used.
 *
 * @module
 */
import { type DeviceOption, io, RandomStreams } from "../../mod.ts";
import type { Classifier } from "../models/classifier.ts";
import { classifiers } from "../models/mod.ts";
import { type Classify, classifying } from "./digits_task.ts";

/** A saved classifier. */
export interface Loaded {
  readonly name: string;
  readonly model: Classifier;
  /** Gives the probabilities of the ten digits for images, one row after the other. */
  readonly classify: Classify;
}

/**
 * Loads a classifier of digits.
 *
 * @param path The safetensors file
 * @param device Where to run
 * @param given The name of the model, where the file doesn't tell
 */
export async function loadClassifier(
  path: string,
  device: DeviceOption = "auto",
  given?: string,
): Promise<Loaded> {
  const { tensors, metadata } = await io.loadSafetensors(path);
  const name = given ?? metadata["model"] ?? "";
  const entry = Object.hasOwn(classifiers, name) ? classifiers[name]! : null;
  if (entry === null) {
    throw new TypeError(`Cannot use "${path}": it has no classifier of digits, but "${name}"`);
  }
  const model = await entry.make(new RandomStreams(0));
  io.restore(model.parameters as io.RestoredTree, tensors);
  return { name, model, classify: await classifying(model, device) };
}
