/**
 * Large results stay where they were computed, for as long as there is room; the oldest move to the host
 * when there are too many of them.
 *
 * Results that a user drops are freed by the garbage collector, but not before the program waits for
 * something. A loop that never waits would else take more and more memory.
 *
 * @module
 */

import type { DeviceBuffer } from "../backend.ts";
import type { Tensor } from "../tensor.ts";

/** Results of at least this many bytes stay on the device. */
export const LARGE_BYTES = 1 << 20;

/** Bytes that large results may take together. */
const LIMIT = 1 << 28;

interface Entry {
  readonly tensor: WeakRef<Tensor>;
  readonly buffer: DeviceBuffer;
}

const live: Entry[] = [];

/** Makes room for a result. */
export function makeRoom(bytes: number): void {
  let total = bytes;
  for (let i = live.length - 1; i >= 0; i--) {
    if (live[i]!.buffer.disposed) live.splice(i, 1);
    else total += live[i]!.buffer.bytes;
  }
  while (total > LIMIT && live.length > 0) {
    const { tensor, buffer } = live.shift()!;
    total -= buffer.bytes;
    const owner = tensor.deref();
    if (owner === undefined) buffer.dispose();
    else owner.evict();
  }
}

/** Remembers a result that stays on the device. */
export function keepOnDevice(tensor: Tensor, buffer: DeviceBuffer): void {
  live.push({ tensor: new WeakRef(tensor), buffer });
}
