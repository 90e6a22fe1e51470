/**
 * Settings that hold for the whole module until they are changed.
 *
 * @module
 */

import type { FloatDType } from "../graph/dtype.ts";
import { shown } from "./shown.ts";

/** Which device runs compiled functions: the GPU when a real one is there, or one of the two. */
export type DeviceOption = "auto" | "gpu" | "cpu";

/** Settings that can be assigned. */
export interface Settings {
  /** dtype of what the user leaves open: constructors without a dtype letter, numbers on their own. */
  floatX: FloatDType;
  /** Device of functions compiled without `device`. */
  device: DeviceOption;
  /** What to do with an input that a function does not use. */
  onUnusedInput: "raise" | "warn" | "ignore";
  /**
   * Whether graphs are tried with test values while they are built: what does not fit is then an error, or a
   * warning, at the line that makes it. Ops are tried whose inputs all have a value: `testValue`, constants,
   * and shared variables.
   */
  computeTestValue: "off" | "warn" | "raise";
  /** Whether functions compiled without `profile` measure their calls. */
  profile: boolean;
  /** How many plans a function keeps; the one that was not used for longest goes first. */
  plans: number;
  /**
   * Bytes that the plans of all functions may take together: code, constants, and what describes them.
   * The ones that were not used for longest go first; a call that needs one makes it again.
   */
  planBytes: number;
  /**
   * Bytes of a device's memory for copies of arguments, results that the host has not read, and what
   * functions keep between calls. Beyond that, or when the device has no more, those move to the host that
   * were not used for longest. Null: what suits the device, 1 GiB on the CPU and 4 GiB on the GPU.
   */
  deviceBytes: number | null;
  /**
   * How many threads the CPU works on large arrays and products with, the main one included. Null: one for each core,
   * or one alone in a worker that your program started, beside which others may compute. Results don't depend on it.
   */
  threads: number | null;
  /**
   * The machine's BLAS for large products on the CPU, for functions compiled from then on: the first one
   * found of OpenBLAS, MKL, BLIS or Accelerate, none, or the path of a library with the functions of CBLAS.
   * Only used where the permission `--allow-ffi` has been given; nothing asks for it.
   */
  blas: "auto" | "off" | (string & Record<never, never>);
}

/** What a setting must be: one of some words, any text, or a number that must not be negative, or null. */
const kinds: {
  readonly [K in keyof Settings]: readonly Settings[K][] | "amount" | "amount or null" | "text";
} = {
  floatX: ["float16", "float32", "float64"],
  device: ["auto", "gpu", "cpu"],
  onUnusedInput: ["raise", "warn", "ignore"],
  computeTestValue: ["off", "warn", "raise"],
  profile: [true, false],
  plans: "amount",
  planBytes: "amount",
  deviceBytes: "amount or null",
  threads: "amount or null",
  blas: "text",
};

const values: Settings = {
  floatX: "float32",
  device: "auto",
  onUnusedInput: "raise",
  computeTestValue: "off",
  profile: false,
  plans: 16,
  planBytes: 1 << 28,
  deviceBytes: null,
  threads: null,
  blas: "auto",
};

/** Throws a TypeError for what a setting cannot be. */
function checkSetting(name: keyof Settings, value: unknown): void {
  const kind = kinds[name];
  const isAmount = typeof value === "number" && value >= 0;
  if (typeof kind !== "string") {
    if ((kind as readonly unknown[]).includes(value)) return;
  } else if (
    kind === "text"
      ? typeof value === "string" && value !== ""
      : isAmount || kind === "amount or null" && value === null
  ) return;
  const wanted = typeof kind !== "string"
    ? kind.map((word) => typeof word === "string" ? `"${word}"` : String(word)).join(" or ")
    : kind === "text"
    ? `"auto", "off" or the path of a library`
    : kind === "amount"
    ? "a number >= 0"
    : "a number >= 0, or null";
  throw new TypeError(`Cannot set config.${name}: expected ${wanted}, got ${shown(value)}`);
}

function setting<K extends keyof Settings>(name: K): PropertyDescriptor {
  return {
    enumerable: true,
    get: () => values[name],
    set(value: Settings[K]) {
      checkSetting(name, value);
      values[name] = value;
    },
  };
}

/** The settings in force. Assigning what a setting cannot be is a TypeError. */
export const settings: Settings = Object.defineProperties(
  {} as Settings,
  Object.fromEntries(
    (Object.keys(kinds) as (keyof Settings)[]).map((name) => [name, setting(name)]),
  ),
);
