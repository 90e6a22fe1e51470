/**
 * Brings images to the form of the digits.
 *
 * @module
 */

/** Shades from 0 (black) to 1 (white), row by row. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  readonly shades: Float32Array<ArrayBuffer>;
}

/** The same, light on dark: an image with a light edge is turned round. */
function lightOnDark({ rows, columns, shades }: GreyImage): Float32Array<ArrayBuffer> {
  const at = (row: number, column: number): number => shades[row * columns + column]!;
  const edge: number[] = [];
  for (let column = 0; column < columns; column++) edge.push(at(0, column), at(rows - 1, column));
  for (let row = 0; row < rows; row++) edge.push(at(row, 0), at(row, columns - 1));
  const isLight = edge.reduce((a, b) => a + b) / edge.length > 0.5;
  return shades.map((shade) => isLight ? 1 - shade : shade);
}

/** The square of an image that is drawn: its middle, and pixels of the drawing for one of the image. */
interface Part {
  readonly row: number;
  readonly column: number;
  readonly scale: number;
}

/** A part of an image as a square of pixels, each the mean of what it covers; dark beyond the image. */
function drawn(
  { rows, columns, shades }: GreyImage,
  side: number,
  { row, column, scale }: Part,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(side * side), parts = Math.max(2, Math.ceil(2 / scale));
  const from = (pixel: number, part: number, middle: number): number =>
    Math.floor((pixel + (part + 0.5) / parts - side / 2) / scale + middle);
  for (let i = 0; i < side * side; i++) {
    let sum = 0;
    for (let j = 0; j < parts ** 2; j++) {
      const y = from(Math.floor(i / side), j % parts, row);
      const x = from(i % side, Math.floor(j / parts), column);
      if (y >= 0 && y < rows && x >= 0 && x < columns) sum += shades[y * columns + x]!;
    }
    result[i] = sum / parts ** 2;
  }
  return result;
}

/**
 * Brings an image to the form of the digits: 28×28, light on dark, a light background turned round; the
 * digit 20 pixels high or wide, its centre of mass in the middle, as in the MNIST set.
 */
export function asDigit(image: GreyImage): Float32Array<ArrayBuffer> {
  const ink = lightOnDark(image), { rows, columns } = image;
  if (rows === 28 && columns === 28) return ink;
  let [left, right, top, bottom] = [columns, 0, rows, 0];
  const most = ink.reduce((a, b) => Math.max(a, b), 0);
  ink.forEach((value, i) => {
    if (value < 0.3 * most) return;
    const [row, column] = [Math.floor(i / columns), i % columns];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  });
  if (right <= left) return new Float32Array(784);
  const scale = 20 / Math.max(right - left, bottom - top);
  const shades = ink.map((value) => value / most),
    middle = [(top + bottom) / 2, (left + right) / 2];
  const draw = (row: number, column: number): Float32Array<ArrayBuffer> =>
    drawn({ rows, columns, shades }, 28, { row, column, scale });
  let [mass, x, y] = [0, 0, 0];
  draw(middle[0]!, middle[1]!).forEach((value, i) => {
    mass += value;
    x += value * (i % 28 + 0.5 - 14);
    y += value * (Math.floor(i / 28) + 0.5 - 14);
  });
  return draw(middle[0]! + y / mass / scale, middle[1]! + x / mass / scale);
}

/**
 * Brings an image to the form of the pictures: a square, light on dark, with all of the image in its middle.
 *
 * @param side Rows and columns of the square
 */
export function asPicture(image: GreyImage, side: number): Float32Array<ArrayBuffer> {
  const shades = lightOnDark(image), { rows, columns } = image;
  if (rows === side && columns === side) return shades;
  const scale = side / Math.max(rows, columns);
  return drawn({ rows, columns, shades }, side, { row: rows / 2, column: columns / 2, scale });
}
