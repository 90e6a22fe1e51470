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

import { registerDevices } from "./core/runtime/device.ts";
import { registerPages } from "./core/runtime/pages.ts";

// A device is loaded when it is opened: no program needs both, and each takes a while.
registerDevices({
  cpu: async () =>
    (await /* @ts-types="./core/runtime/late.ts" */ import("./cpu/mod.ts")).createCpuBackend(),
  gpu: async () =>
    (await /* @ts-types="./core/runtime/late.ts" */ import("./gpu/mod.ts")).createGpuBackend(),
  noFastGpu: async () => {
    const { gpuAvailable } = await /* @ts-types="./core/runtime/late.ts" */ import(
      "./gpu/device/device.ts"
    );
    const answer = await gpuAvailable();
    if (!answer.available) return answer.reason;
    const { description, isFallbackAdapter } = answer.info;
    return isFallbackAdapter ? `the GPU adapter "${description}" computes on the CPU` : null;
  },
});

registerPages(async () =>
  (await /* @ts-types="./core/runtime/late.ts" */ import("./see/mod.ts")).show
);

export * from "./core/mod.ts";
export * from "./autodiff/mod.ts";
export * as extend from "./autodiff/extend.ts";
export * from "./scan/mod.ts";
export * from "./scan/vmap/mod.ts";
export * as io from "./io/mod.ts";
export * as solvers from "./scan/solvers/mod.ts";
export * as nn from "./nn/mod.ts";
