/**
 * Random programs of kernels below the planner, compared with the interpreter of kernels.
 *
 * @module
 */

import type { Backend } from "../../../core/runtime/backend.ts";
import { LimitError } from "../../../core/base/errors.ts";
import { createInterpreterBackend } from "../../testing/interpret.ts";
import { createCpuBackend } from "../../../cpu/mod.ts";
import { randomCase } from "../../testing/cpu/random_program.ts";
import { difference, runCase } from "../../testing/cpu/random_runs.ts";
import type { KernelKind } from "../generator.ts";

let cpuBackends: readonly Backend[] | null = null;

/** The CPU: with vectors, without, without what changes the order of sums, and with small work shared. */
export const cpuKernels: KernelKind = {
  name: "kernels-cpu",
  devices: ["cpu"],
  check(seed) {
    cpuBackends ??= [
      createCpuBackend({ check: true }),
      createCpuBackend({ simd: false, check: true }),
      createCpuBackend({ relaxed: false, check: true, rows: { bytes: 0, elements: 1 } }),
      createCpuBackend({ check: true, threads: { from: 64, start: 0 } }),
    ];
    const one = randomCase(seed);
    const expected = runCase(createInterpreterBackend(), one);
    for (const backend of cpuBackends) {
      const wrong = difference(expected, runCase(backend, one));
      if (wrong !== null) return Promise.resolve(`${backend.description}: ${wrong}`);
    }
    return Promise.resolve(null);
  },
};

/** The GPU as it is, and with few buffers and short submissions. */
export const gpuKernels: KernelKind = {
  name: "kernels-gpu",
  devices: ["gpu"],
  async check(seed) {
    const { compare, gpu } = await import("../../testing/gpu/compare.ts");
    const { GpuBackend } = await import("../../../gpu/backend.ts");
    const { RandomSetup } = await import("../../testing/gpu/random_setup.ts");
    const { device } = await gpu();
    const limits = { maxStorageBuffersPerShaderStage: 8 };
    const small = new GpuBackend(device, 150, { device, limits, dispatchSeconds: 0 });
    const setup = new RandomSetup(seed).setup();
    for (const backend of [undefined, small]) {
      try {
        await compare(setup, { relative: 0, absolute: 0 }, backend);
      } catch (error) {
        // One store may need more than so few buffers.
        if (error instanceof LimitError && backend === small) continue;
        return `${backend === small ? "with few buffers: " : ""}${error}`;
      }
    }
    return null;
  },
};
