import { assert, assertEquals, assertRejects } from "@std/assert";
import { chunk, png } from "../dev/testing/io/png.ts";
import images from "../dev/testing/io/data/images.json" with { type: "json" };
import { Random } from "../examples/data/random.ts";
import { FileError, FileFormatError, io } from "../all.ts";

Deno.test("decodePng() reads all types of images, interlaced or not, with and without opacity", async () => {
  for (const { name, shape, bytes, planes } of images) {
    const file = Uint8Array.fromHex(bytes), found = await io.decodePng(file);
    assertEquals([found.dtype, found.shape], ["uint8", shape], name);
    assertEquals([...found.dataSync()], planes.flat(), name);
    // What is transparent is black where opacity is not asked for.
    const [r, g, b] = planes.length > 2 ? planes : [planes[0], planes[0], planes[0]];
    const alpha = planes.length % 2 === 0 ? planes.at(-1)! : r!.map(() => 255);
    const opaque = [r, g, b].flatMap((plane) =>
      plane!.map((x, i) => Math.round(x * alpha[i]! / 255))
    );
    assertEquals([...(await io.decodePng(file, { channels: 3 })).dataSync()], opaque, name);
    const full = await io.decodePng(file, { channels: 4 });
    assertEquals([...full.dataSync()], [r, g, b, alpha].flat(), name);
    const grey = (await io.decodePng(file, { channels: 1 })).dataSync() as Uint8Array;
    grey.forEach((x, i) => {
      const luma = (0.299 * r![i]! + 0.587 * g![i]! + 0.114 * b![i]!) * alpha[i]! / 255;
      assert(Math.abs(x - luma) < 0.5001, `${name}, pixel ${i}: ${x}, expected ${luma}`);
    });
  }
});

Deno.test("decodePng() says what is wrong with an image", async () => {
  const pixels = Uint8Array.from({ length: 36 }, (_, i) => 7 * i),
    whole = await png(6, 1, 0, pixels);
  const changed = (at: number, ...values: number[]) => {
    const bytes = whole.slice();
    bytes.set(values, at);
    return bytes;
  };
  const header = (...values: number[]) => {
    const data = whole.slice(16, 29);
    values.forEach((value, i) => data[i] = value);
    return new Uint8Array([...whole.subarray(0, 8), ...chunk("IHDR", data), ...whole.subarray(33)]);
  };
  const huge = header(0x7f, 255, 255, 255, 0x7f, 255, 255, 255);
  const badFilter = await png(6, 1, 3, pixels, { chunks: [["PLTE", new Uint8Array(30)]] });
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [new Uint8Array(), "as its start"],
    [new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"), "as its start"],
    [whole.slice(0, 20), "as its start"],
    [whole.slice(0, 60), "its end is missing"],
    [whole.slice(0, -12), "its end is missing"],
    [changed(20, 1), 'the checksum of its chunk "IHDR" is wrong'],
    [changed(45, 1), 'the checksum of its chunk "IDAT" at byte 33 is wrong'],
    [header(0, 0, 0, 0), "it has 0 by 6 pixels"],
    [huge, "2147483647 by 2147483647 pixels need more than 1073741824 bytes"],
    [header(0, 0, 0, 6, 0, 0, 0, 6, 16), "got 16; convert it to 8 bits first"],
    [header(0, 0, 0, 6, 0, 0, 0, 6, 8, 5), "colour type 0, 2, 3, 4 or 6, got 5"],
    [header(0, 0, 0, 6, 0, 0, 0, 6, 8, 0, 0, 0, 2), "methods"],
    [header(0, 0, 0, 6, 0, 0, 0, 7), "expected 49 bytes of pixels, got 42"],
    [header(0, 0, 0, 6, 0, 0, 0, 5), "hold more than 35 bytes"],
    [await png(6, 1, 0, pixels, { extra: 20_000_000 }), "hold more than 42 bytes"],
    [await png(6, 1, 3, pixels), "it has no palette"],
    [badFilter, "its palette has 10 colours, and 14 is asked for"],
    [await png(6, 1, 0, pixels, { chunks: [["tRNS", new Uint8Array(1)]] }), "does not fit"],
    [await png(6, 1, 0, pixels, { chunks: [["ABCD", new Uint8Array(1)]] }), "unknown chunk"],
  ];
  for (const [bytes, text] of cases) {
    await assertRejects(() => io.decodePng(bytes), FileFormatError, text);
  }
  await assertRejects(() => io.decodePng(whole, { most: 35 }), FileFormatError, "35 bytes");
  const random = new Random(4);
  for (let i = 0; i < 100; i++) {
    const cut = changed(random.below(whole.length), random.below(256));
    await io.decodePng(cut).catch((error) => assert(error instanceof FileFormatError, `${error}`));
  }
});

Deno.test("loadImageFolder() reads a folder for each class", async () => {
  const folder = await Deno.makeTempDir();
  const file = async (name: string, bytes: Uint8Array) => {
    await Deno.mkdir(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  };
  const grey = await png(2, 1, 0, Uint8Array.of(0, 50, 100, 150, 200, 250));
  const red = await png(2, 3, 2, Uint8Array.from({ length: 18 }, (_, i) => i % 3 === 0 ? 200 : 0));
  try {
    await assertRejects(() => io.loadImageFolder(folder), FileError, "a folder for each class");
    await file("seven/b.PNG", grey);
    await file("seven/a.png", red);
    await file("seven/.hidden", Uint8Array.of(1));
    await file("eight/1.png", grey);
    await file("LICENSE", Uint8Array.of(1));
    const found = await io.loadImageFolder(`${folder}/`);
    assertEquals(found.names, ["eight", "seven"]);
    assertEquals(found.files.map((path) => path.slice(folder.length)), [
      ...["/eight/1.png", "/seven/a.png", "/seven/b.PNG"],
    ]);
    assertEquals([found.labels.dtype, ...found.labels.dataSync()], ["int32", 0, 1, 1]);
    const shades = [0, 50, 100, 150, 200, 250], reds = Array(6).fill(200);
    assertEquals(found.images.shape, [3, 3, 3, 2]);
    const rgb = [...shades, ...shades, ...shades];
    assertEquals([...found.images.dataSync()], [...rgb, ...reds, ...Array(12).fill(0), ...rgb]);
    const one = await io.loadImageFolder(folder, { grey: true, size: [3, 2] });
    assertEquals(one.images.shape, [3, 1, 3, 2]);
    assertEquals([...one.images.dataSync()], [...shades, ...Array(6).fill(60), ...shades]);

    const refused = (text: string, options?: io.ImageFolderOptions) =>
      assertRejects(() => io.loadImageFolder(folder, options), Error, text);
    await refused("expected 3 by 3 pixels, got 2 by 3", { size: [3, 3] });
    await refused("3 of 2 by 3 pixels need more than 53 bytes", { most: 53 });
    await file("seven/c.png", await png(3, 1, 0, new Uint8Array(6)));
    await refused(`as "${folder}/eight/1.png" has, got 3 by 2, in "${folder}/seven/c.png"`);
    await file("seven/c.png", grey.slice(0, 50));
    await refused(`its end is missing, in "${folder}/seven/c.png"`);
    await file("seven/c.jpg", grey);
    await refused("it is no PNG image");
    await Deno.mkdir(`${folder}/empty`);
    await refused("got none");
    await file("a.png", grey);
    await refused("it belongs into the folder of its class");
    await assertRejects(() => io.loadImageFolder(`${folder}/none`), FileError, "No such file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
