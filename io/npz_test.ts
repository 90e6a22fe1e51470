import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../examples/data/random.ts";
import { FileFormatError, io, shared, type Tensor, tensor, type TypedArray } from "../all.ts";

const here = (name: string) => new URL(`testdata/${name}`, import.meta.url);
const matrix = [1, -2, 3.5, 0.25, 1e-3, -7];

function plain(one: Tensor | undefined): [string, number[], TypedArray] {
  return [one!.dtype, [...one!.shape], one!.dataSync() as TypedArray];
}

function checkArrays(found: Record<string, Tensor>): void {
  const expected: Record<string, [string, number[], TypedArray]> = {
    bool: ["bool", [3], Uint8Array.of(1, 0, 1)],
    int8: ["int8", [2], Int8Array.of(-1, 127)],
    int16: ["int16", [2], Int16Array.of(-300, 300)],
    int32: ["int32", [2, 1], Int32Array.of(-70000, 70000)],
    int64: ["int64", [2], BigInt64Array.of(-5n, 2n ** 60n)],
    uint8: ["uint8", [1], Uint8Array.of(255)],
    uint16: ["uint16", [1], Uint16Array.of(65535)],
    uint32: ["uint32", [1], Uint32Array.of(2 ** 32 - 1)],
    uint64: ["uint64", [1], BigUint64Array.of(2n ** 63n)],
    float16: ["float16", [2, 3], Float16Array.from(matrix)],
    float32: ["float32", [2, 3], Float32Array.from(matrix)],
    float64: ["float64", [2, 3], Float64Array.from(matrix)],
    complex64: ["complex64", [2], Float32Array.of(1, -2, 0, 3)],
    scalar: ["float32", [], Float32Array.of(3.25)],
    empty: ["float32", [0, 5], new Float32Array()],
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals(plain(found[name]), value, name);
  }
}

Deno.test("loadNpz() reads what numpy.savez() wrote, of any byte order and order of axes", async () => {
  const found = await io.loadNpz(here("arrays.npz"));
  checkArrays(found);
  assertEquals(plain(found["complex128"]), ["complex128", [1, 2], Float64Array.of(1, -2, 0, 3)]);
  assertEquals(plain(found["big_endian"]), ["float32", [2, 3], Float32Array.from(matrix)]);
  assertEquals(plain(found["big_integers"]), ["int64", [2], BigInt64Array.of(-5n, 2n ** 60n)]);
  assertEquals(plain(found["big_complex"]), ["complex64", [1], Float32Array.of(1, -2)]);
  const counted = Int32Array.from({ length: 24 }, (_, i) => i);
  assertEquals(plain(found["fortran"]), ["int32", [2, 3, 4], counted]);
  assertEquals(plain(found["fortran_complex"]), [
    "complex128",
    [2, 2],
    Float64Array.of(1, -2, 0, 3, 4, 0, 5, 0),
  ]);
  assertEquals(Object.keys(found).length, 21);
});

Deno.test("loadNpz() reads what numpy.savez_compressed() wrote", async () => {
  const found = await io.loadNpz(here("compressed.npz"));
  checkArrays(found);
  assertEquals(plain(found["zeros"]), ["float64", [5000], new Float64Array(5000)]);
});

Deno.test("npy files are NumPy's, byte for byte", async () => {
  const theirs = await Deno.readFile(here("matrix.npy"));
  const value = await io.loadNpy(here("matrix.npy"));
  assertEquals(plain(value), ["float32", [2, 3], Float32Array.from(matrix)]);
  assertEquals(await io.encodeNpy(value), theirs);
  assertEquals(await io.encodeNpy(shared(value)), theirs);
  assertEquals(plain(await io.loadNpy(here("version2.npy"))), plain(value));
  // Each array of theirs, too, in the order that ours have.
  const found = await io.loadNpz(here("compressed.npz"));
  const again = await io.decodeNpz(await io.encodeNpz(found));
  assertEquals(Object.keys(again), Object.keys(found));
  for (const [name, one] of Object.entries(found)) assertEquals(plain(again[name]), plain(one));
});

Deno.test("loadNpy() runs no code and reads no texts", async () => {
  const cases: [string, string][] = [
    ["objects.npy", "objects of Python are not read"],
    ["texts.npy", 'its dtype is "<U2"'],
    ["records.npy", "its dtype is"],
  ];
  for (const [name, message] of cases) {
    const error = await assertRejects(() => io.loadNpy(here(name)), FileFormatError, message);
    assert((error as Error).message.includes(name));
  }
});

/** The bytes of an npy file with this header and elements. */
function npy(header: string, elements = 0, version = 1): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header), start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + text.length + elements);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(text, start);
  return bytes;
}

