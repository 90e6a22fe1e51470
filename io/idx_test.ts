import { assert, assertEquals, assertRejects } from "@std/assert";
import { Random } from "../examples/data/random.ts";
import { FileError, FileFormatError, io } from "../all.ts";

const here = (name: string) => new URL(`../dev/testing/io/data/${name}`, import.meta.url);

/** The bytes of an IDX file of uint8; `length` overrides how many elements follow the header. */
function idx(shape: number[], length = shape.reduce((a, b) => a * b, 1)): Uint8Array<ArrayBuffer> {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  for (let i = 0; i < length; i++) bytes[start + i] = i % 10;
  return bytes;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

Deno.test("loadIdx() reads elements of all types, compressed or not", async () => {
  const expected = {
    "08.idx": Uint8Array.of(0, 1, 127, 128, 200, 255),
    "09.idx": Int8Array.of(0, 1, -1, 127, -128, 5),
    "0b.idx": Int16Array.of(0, 1, -300, 300, -32768, 32767),
    "0b.idx.gz": Int16Array.of(0, 1, -300, 300, -32768, 32767),
    "0c.idx": Int32Array.of(0, 1, -70000, 70000, -(2 ** 31), 2 ** 31 - 1),
    "0d.idx": Float32Array.of(0, 1, -2.5, 0.1, 1e-30, 3e30),
    "0e.idx": Float64Array.of(0, 1, -2.5, 0.1, 1e-300, 3e300),
  };
  for (const [name, data] of Object.entries(expected)) {
    const found = await io.loadIdx(here(name));
    assertEquals([found.shape, found.dataSync()], [[2, 3], data], name);
  }
  assertEquals((await io.decodeIdx(idx([0, 4]))).shape, [0, 4]);
  const deep = await io.decodeIdx(await gzip(idx(Array(20).fill(1))));
  assertEquals(deep.shape.length, 20);
});

Deno.test("decodeIdx() says what is wrong with a file", async () => {
  const wrongType = idx([2]);
  wrongType[2] = 10;
  const large = 2 ** 32 - 1;
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(), "got 0 bytes"],
    [idx([2]).slice(0, 6), "header of 8 bytes"],
    [idx([2, 3], 5), "expected 6 bytes after the header for uint8 of shape [2,3], got 5"],
    [idx([2, 3], 7), "got 7"],
    [wrongType, "got 0x00000a01"],
    [new TextEncoder().encode("<!doctype html>"), "magic number"],
    [Uint8Array.of(0, 0, 8, 0), "magic number"],
    [Uint8Array.of(0, 0, 8, 255), "header of 1024 bytes"],
    [idx([2 ** 30 + 1], 0), "shape [1073741825] needs more than 1073741824 bytes"],
    [idx([large, 28, 28], 5), "shape [4294967295,28,28]"],
    [idx(Array(60).fill(large), 5), "needs more than"],
    [idx([large, 0], 5), "expected 0 bytes"],
    [
      new Uint8Array([...idx(Array(60).fill(large), 5).subarray(0, 240), 0, 0, 0, 0]),
      "needs more than",
    ],
  ];
  for (const [bytes, text] of cases) {
    const error = await assertRejects(() => io.decodeIdx(bytes), FileFormatError, text);
    assert(error.message.length < 300, error.message);
  }
  await assertRejects(() => io.decodeIdx(idx([9]), { most: 8 }), FileFormatError, "8 bytes");
  await assertRejects(() => io.loadIdx("no/such/file"), FileError, "No such file");
  const path = await Deno.makeTempFile();
  await assertRejects(() => io.loadIdx(path), FileFormatError, `got 0 bytes, in "${path}"`);
  await Deno.truncate(path, 2 ** 30 + 2000);
  await assertRejects(() => io.loadIdx(path), FileError, "expected at most");
  await Deno.remove(path);
});

Deno.test("decodeIdx() uncompresses no more than the header asks for", async () => {
  // A bomb: 20 MB of zeros in 20 kB, behind a header that asks for little, for much, or is none.
  const bomb = idx([12, 28, 28], 20_000_000);
  const little = await gzip(bomb);
  new DataView(bomb.buffer).setUint32(4, 2 ** 31);
  const much = await gzip(bomb);
  const none = await gzip(bomb.subarray(100));
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [little, "its compressed data hold more than 9424 bytes"],
    [much, "shape [2147483648,28,28] needs more than 1073741824 bytes"],
    [none, "magic number"],
  ];
  for (const [bytes, text] of cases) {
    // A reader that gets as far as the end finds a wrong checksum.
    bytes[bytes.length - 6]! ^= 0xff;
    await assertRejects(() => io.decodeIdx(bytes), FileFormatError, text);
  }
});

Deno.test("decodeIdx() reads a file that names itself at length in its gzip header, and names cuts", async () => {
  const bytes = await gzip(idx([2, 3]));
  // Flag 8 says that a name follows the ten bytes of the header.
  const named = new Uint8Array([...bytes.subarray(0, 10), ...new Uint8Array(40_000).fill(65), 0]);
  named[3] = 8;
  const found = await io.decodeIdx(new Uint8Array([...named, ...bytes.subarray(10)]));
  assertEquals([...found.dataSync()], [0, 1, 2, 3, 4, 5]);
  for (let length = 0; length < bytes.length; length++) {
    await assertRejects(() => io.decodeIdx(bytes.slice(0, length)), FileFormatError);
  }
});

Deno.test("decodeIdx() reads damaged files or refuses them, and does nothing else", async () => {
  const random = new Random(21), plain = idx([12, 28, 28]), packed = await gzip(plain);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const bytes = (i % 2 === 0 ? plain : packed).slice();
    const most = random.below(2) === 0 ? 16 : bytes.length;
    for (let damages = 1 + random.below(3); damages > 0; damages--) {
      bytes[random.below(Math.min(most, bytes.length))] = random.below(256);
    }
    await io.decodeIdx(bytes).catch((error) => {
      assert(error instanceof FileFormatError, `seed 21, file ${i}: ${error}`);
      assert(error.message.length < 350 && !error.message.includes("\n"), error.message);
      refused++;
    });
  }
  assert(refused > 100, `${refused} of 300 refused`);
});
