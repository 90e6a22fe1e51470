import { assertEquals } from "@std/assert";
import { ByteWriter } from "./byte_writer.ts";

function written(write: (out: ByteWriter) => void): number[] {
  const out = new ByteWriter(1);
  write(out);
  return [...out.view()];
}

/** Reads a LEB128 integer as the specification defines it. */
function readLeb(bytes: readonly number[], signed: boolean): bigint {
  let value = 0n;
  bytes.forEach((byte, i) => value |= BigInt(byte & 0x7f) << BigInt(7 * i));
  const bits = 7 * bytes.length;
  return signed ? BigInt.asIntN(bits, value) : value;
}

Deno.test("u32 writes unsigned LEB128", () => {
  assertEquals(written((out) => out.u32(0)), [0]);
  assertEquals(written((out) => out.u32(624485)), [0xe5, 0x8e, 0x26]);
  for (const value of [1, 127, 128, 16383, 16384, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32 - 1]) {
    assertEquals(readLeb(written((out) => out.u32(value)), false), BigInt(value));
  }
  assertEquals(written((out) => out.u32(-1)), written((out) => out.u32(2 ** 32 - 1)));
});

Deno.test("s32 and s64 write signed LEB128", () => {
  assertEquals(written((out) => out.s32(-123456)), [0xc0, 0xbb, 0x78]);
  for (const magnitude of [0, 1, 63, 64, 65, 8191, 8192, 2 ** 27, 2 ** 31 - 1]) {
    for (const value of [magnitude, -magnitude]) {
      const bytes = written((out) => out.s32(value));
      assertEquals(readLeb(bytes, true), BigInt(value));
      assertEquals(written((out) => out.s64(BigInt(value))), bytes);
    }
  }
  assertEquals(readLeb(written((out) => out.s32(-(2 ** 31))), true), -(2n ** 31n));
  assertEquals(written((out) => out.s32(2 ** 32 - 1)), [0x7f]);
  for (const value of [2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 40n)]) {
    assertEquals(readLeb(written((out) => out.s64(value)), true), value);
  }
});

Deno.test("floats are little-endian, and names carry their length", () => {
  assertEquals(written((out) => out.f32(1)), [0, 0, 0x80, 0x3f]);
  assertEquals(written((out) => out.f64(-2)), [0, 0, 0, 0, 0, 0, 0, 0xc0]);
  assertEquals(written((out) => out.name("aé")), [3, 0x61, 0xc3, 0xa9]);
});

Deno.test("a writer grows as needed", () => {
  const out = new ByteWriter(1);
  for (let i = 0; i < 1000; i++) out.u8(i & 0xff);
  out.bytes(new Uint8Array(5000).fill(7));
  assertEquals(out.length, 6000);
  assertEquals(out.view()[999], 999 & 0xff);
  assertEquals(out.view()[5999], 7);
});
