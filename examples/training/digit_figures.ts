/**
 * Pictures of what a classifier of digits does.
 *
 * @module
 */
import { compile, type DeviceOption, T, tensor } from "../../mod.ts";
import { confusion, drawBars, drawConfusion, drawImageGrid } from "../../see/mod.ts";
import { type DigitSet, PIXELS, SIDE } from "../data/digits.ts";
import { significant } from "../data/progress.ts";
import type { Classifier } from "../models/classifier.ts";
import type { Figure } from "./report.ts";

/** Images in a picture. */
const MOST = 30;

/** Images whose attention is shown. */
const LOOKED_AT = 10;

/** Which digits of a set, so called, were taken for which, and images of some that were mistaken. */
export function drawMistakes(
  { images, labels }: DigitSet,
  predicted: readonly number[],
  name: string,
): Figure[] {
  const counts = confusion(labels, predicted, 10);
  const mistaken = predicted.flatMap((digit, i) => digit === labels[i] ? [] : [i]);
  const shown = mistaken.slice(0, MOST);
  const chosen = new Float32Array(shown.length * PIXELS);
  shown.forEach((at, i) => chosen.set(images.subarray(at * PIXELS, (at + 1) * PIXELS), i * PIXELS));
  const bars = counts.map((row, digit) => {
    const sum = row.reduce((a, b) => a + b, 0), value = sum === 0 ? 0 : 1 - row[digit]! / sum;
    return { name: String(digit), value, text: `${significant(100 * value)} %` };
  });
  const captions = shown.map((at) => `${predicted[at]} for ${labels[at]}`);
  return [
    { title: `Confusion matrix, ${name}`, svg: drawConfusion(counts) },
    { title: `Error of each digit, ${name}`, svg: drawBars(bars) },
    {
      title: `Misclassified digits, ${name}: ${shown.length} of ${mistaken.length}`,
      ...(shown.length === 0
        ? { text: "none" }
        : { svg: drawImageGrid(chosen, { size: [SIDE, SIDE], captions }) }),
    },
  ];
}

/** Shows filters of the first layer, and where a model looks, as far as it has them. */
export function picturesOf(
  { filters, attention }: Classifier,
  device: DeviceOption,
): (set: DigitSet) => Promise<Figure[]> {
  // Compiled at the first look: most trainings are not looked at.
  const filtersOf = once(() =>
    compile([], filters!.at({ stop: MOST }), { device, name: "filters" })
  );
  const x = T.matrix("x");
  const attentionOf = once(() => compile([x], attention!(x), { device, name: "attention" }));
  const drawFilters = async (): Promise<Figure> => {
    using found = (await filtersOf())();
    const [, rows, columns] = found.shape as [number, number, number];
    const data = await found.data() as Float32Array;
    // Zero is grey, and the greatest weight of a filter white or black.
    const shades = scaled(data, rows * columns, (value, most) => 0.5 + 0.5 * value / most);
    return { title: "First-layer filters", svg: drawImageGrid(shades, { size: [rows, columns] }) };
  };
  const drawAttention = async ({ images }: DigitSet): Promise<Figure> => {
    const some = images.slice(0, LOOKED_AT * PIXELS);
    using found = (await attentionOf())(tensor(some, { shape: [some.length / PIXELS, PIXELS] }));
    const [, rows, columns] = found.shape as [number, number, number];
    const data = await found.data() as Float32Array;
    const shades = scaled(data, rows * columns, (value, most) => value / most);
    return {
      title: "Attention",
      svg: drawImageGrid(some, { size: [SIDE, SIDE] }) +
        drawImageGrid(shades, { size: [rows, columns] }),
    };
  };
  return async (set) => [
    ...(filters === undefined ? [] : [await drawFilters()]),
    ...(attention === undefined ? [] : [await drawAttention(set)]),
  ];
}

function once<R>(make: () => R): () => R {
  let made: R | undefined;
  return () => made ??= make();
}

/** Each value of each image by the greatest magnitude in it. */
function scaled(
  data: Float32Array,
  pixels: number,
  shade: (value: number, most: number) => number,
): Float32Array {
  const shades = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += pixels) {
    const image = data.subarray(at, at + pixels);
    const most = image.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    image.forEach((value, i) => shades[at + i] = shade(value, most));
  }
  return shades;
}
