import { assert, assertEquals } from "@std/assert";
import { png } from "../dev/testing/io/png.ts";
import { drawDigits } from "./data/digits.ts";
import { asDigit } from "./data/grey.ts";
import { train } from "./training/run.ts";

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
