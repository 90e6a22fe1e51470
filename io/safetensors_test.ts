import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { Random } from "../examples/data/random.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  loadSafetensors,
  type Metadata,
  saveSafetensors,
} from "./safetensors.ts";
import { FileError, FileFormatError } from "../core/base/errors.ts";
import { RandomStreams } from "../core/random/mod.ts";
import { shared } from "../core/runtime/shared.ts";
import { Tensor, tensor } from "../core/runtime/tensor.ts";
import type { DType, TypedArray } from "../core/graph/dtype.ts";

const all: Readonly<Record<string, Tensor>> = {
  flags: new Tensor("bool", [3], Uint8Array.of(1, 0, 1)),
  weights: new Tensor("float32", [2, 3], Float32Array.of(1, -2, 3.5, 0, NaN, Infinity)),
  scalar: new Tensor("float64", [], Float64Array.of(Math.PI)),
  empty: new Tensor("int32", [0, 5], new Int32Array()),
  big: new Tensor("int64", [2], BigInt64Array.of(-5n, 2n ** 60n)),
  unsigned: new Tensor("uint64", [1], BigUint64Array.of(2n ** 63n)),
  half: new Tensor("float16", [2], Float16Array.of(0.5, 65504)),
  complex: new Tensor("complex64", [1], Float32Array.of(1, -1)),
  small: new Tensor("int8", [2], Int8Array.of(-1, 127)),
};

type Plain = [name: string, dtype: DType, shape: readonly number[], data: TypedArray];

/** What tensors hold, to be compared. */
function plain(tensors: Readonly<Record<string, Tensor>>): Plain[] {
  return Object.entries(tensors).map(([name, one]) => [
    name,
    one.dtype,
    [...one.shape],
    one.dataSync() as TypedArray,
  ]);
}

/** A file with this header text and elements. */
function file(header: string, elements = 0): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + elements);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("decodeSafetensors() gives back what encodeSafetensors() was given", async () => {
  const metadata = { epoch: "3", note: "größer" };
  const read = decodeSafetensors(await encodeSafetensors(all, metadata));
  assertEquals(plain(read.tensors), plain(all));
  assertEquals(read.metadata, metadata);
  assertEquals(decodeSafetensors(await encodeSafetensors({})), { tensors: {}, metadata: {} });
});

