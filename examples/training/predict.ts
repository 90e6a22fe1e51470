/**
 * Saved classifiers of digits, to be used.
 *
 * @module
 */
import type { DeviceOption } from "../../mod.ts";
import type { Classifier } from "../models/classifier.ts";
import { type Classify, classifying, restoredClassifier } from "./classify.ts";

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
  const { name, model } = await restoredClassifier(path, given);
  return { name, model, classify: await classifying(model, device) };
}
