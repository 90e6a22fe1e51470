// Made of core/runtime/config.ts by `deno task types`.
/**
 * `config`: the settings, and how much memory is in use.
 *
 * @module
 */
import { type MemoryOptions, type MemoryStatistics } from "./memory.d.ts";
import { type Settings } from "../base/settings.d.ts";
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
export declare const config: Config;
