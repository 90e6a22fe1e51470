/**
 * Settings that hold for the whole module until they are changed.
 *
 * @module
 */

import type { FloatDType } from "./dtype.ts";
import { type MemoryOptions, type MemoryStatistics, memoryStatistics } from "./memory.ts";

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
   * How much memory is in use now, and was at most.
   *
   * @example
   * ```ts
   * import { compile, config, T } from "@croton/croton";
   * const x = T.fvector("x"), f = await compile([x], x.add(1), { device: "cpu" });
   * f([1, 2, 3]);
   * const { cpu, plans } = config.memory({ resetPeak: true });
   * console.assert(plans > 0 && cpu !== null && cpu.live + cpu.cached <= cpu.peak);
   * ```
   */
  readonly memory: (options?: MemoryOptions) => MemoryStatistics;
}

/** The settings in force. */
export const config: Config = {
  floatX: "float32",
  device: "auto",
  onUnusedInput: "raise",
  plans: 16,
  planBytes: 1 << 28,
  deviceBytes: null,
  memory: memoryStatistics,
};
