/**
 * `config`: the settings, and how much memory is in use.
 *
 * @module
 */

import { type MemoryOptions, type MemoryStatistics, memoryStatistics } from "./memory.ts";
import { tryApplications } from "./test_values.ts";
import { type Settings, settings } from "../base/settings.ts";

/** Settings, which may be assigned, and what can be asked of the whole module. */
export interface Config extends Settings {
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

/** The settings in force. Assigning what a setting cannot be is a TypeError. */
export const config: Config = Object.seal(Object.defineProperties({} as Config, {
  ...Object.getOwnPropertyDescriptors(settings),
  computeTestValue: {
    enumerable: true,
    get: () => settings.computeTestValue,
    set(value: Settings["computeTestValue"]) {
      settings.computeTestValue = value;
      tryApplications(value);
    },
  },
  memory: { enumerable: true, value: memoryStatistics },
}));
