// A short training of captions: what it learns, shows and saves, and what the saved model says.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { png } from "../../dev/testing/io/png.ts";
import { drawDigits } from "../data/digits.ts";
import { composePictures, PICTURE_PIXELS, PICTURE_SIDE, textOf } from "../data/pictures.ts";
import { models } from "../models/mod.ts";
import { loadCaptions } from "./predict.ts";
import { train } from "./run.ts";

const DIGIT = "(zero|one|two|three|four|five|six|seven|eight|nine)";

/** A caption without its digits, as in `… above …`. */
function relations(caption: string): string {
  return caption.replace(new RegExp(DIGIT, "g"), "…");
}

Deno.test("caption learns to tell how digits stand, and shows where it looks", async () => {
  const out = await Deno.makeTempDir(), lines: string[] = [], report = `${out}/report.html`;
  const { optimizer, rate } = models["caption"]!;
  const result = await train(
    {
      ...{ model: "caption", seed: 1234, images: 400, batch: 20, epochs: 4, loop: "scan" },
      ...{ device: "cpu", optimizer, rate, out, report },
      print: (line: string) => void lines.push(line),
    } as const,
  );
  // Without knowledge of pictures it is 1.4.
  assert(result.losses.at(-1)! < 1.35, `losses ${result.losses}`);
  assert(result.testError < 1);

  // Which digits they are is learnt later.
  const { describe } = (await loadCaptions(`${out}/model.safetensors`, "cpu"))!;
  const set = composePictures(drawDigits(200, { seed: 5 }), 100, 5);
  const said = (await describe(set.pictures)).map((all) => textOf(all[0]!.caption));
  const sentence = new RegExp(`^${DIGIT}( (above|below|left of) ${DIGIT}){0,2}$`);
  assert(said.filter((one) => sentence.test(one)).length > 85, said.join("; "));
  const right = said.filter((one, i) => relations(one) === relations(textOf(set.captions[i]!)));
  assert(right.length > 50, `${right.length} of 100: ${said.join("; ")}`);

  const page = await Deno.readTextFile(report), parts = page.split("<h2>").slice(1);
  const headings = parts.map((part) => part.slice(0, part.indexOf("</h2>")).replace(/\d+/g, "N"));
  assertEquals(headings, [
    "Loss and error",
    "Captions, and where was looked for each word, test",
    "Wrong captions, test: N of N",
  ]);
  const drawn = parts[1]!.split("<svg ").slice(1);
  assertEquals(drawn.length, 8);
  const heading = />([a-z ]+) [\d.]+ %/.exec(drawn[0]!)![1]!;
  const words = [...drawn[0]!.matchAll(/middle">(.*?)<\/text>/g)].map(([, word]) => word);
  assertEquals(["", ...heading.split(" ")], words.filter((word) => word !== "(end)"));
  assert(lines.some((line) => /^ {2}[⠀-⣿]+ .*[░▒▓█]/.test(line)), lines.join("\n"));

  // What the program says of an image file: the same.
  const pixels = set.pictures.subarray(0, PICTURE_PIXELS).map((x) => Math.round(255 * x));
  const file = `${out}/picture.png`;
  await Deno.writeFile(file, await png(PICTURE_SIDE, 1, 0, Uint8Array.from(pixels)));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--import-map=dev/import_map.json", "--allow-read"],
      ...["--allow-env", "examples/predict.ts", `${out}/model.safetensors`, file],
    ],
    cwd: new URL("../..", import.meta.url),
  }).output();
  const [text, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, errors);
  assertStringIncludes(text!, `picture.png:\n${said[0]} `);
  const shares = [...text!.matchAll(/ ([\d.]+) %/g)].map(([, share]) => Number(share));
  assertEquals(shares, shares.toSorted((a, b) => b - a));
  assertEquals(shares.length, 4);
  assert(text!.includes("█") && !text!.includes("\x1b"), text);
  await Deno.remove(out, { recursive: true });
});
