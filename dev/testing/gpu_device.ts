/**
 * One GPU device for all GPU tests and benches of a process, and tests that say why they are
 * ignored where there is none.
 *
 * @module
 */

import {
  type GpuAvailability,
  gpuAvailable,
  type GpuDevice,
  openDevice,
} from "../../gpu/device/device.ts";

// Else Deno loads libEGL as well, which now and then frees memory twice when a thread of
// `deno test` ends while the process exits.
if (
  Deno.build.os === "linux" &&
  Deno.permissions.querySync({ name: "env", variable: "DENO_WEBGPU_BACKEND" }).state ===
    "granted" &&
  !Deno.env.has("DENO_WEBGPU_BACKEND")
) {
  Deno.env.set("DENO_WEBGPU_BACKEND", "vulkan");
}

/** Whether there is a GPU, found once. */
export const availability: GpuAvailability = await gpuAvailable();

let device: Promise<GpuDevice> | null = null;

/** The device that the tests of a file share. */
export function testDevice(): Promise<GpuDevice> {
  device ??= openDevice();
  return device;
}

/** A test that needs a GPU; without one it is ignored, and its name says why. */
export function gpuTest(name: string, body: (device: GpuDevice) => void | Promise<void>): void {
  const reason = availability.available ? "" : ` (ignored: ${availability.reason})`;
  Deno.test({
    name: name + reason,
    ignore: !availability.available,
    fn: async () => await body(await testDevice()),
  });
}

/** Counts what is submitted to a device, until it is disposed. */
export function countSubmissions(device: GpuDevice): Disposable & { readonly count: number } {
  const { queue } = device.context.raw;
  let count = 0;
  queue.submit = (buffers) => {
    count++;
    GPUQueue.prototype.submit.call(queue, buffers);
  };
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void Reflect.deleteProperty(queue, "submit"),
  };
}
