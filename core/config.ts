/**
 * Settings that hold for the whole module until they are changed.
 *
 * @module
 */

import type { FloatDType } from "./dtype.ts";

/** Which device runs compiled functions: the GPU when a real one is there, or one of the two. */
export type DeviceOption = "auto" | "gpu" | "cpu";

/** Settings; assign to change them. */
export interface Config {
  /** dtype of what the user leaves open: constructors without a dtype letter, numbers on their own. */
  floatX: FloatDType;
  /** Device of functions compiled without `device`. */
  device: DeviceOption;
  /** What to do with an input that a function does not use. */
  onUnusedInput: "raise" | "warn" | "ignore";
  /** How many plans a function keeps; the one that was not used for longest goes first. */
  plans: number;
}

/** The settings in force. */
export const config: Config = {
  floatX: "float32",
  device: "auto",
  onUnusedInput: "raise",
  plans: 16,
};
