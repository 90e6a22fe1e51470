// Made of core/base/settings.ts by `deno task types`.
/**
 * Settings that hold for the whole module until they are changed.
 *
 * @module
 */
import type { FloatDType } from "../graph/dtype.d.ts";
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
/** The settings in force. Assigning what a setting cannot be is a TypeError. */
export declare const settings: Settings;
