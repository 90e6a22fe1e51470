import { assert, assertEquals, assertThrows } from "@std/assert";
import { gpuTest } from "../../dev/testing/gpu_device.ts";
import { LimitError, OutOfMemoryError } from "../../core/base/errors.ts";
import { BufferPool } from "./buffers.ts";
import type { GpuContext } from "./context.ts";
import type { GpuDevice } from "./device.ts";

/** A device whose buffers fail `failures` times, as if its memory were used up. */
function scarce(device: GpuDevice, failures: number): { context: GpuContext; calls: () => number } {
  let calls = 0;
  const { context } = device;
  const raw = {
    createBuffer: (descriptor: GPUBufferDescriptor) => {
      const fails = calls++ < failures;
      const size = fails ? context.limits.maxBufferSize + 4 : descriptor.size;
      return context.raw.createBuffer({ ...descriptor, size });
    },
  };
  const fake = {
    raw,
    limits: context.limits,
    scoped: context.scoped.bind(context),
    checkAlive: () => context.checkAlive(),
    explain: (error: Error) => context.explain(error),
    fail: () => {},
  };
  return { context: fake as unknown as GpuContext, calls: () => calls };
}

function pool(device: GpuDevice, maxPooledBytes?: number): BufferPool {
  const options = maxPooledBytes === undefined ? {} : { maxPooledBytes };
  return new BufferPool(device.context, device.queue, options);
}

gpuTest("acquire() reuses what was released, by size", (device) => {
  const buffers = pool(device);
  const first = buffers.acquire(1000);
  assertEquals(first.bytes, 1008);
  assertEquals(buffers.stats.live, 1);
  assertEquals(buffers.stats.liveBytes, 1008);
  buffers.release(first);
  buffers.release(first);
  assert(first.released);
  assertEquals(buffers.stats.live, 0);
  assertEquals(buffers.stats.liveBytes, 0);
  assertEquals(buffers.stats.pooled, 1);
  const second = buffers.acquire(900);
  assert(second.buffer === first.buffer);
  assertEquals(second.bytes, 912);
  const third = buffers.acquire(900);
  assert(third.buffer !== first.buffer);
  assertEquals(buffers.stats.created, 2);
});

gpuTest("acquire() never makes empty buffers and wastes less than a quarter", (device) => {
  const buffers = pool(device);
  const empty = buffers.acquire(0);
  assertEquals(empty.bytes, 16);
  assert(empty.buffer.size >= 16);
  for (const bytes of [1, 255, 257, 5000, 70000, 1234567, 9999999]) {
    const handle = buffers.acquire(bytes);
    assert(handle.bytes >= bytes && handle.bytes % 16 === 0);
    assert(handle.buffer.size >= handle.bytes);
    assert(handle.buffer.size <= Math.max(256, bytes * 1.25 + 256));
    buffers.release(handle);
  }
  buffers.trim();
});

gpuTest("acquire() names both numbers when a buffer is too large", (device) => {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  const maximum = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const error = assertThrows(() => pool(device).acquire(maximum + 1), LimitError);
  assertEquals(error.maximum, maximum);
  assert(error.requested > maximum);
});

gpuTest("trim() destroys free buffers only", (device) => {
  const buffers = pool(device);
  const kept = buffers.acquire(4096);
  const handles = [1, 2, 3].map((i) => buffers.acquire(i * 65536));
  for (const handle of handles) buffers.release(handle);
  assertEquals(buffers.stats.pooledBytes, 6 * 65536);
  assertEquals(buffers.trim(3 * 65536), 3 * 65536);
  assertEquals(buffers.trim(), 3 * 65536);
  assertEquals(buffers.stats.reservedBytes, kept.buffer.size);
  assertEquals(buffers.stats.pooled, 0);
});

gpuTest("the pool keeps no more than it may", (device) => {
  const buffers = pool(device, 100000);
  const handles = [0, 1, 2].map(() => buffers.acquire(65536));
  for (const handle of handles) buffers.release(handle);
  assertEquals(buffers.stats.pooledBytes, 65536);
  assertEquals(buffers.stats.reservedBytes, 65536);
});

gpuTest("a buffer that recorded commands use can be released and trimmed", (device) => {
  const buffers = pool(device);
  const [a, b] = [buffers.acquire(64), buffers.acquire(64)];
  device.queue.write(a.buffer, 0, Uint32Array.of(7, 8));
  device.queue.copy(a.buffer, 0, b.buffer, 0, 8);
  buffers.release(a);
  buffers.trim();
  assertEquals([...new Uint32Array(device.readback.readSync(b.buffer, 0, 8))], [7, 8]);
  buffers.release(b);
});

gpuTest("without memory the pool is trimmed and the allocation tried again", (device) => {
  const { context, calls } = scarce(device, 0);
  const plenty = new BufferPool(context, device.queue);
  plenty.release(plenty.acquire(4096));
  assertEquals(calls(), 1);

  const once = scarce(device, 1);
  const buffers = new BufferPool(once.context, device.queue);
  const handle = buffers.acquire(4096);
  assertEquals(once.calls(), 2);
  assertEquals(handle.bytes, 4096);

  const never = new BufferPool(scarce(device, Infinity).context, device.queue);
  const error = assertThrows(() => never.acquire(4096), OutOfMemoryError);
  assertEquals([error.requested, error.live, error.pooled], [4096, 0, 0]);
});
