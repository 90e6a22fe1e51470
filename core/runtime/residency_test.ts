// What leaves a device when its memory gets short.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import {
  compile,
  config,
  type DeviceMemory,
  dtypeInfo,
  dtypes,
  IndexError,
  LimitError,
  T,
  type Tensor,
  tensor,
} from "../../all.ts";
import { loadCollector } from "../base/collector.ts";
import { Dropped } from "../base/dropped.ts";
import type { Backend, DeviceBuffer } from "./backend.ts";
import { cpuBackend, gpuBackend } from "./device.ts";
import { Residency, type Resident } from "./residency.ts";

const MB = 1 << 20;

/** Runs `body` with room for so many bytes of values on devices. */
async function withRoomFor(bytes: number, body: () => void | Promise<void>): Promise<void> {
  const before = config.deviceBytes;
  config.deviceBytes = bytes;
  try {
    await body();
  } finally {
    config.deviceBytes = before;
  }
}

/** A resident that notes when it is evicted. */
function resident(bytes: number, log: string[], name: string): Resident {
  return { bytes, evict: () => log.push(name) };
}

/** A device without memory of its own that refuses allocations while `full` says so. */
function fakeBackend(full: () => boolean, hostReadable = false): Backend {
  return {
    hostReadable,
    allocate: (_dtype: string, elements: number) => {
      if (full()) {
        throw new LimitError("Cannot allocate", {
          limit: "bytes",
          requested: elements,
          maximum: 0,
        });
      }
      return { bytes: 4 * elements } as DeviceBuffer;
    },
  } as unknown as Backend;
}

async function memoryOf(device: TestDevice): Promise<DeviceMemory> {
  await (device === "cpu" ? cpuBackend() : gpuBackend());
  return config.memory()[device]!;
}

Deno.test("results for the next calls neither drive out what many calls use nor leave before those", async () => {
  const residency = new Residency(fakeBackend(() => false, true));
  const gone = new Set<object>();
  let back = 0;
  const make = (bytes: number): Resident => {
    const made = { bytes, evict: () => void gone.add(made) };
    return made;
  };
  const call = (...entries: Resident[]) => {
    residency.begin();
    for (const entry of entries) {
      if (gone.delete(entry)) back++;
      residency.touch(entry);
    }
  };
  await withRoomFor(400, () => {
    const weights = make(60);
    for (let i = 0; i < 400; i++) {
      const [f, g, h] = [make(4), make(4), make(4)];
      call(weights, f);
      call(weights, g);
      call(f, g, h);
      assert(!gone.has(weights));
    }
    assert(back > 0 && back < 30, `${back} of 800 came back`);
    assert(residency.bytes < 300, `${residency.bytes} of 400 bytes`);
  });
});

Deno.test("what many calls use stays, what one has used may take a quarter", async () => {
  const log: string[] = [], residency = new Residency(fakeBackend(() => false));
  await withRoomFor(100, () => {
    const [a, b] = ["a", "b"].map((name) => resident(12, log, name));
    for (let i = 0; i < 3; i++) {
      residency.begin();
      residency.touch(a!);
      residency.begin();
      residency.touch(b!);
    }
    assertEquals(residency.bytes, 24);
    for (let i = 0; i < 20; i++) {
      residency.begin();
      residency.touch(resident(2, log, `${i}`));
    }
    // The oldest stay; of the others those of before the last calls leave, whose memory is the warmest.
    assertEquals(residency.bytes, 24 + 24);
    assertEquals(log, ["7", "8", "9", "10", "11", "12", "13", "14"]);
    // One that is back was missed.
    const again = resident(15, log, "again");
    for (let i = 0; i < 9; i++) {
      residency.begin();
      residency.touch(i % 3 === 0 ? again : resident(10, log, "."));
    }
    assertEquals(log.filter((name) => name === "again").length <= 1, true);
    residency.begin();
    residency.allocate("float32", 25);
    assertEquals(residency.bytes, 0);
    assert(log.includes("a") && log.includes("b"));
  });
});

Deno.test("nothing of the call that runs leaves", async () => {
  const log: string[] = [], residency = new Residency(fakeBackend(() => false));
  await withRoomFor(10, () => {
    residency.begin();
    for (const name of ["a", "b", "c"]) residency.touch(resident(8, log, name));
    assertEquals(log, []);
    residency.begin();
    residency.touch(resident(8, log, "d"));
    assertEquals(log.sort(), ["a", "b", "c"]);
  });
});

