/**
 * Classifies images of digits with a saved model.
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
import { asDigit } from "./data/grey.ts";
import { mostProbable } from "./training/digits_task.ts";
import { loadClassifier } from "./training/predict.ts";

const help = `Classify images of digits.

Usage: deno task predict MODEL IMAGE…

  MODEL   a file that deno task train wrote, as out/model.safetensors
  IMAGE   a PNG image of a digit, or an IDX file, whose first images are taken`;

/** Images of an IDX file that are shown. */
const MOST = 10;

/** The images of a file, as rows of 784 pixels. */
async function imagesOf(path: string): Promise<Float32Array<ArrayBuffer>[]> {
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
    (_, i) => asDigit({ rows, columns, shades: shades.slice(i * size, (i + 1) * size) }),
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

async function main([path, ...files]: string[]): Promise<void> {
  if (path === undefined || files.length === 0 || path === "--help") return console.log(help);
  const { name, classify } = await loadClassifier(path, "cpu");
  const color = Deno.stdout.isTerminal() && !Deno.noColor;
  for (const file of files) {
    for (const image of await imagesOf(file)) {
      const row = await classify(image);
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
