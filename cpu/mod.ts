/**
 * The CPU device: programs printed as WebAssembly.
 *
 * @module
 */

export { createCpuBackend } from "./backend.ts";
