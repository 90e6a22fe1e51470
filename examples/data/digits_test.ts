import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { type DigitSet, drawDigits, PIXELS } from "./digits.ts";

async function digest(set: DigitSet): Promise<string> {
  const bytes = new Uint8Array(set.images.length + set.labels.length);
  set.images.forEach((value, i) => bytes[i] = Math.round(255 * value));
  bytes.set(set.labels, set.images.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

Deno.test("drawDigits() draws the same for the same seed", async () => {
  const set = drawDigits(200, { seed: 3 });
  assertEquals(await digest(set), await digest(drawDigits(200, { seed: 3 })));
  assertNotEquals(await digest(set), await digest(drawDigits(200, { seed: 4 })));
  const first = drawDigits(50, { seed: 3 });
  assertEquals(first.labels, set.labels.slice(0, 50));
  assertEquals(first.images, set.images.slice(0, 50 * PIXELS));
});

Deno.test("drawDigits() gives light digits on dark, all ten about as often", () => {
  const { images, labels } = drawDigits(2000);
  assertEquals([images.length, labels.length], [2000 * 784, 2000]);
  assert(images.every((value) => value >= 0 && value <= 1));
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  for (const count of counts) assert(count > 150 && count < 250, `counts ${counts}`);
  for (let i = 0; i < 2000; i++) {
    const image = images.subarray(i * PIXELS, (i + 1) * PIXELS);
    const lit = image.reduce((sum, value) => sum + (value > 0.3 ? 1 : 0), 0);
    assert(lit > 20 && lit < 350, `image ${i} of a ${labels[i]} has ${lit} light pixels`);
  }
});

Deno.test("drawDigits() without variation draws each way of writing once", () => {
  const { images } = drawDigits(500, { variation: 0 });
  const kinds = new Set<string>();
  for (let i = 0; i < 500; i++) {
    kinds.add(images.subarray(i * PIXELS, (i + 1) * PIXELS).filter((_, at) => at % 7 === 0).join());
  }
  assert(kinds.size >= 30 && kinds.size <= 40, `${kinds.size} different images`);
});

Deno.test("drawDigits() refuses a count that is none", () => {
  assertEquals(drawDigits(0).labels.length, 0);
  for (const count of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => drawDigits(count), RangeError, `got ${count}`);
  }
});

Deno.test("digits are hard for a linear model, and not as hard for a better one", () => {
  const train = drawDigits(3000, { seed: 1 });
  const test = drawDigits(400, { seed: 2 });
  const linear = linearError(train, test);
  const nearest = nearestError(train, test);
  assert(linear > 0.2 && linear < 0.4, `linear model: ${linear}`);
  assert(nearest < 0.75 * linear, `nearest neighbour: ${nearest}, linear model: ${linear}`);
});

function row(set: DigitSet, i: number): Float32Array {
  return set.images.subarray(i * PIXELS, (i + 1) * PIXELS);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The share of `test` that softmax regression, fitted to `train`, gets wrong. */
function linearError(train: DigitSet, test: DigitSet): number {
  const weights = Array.from({ length: 10 }, () => new Float32Array(PIXELS));
  for (let epoch = 0; epoch < 10; epoch++) {
    for (let i = 0; i < train.labels.length; i++) {
      const image = row(train, i);
      const odds = weights.map((w) => Math.exp(dot(w, image)));
      const total = odds.reduce((a, b) => a + b);
      for (let k = 0; k < 10; k++) {
        const step = 0.01 * (odds[k]! / total - (train.labels[i] === k ? 1 : 0));
        const w = weights[k]!;
        for (let j = 0; j < PIXELS; j++) w[j]! -= step * image[j]!;
      }
    }
  }
  return errorRate(test, (image) => argmax(weights.map((w) => dot(w, image))));
}

/** The share of `test` whose most similar image in `train` shows another digit. */
function nearestError(train: DigitSet, test: DigitSet): number {
  const images = Array.from(train.labels, (_, i) => normalized(row(train, i)));
  return errorRate(test, (image) => {
    const wanted = normalized(image);
    return train.labels[argmax(images.map((other) => dot(other, wanted)))]!;
  });
}

/** The image in blocks of 2×2, which do not mind small shifts, as a vector of length 1. */
function normalized(pixels: Float32Array): Float32Array {
  const image = new Float32Array(14 * 14);
  pixels.forEach((value, i) => image[14 * Math.floor(i / 56) + (i % 28 >> 1)]! += value);
  const mean = image.reduce((a, b) => a + b) / image.length;
  const centred = image.map((value) => value - mean);
  const norm = Math.sqrt(dot(centred, centred));
  const result = centred.map((value) => value / norm);
  assertAlmostEquals(dot(result, result), 1, 1e-3);
  return result;
}

function argmax(values: number[]): number {
  return values.indexOf(Math.max(...values));
}

function errorRate(set: DigitSet, classify: (image: Float32Array) => number): number {
  let wrong = 0;
  for (let i = 0; i < set.labels.length; i++) {
    if (classify(row(set, i)) !== set.labels[i]) wrong++;
  }
  return wrong / set.labels.length;
}
