/**
 * The CPU device: programs printed as WebAssembly.
 *
 * @module
 */

export type { RowLimits } from "../core/backend.ts";
export { type CpuOptions, createCpuBackend } from "./backend.ts";
