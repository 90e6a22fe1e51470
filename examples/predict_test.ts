import { assert, assertEquals, assertRejects } from "@std/assert";
import { drawDigits } from "./data/digits.ts";
import { asDigit, readPng } from "./data/png.ts";
import { train } from "./training/run.ts";

/** A PNG image, each of whose rows has another filter. */
async function png(
  columns: number,
  channels: number,
  color: number,
  pixels: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const width = columns * channels, rows = pixels.length / width;
  const raw = new Uint8Array(rows * (width + 1));
  for (let row = 0; row < rows; row++) {
    const kind = row % 5;
    raw[row * (width + 1)] = kind;
    for (let i = 0; i < width; i++) {
      const at = (r: number, k: number) => r < 0 || k < 0 ? 0 : pixels[r * width + k]!;
      const a = at(row, i - channels), b = at(row - 1, i), c = at(row - 1, i - channels);
      const nearest = [a, b, c].toSorted((p, q) =>
        Math.abs(a + b - c - p) - Math.abs(a + b - c - q)
      )[0]!;
      const guess = [0, a, b, (a + b) >> 1, nearest][kind]!;
      raw[row * (width + 1) + 1 + i] = at(row, i) - guess;
    }
  }
  const packed = await new Response(
    new Blob([raw]).stream().pipeThrough(new CompressionStream("deflate")),
  ).bytes();
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, color], 8);
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(data.length + 12);
    new DataView(bytes.buffer).setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    return [...bytes];
  };
  const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
  // In two parts, as large images are.
  return Uint8Array.from([
    ...signature,
    ...chunk("IHDR", header),
    ...chunk("IDAT", packed.subarray(0, 9)),
    ...chunk("IDAT", packed.subarray(9)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

Deno.test("PNG images in grey and in colour, with all filters, have the shades they had", async () => {
  const grey = drawDigits(1, { seed: 2 }).images.map((x) => Math.round(255 * x));
  const bytes = Uint8Array.from(grey), wanted = Array.from(grey, (x) => Math.fround(x / 255));
  const color = Uint8Array.from(Array.from(grey, (x) => [x, x, x, 255]).flat());
  for (const [channels, kind, pixels] of [[1, 0, bytes], [4, 6, color]] as const) {
    const found = await readPng(await png(28, channels, kind, pixels), "digit.png");
    assertEquals([found.rows, found.columns], [28, 28]);
    found.shades.forEach((x, i) => assert(Math.abs(x - wanted[i]!) < 1e-6, `pixel ${i}: ${x}`));
    assertEquals(asDigit(found), found.shades);
  }
  const whole = await png(28, 1, 0, bytes);
  for (
    const [part, message] of [[whole.slice(0, 20), "begin"], [whole.slice(0, 90), "end"]] as const
  ) {
    await assertRejects(() => readPng(part, "digit.png"), SyntaxError, message);
  }
});

Deno.test("images of other sizes, dark on light, are brought to the form of digits", () => {
  // A dark bar of 20 by 100 on white, away from the middle.
  const shades = new Float32Array(300 * 200).fill(1);
  for (let row = 150; row < 250; row++) shades.fill(0, row * 200 + 20, row * 200 + 40);
  const digit = asDigit({ rows: 300, columns: 200, shades });
  const lit = Array.from(digit, (x, i) => x > 0.5 ? [Math.floor(i / 28), i % 28] : []).filter((
    at,
  ) => at.length > 0);
  assertEquals(lit.length, 20 * 4);
  assertEquals([lit[0], lit.at(-1)], [[4, 12], [23, 15]]);
});

Deno.test("the program tells the digit of an image, with bars", async () => {
  const out = await Deno.makeTempDir();
  await train(
    {
      ...{ model: "softmax", seed: 1234, images: 2000, epochs: 4, batch: 50, loop: "scan" },
      ...{ device: "cpu", optimizer: "adam", rate: 0.003, out, print: () => {} },
    } as const,
  );
  const { images, labels } = drawDigits(20, { seed: 1234 });
  const files: string[] = [];
  for (let i = 0; i < 3; i++) {
    const pixels = Uint8Array.from(
      images.subarray(784 * i, 784 * (i + 1)),
      (x) => Math.round(255 * x),
    );
    files.push(`${out}/${i}.png`);
    await Deno.writeFile(files[i]!, await png(28, 1, 0, pixels));
  }
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--import-map=dev/import_map.json", "--allow-read"],
      ...["--allow-env", "examples/predict.ts", `${out}/model.safetensors`, ...files],
    ],
    cwd: new URL("..", import.meta.url),
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const said = [...text.matchAll(/png: (\d) says softmax/g)].map(([, digit]) => Number(digit));
  assertEquals(said.length, 3);
  // Of images that it was trained on.
  assert(said.filter((digit, i) => digit === labels[i]).length >= 2, `${said}, ${labels}`);
  assert(text.includes("█") && !text.includes("\x1b"), text);
});
