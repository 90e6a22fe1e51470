import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FileError, FileFormatError } from "../../mod.ts";
import { loadMnist } from "./idx.ts";

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
  const cases: [Record<string, Uint8Array<ArrayBuffer> | null>, string][] = [
    [{ [images]: null }, 'neither this file nor "train-images-idx3-ubyte.gz"'],
    [{ [images]: whole.slice(0, whole.length >> 1) }, "compressed data cannot be read"],
    [{ [images]: damaged }, "compressed data cannot be read"],
    [{ [images]: await gzip(idx([12, 28, 28], 99)) }, "got 99"],
    [{ [images]: idx([12, 32, 32]) }, "28 by 28 pixels, got shape [12,32,32]"],
    [{ [images]: idx([12]) }, "got shape [12]"],
    [{ "train-labels-idx1-ubyte": idx([11]) }, "expected 12 labels"],
    [{ ...testLabels, "t10k-labels-idx1-ubyte": badLabel }, "got 17 at position 2"],
    [
      {
        ...testLabels,
        "t10k-images-idx3-ubyte": idx([0, 28, 28]),
        "t10k-labels-idx1-ubyte": idx([0]),
      },
      "got none",
    ],
  ];
  for (const [change, text] of cases) {
    const path = await folder(change);
    try {
      const error = await assertRejects(() => loadMnist(path), Error, text);
      assert(error instanceof (text.startsWith("neither") ? FileError : FileFormatError));
      assertStringIncludes(error.message, `"${path}/`);
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  }
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
        const error = await assertRejects(() => loadMnist(path), FileFormatError);
        assertStringIncludes(error.message, `"${path}/${name}"`);
      }
      await Deno.writeFile(`${path}/${name}`, large.subarray(0, large.length - 1));
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("files that are too large to be read, or none, are refused", async () => {
  const path = await folder();
  const images = `${path}/train-images-idx3-ubyte`;
  const refused = async (text: string) => {
    const error = await assertRejects(() => loadMnist(path), FileError, text);
    assertEquals(error.path, images);
  };
  try {
    // A file with a hole takes no room on the disk.
    await Deno.writeFile(images, idx([1], 1));
    await Deno.truncate(images, 2 ** 30 + 1025);
    await refused("expected at most 1073742848 bytes, got 1073742849");
    await Deno.remove(images);
    await Deno.mkdir(images);
    await refused("it is no file");
    if (Deno.build.os !== "windows") {
      const file = `${path}/t10k-images-idx3-ubyte`;
      await assertRejects(() => loadMnist(file), FileError, "Not a directory");
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