Deno.test("where the device has no memory left, ever more may leave until there is room", () => {
  const log: string[] = [];
  const residency = new Residency(fakeBackend(() => log.length < 3));
  residency.begin();
  for (let i = 0; i < 4; i++) residency.touch(resident(MB, log, "a"));
  assertThrows(() => residency.allocate("float32", 1), LimitError);
  residency.begin();
  assertEquals(residency.allocate("float32", 1).bytes, 4);
  assertEquals(log.length, 3);
});

onDevices(
  "arguments in a loop that never waits take a bounded amount of memory",
  async (device) => {
    await withRoomFor(16 * MB, async () => {
      const x = T.fvector("x"), f = await compile([x], x.sum(), { device });
      const given = new Float32Array(MB / 4).fill(1), first = tensor(given);
      assertEquals(f(first).item(), MB / 4);
      const before = await memoryOf(device);
      for (let i = 0; i < 100; i++) f(tensor(given)).dispose();
      const { live } = await memoryOf(device);
      assert(live <= before.live + 16 * MB, `${before.live} became ${live}`);
      // What has left comes back.
      assertEquals(f(first).item(), MB / 4);
    });
  },
);

onDevices("results in a loop that never waits take a bounded amount of memory", async (device) => {
  await withRoomFor(32 * MB, async () => {
    const x = T.fvector("x"), f = await compile([x], x.mul(2).add(1), { device });
    const given = tensor(Float32Array.from({ length: MB / 2 }, (_, i) => i % 1000));
    f(given).dispose();
    const before = await memoryOf(device), kept: Tensor[] = [];
    for (let i = 0; i < 60; i++) {
      const result = f(given);
      if (i % 7 === 0) kept.push(result);
    }
    const { live, peak } = await memoryOf(device);
    assert(live <= before.live + 32 * MB, `${before.live} became ${live}`);
    assert(peak < Math.max(before.peak, before.live + 64 * MB), `${before.peak} became ${peak}`);
    // Those that moved to the host and those that stayed are the same; used again, read, and of other dtypes.
    for (const result of kept) {
      const twice = f(result).dataSync();
      const once = result.dataSync();
      assertEquals([once.length, twice.length], [MB / 2, MB / 2]);
      for (const i of [0, 1, 999, MB / 2 - 1]) {
        assertEquals([once[i], twice[i]], [2 * (i % 1000) + 1, 4 * (i % 1000) + 3]);
      }
    }
    assert(kept.some(({ device }) => device === "host"));
  });
});

onDevices(
  "results that are dropped in a loop that never waits are not copied out",
  async (device) => {
    const x = T.fvector("x"), f = await compile([x], x.mul(2).add(1), { device });
    const [calls, every] = device === "cpu" ? [2000, 40] : [400, 20];
    const given = tensor(Float32Array.from({ length: MB / 4 }, (_, i) => i % 1000));
    f(given).dispose();
    const before = await memoryOf(device), kept: Tensor[] = [];
    config.memory({ resetPeak: true });
    for (let i = 0; i < calls; i++) {
      const result = f(given);
      if (i % every === 0) kept.push(result);
    }
    const { moved, peak } = await memoryOf(device);
    assert(moved - before.moved <= calls * MB / 10, `${moved - before.moved} bytes were copied`);
    assert(peak <= before.live + before.cached + 300 * MB, `at most ${peak} bytes`);
    for (const result of kept) {
      const data = result.dataSync();
      for (const i of [0, 1, 999, MB / 4 - 1]) assertEquals(data[i], 2 * (i % 1000) + 1);
      result.dispose();
    }
  },
);

Deno.test("where the device has no memory left, what was dropped is given back first", async () => {
  await loadCollector();
  let used = 0;
  const log: string[] = [];
  const owned = new Dropped<{ bytes: number }>(({ bytes }) => void (used -= bytes));
  const residency = new Residency(fakeBackend(() => used >= 10));
  const take = () => {
    residency.allocate("float32", 1);
    used++;
    owned.register({}, { bytes: 1 });
  };
  residency.begin();
  residency.touch(resident(MB, log, "resident"));
  residency.begin();
  for (let i = 0; i < 50; i++) take();
  assert(used <= 10);
  assertEquals(log, []);
});

