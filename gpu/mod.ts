/**
 * The GPU backend: WebGPU through `navigator.gpu`.
 *
 * @module
 */

export { createGpuBackend, GpuBackend, type GpuBackendOptions } from "./backend.ts";
export {
  type DeviceOptions,
  type GpuAvailability,
  gpuAvailable,
  GpuDevice,
  type GpuFeature,
  openDevice,
  sharedDevice,
} from "./device/device.ts";
