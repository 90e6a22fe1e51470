/**
 * Makes PNG images for tests.
 *
 * @module
 */
import { crc32 } from "../../../io/zip.ts";

/** What of an image is not as usual. */
export interface PngParts {
  /** Bits of a number: 8 unless said otherwise. */
  readonly depth?: number;
  /** Chunks before the pixels. */
  readonly chunks?: readonly (readonly [type: string, data: Uint8Array])[];
  /** Bytes behind the pixels. */
  readonly extra?: number;
}

function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Response(stream).bytes();
}

/** A PNG image, each of whose rows has another filter; its pixels are rows of whole bytes. */
export async function png(
  columns: number,
  channels: number,
  color: number,
  pixels: Uint8Array,
  { depth = 8, chunks = [], extra = 0 }: PngParts = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const width = Math.ceil(columns * channels * depth / 8), rows = pixels.length / width;
  const raw = new Uint8Array(rows * (width + 1) + extra);
  const step = Math.max(1, channels * depth / 8);
  for (let row = 0; row < rows; row++) {
    const kind = row % 5;
    raw[row * (width + 1)] = kind;
    for (let i = 0; i < width; i++) {
      const at = (r: number, k: number) => r < 0 || k < 0 ? 0 : pixels[r * width + k]!;
      const a = at(row, i - step), b = at(row - 1, i), c = at(row - 1, i - step);
      const nearest = [a, b, c].toSorted((p, q) =>
        Math.abs(a + b - c - p) - Math.abs(a + b - c - q)
      )[0]!;
      const guess = [0, a, b, (a + b) >> 1, nearest][kind]!;
      raw[row * (width + 1) + 1 + i] = at(row, i) - guess;
    }
  }
  const packed = await compressed(raw);
  const header = new Uint8Array(13), view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([depth, color], 8);
  const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
  // In two parts, as large images are.
  return Uint8Array.from([
    ...signature,
    ...chunk("IHDR", header),
    ...chunks.flatMap(([type, data]) => chunk(type, data)),
    ...chunk("IDAT", packed.subarray(0, 9)),
    ...chunk("IDAT", packed.subarray(9)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

/** The bytes of one chunk, with its checksum. */
export function chunk(type: string, data: Uint8Array): number[] {
  const bytes = new Uint8Array(data.length + 12), view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return [...bytes];
}
