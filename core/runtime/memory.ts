/**
 * How much memory devices and plans take, for users and tests.
 *
 * @module
 */

import type { Backend } from "./backend.ts";
import { checkOptions } from "../base/options.ts";
import { residencyOf } from "./residency.ts";

/** Memory of one device, in bytes. */
export interface DeviceMemory {
  /** Values of tensors and shared variables. */
  readonly live: number;
  /** What functions keep between calls: scratch memory, constants, buffers for arguments and results. */
  readonly cached: number;
  /** The most of both together, since the program began or `resetPeak` was given. */
  readonly peak: number;
  /** What the process has taken from the system or the driver, free blocks kept for reuse included. */
  readonly reserved: number;
  /** Bytes of results that were copied to the host since the program began, because others needed the memory. */
  readonly moved: number;
  /** Number of buffers behind `live` and those that functions keep. */
  readonly buffers: number;
  /** Number of compiled WebAssembly modules, or of GPU pipelines. */
  readonly modules: number;
}

/** What `config.memory()` gives. */
export interface MemoryStatistics {
  /** The CPU device; null before a function was compiled for it. */
  readonly cpu: DeviceMemory | null;
  /** The GPU; null before a function was compiled for it. */
  readonly gpu: DeviceMemory | null;
  /** Number of plans that functions keep. */
  readonly plans: number;
  /** Bytes of their code and constants, and about those of what describes them. */
  readonly planBytes: number;
}

/** Options of `config.memory`. */
export interface MemoryOptions {
  /** Measure the peaks anew from now on; what is returned are those until now. */
  readonly resetPeak?: boolean;
}

/** Plans of all functions: counted where they are kept. */
export const planTotals = { plans: 0, bytes: 0 };

const devices: Record<"cpu" | "gpu", Backend | null> = { cpu: null, gpu: null };

/** Says which device the statistics are about. */
export function watchDevice(backend: Backend): void {
  devices[backend.name] = backend;
}

/** The statistics now. */
export function memoryStatistics(given: MemoryOptions = {}): MemoryStatistics {
  const { resetPeak } = checkOptions("Cannot read the memory statistics", given, {
    resetPeak: "boolean",
  });
  const found: MemoryStatistics = {
    cpu: deviceMemory(devices.cpu),
    gpu: deviceMemory(devices.gpu),
    plans: planTotals.plans,
    planBytes: planTotals.bytes,
  };
  if (resetPeak === true) { for (const backend of Object.values(devices)) backend?.resetPeak(); }
  return found;
}

function deviceMemory(backend: Backend | null): DeviceMemory | null {
  if (backend === null) return null;
  const { bytes, buffers, used, peak, reserved, code } = backend.stats;
  const { keptBuffers, moved } = residencyOf(backend), live = bytes - keptBuffers;
  return { live, cached: used - live, peak, reserved, moved, buffers, modules: code };
}
