/**
 * Saved models, to be used.
 *
 * @module
 */
import { type DeviceOption, io, RandomStreams } from "../../mod.ts";
import type { Classifier } from "../models/classifier.ts";
import { caption } from "../models/caption.ts";
import { findingLooks, type FindLooks } from "./caption_figures.ts";
import { type Describe, describing } from "./captions.ts";
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

/** A saved model of captions. */
export interface LoadedCaptions {
  /** Says what pictures show. */
  readonly describe: Describe;
  /** Tells where it looked. */
  readonly findLooks: FindLooks;
}

/** Loads a model of captions; null if the file has another model. */
export async function loadCaptions(
  path: string,
  device: DeviceOption = "auto",
): Promise<LoadedCaptions | null> {
  const { tensors, metadata } = await io.loadSafetensors(path);
  if (metadata["model"] !== "caption") return null;
  const model = await caption(new RandomStreams(0));
  io.restore(model.parameters as io.RestoredTree, tensors);
  return { describe: await describing(model, device), findLooks: findingLooks(model, device) };
}
