/**
 * Reads files in the IDX format, in which the MNIST images of digits are handed out.
 *
 * An IDX file has two zero bytes, a byte for the element type (8 for unsigned bytes), one for the
 * number of dimensions, the dimensions as big-endian 32-bit numbers, and the elements; mostly it is
 * compressed with gzip.
 *
 * @module
 */
import { constants, gunzipSync } from "node:zlib";
import { type DigitSet, PIXELS, SIDE } from "./digits.ts";

/** The most bytes that are read of a file, before and after it is uncompressed: 1 GiB. */
export const LARGEST = 2 ** 30;

/** What can be wrong with an IDX file. */
export type IdxProblem =
  | "missing"
  | "unreadable"
  | "too large"
  | "truncated"
  | "corrupt"
  | "mismatched";

/** A file that is not the IDX file it should be. */
export class IdxError extends Error {
  /** The file. */
  readonly path: string;
  /** What is wrong with it. */
  readonly problem: IdxProblem;

  /**
   * Makes an error about one file.
   *
   * @param path The file
   * @param problem What is wrong with it
   * @param detail What was expected and what was found
   * @param options The cause, if another error led to this one
   */
  constructor(path: string, problem: IdxProblem, detail: string, options?: ErrorOptions) {
    super(`Cannot use "${path}" as it is ${problem}: ${detail}`, options);
    this.name = "IdxError";
    this.path = path;
    this.problem = problem;
  }
}

/** The contents of an IDX file of unsigned bytes. */
export interface IdxArray {
  /** The dimensions. */
  shape: number[];
  /** The elements, the last dimension running fastest. */
  data: Uint8Array<ArrayBuffer>;
}

/** The two sets of the MNIST files. */
export interface DigitSets {
  /** For training: 60,000 images. */
  train: DigitSet;
  /** For testing: 10,000 images. */
  test: DigitSet;
}

/**
 * Reads the contents of an IDX file of unsigned bytes.
 *
 * @param bytes The contents, not compressed
 * @param path Names the file in errors
 * @returns Shape and elements; the elements share memory with `bytes`
 * @throws {IdxError} If the contents are truncated, corrupt or too large
 */
export function parseIdx(bytes: Uint8Array<ArrayBuffer>, path: string): IdxArray {
  const { shape, start, end } = parseHeader(bytes, path);
  if (bytes.length !== end) {
    throw new IdxError(
      path,
      bytes.length < end ? "truncated" : "corrupt",
      `expected ${end - start} bytes after the header for shape [${shape}], ` +
        `got ${bytes.length - start}`,
    );
  }
  return { shape, data: bytes.subarray(start) };
}

