/**
 * The CPU device: programs printed as WebAssembly.
 *
 * @module
 */

export type { RowLimits } from "./fuse_rows.ts";
export { type CpuOptions, createCpuBackend } from "./backend.ts";
