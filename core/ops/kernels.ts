/**
 * What kernels of ops are made of, beside what the ops say themselves: mathematical functions, and families
 * of kernels that are long. Loaded by the first `compile`.
 *
 * @module
 */

export * as math from "../math/mod.ts";
export * as elements from "./elementwise/complex_functions.ts";
export { emitFft } from "./fft/emit.ts";
export * as linalg from "./linalg/emit/mod.ts";
