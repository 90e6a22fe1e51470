import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Random } from "./random.ts";
import { IdxError, type IdxProblem, LARGEST, loadMnist, parseIdx, readIdx } from "./idx.ts";

/** The bytes of an IDX file; `length` overrides how many elements follow the header. */
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

/** Makes a folder with the four files, with some replaced or left out. */
async function folder(
  change: Record<string, Uint8Array<ArrayBuffer> | null> = {},
): Promise<string> {
  const path = await Deno.makeTempDir();
  const files: Record<string, Uint8Array<ArrayBuffer> | null> = {
    "train-images-idx3-ubyte.gz": await gzip(idx([12, 28, 28])),
    "train-labels-idx1-ubyte": idx([12]),
    "t10k-images-idx3-ubyte": idx([5, 28, 28]),
    "t10k-labels-idx1-ubyte.gz": await gzip(idx([5])),
    ...change,
  };
  for (const [name, bytes] of Object.entries(files)) {
    if (bytes !== null) await Deno.writeFile(`${path}/${name}`, bytes);
  }
  return path;
}

Deno.test("parseIdx() reads shape and elements", () => {
  assertEquals(parseIdx(idx([2, 3]), "f"), {
    shape: [2, 3],
    data: Uint8Array.of(0, 1, 2, 3, 4, 5),
  });
  assertEquals(parseIdx(idx([0]), "f"), { shape: [0], data: new Uint8Array() });
});

Deno.test("parseIdx() names what is wrong", () => {
  const wrongType = idx([2]);
  wrongType[2] = 13;
  const cases: [Uint8Array<ArrayBuffer>, IdxProblem, string][] = [
    [new Uint8Array(), "truncated", "got 0 bytes"],
    [idx([2]).slice(0, 6), "truncated", "header of 8 bytes"],
    [idx([2, 3], 5), "truncated", "expected 6 bytes after the header for shape [2,3], got 5"],
    [idx([2, 3], 7), "corrupt", "got 7"],
    [wrongType, "corrupt", "got 0x00000d01"],
    [new TextEncoder().encode("<!doctype html>"), "corrupt", "magic number"],
    [Uint8Array.of(0, 0, 8, 0), "corrupt", "magic number"],
    [Uint8Array.of(0, 0, 8, 5), "corrupt", "magic number"],
    [Uint8Array.of(0, 0, 8, 255), "corrupt", "magic number"],
    [idx([2 ** 30], 0), "too large", "shape [1073741824] needs more than 1073741824 bytes"],
    [idx([2 ** 32 - 1, 28, 28], 5), "too large", "shape [4294967295,28,28]"],
    [idx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], 5), "too large", "needs more than"],
    [idx([2 ** 32 - 1, 0], 5), "corrupt", "expected 0 bytes"],
  ];
  for (const [bytes, problem, text] of cases) {
    const error = assertThrows(() => parseIdx(bytes, "dir/file"), IdxError, text);
    assertEquals([error.problem, error.path, error.name], [problem, "dir/file", "IdxError"]);
  }
});

