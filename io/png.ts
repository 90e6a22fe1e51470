/**
 * Reads PNG images: chunks with checksums, of which some hold the compressed rows.
 *
 * See https://www.w3.org/TR/png-3/ for the description of the format.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { inflate } from "./inflate.ts";
import { checkOptions } from "../core/base/options.ts";
import { expectBytes } from "./files.ts";
import { shown } from "./strict_json.ts";
import { crc32 } from "./zip.ts";

/** How to read a PNG image. */
export interface PngOptions {
  /**
   * Numbers of a pixel: 1 for grey, 2 for grey and opacity, 3 for red, green and blue, 4 for these and
   * opacity; those of the file unless said otherwise. Without opacity, what is transparent is black.
   */
  readonly channels?: 1 | 2 | 3 | 4;
  /** The most bytes that the pixels may take: 1 GiB unless said otherwise. */
  readonly most?: number;
}

/** What the start of an image says. */
interface PngHeader {
  readonly rows: number;
  readonly columns: number;
  /** Bits of a number. */
  readonly depth: number;
  readonly color: number;
  readonly interlaced: boolean;
}

/** The most bytes of pixels unless more are asked for. */
const MOST = 2 ** 30;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** The colour types: numbers of a pixel in the file, and how many bits each may have. */
const colors: ReadonlyMap<number | undefined, { stored: number; depths: readonly number[] }> =
  new Map([
    [0, { stored: 1, depths: [1, 2, 4, 8] }],
    [2, { stored: 3, depths: [8] }],
    [3, { stored: 1, depths: [1, 2, 4, 8] }],
    [4, { stored: 2, depths: [8] }],
    [6, { stored: 4, depths: [8] }],
  ]);

/** First row and column of the pixels of each pass, and the steps between them. */
const WHOLE = [[0, 0, 1, 1]] as const;
const ADAM7 = [
  [0, 0, 8, 8],
  [0, 4, 8, 8],
  [4, 0, 8, 4],
  [0, 2, 4, 4],
  [2, 0, 4, 2],
  [0, 1, 2, 2],
  [1, 0, 2, 1],
] as const;

function fail(detail: string, cause?: unknown): never {
  throw new FileFormatError("PNG image", detail, cause === undefined ? {} : { cause });
}

/** Reads what the start of an image says, which costs nothing. */
export function pngHeader(bytes: Uint8Array<ArrayBuffer>): PngHeader {
  if (bytes.length < 33 || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    fail('expected "\\x89PNG" and a header as its start');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) {
    fail('expected a chunk "IHDR" of 13 bytes as its first');
  }
  if (view.getUint32(29) !== crc32(bytes.subarray(12, 29))) {
    fail('the checksum of its chunk "IHDR" is wrong');
  }
  const columns = view.getUint32(16), rows = view.getUint32(20);
  const [depth = 0, color = 0, compression, filter, interlace] = bytes.subarray(24, 29);
  const kind = colors.get(color);
  if (kind === undefined) return fail(`expected a colour type 0, 2, 3, 4 or 6, got ${color}`);
  if (!kind.depths.includes(depth)) {
    const hint = depth === 16 ? "; convert it to 8 bits first" : "";
    fail(`expected ${kind.depths.join(", ")} bits a colour, got ${depth}${hint}`);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1) {
    fail(`expected methods 0, 0 and 0 or 1, got ${compression}, ${filter} and ${interlace}`);
  }
  if (rows === 0 || columns === 0) fail(`it has ${columns} by ${rows} pixels`);
  return { rows, columns, depth, color, interlaced: interlace === 1 };
}

interface Chunks {
  /** The compressed rows. */
  readonly rows: Uint8Array<ArrayBuffer>;
  readonly palette: Uint8Array | null;
  /** What is transparent: opacities of the palette, or one colour of the image. */
  readonly transparent: Uint8Array | null;
}

