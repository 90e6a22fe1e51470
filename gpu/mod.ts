/**
 * The GPU backend: WebGPU through `navigator.gpu`.
 *
 * @module
 */

export { createGpuBackend } from "./backend.ts";
