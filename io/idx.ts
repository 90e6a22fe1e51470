/**
 * Reads files in the IDX format, in which the MNIST images of digits are handed out: two zero bytes, a
 * byte for the element type, one for the number of axes, their lengths as big-endian 32-bit numbers, and
 * the elements, big-endian, too. Mostly it is compressed with gzip.
 *
 * See http://yann.lecun.com/exdb/mnist/ for its description.
 *
 * @module
 */

import { FileFormatError } from "../core/base/errors.ts";
import { type DType, dtypeInfo } from "../core/graph/dtype.ts";
import { Tensor } from "../core/runtime/tensor.ts";
import { decoded, expectBytes, type FileSource } from "./files.ts";
import { inflate } from "./inflate.ts";
import { swapBytes } from "./npy.ts";
import { checkOptions } from "../core/base/options.ts";
import { shown } from "./strict_json.ts";

/** How to read an IDX file. */
export interface IdxOptions {
  /** The most bytes that the elements may take: 1 GiB unless said otherwise. */
  readonly most?: number;
}

/** What is said in messages of what cannot be read. */
const WHAT = "IDX file";

/** The most bytes of elements unless more are asked for. */
const MOST = 2 ** 30;

/** The most bytes of a header, which has at most 255 axes. */
const LONGEST_HEADER = 4 + 4 * 255;

/** The element types by their byte in the header. */
const dtypeOf: ReadonlyMap<number | undefined, DType> = new Map([
  [0x08, "uint8"],
  [0x09, "int8"],
  [0x0b, "int16"],
  [0x0c, "int32"],
  [0x0d, "float32"],
  [0x0e, "float64"],
]);

interface Header {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Where the elements start and end. */
  readonly start: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array<ArrayBuffer>, most: number): Header {
  const fail = (detail: string): never => {
    throw new FileFormatError(WHAT, detail);
  };
  if (bytes.length < 4) fail(`expected a header, got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3]!, dtype = dtypeOf.get(bytes[2]);
  if (view.getUint16(0) !== 0 || dtype === undefined || rank === 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    return fail(
      `expected a magic number 0x0000TTNN with a type TT of 08, 09 or 0b to 0e and NN axes, got 0x${magic}`,
    );
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    fail(`expected a header of ${start} bytes for ${rank} axes, got ${bytes.length} bytes`);
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const each = dtypeInfo(dtype).bytes;
  // Lengths beside one of 0 have to be numbers that can be counted with, too.
  const count = shape.reduce((a, b) => a * (b || 1), each), size = shape.includes(0) ? 0 : count;
  if (size > most || !Number.isSafeInteger(count)) {
    fail(`${dtype} of shape ${shown(shape)} needs more than ${most} bytes`);
  }
  return { dtype, shape, start, end: start + size };
}

function mostOf(options: IdxOptions): number {
  return checkOptions("Cannot read an IDX file", options, { most: "number" }).most ?? MOST;
}

/**
 * Reads the bytes of an IDX file of numbers of any kind, compressed with gzip or not.
 *
 * Throws a FileFormatError if they break the rules of the format, or hold more than is allowed: no more
 * is uncompressed than the header asks for.
 *
 * @param bytes The contents of the file.
 * @param options The most bytes that its elements may take.
 * @returns A tensor, which has memory of its own.
 *
 * @example
 * ```ts
 * import { io } from "@croton/croton";
 *
 * const labels = await io.decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1));
 * console.assert(labels.dtype === "uint8" && labels.shape.join() === "3");
 * ```
 */
export async function decodeIdx(
  bytes: Uint8Array<ArrayBuffer>,
  options: IdxOptions = {},
): Promise<Tensor> {
  const most = mostOf(options);
  expectBytes("an IDX file", bytes);
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isCompressed = plain[0] === 0x1f && plain[1] === 0x8b;
  const all = isCompressed ? await gunzip(plain, most) : plain;
  const { dtype, shape, start, end } = readHeader(all, most);
  if (all.length !== end) {
    throw new FileFormatError(
      WHAT,
      `expected ${end - start} bytes after the header for ${dtype} of shape ${shown(shape)}, ` +
        `got ${all.length - start}`,
    );
  }
  const { bytes: each, array } = dtypeInfo(dtype);
  const data = array((end - start) / each), raw = new Uint8Array(data.buffer);
  raw.set(all.subarray(start));
  if (each > 1) swapBytes(raw, each);
  return new Tensor(dtype, shape, data);
}

/** Uncompresses as many bytes as the header of the IDX file asks for, and no more. */
async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const head = await inflate(bytes, "gzip", LONGEST_HEADER, { onlyStart: true });
    return await inflate(bytes, "gzip", readHeader(head, most).end);
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    throw new FileFormatError(WHAT, (cause as Error).message, { cause });
  }
}

/**
 * Reads an IDX file, as those of MNIST: `train-images-idx3-ubyte.gz`. Whether it is compressed shows in
 * its contents, not in its name.
 *
 * Throws a FileError if it cannot be read, and a FileFormatError if it breaks the rules of the format.
 *
 * @param source The file, or its bytes.
 * @param options The most bytes that its elements may take.
 *
 * @example
 * ```ts ignore
 * import { io } from "@croton/croton";
 *
 * const images = await io.loadIdx("train-images-idx3-ubyte.gz"); // uint8 of shape [60000, 28, 28]
 * ```
 */
export async function loadIdx(source: FileSource, options: IdxOptions = {}): Promise<Tensor> {
  // A file that is not compressed has its header, too.
  return await decoded(
    source,
    (bytes) => decodeIdx(bytes, options),
    mostOf(options) + LONGEST_HEADER,
  );
}
