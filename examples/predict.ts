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
import { CrotonError, FileError } from "../mod.ts";
import { IdxError, readIdx } from "./data/idx.ts";
import { digitText } from "./data/plot.ts";
import { asDigit, readPng } from "./data/png.ts";
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
  if (bytes[0] === 0x89) return [asDigit(await readPng(bytes, path))];
  const { shape: [count = 0, rows = 1, columns = 1], data } = await readIdx(path);
  const shades = Float32Array.from(data, (value) => value / 255), size = rows * columns;
  return Array.from(
    { length: Math.min(count, MOST) },
    (_, i) => asDigit({ rows, columns, shades: shades.slice(i * size, (i + 1) * size) }),
  );
}

/** The image beside a bar for each digit. */
function drawn(image: Float32Array, row: Float32Array, color: boolean): string {
  const digit = mostProbable(row)[0]!;
  const bars = Array.from(row, (p, i) => {
    const line = `${i} ${"█".repeat(Math.round(30 * p)).padEnd(30)} ${(100 * p).toFixed(1)} %`;
    return color && i === digit ? cyan(bold(line)) : line;
  });
  return digitText(image).split("\n")
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
    const known = [IdxError, CrotonError, RangeError, TypeError, SyntaxError];
    if (error instanceof Error && known.some((type) => error instanceof type)) {
      console.error(`error: ${error.message}`);
      Deno.exit(1);
    }
    throw error;
  }
}