async function chunksOf(bytes: Uint8Array<ArrayBuffer>): Promise<Chunks> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let palette: Uint8Array | null = null, transparent: Uint8Array | null = null;
  for (let at = 8;;) {
    if (at + 12 > bytes.length) fail("its end is missing");
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) fail("its end is missing");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (view.getUint32(end - 4) !== crc32(bytes.subarray(at + 4, end - 4))) {
      fail(`the checksum of its chunk ${shown(type)} at byte ${at} is wrong`);
    }
    const data = bytes.subarray(at + 8, end - 4);
    if (type === "IEND") break;
    if (type === "IDAT") parts.push(data);
    else if (type === "PLTE") palette = data;
    else if (type === "tRNS") transparent = data;
    else if (/^[A-Z]/.test(type) && at > 8) fail(`it has an unknown chunk ${shown(type)}`);
    at = end;
  }
  const rows = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { rows, palette, transparent };
}

/**
 * Reads the bytes of a PNG image of at most 8 bits a colour: grey, coloured, or of a palette, with
 * opacity or not, interlaced or not.
 *
 * Throws a FileFormatError if they break the rules of the format, are of another kind, or hold more than
 * is allowed: no more is uncompressed than the header asks for.
 *
 * @param bytes The contents of the file.
 * @param options Numbers of a pixel, and the most bytes that all may take.
 * @returns A uint8 tensor of shape `[channels, rows, columns]`, as convolutions take it.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
 * const image = await io.decodePng(Uint8Array.from(atob(dot), (c) => c.charCodeAt(0)));
 * console.assert(image.dtype === "uint8" && image.shape.join() === "1,1,1");
 * ```
 */
export async function decodePng(
  bytes: Uint8Array<ArrayBuffer>,
  options: PngOptions = {},
): Promise<Tensor<"uint8">> {
  const kinds = { channels: "any", most: "number" } as const;
  const { channels, most = MOST } = checkOptions("Cannot read a PNG image", options, kinds);
  expectBytes("a PNG image", bytes);
  if (channels !== undefined && ![1, 2, 3, 4].includes(channels)) {
    throw new RangeError(
      `Cannot read a PNG image: expected 1, 2, 3 or 4 channels, got ${shown(channels)}`,
    );
  }
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = pngHeader(plain), { rows, columns, color } = header;
  const chunks = await chunksOf(plain);
  const own = (color === 2 || color === 3 || color === 6 ? 3 : 1) +
    (color >= 4 || chunks.transparent !== null ? 1 : 0);
  const wanted = channels ?? own;
  if (rows * columns * wanted > most) {
    fail(`${columns} by ${rows} pixels need more than ${most} bytes`);
  }
  const data = await unfilteredRows(header, chunks.rows);
  const image = new Uint8Array(rows * columns * wanted);
  unpack(header, chunks, data, image, wanted);
  return new Tensor("uint8", [wanted, rows, columns], image);
}

/** Where the pixels of a pass are, in the image and in the uncompressed rows. */
interface Pass {
  readonly top: number;
  readonly left: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a row, without its filter. */
  readonly width: number;
  readonly start: number;
}

function passesOf({ rows, columns, depth, color, interlaced }: PngHeader): Pass[] {
  const bits = depth * colors.get(color)!.stored;
  let start = 0;
  return (interlaced ? ADAM7 : WHOLE).flatMap(([top, left, rowStep, columnStep]) => {
    const passRows = Math.ceil((rows - top) / rowStep);
    const passColumns = Math.ceil((columns - left) / columnStep);
    if (passRows <= 0 || passColumns <= 0) return [];
    const width = Math.ceil(passColumns * bits / 8);
    const pass = { top, left, rowStep, columnStep, rows: passRows, columns: passColumns, width };
    const at = start;
    start += passRows * (width + 1);
    return [{ ...pass, start: at }];
  });
}