/** The dimensions, and where the elements start and end. */
function parseHeader(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): { shape: number[]; start: number; end: number } {
  if (bytes.length < 4) {
    throw new IdxError(path, "truncated", `expected a header, got ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3]!;
  if (view.getUint16(0) !== 0 || bytes[2] !== 8 || rank < 1 || rank > 4) {
    const magic = view.getUint32(0).toString(16).padStart(8, "0");
    throw new IdxError(path, "corrupt", `expected a magic number 0x0000080N, got 0x${magic}`);
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw new IdxError(
      path,
      "truncated",
      `expected a header of ${start} bytes for ${rank} dimensions, got ${bytes.length} bytes`,
    );
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const end = shape.reduce((a, b) => a * b, 1) + start;
  if (end > LARGEST) {
    throw new IdxError(path, "too large", `shape [${shape}] needs more than ${LARGEST} bytes`);
  }
  return { shape, start, end };
}

/**
 * Reads an IDX file of unsigned bytes, compressed with gzip or not.
 *
 * @param path The file; whether it is compressed shows in its contents, not in its name
 * @returns Shape and elements
 * @throws {IdxError} If the file is missing, cannot be read, or is truncated, corrupt or too large
 */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await readBytes(path);
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseIdx(compressed ? gunzip(bytes, path) : bytes, path);
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size <= LARGEST) return await Deno.readFile(path);
    throw new IdxError(path, "too large", `expected at most ${LARGEST} bytes, got ${size}`);
  } catch (cause) {
    if (cause instanceof IdxError) throw cause;
    if (cause instanceof Deno.errors.NotFound) {
      throw new IdxError(path, "missing", "there is no such file", { cause });
    }
    throw new IdxError(path, "unreadable", reasonOf(cause), { cause });
  }
}

/** The longest header of an IDX file. */
const HEADER = 20;

/** Uncompresses as many bytes as the header of the IDX file asks for, and no more. */
function gunzip(bytes: Uint8Array<ArrayBuffer>, path: string): Uint8Array<ArrayBuffer> {
  try {
    let head = new Uint8Array();
    // The header of gzip itself may be long. A byte behind it holds a thousand at the most.
    for (let length = 1; head.length < HEADER && length < bytes.length;) {
      length *= 4;
      const options = { finishFlush: constants.Z_SYNC_FLUSH };
      head = new Uint8Array(gunzipSync(bytes.subarray(0, length), options));
    }
    const { end } = parseHeader(head, path);
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: end }));
  } catch (cause) {
    if (cause instanceof IdxError) throw cause;
    const { code, message } = cause as Error & { code?: string };
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new IdxError(path, "corrupt", "its gzip data hold more than its header says", {
        cause,
      });
    }
    // zlib runs out of input where the end of the file is missing.
    const problem = code === "Z_BUF_ERROR" ? "truncated" : "corrupt";
    throw new IdxError(path, problem, `its gzip data cannot be read (${message})`, { cause });
  }
}

/**
 * Reads the four MNIST files from a folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or with `.gz` at the end.
 *
 * @param folder The folder
 * @returns The sets for training and for testing
 * @throws {IdxError} If a file cannot be used, or does not fit to the others: the first one in the
 * order above
 */
export async function loadMnist(folder: string): Promise<DigitSets> {
  // One after the other, so that of several wrong files the same one is named each time.
  const train = await loadSet(folder, "train");
  return { train, test: await loadSet(folder, "t10k") };
}

async function loadSet(folder: string, name: string): Promise<DigitSet> {
  const imagePath = await find(folder, `${name}-images-idx3-ubyte`);
  const labelPath = await find(folder, `${name}-labels-idx1-ubyte`);
  const pixels = await readIdx(imagePath);
  const labels = await readIdx(labelPath);
  const [count = 0, rows, columns] = pixels.shape;
  if (pixels.shape.length !== 3 || rows !== SIDE || columns !== SIDE) {
    throw new IdxError(
      imagePath,
      "mismatched",
      `expected images of ${SIDE} by ${SIDE} pixels, got shape [${pixels.shape}]`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new IdxError(
      labelPath,
      "mismatched",
      `expected ${count} labels, one for each image of "${imagePath}", got shape [${labels.shape}]`,
    );
  }
  if (count === 0) throw new IdxError(imagePath, "mismatched", "expected images, got none");
  const at = labels.data.findIndex((label) => label > 9);
  if (at >= 0) {
    throw new IdxError(
      labelPath,
      "corrupt",
      `expected labels from 0 to 9, got ${labels.data[at]} at position ${at}`,
    );
  }
  const images = new Float32Array(count * PIXELS);
  for (let i = 0; i < images.length; i++) images[i] = pixels.data[i]! / 255;
  return { images, labels: labels.data.slice() };
}

/** The path of a file that may have `.gz` at its end. */
async function find(folder: string, name: string): Promise<string> {
  const plain = `${folder.replace(/\/+$/, "")}/${name}`;
  for (const path of [plain, `${plain}.gz`]) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) continue;
      throw new IdxError(path, "unreadable", reasonOf(cause), { cause });
    }
    throw new IdxError(path, "unreadable", "it is no file");
  }
  throw new IdxError(plain, "missing", `there is neither this file nor "${name}.gz"`);
}

/** What the system said about a file, without its number of the error and the paths that follow it. */
function reasonOf(error: unknown): string {
  return String((error as Error)?.message ?? error).replace(/ \(os error \d+\).*$/s, "");
}
