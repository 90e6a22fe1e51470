/**
 * Tests that run on every device there is.
 *
 * @module
 */

import { availability } from "./gpu_device.ts";

/** A device that tests run on. */
export type TestDevice = "cpu" | "gpu";

/** A test for the CPU, and one for the GPU, which is ignored with the reason where there is none. */
export function onDevices(
  name: string,
  body: (device: TestDevice) => void | Promise<void>,
): void {
  const reason = availability.available ? "" : ` (ignored: ${availability.reason})`;
  Deno.test(`${name}, on the CPU`, async () => await body("cpu"));
  Deno.test({
    name: `${name}, on the GPU${reason}`,
    ignore: !availability.available,
    fn: async () => await body("gpu"),
  });
}

/** Numbers of a tensor, as plain JavaScript numbers. */
export function numbers(tensor: { dataSync(): ArrayLike<number | bigint> }): number[] {
  return Array.from(tensor.dataSync(), Number);
}