Deno.test("loadMnist() reads the four files, compressed or not", async () => {
  const path = await folder();
  try {
    const { train, test } = await loadMnist(`${path}/`);
    assertEquals([train.labels.length, test.labels.length], [12, 5]);
    assertEquals(train.labels, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1));
    assertEquals(train.images.length, 12 * 784);
    assertAlmostEquals(test.images[7]!, 7 / 255, 1e-8);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("loadMnist() names the file that is wrong", async () => {
  const whole = await gzip(idx([12, 28, 28]));
  const damaged = whole.slice();
  damaged[damaged.length - 6]! ^= 0xff;
  const badLabel = idx([5]);
  badLabel[10] = 17;
  const images = "train-images-idx3-ubyte.gz";
  const testLabels = { "t10k-labels-idx1-ubyte.gz": null };
  const cases: [Record<string, Uint8Array<ArrayBuffer> | null>, IdxProblem, string][] = [
    [{ [images]: null }, "missing", 'neither this file nor "train-images-idx3-ubyte.gz"'],
    [{ [images]: whole.slice(0, whole.length >> 1) }, "truncated", "gzip data cannot be read"],
    [{ [images]: damaged }, "corrupt", "gzip data cannot be read"],
    [{ [images]: await gzip(idx([12, 28, 28], 99)) }, "truncated", "got 99"],
    [{ [images]: idx([12, 32, 32]) }, "mismatched", "28 by 28 pixels, got shape [12,32,32]"],
    [{ [images]: idx([12]) }, "mismatched", "got shape [12]"],
    [{ "train-labels-idx1-ubyte": idx([11]) }, "mismatched", "expected 12 labels"],
    [{ ...testLabels, "t10k-labels-idx1-ubyte": badLabel }, "corrupt", "got 17 at position 2"],
    [
      {
        ...testLabels,
        "t10k-images-idx3-ubyte": idx([0, 28, 28]),
        "t10k-labels-idx1-ubyte": idx([0]),
      },
      "mismatched",
      "got none",
    ],
  ];
  for (const [change, problem, text] of cases) {
    const path = await folder(change);
    try {
      const error = await assertRejects(() => loadMnist(path), IdxError, text);
      assertEquals(error.problem, problem, error.message);
      assertEquals(error.path.startsWith(path), true);
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  }
});

Deno.test("readIdx() says when there is no such file", async () => {
  const error = await assertRejects(() => readIdx("no/such/file"), IdxError, "no such file");
  assertEquals(error.problem, "missing");
});

Deno.test("loadMnist() names the first of several wrong files each time", async () => {
  // The first file takes longest, and would be named last if all were read at once.
  const large = idx([10_000, 28, 28], 10_000 * 784 + 1);
  const bad = new TextEncoder().encode("these are no digits");
  const change = {
    "train-images-idx3-ubyte.gz": null,
    "train-images-idx3-ubyte": large,
    "train-labels-idx1-ubyte": bad,
    "t10k-images-idx3-ubyte": bad,
    "t10k-labels-idx1-ubyte.gz": bad,
  };
  const path = await folder(change);
  try {
    for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]) {
      for (let i = 0; i < 3; i++) {
        const error = await assertRejects(() => loadMnist(path), IdxError);
        assertEquals(error.path, `${path}/${name}`);
      }
      await Deno.writeFile(`${path}/${name}`, large.subarray(0, large.length - 1));
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

/** Writes one file, and gives the error of reading it. */
async function problemOf(bytes: Uint8Array<ArrayBuffer>): Promise<IdxError> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await assertRejects(() => readIdx(path), IdxError);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readIdx() uncompresses no more than the header asks for", async () => {
  // A bomb: 20 MB of zeros in 20 kB, behind a header that asks for little, for much, or is none.
  const bomb = idx([12, 28, 28], 20_000_000);
  const little = await gzip(bomb);
  new DataView(bomb.buffer).setUint32(4, 2 ** 31);
  const much = await gzip(bomb);
  const none = await gzip(bomb.subarray(100));
  const cases: [Uint8Array<ArrayBuffer>, IdxProblem, string][] = [
    [little, "corrupt", "its gzip data hold more than its header says"],
    [much, "too large", "shape [2147483648,28,28] needs more than 1073741824 bytes"],
    [none, "corrupt", "magic number"],
  ];
  for (const [bytes, problem, text] of cases) {
    // A reader that gets as far as the end finds a wrong checksum.
    bytes[bytes.length - 6]! ^= 0xff;
    const error = await problemOf(bytes);
    assertEquals(error.problem, problem, error.message);
    assertStringIncludes(error.message, text);
  }
});

Deno.test("readIdx() reads a file that names itself at length in its gzip header", async () => {
  const bytes = await gzip(idx([2, 3]));
  // Flag 8 says that a name follows the ten bytes of the header.
  const named = new Uint8Array([...bytes.subarray(0, 10), ...new Uint8Array(9000).fill(65), 0]);
  named[3] = 8;
  const path = await Deno.makeTempFile();
  try {
    for (const start of [bytes.subarray(0, 10), named]) {
      await Deno.writeFile(path, new Uint8Array([...start, ...bytes.subarray(10)]));
      assertEquals(await readIdx(path), parseIdx(idx([2, 3]), path));
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readIdx() reads files in several gzip parts, and names cuts at every place", async () => {
  const whole = await gzip(idx([3, 3]));
  const path = await Deno.makeTempFile();
  try {
    const bytes = idx([3, 3]);
    const parts = [await gzip(bytes.slice(0, 7)), await gzip(bytes.slice(7))];
    await Deno.writeFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
    assertEquals(await readIdx(path), parseIdx(bytes, path));
  } finally {
    await Deno.remove(path);
  }
  for (let length = 0; length < whole.length; length++) {
    // One byte alone is no sign of gzip.
    const error = await problemOf(whole.slice(0, length));
    assertEquals([length, error.problem], [length, "truncated"]);
  }
});

Deno.test("loadMnist() reads damaged files or refuses them, and does nothing else", async () => {
  const random = new Random(21);
  const path = await folder();
  const plain = idx([12, 28, 28]);
  const [whole, packed] = [plain, await gzip(plain)];
  let refused = 0;
  try {
    for (let i = 0; i < 300; i++) {
      const bytes = (i % 2 === 0 ? whole : packed).slice();
      const most = random.below(2) === 0 ? 16 : bytes.length;
      for (let damages = 1 + random.below(3); damages > 0; damages--) {
        bytes[random.below(Math.min(most, bytes.length))] = random.below(256);
      }
      await Deno.writeFile(`${path}/train-images-idx3-ubyte.gz`, bytes);
      try {
        await loadMnist(path);
      } catch (error) {
        assert(error instanceof IdxError, `seed 21, file ${i}: ${error}`);
        assert(error.message.length < 350 && !error.message.includes("\n"), error.message);
        refused++;
      }
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
  assert(refused > 100, `${refused} of 300 refused`);
});

Deno.test("files that are too large to be read, or none, are refused", async () => {
  const path = await folder();
  const images = `${path}/train-images-idx3-ubyte`;
  const refused = async (problem: IdxProblem, text: string) => {
    const error = await assertRejects(() => loadMnist(path), IdxError, text);
    assertEquals([error.problem, error.path], [problem, images]);
  };
  try {
    // A file with a hole takes no room on the disk.
    await Deno.writeFile(images, idx([1], 1));
    await Deno.truncate(images, LARGEST + 1);
    await refused("too large", "expected at most 1073741824 bytes, got 1073741825");
    await Deno.remove(images);
    await Deno.mkdir(images);
    await refused("unreadable", "it is no file");
    if (Deno.build.os !== "windows") {
      const file = `${path}/t10k-images-idx3-ubyte`;
      const error = await assertRejects(() => loadMnist(file), IdxError, "Not a directory");
      assertEquals(error.problem, "unreadable");
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
