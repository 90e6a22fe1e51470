import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  decodeSafetensors,
  encodeSafetensors,
  loadSafetensors,
  SafetensorsError,
  saveSafetensors,
  type StoredTensor,
} from "./safetensors.ts";

const all: Record<string, StoredTensor> = {
  flags: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
  weights: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, NaN, Infinity) },
  scalar: { dtype: "float64", shape: [], data: Float64Array.of(Math.PI) },
  empty: { dtype: "int32", shape: [0, 5], data: new Int32Array() },
  big: { dtype: "int64", shape: [2], data: BigInt64Array.of(-5n, 2n ** 60n) },
  unsigned: { dtype: "uint64", shape: [1], data: BigUint64Array.of(2n ** 63n) },
  half: { dtype: "float16", shape: [2], data: Float16Array.of(0.5, 65504) },
  complex: { dtype: "complex64", shape: [1], data: Float32Array.of(1, -1) },
  small: { dtype: "int8", shape: [2], data: Int8Array.of(-1, 127) },
};

/** A file with this header text and elements. */
function file(header: string, elements = 0): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + elements);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("decodeSafetensors() gives back what encodeSafetensors() was given", () => {
  const metadata = { epoch: "3", note: "größer" };
  assertEquals(decodeSafetensors(encodeSafetensors(all, metadata)), { tensors: all, metadata });
  assertEquals(decodeSafetensors(encodeSafetensors({})), { tensors: {}, metadata: {} });
});

Deno.test("encodeSafetensors() writes the format byte for byte", () => {
  const bytes = encodeSafetensors({
    w: { dtype: "float32", shape: [1, 2], data: Float32Array.of(1, 2).subarray(0, 2) },
  });
  const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
  assertEquals(
    bytes,
    Uint8Array.of(
      ...Uint8Array.of(56, 0, 0, 0, 0, 0, 0, 0),
      ...new TextEncoder().encode(header.padEnd(56)),
      ...Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40),
    ),
  );
});

Deno.test("encodeSafetensors() starts the elements at a multiple of 8 bytes and takes views", () => {
  const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
  for (const name of ["a", "ab", "abc", "abcd", "abcde"]) {
    const bytes = encodeSafetensors({ [name]: { dtype: "float32", shape: [2], data } });
    assertEquals((bytes.length - 8) % 8, 0);
    assertEquals(decodeSafetensors(bytes).tensors[name]!.data, Float32Array.of(1, 2));
  }
});

Deno.test("encodeSafetensors() refuses tensors that are not what they say", () => {
  const data = Float32Array.of(1, 2);
  const write = (tensor: unknown, name = "w") => () =>
    encodeSafetensors({ [name]: tensor as StoredTensor });
  assertThrows(
    write({ dtype: "float32", shape: [3], data }),
    RangeError,
    "expected 12 bytes, got 8",
  );
  assertThrows(write({ dtype: "float32", shape: [-1, -2], data }), RangeError, "shape [-1,-2]");
  assertThrows(
    write({ dtype: "float64", shape: [1], data }),
    TypeError,
    "Float64Array, got Float32",
  );
  assertThrows(write({ dtype: "float8", shape: [1], data }), TypeError, 'of dtype "float8"');
  assertThrows(write({ dtype: "float32", shape: [2], data: [1, 2] }), TypeError, "got Array");
  assertThrows(write({ dtype: "float32", shape: [2], data }, "__metadata__"), TypeError, "named");
});

Deno.test("decodeSafetensors() says what is wrong with a file", () => {
  const entry = (dtype: string, shape: unknown, offsets: unknown): string =>
    JSON.stringify({ dtype, shape, data_offsets: offsets });
  const good = entry("F32", [1], [0, 4]);
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(5), "expected at least 8 bytes, got 5"],
    [file("{}").slice(0, 9), "its header takes 2 bytes, and 1 are there"],
    [new TextEncoder().encode("<!doctype html>"), "its header takes"],
    [file("{"), "its header is no JSON"],
    [file("[]"), "expected an object in its header"],
    [file('{"__metadata__":{"a":1}}'), "expected texts"],
    [file('{"w":null}'), 'tensor "w": its dtype is "undefined"'],
    [file(`{"w":${entry("F8_E4M3", [1], [0, 1])}}`, 1), 'its dtype is "F8_E4M3"'],
    [file(`{"w":${entry("F32", [-1], [0, 4])}}`, 4), "expected sizes as its shape, got [-1]"],
    [file(`{"w":${entry("F32", "x", [0, 4])}}`, 4), 'got "x"'],
    [file(`{"w":${entry("F32", [1], [4, 0])}}`, 4), "expected two offsets, got [4,0]"],
    [
      file(`{"w":${entry("F32", [2], [0, 4])}}`, 4),
      "expected 8 bytes for float32 of shape [2], got 4",
    ],
    [file(`{"w":${good}}`, 3), "within 3 bytes, got 0 to 4"],
    [file(`{"w":${good}}`, 5), "expected 4 bytes of elements, got 5"],
    [file(`{"w":${good},"v":${good}}`, 8), "from byte 4 on"],
    [file(`{"w":${entry("F32", [1], [4, 8])}}`, 8), "from byte 0 on"],
  ];
  for (const [bytes, text] of cases) {
    const error = assertThrows(() => decodeSafetensors(bytes), SafetensorsError, text);
    assertEquals(error.name, "SafetensorsError");
  }
});

Deno.test("saveSafetensors() replaces a file as a whole", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/model.safetensors`;
    await Deno.writeTextFile(path, "old");
    await saveSafetensors(path, all, { by: "test" });
    assertEquals(await loadSafetensors(path), { tensors: all, metadata: { by: "test" } });
    const names = Array.from(Deno.readDirSync(folder), (entry) => entry.name);
    assertEquals(names, ["model.safetensors"]);
    assert((await Deno.stat(path)).size > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