onDevices("results of all dtypes move to the host and back", async (device) => {
  const backend = device === "cpu" ? await cpuBackend() : await gpuBackend();
  await withRoomFor(0, async () => {
    for (const dtype of dtypes.filter((dtype) => backend.supports(dtype))) {
      const x = T.vector("x", { dtype }),
        f = await compile([x], [x.at(T.arange(x.size))], { device });
      const n = 1_100_001, complex = dtype.startsWith("complex");
      const data = dtypeInfo(dtype).array(n);
      for (let i = 0; i < data.length; i += 1013) {
        data[i] = (typeof data[0] === "bigint" ? BigInt(i % 2) : i % 2) as never;
      }
      const given = tensor(
        data as Float32Array<ArrayBuffer>,
        complex ? { dtype, shape: [n] } : { dtype },
      );
      const [one] = f(given), [two] = f(one), [three] = f(two);
      f(given);
      for (const result of [one, two, three]) {
        assertEquals([result.dtype, result.shape], [dtype, [n]]);
        assert(result.dataSync().every((value, i) => value === data[i]), dtype);
      }
      for (const result of [one, two, three]) result.dispose();
    }
  });
});

onDevices(
  "the error of a result that moved to the host is told when it is read",
  async (device) => {
    const x = T.fvector("x"), i = T.lscalar("i");
    const f = await compile([x, i], x.add(x.at(i)), { device });
    const given = tensor(new Float32Array(MB).fill(1));
    await withRoomFor(0, () => {
      let bad: Tensor | null = null;
      if (device === "cpu") assertThrows(() => f(given, 2 * MB), IndexError);
      else bad = f(given, 2 * MB);
      for (let k = 0; k < 9; k++) assertEquals(f(given, 3).dataSync()[5], 2);
      if (bad !== null) assertThrows(() => bad!.dataSync(), IndexError);
      assertEquals(f(given, 3).dataSync()[5], 2);
    });
  },
);

onDevices(
  "functions that are dropped without a pause take a bounded amount of memory",
  async (device) => {
    await withRoomFor(16 * MB, async () => {
      const given = new Float32Array(MB / 4).fill(1);
      const { live, cached } = await memoryOf(device);
      for (let i = 0; i < (device === "cpu" ? 60 : 8); i++) {
        // The running sums are scratch memory.
        const x = T.fvector("x"), f = await compile([x], x.sort().cumsum().max(), { device });
        assertEquals(f(given).item(), MB / 4);
        const now = await memoryOf(device);
        assert(now.live + now.cached <= live + cached + 12 * MB, JSON.stringify(now));
      }
    });
  },
);

Deno.test("small and larger arguments in 20,000 calls without a pause: constant memory", async () => {
  const x = T.fvector("x"), f = await compile([x], x.sum(), { device: "cpu" });
  await withRoomFor(16 * MB, () => {
    const small = new Float32Array(10).fill(1), larger = new Float32Array(10_000).fill(1);
    const run = (calls: number) => {
      for (let i = 0; i < calls; i++) {
        const value = i % 8 === 0 ? larger : small;
        if (f(tensor(value)).item() !== value.length) throw new Error(`call ${i}`);
      }
    };
    run(4000);
    const { cpu } = config.memory();
    run(20_000);
    const after = config.memory().cpu!;
    assert(after.live <= cpu!.live + 16 * MB, `${cpu!.live} became ${after.live}`);
    assertEquals(after.reserved, cpu!.reserved);
  });
});

Deno.test("where there is too little room the result of the last call leaves, never what a call reads", async () => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device: "cpu" });
  await withRoomFor(32 * MB, () => {
    const given = new Float32Array(MB / 4), apart: Tensor[] = [];
    for (let i = 0; i < 12; i++) apart.push(f(given));
    assertEquals(apart.map(({ device }) => device).slice(-3), ["host", "host", "cpu"]);
    assertEquals(apart[0]!.device, "cpu");
    const { memory } = apart.at(-1)!, { buffer } = memory;
    const next = f(apart.at(-1)!);
    assert(buffer !== null && memory.buffer === buffer && !buffer.disposed);
    assertEquals([...apart, next].map((one) => one.dataSync()[5]), [...apart.map(() => 1), 2]);
    for (const one of [...apart, next]) one.dispose();
  });
});

Deno.test("a call whose results don't fit gives back what it had taken", async () => {
  const n = T.iscalar("n");
  const f = await compile([n], [T.ones([n]).add(1), T.zeros([n]).add(2)], {
    device: "cpu",
  });
  for (const one of f(2)) one.dispose(); // Now it has a place for `n`.
  const { bytes } = (await cpuBackend()).stats;
  for (let i = 0; i < 3; i++) assertThrows(() => f(680e6), LimitError);
  assert((await cpuBackend()).stats.bytes <= bytes);
  assertEquals(numbers(f(2)[0]), [2, 2]);
});
