// How long plans are kept, and what they and functions give back.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { numbers, onDevices, type TestDevice } from "../../dev/testing/devices.ts";
import { captureDeno } from "../../dev/process.ts";
import { compile, config, type DeviceMemory, scan, T, tensor, type Variable } from "../../all.ts";
import { executorOf } from "./callable.ts";

function ramp(n: number) {
  return tensor(Float32Array.from({ length: n }, (_, i) => (i * 7) % 11));
}

function memoryOf(device: TestDevice): DeviceMemory {
  const memory = config.memory()[device];
  assert(memory !== null);
  return memory;
}

/** Runs `body` with limits, and brings the old ones back. */
async function withLimits(
  limits: { plans?: number; planBytes?: number },
  body: () => Promise<void>,
): Promise<void> {
  const { plans, planBytes } = config;
  Object.assign(config, limits);
  try {
    await body();
  } finally {
    Object.assign(config, { plans, planBytes });
  }
}

onDevices("the plans of all functions together are bounded in bytes", async (device) => {
  const x = T.fvector("x");
  await withLimits({ planBytes: 1 }, async () => {
    const options = { device, dynamicAxes: "none" } as const;
    const sum = await compile([x], x.sum(), options);
    const doubled = await compile([x], x.mul(2), options);
    // A function with a stage: its plans leave one another no room.
    const found = await compile([x], x.at(x.gt(5)), options);
    for (let n = 3; n < 12; n++) {
      const value = ramp(n), data = numbers(value);
      assertEquals(sum(value).item(), data.reduce((a, b) => a + b));
      assertEquals(numbers(doubled(value)), data.map((v) => 2 * v));
      assertEquals(numbers(found(value)), data.filter((v) => v > 5));
      assertEquals(config.memory().plans, 1);
    }
    assertEquals(executorOf(sum).plans.length, 0);
    assertEquals(executorOf(found).plans.length, 1);
  });
});

onDevices("with room for some plans, those used last stay", async (device) => {
  const x = T.fvector("x"), options = { device, dynamicAxes: "none" } as const;
  const f = await compile([x], x.sqr().sum(), options), g = await compile([x], x.max(), options);
  // Plans of other functions go.
  await withLimits({ planBytes: 1 }, async () => void await Promise.resolve(f(ramp(3))));
  g(ramp(3));
  await withLimits({ planBytes: config.memory().planBytes + 4000 }, () => {
    // The plan for the new length takes the place of the oldest, which is of the other function.
    g(ramp(4));
    assertEquals(executorOf(f).plans.length, 0);
    assertEquals(numbers(f(ramp(3))), [0 + 49 + 9]);
    assertEquals(executorOf(f).plans.length, 1);
    const one = executorOf(f).executables[0]!;
    for (let n = 5; n < 9; n++) {
      f(ramp(3));
      assertEquals(g(ramp(n)).item(), 10);
      assert(executorOf(f).executables[0] === one);
    }
    return Promise.resolve();
  });
});

onDevices("what leaves the cache takes its module and its memory along", async (device) => {
  const x = T.fvector("x"), table = T.constant(new Float32Array(50_000).fill(2));
  const options = { device, dynamicAxes: "none" } as const;
  const g = await compile([x], table.at(T.arange(x.size)).add(x).sort().sum(), options);
  g(ramp(3));
  const before = memoryOf(device), { plans, planBytes } = config.memory();
  await withLimits({ plans: 1 }, async () => {
    for (let n = 4; n < 400; n += device === "cpu" ? 1 : 30) {
      const result = await Promise.resolve(g(ramp(n)));
      assert(result.item() > 0);
      result.dispose();
    }
  });
  const after = memoryOf(device);
  assertEquals(config.memory().plans, plans);
  assert(config.memory().planBytes < planBytes + 1e5);
  assert(after.cached <= before.cached + 1e5, `${before.cached} became ${after.cached}`);
  // Some code is kept for a while, in case that the same program is planned again.
  assert(after.modules <= before.modules + 300, `${before.modules} became ${after.modules}`);
  if (device === "cpu") assert(after.modules <= before.modules + 70);
});

onDevices("dispose of a function gives everything back at once", async (device) => {
  const x = T.fvector("x"), n = T.iscalar("n");
  const [sums] = scan((a: Variable, t: Variable) => t.add(a), {
    sequences: x,
    outputsInfo: T.zeros([]),
  });
  const before = { plans: config.memory().plans, live: 0, cached: 0, buffers: 0 };
  const read = () => {
    const { live, cached, buffers } = memoryOf(device);
    return { plans: config.memory().plans, live, cached, buffers };
  };
  const warm = await compile([x], x.add(1), { device });
  warm.dispose();
  Object.assign(before, read());
  {
    using f = await compile([x, n], [
      (sums as Variable).add(x.sort()),
      x.at(T.arange(n)),
      x.at(x.gt(3)),
    ], {
      device,
      name: "f",
    });
    const given = new Float32Array(100).fill(4);
    for (const result of f(given, 3)) result.dispose();
    for (const result of f(given.subarray(0, 50), 7)) result.dispose();
    assert(config.memory().plans > before.plans);
    assert(memoryOf(device).cached > before.cached);
    f.dispose();
    assertThrows(() => f(given, 3), TypeError, 'Cannot call "f" after dispose()');
  }
  const after = read();
  // What all programs share for their temporaries may go, too, until one needs it again.
  assert(after.cached <= before.cached, `${after.cached} bytes stay, ${before.cached} were there`);
  assertEquals({ ...after, cached: before.cached }, before);
});

onDevices("the peak is the most until it is measured anew", async (device) => {
  const x = T.fvector("x"), f = await compile([x], x.add(1), { device });
  f(ramp(10)).dispose();
  config.memory({ resetPeak: true });
  const { peak, live, cached } = memoryOf(device);
  assertEquals(peak, live + cached);
  const result = f(ramp(1 << 20));
  const during = memoryOf(device);
  assert(during.live >= live + (4 << 20), `${live} became ${during.live}`);
  assert(during.reserved >= during.live + during.cached);
  result.dispose();
  assert(memoryOf(device).peak >= peak + (8 << 20));
  assert(memoryOf(device).live <= during.live - (4 << 20));
  assert(config.memory({ resetPeak: true })[device]!.peak >= peak + (8 << 20));
  assert(memoryOf(device).peak < peak + (8 << 20));
  assertThrows(() => config.memory({ resetPeaks: true } as never), TypeError, "resetPeak");
});

onDevices("what is dropped gives everything back", async (device) => {
  const program = new URL("../../dev/testing/runtime/dropped_program.ts", import.meta.url).pathname;
  const map = new URL("../../dev/import_map.json", import.meta.url).pathname;
  const { code, output } = await captureDeno([
    "run",
    "--allow-env",
    "--no-check",
    "--v8-flags=--expose-gc",
    `--import-map=${map}`,
    program,
    device,
  ], false);
  assertEquals(code, 0, output);
});
