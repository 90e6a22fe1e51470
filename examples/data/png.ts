/**
 * Reads PNG images as shades of grey.
 *
 * @module
 */

/** Shades from 0 (black) to 1 (white), row by row. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  readonly shades: Float32Array<ArrayBuffer>;
}

/** The most pixels of an image that is read. */
const MOST = 2 ** 24;

/** Numbers a pixel of each colour type has. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads a PNG image of 8 bits, or fewer of grey or of a palette, not interlaced. What is transparent is
 * black.
 *
 * @param bytes The contents of the file
 * @param path Names the file in errors
 * @throws {SyntaxError} If it is none, or of another kind
 */
export async function readPng(bytes: Uint8Array<ArrayBuffer>, path: string): Promise<GreyImage> {
  const fail = (what: string): never => {
    throw new SyntaxError(`Cannot read "${path}" as PNG: ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47) fail("it does not begin as one");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let palette = new Uint8Array(), alphas = new Uint8Array();
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at),
      type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) fail("its end is missing");
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IDAT") parts.push(data);
    if (type === "PLTE") palette = data;
    if (type === "tRNS") alphas = data;
    at += 12 + length;
  }
  const columns = view.getUint32(16), rows = view.getUint32(20);
  const [depth = 0, color = 0, , , interlaced = 0] = bytes.subarray(24, 29);
  const channels = CHANNELS[color] ?? fail(`its colour type is ${color}`);
  const isFine = depth === 8 || [1, 2, 4].includes(depth) && channels === 1;
  if (!isFine || interlaced !== 0) fail("expected 8 bits a colour, not interlaced");
  if (rows * columns > MOST || rows * columns === 0) fail(`it has ${columns} by ${rows} pixels`);
  const width = Math.ceil(columns * channels * depth / 8);
  const data = await inflated(parts, rows * (width + 1)).catch((error) => fail(String(error)));
  if (data.length < rows * (width + 1)) fail("pixels are missing");
  unfilter(data, rows, width, Math.max(1, channels * depth / 8), fail);

  const shades = new Float32Array(rows * columns), top = 2 ** depth - 1;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const start = row * (width + 1) + 1;
      const at = start + (depth === 8 ? column * channels : Math.floor(column * depth / 8));
      const number = depth === 8
        ? data[at]!
        : (data[at]! >> (8 - depth - (column * depth) % 8)) & top;
      let [r, g, b, a]: number[] = [];
      if (color === 3) {
        [r = 0, g = 0, b = 0] = palette.subarray(3 * number, 3 * number + 3);
        a = alphas[number] ?? 255;
      } else {
        const grey = number * 255 / top;
        [r, g, b] = color === 2 || color === 6 ? data.subarray(at, at + 3) : [grey, grey, grey];
        a = color === 4 ? data[at + 1] : color === 6 ? data[at + 3] : 255;
      }
      const shade = 0.299 * r! + 0.587 * g! + 0.114 * b!;
      shades[row * columns + column] = shade * a! / 255 ** 2;
    }
  }
  return { rows, columns, shades };
}

/** Uncompressed bytes, of which there should be no more than `most`. */
async function inflated(
  parts: Uint8Array<ArrayBuffer>[],
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const found = new Uint8Array(most);
  let at = 0;
  for await (const chunk of stream) {
    found.set(chunk.subarray(0, most - at), at);
    at += chunk.length;
    if (at >= most) break;
  }
  return found.subarray(0, Math.min(at, most));
}

/** Undoes in place what makes rows compress better: each row is told apart from its neighbours. */
function unfilter(
  data: Uint8Array,
  rows: number,
  width: number,
  step: number,
  fail: (what: string) => never,
): void {
  for (let row = 0; row < rows; row++) {
    const start = row * (width + 1) + 1, kind = data[start - 1]!;
    if (kind > 4) fail(`its filter is ${kind}`);
    for (let i = 0; i < width; i++) {
      const at = start + i, above = row > 0;
      const a = i >= step ? data[at - step]! : 0, b = above ? data[at - width - 1]! : 0;
      const c = above && i >= step ? data[at - width - 1 - step]! : 0;
      data[at] = data[at]! + [0, a, b, (a + b) >> 1, paeth(a, b, c)][kind]!;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c, [da, db, dc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return da <= db && da <= dc ? a : db <= dc ? b : c;
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
