/**
 * The CPU device: programs printed as WebAssembly.
 *
 * @module
 */

export type { RowLimits } from "../core/ir/capabilities.ts";
export { type CpuOptions, createCpuBackend } from "./backend.ts";
