import { assert, assertEquals } from "@std/assert";
import type { DigitSet } from "./digits.ts";
import {
  type Caption,
  composePictures,
  END,
  MOST_WORDS,
  PICTURE_PIXELS,
  PICTURE_SIDE,
  rowsOf,
  textOf,
  WORDS,
} from "./pictures.ts";

/** Squares in place of digits, each in a shade of its own, by which a picture tells where each digit is. */
function squares(labels: readonly number[]): DigitSet {
  const images = new Float32Array(labels.length * 784);
  labels.forEach((label, i) => {
    for (let row = 6; row < 22; row++) {
      for (let column = 6; column < 22; column++) {
        images[i * 784 + row * 28 + column] = shadeOf(label);
      }
    }
  });
  return { images, labels: Uint8Array.from(labels) };
}

function shadeOf(label: number): number {
  return 0.5 + 0.0371 * label; // no shade is a part of another one, as at edges
}

/** The middle of a digit. */
function placeOf(picture: Float32Array, label: number): [number, number] {
  const at = [...picture.keys()].filter((i) => Math.abs(picture[i]! - shadeOf(label)) < 1e-5);
  assert(at.length > 50, `${label} has ${at.length} pixels`);
  const mean = (of: (i: number) => number) => at.reduce((sum, i) => sum + of(i), 0) / at.length;
  return [mean((i) => Math.floor(i / PICTURE_SIDE)), mean((i) => i % PICTURE_SIDE)];
}

/** Whether a sentence is true of a picture, from its left end on, and how many digits it names. */
function check(picture: Float32Array, caption: Caption): number {
  const text = textOf(caption), names = WORDS.slice(1, 11).join("|");
  const relations = "above|below|left of";
  assert(new RegExp(`^(${names})( (${relations}) (${names}))*$`).test(text), text);
  const digits = text.match(new RegExp(names, "g"))!.map((name) => WORDS.indexOf(name) - 1);
  const places = digits.map((digit) => placeOf(picture, digit));
  (text.match(new RegExp(relations, "g")) ?? []).forEach((relation, i) => {
    const [[y0, x0], [y1, x1]] = [places[i]!, places[i + 1]!], [dy, dx] = [y1 - y0, x1 - x0];
    const axis = relation === "left of" ? dx : dy, sign = relation === "below" ? -1 : 1;
    assert(sign * axis > 10 && Math.abs(dy + dx - axis) < 4, `${text}: ${dy}, ${dx}`);
  });
  const [[y0, x0], [y1, x1]] = [places[0]!, places.at(-1)!];
  assert(digits.length === 1 || x1 - x0 > 5 || y1 - y0 > 10, text);
  return digits.length;
}

Deno.test("captions are true of their pictures, and start at the left or upper end", () => {
  const set = composePictures(squares([0, 2, 4, 6, 8]), 60, 1), counts = [0, 0, 0];
  set.captions.forEach((caption, i) => {
    const picture = set.pictures.subarray(i * PICTURE_PIXELS, (i + 1) * PICTURE_PIXELS);
    counts[check(picture, caption) - 1]!++;
  });
  assert(counts.every((count) => count > 10), `${counts}`);
  assertEquals(set.captions.some((one) => textOf(one).includes("below")), true);
});

Deno.test("the seed chooses the pictures; captions are rows of words with ends after them", () => {
  const digits = squares([1, 3, 5]);
  const [one, two, other] = [1, 1, 2].map((seed) => composePictures(digits, 5, seed));
  assertEquals(one, two);
  assert(one!.captions.join("; ") !== other!.captions.join("; "));
  const rows = rowsOf(one!.captions);
  one!.captions.forEach((caption, i) => {
    const rest = Array(MOST_WORDS - caption.length).fill(END);
    assert(rest.length > 0);
    assertEquals([...rows.subarray(i * MOST_WORDS, (i + 1) * MOST_WORDS)], [...caption, ...rest]);
  });
});
