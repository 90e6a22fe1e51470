/**
 * All that the library is. Its own tests and tools import this, and users `mod.ts`: the same, but that
 * checkers of types read only declarations there.
 *
 * @module
 */

import { registerDevices } from "./core/runtime/device.ts";
import { registerPages } from "./core/runtime/pages.ts";

// A device is loaded when it is opened: no program needs both, and each takes a while.
registerDevices({
  cpu: async () => (await import("./cpu/mod.ts")).createCpuBackend(),
  gpu: async () => (await import("./gpu/mod.ts")).createGpuBackend(),
  noFastGpu: async () => {
    const { gpuAvailable } = await import("./gpu/device/device.ts");
    const answer = await gpuAvailable();
    if (!answer.available) return answer.reason;
    const { description, isFallbackAdapter } = answer.info;
    return isFallbackAdapter ? `the GPU adapter "${description}" computes on the CPU` : null;
  },
});

registerPages(async () => (await import("./see/all.ts")).show);

export * from "./core/mod.ts";
export * from "./autodiff/mod.ts";
export * as extend from "./autodiff/extend.ts";
export * from "./scan/mod.ts";
export * from "./scan/vmap/mod.ts";
export * as io from "./io/mod.ts";
export * as solvers from "./scan/solvers/mod.ts";
export * as nn from "./nn/mod.ts";