Deno.test("decodeNpy() says what is wrong with a file", () => {
  const header = (descr: string, shape: string, order = "False") =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const badBool = npy(header("'|b1'", "(2,)"), 2);
  badBool[badBool.length - 1] = 2;
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(), "expected"],
    [new TextEncoder().encode("<!doctype html>"), "NUMPY"],
    [npy("{}", 0, 4), "expected version 1, 2 or 3 of the format, got 4"],
    [npy(header("'<f4'", "(2,)"), 8).slice(0, 30), "its header goes beyond its 30 bytes"],
    [npy("[]"), "its header is no dictionary"],
    [npy("{}"), "expected"],
    [npy("{'descr': '<f4', 'descr': '<f4'}"), '"descr" twice'],
    [npy("{'descr': __import__('os')}"), "its header has"],
    [npy(header("'<f4'", "(2,)"), 7), "expected 8 bytes for float32 of shape [2], got 7"],
    [npy(header("'<f4'", "(2,)"), 9), "got 9"],
    [npy(header("'<f4'", "(2)"), 8), "expected lengths as its shape, got (2)"],
    [npy(header("'<f4'", "(,)"), 8), "expected lengths as its shape"],
    [npy(header("'<f4'", "(99999999999999999999,)"), 8), "expected lengths as its shape"],
    [npy(header("'<f4'", "(9007199254740991, 9007199254740991)"), 8), "too many elements"],
    [npy(header("'<f4'", `(${"1, ".repeat(65)})`), 4), "65 axes, more than 64"],
    [npy(header("'<f4'", "(2,)", "1"), 8), "its header has"],
    [npy(header("'<f5'", "(2,)"), 8), 'its dtype is "<f5"'],
    [npy(header("'<V2'", "(2,)"), 4), 'its dtype is "<V2"'],
    [badBool, "expected 0 or 1, got 2 at 1"],
  ];
  for (const [bytes, message] of cases) {
    const error = assertThrows(() => io.decodeNpy(bytes), FileFormatError, message);
    assert((error as Error).message.length < 250, (error as Error).message);
  }
  assertEquals(plain(io.decodeNpy(npy(header("'<f4'", "()"), 4))), [
    "float32",
    [],
    new Float32Array(1),
  ]);
  // As Python 2 wrote lengths.
  assertEquals(io.decodeNpy(npy(header("'<f4'", "(2L, 1L)"), 8)).shape, [2, 1]);
});

Deno.test("decodeNpz() refuses damaged archives and loads nothing of them", async () => {
  const whole = await io.encodeNpz({ a: tensor([1, 2, 3]), b: tensor([[4]]) });
  const packed = await Deno.readFile(here("compressed.npz"));
  const random = new Random(5);
  for (const file of [whole, packed]) {
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      let bytes = file.slice();
      if (i % 3 === 0) bytes = bytes.slice(0, random.below(bytes.length));
      else bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      try {
        await io.decodeNpz(bytes);
      } catch (error) {
        assert(error instanceof FileFormatError, `file ${i}: ${error}`);
        refused++;
      }
    }
    // Some bits say nothing, such as those of dates.
    assert(refused > 90, `${refused} of 150 refused`);
  }
  const damaged = whole.slice();
  const at = damaged.findLastIndex((byte, i) => byte === 0x40 && damaged[i + 1] === 0x50);
  assert(at > 0);
  damaged[at - 1]! ^= 1;
  await assertRejects(() => io.decodeNpz(damaged), FileFormatError, "its checksum is");
});

Deno.test("decodeNpz() uncompresses as many bytes as are promised, and no more", async () => {
  const bytes = await Deno.readFile(here("compressed.npz"));
  const view = new DataView(bytes.buffer);
  // The promised size of the zeros in the directory: it is made smaller.
  const name = new TextEncoder().encode("zeros.npy");
  let at = bytes.length - 22;
  while (!name.every((byte, i) => bytes[at + 46 + i] === byte)) at--;
  assertEquals([view.getUint32(at, true), view.getUint32(at + 24, true)], [0x02014b50, 40128]);
  view.setUint32(at + 24, 1000, true);
  await assertRejects(() => io.decodeNpz(bytes), FileFormatError, "hold more than 1000 bytes");
  view.setUint32(at + 24, 50_000, true);
  await assertRejects(
    () => io.decodeNpz(bytes),
    FileFormatError,
    "expected 50000 bytes, got 40128",
  );
});

Deno.test("saveNpz() and saveNpy() replace files as a whole", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await io.saveNpz(`${folder}/m.npz`, { model: { W: tensor([[1, 2]]) } });
    assertEquals(plain((await io.loadNpz(`${folder}/m.npz`))["model.W"]), [
      "float32",
      [1, 2],
      Float32Array.of(1, 2),
    ]);
    await io.saveNpy(`${folder}/m.npy`, tensor(Int8Array.of(3)));
    assertEquals(plain(await io.loadNpy(`${folder}/m.npy`)), ["int8", [1], Int8Array.of(3)]);
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
      "m.npy",
      "m.npz",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