Deno.test("encodeSafetensors() writes the format byte for byte", async () => {
  const bytes = await encodeSafetensors({ w: tensor(Float32Array.of(1, 2), { shape: [1, 2] }) });
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

Deno.test("encodeSafetensors() starts the elements at a multiple of 8 bytes and takes views", async () => {
  const data = new Tensor("float32", [2], Float32Array.of(9, 1, 2, 9).subarray(1, 3));
  for (const name of ["a", "ab", "abc", "abcd", "abcde"]) {
    const bytes = await encodeSafetensors({ [name]: data });
    assertEquals((bytes.length - 8) % 8, 0);
    assertEquals(decodeSafetensors(bytes).tensors[name]!.dataSync(), Float32Array.of(1, 2));
  }
});

Deno.test("names are the keys and positions that lead to a value", async () => {
  const streams = new RandomStreams(3);
  streams.uniform();
  streams.normal();
  const model = {
    layers: [{ W: shared(Float32Array.of(1)) }, { W: shared(Float32Array.of(2)), rows: [] }],
    "a.b": tensor(3),
    streams,
  };
  const { tensors } = decodeSafetensors(await encodeSafetensors(model));
  assertEquals(Object.keys(tensors), ["layers.0.W", "layers.1.W", "a.b", "streams"]);
  assertEquals(tensors["streams"]!.dataSync(), streams.toTypedArray());
  const list = decodeSafetensors(await encodeSafetensors([tensor(1), [tensor(2)]]));
  assertEquals(Object.keys(list.tensors), ["0", "1.0"]);
});

Deno.test("what is saved is the value of the moment of the call", async () => {
  const w = shared(Float32Array.of(1));
  const asked = encodeSafetensors({ w });
  w.setValue(Float32Array.of(2));
  assertEquals(decodeSafetensors(await asked).tensors["w"]!.dataSync(), Float32Array.of(1));
});

Deno.test("encodeSafetensors() refuses what the format cannot hold", async () => {
  const write = (value: unknown, name = "w") => () =>
    encodeSafetensors({ [name]: value as Tensor });
  const cyclic: Record<string, unknown> = {};
  cyclic["own"] = cyclic;
  const cases: [() => Promise<unknown>, string][] = [
    [write(new Tensor("complex128", [1], Float64Array.of(1, 2))), "no complex128"],
    [write(tensor(1), "__metadata__"), "the format keeps this name"],
    [write([1, 2]), 'got 1 at "w.0"'],
    [write(null), 'got null at "w"'],
    [write(cyclic), 'the record at "w.own" holds itself'],
    [write({ b: tensor(1), toString: 1 }), 'got 1 at "w.toString"'],
    [() => encodeSafetensors({ "a.b": tensor(1), a: { b: tensor(1) } }), 'called "a.b"'],
    [() => encodeSafetensors(tensor(1) as unknown as []), "expected a record or a list"],
    [() => encodeSafetensors(undefined as unknown as []), "got undefined"],
    [
      () => encodeSafetensors({}, null as unknown as Metadata),
      "expected an object of texts, got null",
    ],
    [
      () => encodeSafetensors({}, { epoch: 3 } as unknown as Metadata),
      "expected a text, got number",
    ],
  ];
  for (const [call, message] of cases) await assertRejects(call, TypeError, message);
});

Deno.test("encodeSafetensors() writes no header that is longer than the format allows", async () => {
  const note = "n".repeat(100_000_000);
  const write = () => encodeSafetensors({}, { note });
  await assertRejects(write, RangeError, "the format allows 100000000");
});

Deno.test("decodeSafetensors() says what is wrong with a file", () => {
  const entry = (dtype: string, shape: unknown, offsets: unknown): string =>
    JSON.stringify({ dtype, shape, data_offsets: offsets });
  const good = entry("F32", [1], [0, 4]);
  const badBool = file('{"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}', 2);
  badBool[badBool.length - 1] = 2;
  const badText = file('{"__metadata__":{"a":"?"}}');
  badText[8 + 22] = 0xff;
  const endless = file("{}").fill(0xff, 0, 8);
  const tooLong = new Uint8Array(100_000_009).fill(0x20);
  new DataView(tooLong.buffer).setBigUint64(0, 100_000_001n, true);
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(5), "expected at least 8 bytes, got 5"],
    [file("{}").slice(0, 9), "its header takes 2 bytes, and 1 are there"],
    [new TextEncoder().encode("<!doctype html>"), "its header takes"],
    [file("{"), "its header is no JSON"],
    [file("[]"), 'expected "{" as the start of its header, got "["'],
    [file(""), 'expected "{" as the start of its header, got undefined'],
    [file(" {}"), 'expected "{" as the start of its header, got " "'],
    [file("\n{}"), 'got "\\n"'],
    [file("\ufeff{}"), 'got "\ufeff"'],
    [file('{"__metadata__":{"a":1}}'), 'expected texts in "__metadata__", got 1 for "a"'],
    [file('{"__metadata__":{"a":"1","b":["x"]}}'), 'got ["x"] for "b"'],
    [file('{"__metadata__":null}'), 'expected texts in "__metadata__", got null'],
    [file('{"__metadata__":[]}'), "got []"],
    [file('{"__metadata__":"x"}'), 'got "x"'],
    [file('{"__metadata__":{"a":"1","a":"2"}}'), 'its header has "a" twice'],
    [file(`{"w":${good},"w":${good}}`, 4), 'its header has "w" twice'],
    [file(`{"w":${good},"\\u0077":${good}}`, 4), 'its header has "w" twice'],
    [
      file(`{"w":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, 4),
      '"dtype" twice',
    ],
    [file('{"w":null}'), 'tensor "w": its dtype is undefined'],
    [file('{"w":[]}'), 'tensor "w": its dtype is undefined'],
    [file('{"w":{"dtype":{"toString":1},"shape":[1],"data_offsets":[0,4]}}', 4), '{"toString":1}'],
    [file('{"w":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}}', 4), 'dtype is ["F32"]'],
    [file('{"w":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}', 4), '"constructor"'],
    [file('{"w":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}', 4), 'dtype is "f32"'],
    [file(`{"w":{"dtype":"F32","shape":[[[1]]],"data_offsets":[0,4]}}`, 4), "deeper than 3 levels"],
    [file(`{"w":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}`, 4), "expected sizes"],
    [file(`{"w":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}`, 4), "is no JSON"],
    [file(`{"w":{"dtype":"F32","shape":[-0,-1],"data_offsets":[0,4]}}`, 4), "expected sizes"],
    [file(`{"w":${entry("F32", [0.25], [0, 1])}}`, 1), "expected sizes as its shape, got [0.25]"],
    [file(`{"w":${entry("F32", ["1"], [0, 4])}}`, 4), 'got ["1"]'],
    [file(`{"w":${entry("F32", { length: 1 }, [0, 4])}}`, 4), 'got {"length":1}'],
    [file(`{"w":${entry("F32", undefined, [0, 4])}}`, 4), "got undefined"],
    [file(`{"w":${entry("F32", [1], undefined)}}`, 4), "expected two offsets, got undefined"],
    [file(`{"w":${entry("F32", [1], [0, 4, 8])}}`, 8), "expected two offsets, got [0,4,8]"],
    [file(`{"w":${entry("F32", [1], [-4, 0])}}`, 4), "expected two offsets, got [-4,0]"],
    [file(`{"w":${entry("F32", [1], [0.5, 4.5])}}`, 4), "expected two offsets"],
    [file(`{"w":${entry("F32", [1], ["0", "4"])}}`, 4), "expected two offsets"],
    [file(`{"w":${entry("F32", [2 ** 40, 2 ** 40], [0, 0])}}`), "has too many elements"],
    [file(`{"w":${entry("F32", [2 ** 53 - 1, 4, 0], [0, 0])}}`), "has too many elements"],
    [file(`{"w":${entry("F32", [2 ** 53 - 1, 2 ** 53 - 1, 0], [0, 0])}}`), "has too many"],
    [file(`{"w":${entry("F32", Array(100_000).fill(1), [0, 4])}}`, 4), "100000 axes, more than 64"],
    [file(`{"w":${entry("F32", Array(40).fill(2 ** 52).concat(0), [0, 0])}}`), "has too many"],
    [file(`{"w":${entry("F32", [3, 1431655766], [0, 8])}}`, 8), "expected 17179869192 bytes"],
    [file(`{"w":${entry("F8_E4M3", [1], [0, 1])}}`, 1), 'its dtype is "F8_E4M3"'],
    [file(`{"w":${entry("F32", [-1], [0, 4])}}`, 4), "expected sizes as its shape, got [-1]"],
    [file(`{"w":${entry("F32", "x", [0, 4])}}`, 4), 'got "x"'],
    [file(`{"w":${entry("F32", [1], [4, 0])}}`, 4), "expected two offsets, got [4,0]"],
    [
      file(`{"w":${entry("F32", [2], [0, 4])}}`, 4),
      "expected 8 bytes for F32 of shape [2], got 4",
    ],
    [file(`{"w":${good}}`, 3), "within 3 bytes, got 0 to 4"],
    [file(`{"w":${good}}`, 5), "expected 4 bytes of elements, got 5"],
    [file(`{"w":${good},"v":${good}}`, 8), "from byte 4 on"],
    [file(`{"w":${entry("F32", [1], [4, 8])}}`, 8), "from byte 0 on"],
    [file(`{"w":${entry("F32", [2], [0, 8])},"v":${entry("F32", [1], [4, 8])}}`, 8), "byte 8 on"],
    [file(`{"w":${good},"v":${entry("F32", [1], [8, 12])}}`, 12), 'tensor "v": expected its elem'],
    [file(`{"w":${good},"v":${entry("F32", [0], [2, 2])}}`, 4), "from byte 4 on"],
    [file(`{"w":${entry("F32", [1], [2 ** 53 - 5, 2 ** 53 - 1])}}`, 4), "from byte 0 on"],
    [file('{"w":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}\0\x01\x02'), "is no JSON"],
    [badBool, 'tensor "w": expected 0 or 1, got 2 at 1'],
    [badText, "its header is not in UTF-8"],
    [endless, "its header takes 18446744073709551615 bytes, and 2 are there (at most 100000000)"],
    [tooLong, "its header takes 100000001 bytes"],
  ];
  for (const [bytes, text] of cases) {
    const error = assertThrows(() => decodeSafetensors(bytes), FileFormatError, text);
    assertEquals(error.name, "FileFormatError");
    assert(error.message.length < 250 && !error.message.includes("\n"), error.message);
  }
});

Deno.test("decodeSafetensors() keeps its messages short, whatever the file says", () => {
  const long = "n\n".repeat(100_000);
  const many = Array(100_000).fill(1);
  const entry = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  const headers: unknown[] = [
    { [long]: entry },
    { [long]: { ...entry, dtype: long } },
    { [long]: { ...entry, dtype: many } },
    { [long]: { ...entry, shape: long } },
    { [long]: { ...entry, shape: [...many, -1] } },
    { [long]: { ...entry, shape: [...many, 2] } },
    { [long]: { ...entry, shape: many.map(() => 9e15) } },
    { [long]: { ...entry, data_offsets: many } },
    { [long]: { ...entry, shape: [3], data_offsets: [4, 16] } },
    { [long]: { dtype: "BOOL", shape: [1], data_offsets: [0, 1] } },
    { __metadata__: long },
    { __metadata__: { [long]: many } },
  ];
  const texts = headers.map((header) => JSON.stringify(header));
  const name = JSON.stringify(long);
  texts.push(`{${name}:1,${name}:1}`, `x${name}`, `{${name}`);
  for (const depth of [10, 100_000]) {
    texts.push(`{"w":${"[".repeat(depth)}${"]".repeat(depth)}}`, "[".repeat(depth));
    texts.push(`{"w":${'{"shape":'.repeat(depth)}1${"}".repeat(depth)}}`);
    texts.push(`{"w":{"dtype":${"[".repeat(depth)}${"]".repeat(depth)}}}`);
  }
  for (const text of texts) {
    const bytes = file(text, 1);
    bytes[bytes.length - 1] = 7;
    const error = assertThrows(() => decodeSafetensors(bytes), FileFormatError);
    assert(error.message.length < 350 && !error.message.includes("\n"), error.message);
  }
});

Deno.test("decodeSafetensors() takes what is odd but allowed", () => {
  const entry = (shape: number[], from: number, to: number): unknown => ({
    dtype: "U8",
    shape,
    data_offsets: [from, to],
  });
  const header = {
    b: entry([2], 1, 3),
    "": entry([1], 0, 1),
    // Without elements, and at the same place as others.
    none: entry([0, 2 ** 40], 1, 1),
    constructor: entry([], 3, 4),
  };
  const bytes = file(`${JSON.stringify(header)}  \n`, 4);
  bytes.set([1, 2, 3, 4], bytes.length - 4);
  const { tensors, metadata } = decodeSafetensors(bytes);
  assertEquals(metadata, {});
  assertEquals(
    plain(tensors).map(([name, , shape, data]) => [name, shape, Array.from(data, Number)]),
    [["", [1], [1]], ["none", [0, 2 ** 40], []], ["b", [2], [2, 3]], ["constructor", [], [4]]],
  );
});

Deno.test("decodeSafetensors() reads from the middle of a buffer, and from one of Node", async () => {
  const bytes = await encodeSafetensors(all);
  const middle = new Uint8Array(bytes.length + 20);
  middle.set(bytes, 10);
  for (
    const part of [
      middle.subarray(10, 10 + bytes.length),
      Buffer.from(middle.buffer, 10, bytes.length),
    ]
  ) {
    assertEquals(plain(decodeSafetensors(part).tensors), plain(all));
  }
});

Deno.test("names that objects have by themselves are names like any other", async () => {
  const names = ["__proto__", "constructor", "toString", "größe\n"];
  const tensors = Object.fromEntries(names.map((name) => [name, tensor(Int8Array.of(3))]));
  const notes = Object.fromEntries(names.map((name) => [name, "note"]));
  const read = decodeSafetensors(await encodeSafetensors(tensors, notes));
  assertEquals(plain(read.tensors), plain(tensors));
  assertEquals(Object.entries(read.metadata), Object.entries(notes));
});

Deno.test("decodeSafetensors() reads damaged files or refuses them, and does nothing else", async () => {
  const random = new Random(21);
  const whole = await encodeSafetensors(all, { note: "x" });
  const header = new DataView(whole.buffer).getUint32(0, true);
  const marks = [...'{}[],:"\\0919.-e \xff\0'].map((mark) => mark.charCodeAt(0));
  let refused = 0;
  for (let i = 0; i < 3000; i++) {
    let bytes = whole.slice();
    for (let damages = 1 + random.below(3); damages > 0; damages--) {
      const at = random.below(8 + header);
      const mark = marks[random.below(marks.length)]!;
      const kind = random.below(4);
      if (kind === 0) bytes = bytes.slice(0, bytes.length - 1 - random.below(20));
      else if (kind === 1) bytes.copyWithin(at, random.below(bytes.length));
      else bytes[at] = mark;
    }
    try {
      decodeSafetensors(bytes);
    } catch (error) {
      assert(error instanceof FileFormatError, `seed 21, file ${i}: ${error}`);
      assert(error.message.length < 350 && !error.message.includes("\n"), error.message);
      refused++;
    }
  }
  assert(refused > 2000, `${refused} of 3000 refused`);
});

Deno.test("saveSafetensors() replaces a file as a whole", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/model.safetensors`;
    await Deno.writeTextFile(path, "old");
    await saveSafetensors(path, all, { by: "test" });
    const { tensors, metadata } = await loadSafetensors(path);
    assertEquals([plain(tensors), metadata], [plain(all), { by: "test" }]);
    assertEquals(Object.keys((await loadSafetensors(new URL(`file://${path}`))).tensors).length, 9);
    assertEquals(Object.keys((await loadSafetensors(Deno.readFileSync(path))).tensors).length, 9);
    const names = Array.from(Deno.readDirSync(folder), (entry) => entry.name);
    assertEquals(names, ["model.safetensors"]);
    assert((await Deno.stat(path)).size > 0);
    await Deno.writeFile(path, new Uint8Array(5));
    await assertRejects(() => loadSafetensors(path), FileFormatError, `got 5, in "${path}"`);
    await assertRejects(() => loadSafetensors(`${folder}/none`), FileError, "No such file");
    await assertRejects(() => saveSafetensors(`${folder}/a/b`, all), FileError, "No such file");
    const place = new URL("https://example.com/a");
    await assertRejects(() => loadSafetensors(place), TypeError, "https://example.com/a");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("decodeSafetensors() says what it expects, whatever it is given", () => {
  for (const given of [undefined, new ArrayBuffer(16), "a file"]) {
    const read = () => decodeSafetensors(given as unknown as Uint8Array<ArrayBuffer>);
    assertThrows(read, TypeError, "expected its bytes in a Uint8Array");
  }
});

Deno.test("loadSafetensors() reads what the safetensors package wrote", async () => {
  const { tensors, metadata } = await loadSafetensors(
    new URL("testdata/arrays.safetensors", import.meta.url),
  );
  assertEquals(metadata, { by: "the safetensors package" });
  const found = Object.fromEntries(plain(tensors).map(([name, ...rest]) => [name, rest]));
  const matrix = [1, -2, 3.5, 0.25, 1e-3, -7];
  assertEquals(found["float32"], ["float32", [2, 3], Float32Array.from(matrix)]);
  assertEquals(found["float64"], ["float64", [2, 3], Float64Array.from(matrix)]);
  assertEquals(found["float16"], ["float16", [2, 3], Float16Array.from(matrix)]);
  assertEquals(found["bool"], ["bool", [3], Uint8Array.of(1, 0, 1)]);
  assertEquals(found["int64"], ["int64", [2], BigInt64Array.of(-5n, 2n ** 60n)]);
  assertEquals(found["uint64"], ["uint64", [1], BigUint64Array.of(2n ** 63n)]);
  assertEquals(found["int32"], ["int32", [2, 1], Int32Array.of(-70000, 70000)]);
  assertEquals(found["scalar"], ["float32", [], Float32Array.of(3.25)]);
  assertEquals(found["empty"], ["float32", [0, 5], new Float32Array()]);
  assertEquals(Object.keys(found).length, 14);
});

Deno.test("bfloat16 is read as float32", async () => {
  const { tensors } = await loadSafetensors(
    new URL("testdata/bfloat16.safetensors", import.meta.url),
  );
  // 1e-3 has 8 bits.
  const expected = Float32Array.of(1, -2, 3.5, 0.25, 0.00099945068359375, -7);
  assertEquals(plain(tensors), [["bfloat16", "float32", [2, 3], expected]]);
});

Deno.test("a state that PyTorch saved is read, each tensor with its dtype, shape and numbers", async () => {
  const at = (name: string) => new URL(`testdata/${name}`, import.meta.url);
  const told = JSON.parse(await Deno.readTextFile(at("pytorch.json"))) as Record<
    string,
    [dtype: string, shape: number[], numbers: number[]]
  >;
  const { tensors, metadata } = await loadSafetensors(at("pytorch.safetensors"));
  assertEquals(metadata, { format: "pt" });
  assertEquals(Object.keys(tensors).sort(), Object.keys(told).sort());
  for (const [name, [dtype, shape, numbers]] of Object.entries(told)) {
    const { [name]: tensor } = tensors;
    const own = dtype === "torch.bfloat16" ? "float32" : dtype.replace("torch.", "");
    assertEquals<unknown>([tensor!.dtype, tensor!.shape], [own, shape], name);
    assertEquals(
      Array.from(tensor!.dataSync() as Iterable<number | bigint>, Number),
      numbers,
      name,
    );
  }
});
