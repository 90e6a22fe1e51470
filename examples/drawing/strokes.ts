/**
 * Brings what a hand draws to the form of the pictures that models were trained on.
 *
 * @module
 */
import { PIXELS, SIDE } from "../data/digits.ts";
import { Ink } from "../data/ink.ts";

/** How high or wide a digit is, from the middle of a stroke to that of another, in pixels. */
const EXTENT = 18;

/** The pen of the pictures, in pixels: its radius, and how far its edge is soft. */
const RADIUS = 1.1, SOFT = 0.6;

/** What is smaller, as a part of the pad, is taken for a dot and stays as small. */
const SMALLEST = 0.05;

/** What of a digit is in the middle of a picture: of drawn ones their extent, of MNIST's the centre of mass. */
export type Middle = "extent" | "mass";

/**
 * An image of 28×28 pixels, light on dark, of a digit that was drawn anywhere and in any size.
 *
 * @param strokes The points of each stroke, x0, y0, x1, y1, …, from 0 to 1 on the pad, y downwards
 * @param middle What of the digit is brought to the middle
 */
export function digitOf(
  strokes: readonly (readonly number[])[],
  middle: Middle = "extent",
): Float32Array<ArrayBuffer> {
  const image = new Float32Array(PIXELS), ink = new Ink(SIDE);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const stroke of strokes) {
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      const [x, y] = [stroke[i]!, stroke[i + 1]!];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < left) return image;
  const scale = EXTENT / Math.max(right - left, bottom - top, SMALLEST);
  const draw = (x: number, y: number): void => {
    ink.start(RADIUS, SOFT);
    for (const stroke of strokes) {
      const path = stroke.map((at, i) => SIDE / 2 + scale * (at - (i % 2 === 0 ? x : y)));
      // A pen that only touches the paper leaves a dot.
      ink.trace(path.length === 2 ? [...path, ...path] : path);
    }
    image.forEach((_, i) => image[i] = ink.at(i));
  };
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  draw(x, y);
  if (middle === "extent") return image;
  let [mass, across, down] = [0, 0, 0];
  image.forEach((value, i) => {
    mass += value;
    across += value * (i % SIDE + 0.5 - SIDE / 2);
    down += value * (Math.floor(i / SIDE) + 0.5 - SIDE / 2);
  });
  draw(x + across / mass / scale, y + down / mass / scale);
  return image;
}