async function unfilteredRows(
  header: PngHeader,
  compressed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const passes = passesOf(header), last = passes.at(-1)!;
  const size = last.start + last.rows * (last.width + 1);
  const data = await inflate(compressed, "deflate", size)
    .catch((cause: Error) => fail(cause.message, cause));
  if (data.length !== size) fail(`expected ${size} bytes of pixels, got ${data.length}`);
  const step = Math.max(1, header.depth * colors.get(header.color)!.stored / 8);
  for (const pass of passes) unfilter(data, pass, step);
  return data;
}

/** Undoes in place what makes rows compress better: each row is told apart from its neighbours. */
function unfilter(data: Uint8Array, { rows, width, start: first }: Pass, step: number): void {
  for (let row = 0; row < rows; row++) {
    const start = first + row * (width + 1) + 1, kind = data[start - 1]!;
    if (kind > 4) fail(`expected a filter from 0 to 4, got ${kind} in row ${row}`);
    if (kind === 0) continue;
    for (let i = 0; i < width; i++) {
      const at = start + i, above = row > 0;
      const a = i >= step ? data[at - step]! : 0, b = above ? data[at - width - 1]! : 0;
      let guess = a;
      if (kind === 2) guess = b;
      else if (kind === 3) guess = (a + b) >> 1;
      else if (kind === 4) {
        guess = paeth(a, b, above && i >= step ? data[at - width - 1 - step]! : 0);
      }
      data[at] = data[at]! + guess;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const da = Math.abs(b - c), db = Math.abs(a - c), dc = Math.abs(a + b - 2 * c);
  return da <= db && da <= dc ? a : db <= dc ? b : c;
}

/** Brings the rows to the order and the numbers of a pixel that are wanted. */
function unpack(
  header: PngHeader,
  { palette, transparent }: Chunks,
  data: Uint8Array,
  image: Uint8Array,
  channels: number,
): void {
  const { rows, columns, depth, color } = header, { stored } = colors.get(color)!;
  const size = rows * columns, top = 2 ** depth - 1;
  if (color === 3 && palette === null) fail("it has no palette");
  const needed = color === 3 ? 0 : color === 2 ? 6 : 2;
  if (transparent !== null && (color >= 4 || transparent.length < needed)) {
    fail("its chunk of transparent colours does not fit its colour type");
  }
  /** Each colour that is transparent has two bytes, of which the upper one is 0. */
  const clear = color === 3 || transparent === null ? null : transparent;
  for (const pass of passesOf(header)) {
    for (let i = 0; i < pass.rows; i++) {
      const start = pass.start + i * (pass.width + 1) + 1;
      const row = (pass.top + i * pass.rowStep) * columns;
      for (let j = 0; j < pass.columns; j++) {
        const bit = j * depth * stored, at = start + (bit >> 3);
        const number = (data[at]! >> (8 - depth - (bit & 7))) & top;
        let r = number, g = number, b = number, a = 255;
        if (color === 3) {
          if (3 * number + 3 > palette!.length) {
            fail(`its palette has ${palette!.length / 3} colours, and ${number} is asked for`);
          }
          [r, g, b] = [palette![3 * number]!, palette![3 * number + 1]!, palette![3 * number + 2]!];
          a = transparent?.[number] ?? 255;
        } else {
          if (stored >= 3) [g, b] = [data[at + 1]!, data[at + 2]!];
          if (color >= 4) a = data[at + stored - 1]!;
          else if (
            clear !== null && clear[1] === r && (color === 0 || clear[3] === g && clear[5] === b)
          ) {
            a = 0;
          }
          if (depth < 8) r = g = b = number * 255 / top;
        }
        const to = row + pass.left + j * pass.columnStep;
        const seen = channels % 2 === 0 ? 1 : a / 255;
        if (channels <= 2) {
          const grey = r === g && g === b ? r : 0.299 * r + 0.587 * g + 0.114 * b;
          image[to] = Math.round(grey * seen);
        } else {
          image[to] = Math.round(r * seen);
          image[size + to] = Math.round(g * seen);
          image[2 * size + to] = Math.round(b * seen);
        }
        if (channels % 2 === 0) image[(channels - 1) * size + to] = a;
      }
    }
  }
}
