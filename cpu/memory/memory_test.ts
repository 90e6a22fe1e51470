import { assert, assertEquals, assertThrows } from "@std/assert";
import { CpuBuffer } from "./buffer.ts";
import { CpuMemory } from "./memory.ts";
import { Random } from "../../dev/fuzz/random.ts";
import { Arena } from "./arena.ts";
import { Constants } from "./constants.ts";

Deno.test("blocks are aligned, don't overlap, and are used again", () => {
  const memory = new CpuMemory();
  const random = new Random(3);
  const live: { address: number; bytes: number }[] = [];
  for (let round = 0; round < 3000; round++) {
    if (live.length > 0 && random.chance(0.5)) {
      const [block] = live.splice(random.below(live.length), 1);
      memory.release(block!.address, block!.bytes);
      continue;
    }
    const bytes = random.chance(0.3) ? random.below(200_000) : random.below(2000);
    const address = memory.allocate(bytes);
    assertEquals(address % 64, 0);
    assert(address + bytes <= memory.reserved - 64);
    for (const other of live) {
      assert(address + bytes <= other.address || other.address + other.bytes <= address);
    }
    live.push({ address, bytes });
  }
  for (const { address, bytes } of live) memory.release(address, bytes);
  const reserved = memory.reserved;
  // All large ranges have merged again.
  const block = memory.allocate(reserved >> 1);
  assertEquals(memory.reserved, reserved);
  memory.release(block, reserved >> 1);
});

Deno.test("taking and giving back in turn doesn't grow the memory", () => {
  const memory = new CpuMemory();
  const round = () => {
    const blocks = [100, 5000, 100_000, 3_000_000].map((bytes) => [memory.allocate(bytes), bytes]);
    for (const [address, bytes] of blocks) memory.release(address!, bytes!);
  };
  round();
  const { reserved } = memory;
  for (let i = 0; i < 10_000; i++) round();
  assertEquals(memory.reserved, reserved);
});

Deno.test("what is too large for the memory is an error, and changes nothing", () => {
  const memory = new CpuMemory();
  const { reserved } = memory;
  assertThrows(() => memory.allocate(2 ** 33), RangeError, "Cannot allocate");
  assertEquals(memory.reserved, reserved);
  assert(memory.allocate(1000) > 0);
});

Deno.test("buffers hold what is written, also when the memory grows", () => {
  const memory = new CpuMemory();
  const counts = { buffers: 0, bytes: 0 };
  const buffer = new CpuBuffer(memory, 16, counts);
  buffer.write("float32", Float32Array.of(1, 2, 3, 4));
  const large = new CpuBuffer(memory, 64 << 20, counts);
  assertEquals(buffer.readSync("float32", 3), Float32Array.of(1, 2, 3));
  assertEquals(buffer.readSync("complex64", 2), Float32Array.of(1, 2, 3, 4));
  assertEquals(counts, { buffers: 2, bytes: 16 + (64 << 20) });
  const copy = new CpuBuffer(memory, 8, counts);
  copy.write("float32", Float32Array.of(1, 2));
  assertEquals(copy.readSync("float32", 2), Float32Array.of(1, 2));
  for (const one of [buffer, large, copy, copy]) one.dispose();
  assertEquals(counts, { buffers: 0, bytes: 0 });
  assert(copy.disposed);
  assertThrows(() => copy.readSync("float32", 1), TypeError, "disposed");
});

Deno.test("reading or writing too much, or another type, is an error", () => {
  const buffer = new CpuBuffer(new CpuMemory(), 8, { buffers: 0, bytes: 0 });
  assertThrows(() => buffer.readSync("float64", 2), RangeError, "16 bytes");
  assertThrows(() => buffer.write("float32", new Float32Array(3)), RangeError, "12 bytes");
  assertThrows(() => buffer.write("float32", new Int32Array(1)), TypeError, "Int32Array");
});

Deno.test("the arena grows to what is needed and says when it moves", () => {
  const memory = new CpuMemory();
  const arena = new Arena(memory);
  arena.need(1000);
  const { version, address } = arena;
  arena.need(500);
  assertEquals([arena.version, arena.address], [version, address]);
  arena.need(2000);
  assert(arena.version !== version);
  arena.release();
  arena.need(0);
  assertEquals(arena.address, 0);
});

Deno.test("constant data is uploaded once", () => {
  const memory = new CpuMemory();
  const constants = new Constants(memory);
  const data = Float64Array.of(1, 2);
  const first = constants.acquire(data);
  assertEquals(constants.acquire(data), first);
  assertEquals(memory.heap.f64[first / 8 + 1], 2);
  constants.release(data);
  assertEquals(constants.acquire(data), first);
  constants.release(data);
  constants.release(data);
  assert(constants.acquire(Float64Array.of(3, 4)) > 0);
});
