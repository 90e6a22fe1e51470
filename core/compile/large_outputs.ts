/**
 * Large results stay where they were computed, for as long as there is room; the oldest move to the host
 * when there are too many of them.
 *
 * Results that a user drops are freed by the garbage collector, but not before the program waits for
 * something. A loop that never waits would else take more and more memory.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import type { TensorMemory } from "../tensor.ts";

/** Results of at least this many bytes stay on the device. */
export const LARGE_BYTES = 1 << 20;

/** Bytes that large results may take together. */
const LIMIT = 1 << 28;

interface Entry {
  readonly memory: TensorMemory;
  readonly dtype: DType;
  readonly elements: number;
}

const live: Entry[] = [];

/** Makes room for a result. */
export function makeRoom(bytes: number): void {
  let total = bytes;
  for (let i = live.length - 1; i >= 0; i--) {
    const buffer = live[i]!.memory.buffer;
    if (buffer === null || buffer.disposed) live.splice(i, 1);
    else total += buffer.bytes;
  }
  while (total > LIMIT && live.length > 0) {
    const { memory, dtype, elements } = live.shift()!;
    total -= memory.buffer!.bytes;
    memory.host ??= memory.buffer!.readSync(dtype, elements);
    memory.leave();
  }
}

/** Remembers a result that stays on the device. */
export function keepOnDevice(memory: TensorMemory, dtype: DType, elements: number): void {
  live.push({ memory, dtype, elements });
}
