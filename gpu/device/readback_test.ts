import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { countSubmissions, gpuTest } from "../../dev/testing/gpu_device.ts";
import { GpuCommandError } from "../../core/base/errors.ts";
import { type GpuDevice, openDevice } from "./device.ts";

/** Words of which each one tells its place. */
function ramp(words: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: words }, (_, i) => i * 7 + 1);
}

function upload(device: GpuDevice, data: Uint32Array<ArrayBuffer>): GPUBuffer {
  const { buffer } = device.buffers.acquire(data.byteLength);
  device.queue.write(buffer, 0, data);
  return buffer;
}

async function checkSizes(device: GpuDevice): Promise<void> {
  const data = ramp(5 << 20);
  const buffer = upload(device, data);
  const { readback } = device;
  for (const bytes of [0, 1, 3, 4, 5, 16384, 16388, 1 << 20, (4 << 20) + 1, 20 << 20]) {
    for (const offset of [0, 4, 404]) {
      const length = Math.min(bytes, data.byteLength - offset);
      const result = readback.sync
        ? readback.readSync(buffer, offset, length)
        : await readback.read(buffer, offset, length);
      const expected = new Uint8Array(data.buffer, offset, length);
      const got = new Uint8Array(result);
      assertEquals(got.byteLength, length);
      // Comparing 20 MB element by element would take longer than all else.
      const stride = Math.max(1, Math.floor(length / 1000));
      for (let i = 0; i < length; i += stride) {
        if (got[i] !== expected[i]) assertEquals(got[i], expected[i], `byte ${i} of ${length}`);
      }
      if (length > 0) assertEquals(got[length - 1], expected[length - 1]);
    }
  }
  assertThrowsOrRejects(device, buffer);
}

function assertThrowsOrRejects(device: GpuDevice, buffer: GPUBuffer): void {
  if (device.readback.sync) {
    assertThrows(() => device.readback.readSync(buffer, 2, 4), RangeError, "multiple of 4, got 2");
  }
}

gpuTest("readSync() reads any length at any place, and again", async (device) => {
  assert(device.readback.sync, "Deno 2.9 reads at once");
  await checkSizes(device);
  await checkSizes(device);
});

gpuTest("where nothing can be read at once, promises work", async () => {
  using device = await openDevice({ sync: false });
  assertEquals(device.readback.sync, false);
  const buffer = upload(device, ramp(4));
  assertThrows(() => device.readback.readSync(buffer, 0, 4), TypeError, "await");
  await checkSizes(device);
  const reads = [0, 4, 8].map((offset) => device.readback.read(buffer, offset, 4));
  const words = (await Promise.all(reads)).map((bytes) => new Uint32Array(bytes)[0]);
  assertEquals(words, [1, 8, 15]);
  await assertRejects(() => device.readback.read(buffer, 2, 4), RangeError);
});

gpuTest("an engine that maps buffers late, as browsers do, is read by promises", async () => {
  const { mapAsync, getMappedRange } = GPUBuffer.prototype;
  const waiting = new WeakSet<GPUBuffer>();
  GPUBuffer.prototype.mapAsync = async function (...args) {
    waiting.add(this);
    await mapAsync.apply(this, args);
    waiting.delete(this);
  };
  GPUBuffer.prototype.getMappedRange = function (...args) {
    if (waiting.has(this)) throw new DOMException("The buffer is not mapped", "OperationError");
    return getMappedRange.apply(this, args);
  };
  try {
    using device = await openDevice();
    assertEquals(device.readback.sync, false);
    assertEquals(device.context.loss, null);
    const data = ramp(4), result = await device.readback.read(upload(device, data), 0, 16);
    assertEquals(new Uint32Array(result), data);
  } finally {
    Object.assign(GPUBuffer.prototype, { mapAsync, getMappedRange });
  }
});

gpuTest("many ranges come in one round trip", (device) => {
  const data = ramp(1000);
  const buffer = upload(device, data);
  using submissions = countSubmissions(device);
  const requests = Array.from({ length: 300 }, (_, i) => ({ buffer, offset: i * 8, bytes: 4 }));
  const results = device.readback.readManySync(requests);
  assertEquals(results.map((r) => new Uint32Array(r)[0]), requests.map((r) => data[r.offset / 4]));
  assertEquals(submissions.count, 1);
  assertEquals(device.readback.readManySync([]), []);
});

gpuTest("reading after refused commands throws instead of returning old bytes", async () => {
  for (const sync of [true, false]) {
    using device = await openDevice({ selfTest: false, sync });
    const buffer = upload(device, ramp(4));
    await device.readback.read(buffer, 0, 4);
    buffer.destroy();
    if (device.readback.sync) {
      assertThrows(() => device.readback.readSync(buffer, 0, 4), GpuCommandError, "refused");
      await new Promise((resolve) => setTimeout(resolve, 5));
      assertThrows(() => device.checkAlive(), GpuCommandError, "destroyed");
    } else {
      await assertRejects(() => device.readback.read(buffer, 0, 4), GpuCommandError, "destroyed");
    }
    // The device is still good for other things.
    const other = upload(device, ramp(4));
    assertEquals(new Uint32Array(await device.readback.read(other, 4, 4))[0], 8);
  }
});
