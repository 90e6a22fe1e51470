/**
 * Images of digits that the program draws by itself, like those of the MNIST set in form: 28×28
 * pixels, light on dark.
 *
 * @module
 */
import { type Glyph, glyphs } from "./glyphs.ts";
import { Ink } from "./ink.ts";
import { Random } from "./random.ts";

/** Rows and columns of an image. */
export const SIDE = 28;

/** Pixels of an image. */
export const PIXELS: number = SIDE * SIDE;

/** Images of digits with the digits they show. */
export interface DigitSet {
  /** One row of {@linkcode PIXELS} values from 0 (dark) to 1 (light) for each image. */
  images: Float32Array<ArrayBuffer>;
  /** The digits, 0 to 9. */
  labels: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode drawDigits}. */
export interface DrawOptions {
  /** Chooses the images; the same seed gives the same ones. 0 by default. */
  seed?: number;
  /**
   * How much the images differ, from 0 (all alike for each way of writing) on. At the default 1 a
   * linear classifier gets about one in five wrong, and a convolutional network one in thirty.
   */
  variation?: number;
}

/**
 * Draws images of digits with a pen of varying width and shape, shifted, turned, slanted, scaled,
 * bent, blurred and with noise.
 *
 * With the same seed, fewer images are the first of more images.
 *
 * @param count How many
 * @param options Seed and variation
 * @returns The images and their digits
 * @throws {RangeError} If `count` is no whole number from 0 on
 */
export function drawDigits(count: number, options: DrawOptions = {}): DigitSet {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`Cannot draw digits as count must be a whole number >= 0: got ${count}`);
  }
  const { seed = 0, variation = 1 } = options;
  const random = new Random(seed);
  const images = new Float32Array(count * PIXELS);
  const labels = new Uint8Array(count);
  const pen = new Pen(random, variation);
  for (let i = 0; i < count; i++) {
    const label = random.below(10);
    const ways = glyphs[label]!;
    labels[i] = label;
    pen.draw(ways[random.below(ways.length)]!, images.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return { images, labels };
}

/** Steps of a smooth curve from one point to the next. */
const STEPS = 5;

/** Draws one glyph after the other, each in its own way. */
class Pen {
  #random: Random;
  #variation: number;
  #ink = new Ink(SIDE);

  constructor(random: Random, variation: number) {
    this.#random = random;
    this.#variation = variation;
  }

  draw(glyph: Glyph, pixels: Float32Array): void {
    const random = this.#random;
    const v = this.#variation;
    const place = this.#placement();
    const radius = 1.05 * Math.exp(0.36 * v * random.bell());
    const soft = 0.45 + 0.3 * v * random.uniform();
    this.#ink.start(radius, soft);
    for (const { smooth, points } of glyph) {
      const bent = points.map((p) => p + 0.04 * v * random.bell());
      this.#ink.trace(placed(smooth ? smoothed(bent) : bent, place));
    }
    this.#shade(pixels);
  }

  /** A random map from the unit square to pixels: x' = m0·x + m1·y + m2, y' = m3·x + m4·y + m5. */
  #placement(): Float64Array {
    const random = this.#random;
    const v = this.#variation;
    const turn = 0.2 * v * random.bell();
    const slant = 0.28 * v * random.bell();
    const height = 20 * Math.exp(0.1 * v * random.bell());
    const width = 16 * Math.exp(0.17 * v * random.bell());
    const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
    const a = width * cos;
    const b = -height * (sin + slant * cos);
    const c = width * sin;
    const d = height * (cos - slant * sin);
    const x = SIDE / 2 + 1.3 * v * random.bell();
    const y = SIDE / 2 + 1.3 * v * random.bell();
    return Float64Array.of(a, b, x - (a + b) / 2, c, d, y - (c + d) / 2);
  }

  /** Turns ink into light, with noise, in 256 shades as a scanner gives. */
  #shade(pixels: Float32Array): void {
    const random = this.#random;
    const v = this.#variation;
    const light = 1 - 0.3 * v * random.uniform();
    const noise = 0.25 * v * random.uniform();
    for (let i = 0; i < PIXELS; i++) {
      let value = light * this.#ink.at(i);
      if (noise > 0) value += noise * random.uniform(-1, 1);
      pixels[i] = Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
    }
  }
}

/** Points x0, y0, x1, y1, … of the unit square where a map puts them. */
function placed(path: ArrayLike<number>, m: Float64Array): Float64Array {
  const result = new Float64Array(path.length);
  for (let i = 0; i + 1 < path.length; i += 2) {
    result[i] = m[0]! * path[i]! + m[1]! * path[i + 1]! + m[2]!;
    result[i + 1] = m[3]! * path[i]! + m[4]! * path[i + 1]! + m[5]!;
  }
  return result;
}

/** A Catmull–Rom curve through points x0, y0, x1, y1, …, as many straight pieces. */
function smoothed(points: readonly number[]): Float64Array {
  const count = points.length / 2;
  const path = new Float64Array(2 * ((count - 1) * STEPS + 1));
  let at = 0;
  for (let i = 0; i < count - 1; i++) {
    const before = 2 * Math.max(0, i - 1);
    const after = 2 * Math.min(count - 1, i + 2);
    const from = 2 * i;
    for (let step = i === 0 ? 0 : 1; step <= STEPS; step++) {
      const t = step / STEPS;
      for (let axis = 0; axis < 2; axis++) {
        const [p, q] = [points[from + axis]!, points[from + 2 + axis]!];
        const m = (q - points[before + axis]!) / 2;
        const n = (points[after + axis]! - p) / 2;
        const cubic = 2 * p - 2 * q + m + n;
        const square = -3 * p + 3 * q - 2 * m - n;
        path[at++] = ((cubic * t + square) * t + m) * t + p;
      }
    }
  }
  return path;
}
