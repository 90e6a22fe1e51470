/**
 * The way out to XLA: compiled functions as StableHLO modules, for its CPUs, GPUs and TPUs, one or many.
 *
 * @module
 */

// @ts-types="../types/xla/all.d.ts"
export * from "./all.ts";
