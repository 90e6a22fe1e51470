// What leaves a device when its memory gets short.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices } from "../dev/devices.ts";
import { compile, LimitError, T, tensor } from "../mod.ts";
import type { Backend, DeviceBuffer } from "./backend.ts";
import { cpuBackend, gpuBackend } from "./compile/device.ts";
import { LIMIT, Residency, type Resident } from "./residency.ts";

const MB = 1 << 20;

/** A resident that notes when it is evicted. */
function resident(bytes: number, log: string[], name: string): Resident {
  return { bytes, evict: () => log.push(name) };
}

/** A device without memory of its own that refuses allocations while `full` says so. */
function fakeBackend(full: () => boolean): Backend {
  return {
    allocate: (_dtype: string, elements: number) => {
      if (full()) throw new LimitError("Cannot allocate", "bytes", elements, 0);
      return { bytes: 4 * elements } as DeviceBuffer;
    },
  } as unknown as Backend;
}

Deno.test("beyond the limit, what was used longest ago leaves, but nothing of the call that runs", () => {
  const log: string[] = [], residency = new Residency(fakeBackend(() => false));
  const [a, b, c] = ["a", "b", "c"].map((name) => resident(LIMIT / 2 - MB, log, name));
  residency.begin();
  residency.touch(a!);
  residency.touch(b!);
  residency.touch(c!);
  assertEquals(log, []);
  residency.begin();
  residency.touch(a!);
  assertEquals(log, ["b"]);
  residency.delete(a!);
  assertEquals(residency.bytes, LIMIT / 2 - MB);
  residency.allocate("float32", LIMIT / 4);
  assertEquals(log, ["b", "c"]);
});

Deno.test("where the device has no memory left, all that may leave does, and one more try is made", () => {
  const log: string[] = [];
  const residency = new Residency(fakeBackend(() => log.length === 0));
  residency.begin();
  residency.touch(resident(MB, log, "a"));
  assertThrows(() => residency.allocate("float32", 1), LimitError);
  residency.begin();
  assertEquals(residency.allocate("float32", 1).bytes, 4);
  assertEquals(log, ["a"]);
});

onDevices(
  "arguments in a loop that never waits take a bounded amount of memory",
  async (device) => {
    const x = T.fvector("x"), f = await compile([x], x.sum(), { device });
    const backend = device === "cpu" ? cpuBackend() : await gpuBackend();
    const given = new Float32Array(4 * MB).fill(1);
    const first = tensor(given);
    for (let i = 0; i < 40; i++) {
      f(tensor(given)).dispose();
      assert(backend.stats.bytes <= 2 * LIMIT, `${backend.stats.bytes} bytes`);
    }
    // What has left comes back.
    assertEquals(numbers(f(first)), [4 * MB]);
  },
);

Deno.test("functions that are dropped without a pause take a bounded amount of memory", async () => {
  const given = new Float32Array(4 * MB).fill(1);
  for (let i = 0; i < 40; i++) {
    const x = T.fvector("x"), f = await compile([x], x.max(), { device: "cpu" });
    assertEquals(f(given).item(), 1);
    assert(cpuBackend().stats.bytes <= 2 * LIMIT, `${cpuBackend().stats.bytes} bytes`);
  }
});

Deno.test("a call whose results don't fit gives back what it had taken", async () => {
  const n = T.iscalar("n");
  const f = await compile([n], [T.ones([n]).add(1), T.zeros([n]).add(2)], {
    device: "cpu",
  });
  const { bytes } = cpuBackend().stats;
  for (let i = 0; i < 3; i++) assertThrows(() => f(680e6), LimitError);
  assert(cpuBackend().stats.bytes <= bytes);
  assertEquals(numbers(f(2)[0]), [2, 2]);
});
