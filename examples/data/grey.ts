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

/**
 * Brings an image to the form of the digits: 28×28, light on dark, a light background turned round; the
 * digit 20 pixels high or wide, its centre of mass in the middle, as in the MNIST set.
 */
export function asDigit({ rows, columns, shades }: GreyImage): Float32Array<ArrayBuffer> {
  const at = (row: number, column: number): number => shades[row * columns + column]!;
  const edge: number[] = [];
  for (let column = 0; column < columns; column++) edge.push(at(0, column), at(rows - 1, column));
  for (let row = 0; row < rows; row++) edge.push(at(row, 0), at(row, columns - 1));
  const isLight = edge.reduce((a, b) => a + b) / edge.length > 0.5;
  const ink = shades.map((shade) => isLight ? 1 - shade : shade);
  if (rows === 28 && columns === 28) return ink;
  let [left, right, top, bottom] = [columns, 0, rows, 0];
  const most = ink.reduce((a, b) => Math.max(a, b), 0);
  ink.forEach((value, i) => {
    if (value < 0.3 * most) return;
    const [row, column] = [Math.floor(i / columns), i % columns];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  });
  const result = new Float32Array(784);
  if (right <= left) return result;
  const scale = 20 / Math.max(right - left, bottom - top);
  /** The mean of the square of the image that a pixel is made of; the digit is shifted by [x, y]. */
  const draw = (x: number, y: number): void => {
    result.fill(0);
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        const from = (p: number, shift: number, low: number, high: number) =>
          (p - 14 - shift) / scale + (low + high) / 2;
        let sum = 0;
        const parts = Math.max(2, Math.ceil(2 / scale));
        for (let i = 0; i < parts ** 2; i++) {
          const py = Math.floor(from(row + (i % parts + 0.5) / parts, y, top, bottom));
          const px = Math.floor(
            from(column + (Math.floor(i / parts) + 0.5) / parts, x, left, right),
          );
          if (py >= 0 && py < rows && px >= 0 && px < columns) sum += ink[py * columns + px]!;
        }
        result[28 * row + column] = sum / parts ** 2 / most;
      }
    }
  };
  draw(0, 0);
  let [mass, x, y] = [0, 0, 0];
  result.forEach((value, i) => {
    mass += value;
    x += value * (i % 28 + 0.5);
    y += value * (Math.floor(i / 28) + 0.5);
  });
  draw(14 - x / mass, 14 - y / mass);
  return result;
}
