/**
 * Classifies images of digits with a saved model, or says what pictures of several digits show.
 *
 * ```sh
 * deno task predict out/model.safetensors digit.png
 * ```
 *
 * @module
 */
import { bold, cyan } from "@std/fmt/colors";
import { CrotonError, FileError, FileFormatError, io, type Tensor } from "../mod.ts";
import { imagesText } from "../see/mod.ts";
import { SIDE } from "./data/digits.ts";
import { asDigit, asPicture, type GreyImage } from "./data/grey.ts";
import { looksText } from "./data/looks.ts";
import { PICTURE_SIDE, textOf } from "./data/pictures.ts";
import type { Looked } from "./training/caption_figures.ts";
import { mostProbable } from "./training/digits_task.ts";
import { loadCaptions, loadClassifier, type LoadedCaptions } from "./training/predict.ts";

const help = `Classify images of digits, or describe pictures of several digits.

Usage: deno task predict MODEL IMAGE…

  MODEL   a file that deno task train wrote, as out/model.safetensors
  IMAGE   a PNG image of a digit, or an IDX file, whose first images are taken;
          for a model of captions, a picture of digits beside and above each other`;

/** Images of an IDX file that are shown. */
const MOST = 10;

/** The images of a file. */
async function imagesOf(path: string): Promise<GreyImage[]> {
  const bytes = await Deno.readFile(path).catch((cause: Error) => {
    throw new FileError("read", path, cause.message.replace(/ \(os error.*$/, ""), { cause });
  });
  const isPng = bytes[0] === 0x89;
  const images = await (isPng ? io.decodePng(bytes, { channels: 1 }) : io.decodeIdx(bytes))
    .catch((error: Error) => {
      error.message += `, in "${path}"`;
      throw error;
    });
  const { shape: [count = 0, rows = 1, columns = 1] } = images, size = rows * columns;
  const shades = shadesOf(images, path);
  return Array.from(
    { length: Math.min(count, MOST) },
    (_, i) => ({ rows, columns, shades: shades.slice(i * size, (i + 1) * size) }),
  );
}

/** Shades from 0 (black) to 1 (white). */
function shadesOf(images: Tensor, path: string): Float32Array<ArrayBuffer> {
  const data = images.dataSync();
  if (data instanceof Uint8Array && images.shape.length === 3) {
    return Float32Array.from(data, (value) => value / 255);
  }
  throw new FileFormatError(
    `"${path}"`,
    `expected images of uint8, got ${images.dtype} of shape [${images.shape}]`,
  );
}

/** The image beside a bar for each digit. */
function drawn(image: Float32Array, row: Float32Array, color: boolean): string {
  const digit = mostProbable(row)[0]!;
  const bars = Array.from(row, (p, i) => {
    const line = `${i} ${"█".repeat(Math.round(30 * p)).padEnd(30)} ${(100 * p).toFixed(1)} %`;
    return color && i === digit ? cyan(bold(line)) : line;
  });
  return imagesText(image, [SIDE, SIDE]).split("\n")
    .map((line, i) => `${line.padEnd(30)}${bars[i - 2] ?? ""}`.trimEnd()).join("\n");
}

/** What a model says of a picture, with a bar for each caption, and where it looked. */
async function described(
  { describe, findLooks }: LoadedCaptions,
  image: GreyImage,
  color: boolean,
): Promise<string[]> {
  const picture = asPicture(image, PICTURE_SIDE), all = await describe(picture);
  const [{ said, looks }] = await findLooks(picture, all) as [Looked];
  const texts = said.map(({ caption }) => textOf(caption) || "nothing");
  const width = Math.max(...texts.map((text) => text.length));
  const bars = said.map(({ probability }, i) => {
    const share = `${(100 * probability).toFixed(1)} %`.padStart(7);
    const line = `${texts[i]!.padEnd(width)} ${share} ${"█".repeat(Math.round(30 * probability))}`;
    return color && i === 0 ? cyan(bold(line)) : line.trimEnd();
  });
  return [...bars, ...looksText(picture, looks)];
}

async function main([path, ...files]: string[]): Promise<void> {
  if (path === undefined || files.length === 0 || path === "--help") return console.log(help);
  const color = Deno.stdout.isTerminal() && !Deno.noColor;
  const captions = await loadCaptions(path, "cpu");
  if (captions !== null) {
    for (const file of files) {
      for (const image of await imagesOf(file)) {
        console.log([`${file}:`, ...await described(captions, image, color)].join("\n"));
      }
    }
    return;
  }
  const { name, classify } = await loadClassifier(path, "cpu");
  for (const file of files) {
    for (const grey of await imagesOf(file)) {
      const image = asDigit(grey), row = await classify(image);
      console.log(`${file}: ${mostProbable(row)[0]} says ${name}`);
      console.log(drawn(image, row, color));
    }
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
    Deno.exit(0);
  } catch (error) {
    const known = [CrotonError, RangeError, TypeError, SyntaxError];
    if (error instanceof Error && known.some((type) => error instanceof type)) {
      console.error(`error: ${error.message}`);
      Deno.exit(1);
    }
    throw error;
  }
}
