/**
 * Pictures of one to three digits, with sentences that describe them, as in "three above seven".
 *
 * @module
 */
import { type DigitSet, PIXELS, SIDE } from "./digits.ts";
import { Random } from "./random.ts";

/** Rows and columns of a picture. */
export const PICTURE_SIDE = 42;

/** Pixels of a picture. */
export const PICTURE_PIXELS: number = PICTURE_SIDE ** 2;

/** What a digit is to the next one. */
const RELATIONS = ["above", "below", "left of"] as const;

/** All words. The first one is empty: it stands at the end of a sentence, and fills what is left. */
export const WORDS: readonly string[] = [
  "",
  ...["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
  ...["above", "below", "left", "of"],
];

/** The number of the word that ends a sentence. */
export const END = 0;

/** The most words of a sentence, its end included. */
export const MOST_WORDS = 8;

/** A sentence by the numbers of its words, without its end. */
export type Caption = readonly number[];

/** Pictures, and what there is to say of them. */
export interface PictureSet {
  /** One row of {@linkcode PICTURE_PIXELS} values from 0 (dark) to 1 (light) for each picture. */
  readonly pictures: Float32Array<ArrayBuffer>;
  readonly captions: readonly Caption[];
}

/** A row and a column. */
type Cell = readonly [row: number, column: number];

/** From one digit to the next, by the numbers of the relations: from what is above it goes down. */
const DIRECTIONS: readonly Cell[] = [[1, 0], [-1, 0], [0, 1], [0, -1]];

/** A sentence as text. */
export function textOf(caption: Caption): string {
  return caption.map((word) => WORDS[word]).join(" ");
}

/** Captions as rows of {@linkcode MOST_WORDS} words, with ends after them. */
export function rowsOf(captions: readonly Caption[]): Int32Array<ArrayBuffer> {
  const rows = new Int32Array(captions.length * MOST_WORDS).fill(END);
  captions.forEach((one, i) => rows.set(one, i * MOST_WORDS));
  return rows;
}

/** What there is to say of digits that stand one beside the other. */
function captionOf(digits: readonly number[], directions: readonly number[]): Caption {
  return digits.flatMap((digit, i) => {
    const relation = i === 0 ? [] : RELATIONS[directions[i - 1]!]!.split(" ");
    return [...relation.map((word) => WORDS.indexOf(word)), digit + 1];
  });
}

/** Pixels from one digit to the next. */
const PITCH = 14;

/** The nearest that the middle of a digit comes to the edge. */
const MARGIN = 7;

/**
 * Composes pictures: one, two or three digits, each beside, above or below the one before. They are told
 * from that end on which is more to the left, or above the other one.
 *
 * @param digits Digits to be taken, one after the other, again from the first where there are no more
 * @param count How many pictures
 * @param seed Chooses how digits stand
 */
export function composePictures(digits: DigitSet, count: number, seed: number): PictureSet {
  const random = new Random(seed);
  const pictures = new Float32Array(count * PICTURE_PIXELS);
  let taken = 0;
  const captions = Array.from({ length: count }, (_, i) => {
    const picture = pictures.subarray(i * PICTURE_PIXELS, (i + 1) * PICTURE_PIXELS);
    const directions = directionsOf(random, 1 + random.below(3));
    const shown = placesOf(random, cellsOf(directions)).map((place) => {
      const at = taken++ % digits.labels.length;
      draw(digits.images.subarray(at * PIXELS, (at + 1) * PIXELS), picture, place, random);
      return digits.labels[at]!;
    });
    return captionOf(shown, directions);
  });
  return { pictures, captions };
}

/** The ways from each digit to the next, of which none goes back, from the end that is told first. */
function directionsOf(random: Random, digits: number): number[] {
  const directions: number[] = [];
  while (directions.length < digits - 1) {
    const next = random.below(DIRECTIONS.length);
    if (directions.at(-1) !== opposite(next)) directions.push(next);
  }
  const [row, column] = cellsOf(directions).at(-1)!;
  const isEnd = column < 0 || column === 0 && row < 0;
  return isEnd ? directions.reverse().map(opposite) : directions;
}

function opposite(direction: number): number {
  return direction ^ 1;
}

/** Where digits are that stand so, from the first one on. */
function cellsOf(directions: readonly number[]): Cell[] {
  let at: Cell = [0, 0];
  return [at, ...directions.map((one) => at = sum(at, DIRECTIONS[one]!))];
}

/** Where the middles of the digits are, in pixels. */
function placesOf(random: Random, cells: readonly Cell[]): Cell[] {
  const origin = ([0, 1] as const).map((axis) => {
    const along = cells.map((cell) => cell[axis]);
    const [low, high] = [Math.min(...along), Math.max(...along)];
    const room = PICTURE_SIDE - 2 * MARGIN - PITCH * (high - low);
    return MARGIN - PITCH * low + random.uniform(0, Math.max(0, room));
  }) as [number, number];
  const shaken = (place: number) => place + random.uniform(-1, 1);
  return cells.map(([row, column]) => sum(origin, [shaken(PITCH * row), shaken(PITCH * column)]));
}

function sum(a: Cell, b: Cell): Cell {
  return [a[0] + b[0], a[1] + b[1]];
}

/** Parts of a pixel along each axis, whose mean it is. */
const PARTS = 3;

/** A digit's image along one axis of a picture. */
interface Span {
  /** The first pixel of the picture. */
  readonly start: number;
  readonly end: number;
  /** For each part of each pixel the row, or column, of the digit; one outside of it for none. */
  readonly from: Int32Array;
}

function spanOf(middle: number, scale: number): Span {
  const half = scale * SIDE / 2;
  const start = Math.max(0, Math.floor(middle - half));
  const end = Math.min(PICTURE_SIDE, Math.ceil(middle + half));
  const from = Int32Array.from({ length: (end - start) * PARTS }, (_, i) => {
    const at = Math.floor((start + (i + 0.5) / PARTS - middle) / scale + SIDE / 2);
    return at >= 0 && at < SIDE ? at : SIDE;
  });
  return { start, end, from };
}

/** A digit's image with dark pixels after each row, and after the last row. */
const framed = new Float32Array((SIDE + 1) ** 2);

/** Draws a digit, about half as large, with its middle at a place. */
function draw(digit: Float32Array, picture: Float32Array, [y, x]: Cell, random: Random): void {
  const scale = random.uniform(0.55, 0.7), rows = spanOf(y, scale), columns = spanOf(x, scale);
  for (let row = 0; row < SIDE; row++) {
    framed.set(digit.subarray(row * SIDE, (row + 1) * SIDE), row * (SIDE + 1));
  }
  for (let row = rows.start; row < rows.end; row++) {
    for (let column = columns.start; column < columns.end; column++) {
      let light = 0;
      for (let i = 0; i < PARTS; i++) {
        const line = rows.from[(row - rows.start) * PARTS + i]! * (SIDE + 1);
        for (let j = 0; j < PARTS; j++) {
          light += framed[line + columns.from[(column - columns.start) * PARTS + j]!]!;
        }
      }
      const at = row * PICTURE_SIDE + column;
      picture[at] = Math.max(picture[at]!, light / PARTS ** 2);
    }
  }
}
