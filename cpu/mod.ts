/**
 * The CPU device: programs printed as WebAssembly.
 *
 * @module
 */

export { type CpuOptions, createCpuBackend } from "./backend.ts";
