/**
 * Croton: symbolic tensor programs, optimised, differentiated and run on the CPU as WebAssembly or on
 * the GPU through WebGPU, with loops inside the graph.
 *
 * ```ts
 * import { compile, grad, shared, T } from "@croton/croton";
 *
 * const x = T.matrix("x"), y = T.vector("y");
 * const w = shared(new Float32Array(3), { name: "w" });
 * const cost = T.binaryCrossentropy(T.sigmoid(x.dot(w)), y).mean();
 * const train = await compile([x, y], cost, { updates: [[w, w.sub(grad(cost, w).mul(0.1))]] });
 * train([[1, 2, 3], [3, 2, 1]], [0, 1]);
 * ```
 *
 * @module
 */

// @ts-types="./types/all.d.ts"
export * from "./all.ts";
