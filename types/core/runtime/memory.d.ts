// Made of core/runtime/memory.ts by `deno task types`.
/**
 * How much memory devices and plans take, for users and tests.
 *
 * @module
 */
import type { Backend } from "./backend.d.ts";
/** Memory of one device, in bytes. */
export interface DeviceMemory {
    /** Values of tensors and shared variables. */
    readonly live: number;
    /** What functions keep between calls: scratch memory, constants, buffers for arguments and results. */
    readonly cached: number;
    /** The most of both together, since the program began or `resetPeak` was given. */
    readonly peak: number;
    /** What the process has taken from the system or the driver, free blocks kept for reuse included. */
    readonly reserved: number;
    /** Bytes of results that were copied to the host since the program began, because others needed the memory. */
    readonly moved: number;
    /** Number of buffers behind `live` and those that functions keep. */
    readonly buffers: number;
    /** Number of compiled WebAssembly modules, or of GPU pipelines. */
    readonly modules: number;
}
/** What `config.memory()` gives. */
export interface MemoryStatistics {
    /** The CPU device; null before a function was compiled for it. */
    readonly cpu: DeviceMemory | null;
    /** The GPU; null before a function was compiled for it. */
    readonly gpu: DeviceMemory | null;
    /** Number of plans that functions keep. */
    readonly plans: number;
    /** Bytes of their code and constants, and about those of what describes them. */
    readonly planBytes: number;
}
/** Options of `config.memory`. */
export interface MemoryOptions {
    /** Measure the peaks anew from now on; what is returned are those until now. */
    readonly resetPeak?: boolean;
}
/** Plans of all functions: counted where they are kept. */
export declare const planTotals: {
    plans: number;
    bytes: number;
};
/** Says which device the statistics are about. */
export declare function watchDevice(backend: Backend): void;
/** The statistics now. */
export declare function memoryStatistics(given?: MemoryOptions): MemoryStatistics;
